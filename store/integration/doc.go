// Package integration holds the SQL of the word integration: the mail that waits, was sent or could not be.
package integration
