// Package loaders batches the reads of one operation: many fields ask for single rows, one statement fetches them. A Set
// lives as long as its operation and never longer, so that nothing is answered from yesterday. Enter at From.
package loaders
