// Package store is all SQL of the program. What one word needs is in store/<word>, over store/sqlkit; here they come together:
// Reader embeds the five readers, for resolvers through loaders, and Tx the writes of all, for the services of the domains through
// the adapters in tx.go. Beside them stand the outbox, the keys under which a write is done once, what jobs and commands need, and
// what reads columns of two words: joins.go, figures.go, search.go and access.go. A statement stands right above its function; what
// outgrows a screen or joins more than three tables is a view, in db/migrations. Begin with reader.go.
package store
