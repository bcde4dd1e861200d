// Package directives holds the guards of fields, one per file: functions of the viewer, the object
// and the directive's argument. gqlgen's directives (root.go) and the generated writer of graph/rows both call them. A refusal
// is always an error, never a silent null. Prefetch<Name> reads for many objects what the
// guard Name looks at, Reads<Name> says which rows these are.
package directives
