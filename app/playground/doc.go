// Package playground is the page to try the graph from: GraphiQL with examples for each kind of reader, served whole from
// the binary, and in production the sign-in page in front of it. It knows who is asking from the request's viewer and nothing of
// the database. Enter at Page; pages/ holds what we wrote, third_party/ the builds of GraphiQL and React as published.
package playground
