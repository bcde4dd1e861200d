// Package blobs is the file store: files named by the SHA-256 of their content, in a bucket of gocloud.dev/blob. Enter at
// Open. Who may have a file is not decided here.
package blobs
