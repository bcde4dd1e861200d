// Package rows answers what stands below a root field of the graph, many rows at a time. gqlgen parses and validates the
// operation, asks the guards of the root field and calls its resolver; from there on
//
//   - prefetch reads, for all rows at once and level by level, what the operation asks of them, and
//   - write writes the rows as JSON, asking the same guards and calling the same resolvers as gqlgen would.
//
// Both are generated from the schema by graph/generate. What only gqlgen can do (errors where no null may stand, arguments
// that are objects, @defer) is given back to it: Answer says so in a metric. docs/reads.md follows a read through this
// package.
//
// What does not belong here: guards (graph/directives), relations (graph/relations), statements (store).
// Enter at Answer.
package rows
