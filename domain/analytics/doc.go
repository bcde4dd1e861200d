// Package analytics names the measures and their periods. The arithmetic is in views; enter at Service for the one
// thing that can be done: having them worked out again.
package analytics
