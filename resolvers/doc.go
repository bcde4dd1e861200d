// Package resolvers answers fields: viewer, one call, one wrap. Reads go to the store, by key through a loader; writes go
// to the domain. Files are named after the schema files they answer; handler.go holds transports, limits and presenter.
package resolvers
