// Package resolvers answers fields: viewer, one call, one wrap. Reads go to the store, by key through a loader; writes go
// to the domain. Files are named after the schema files they answer.
//
// What does not belong here: how operations come in and what they may be (graph/serve), how rows are read ahead and written
// (graph/rows), rules (domain) and statements (store). Enter at Resolver.
package resolvers
