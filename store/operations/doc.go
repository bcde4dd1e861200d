// Package operations holds the SQL of the word operations: the jobs of the queue and how their runs ended.
package operations
