// Package rows reads and writes the rows below a field of the graph, many at a time. The tables in links_<word>.go say for
// each type which of its fields point at other rows and which loader has them; two things follow from a table:
//
//   - Ahead reads, for all rows of a list at once, what an operation asks of them, however deep.
//   - Write writes the answer of a root field row by row, without gqlgen's machinery for each single field. It writes only
//     what is sure to need no error: at the first doubt it gives up, and gqlgen answers field by field.
//
// What does not belong here: guards (graph/directives) and statements (store). Enter at Ahead and Write.
package rows
