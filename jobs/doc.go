// Package jobs runs what happens without anyone asking: River workers and periodic jobs, one file per word, and the
// sealer of the audit logs. River carries work, never domain time: a job asks the database which rows are due.
package jobs
