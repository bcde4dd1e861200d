// Package store is all SQL of the program. Reader reads, for resolvers through loaders; Tx writes, for the services of
// the domains through the adapters in tx.go. One file per aggregate; a statement stands right above its function. What
// outgrows a screen or joins more than three tables is a view, in db/migrations.
package store
