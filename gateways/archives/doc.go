// Package archives keeps months of logs as Parquet files in a bucket of gocloud.dev/blob. Enter at Open. What leaves the database, and
// what comes back, is decided elsewhere; here a file is written, and read again with its sums.
package archives
