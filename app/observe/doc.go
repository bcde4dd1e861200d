// Package observe is what operators see of the program: a line in the log for each request, and metrics.
//
//   - log, writer: the program's log, as text or JSON, and how lines reach the system.
//   - observer, request, line: one record for each request, and the line that it becomes.
//   - metrics: everything that is counted while the program works. pools, figures: what is read when somebody looks.
//
// Neither a line nor a metric holds documents, values of variables, bodies, or the query of an address. docs/operations.md lists the
// fields and the metrics. What does not belong here: what an error says to a client (graph/gqlerr), the audit log (store/security).
// Enter at New.
package observe
