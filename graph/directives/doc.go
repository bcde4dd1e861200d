// Package directives holds the guards of fields, one per file; directives.go lists them. A refusal is always an error,
// never a silent null.
package directives
