// Package operations is the seventh word: how the school itself is kept running (docs/decisions/0026). Today that is the
// background jobs: which there are, how they went, and what becomes of one that failed. It holds no rule of the other words.
package operations
