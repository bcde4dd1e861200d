// Package graph is GraphQL itself: generated from schema.graphqls and schema/, never written by hand. The dictionary is
// in bind, the guards in directives, batching in loaders, errors in gqlerr, the endpoint in serve; answers are given by
// the package resolvers.
package graph
