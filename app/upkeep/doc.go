// Package upkeep is what the owner of the database does to keep it in shape: months of logs leave for archives and come back, rows that
// were kept long enough are deleted, indexes are built anew. Enter at New. Jobs and commands call it; each call opens a connection of
// the owner's for as long as it takes, so that the serving role needs none of these rights.
package upkeep
