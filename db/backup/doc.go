// Package backup is the mechanics of PostgreSQL's own backups: a copy of a running cluster's folder with the server's knowledge, the
// names of its log segments and timelines, and the checksums of its pages. It knows neither where copies are kept nor how they are
// encrypted. Enter at Take, Check and Extract.
package backup
