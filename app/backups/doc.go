// Package backups takes backups of the school and restores them: the cluster's folder with its write-ahead log, the files and the
// secrets that belong to them, in one or two places elsewhere. How PostgreSQL wants it stands in db/backup, how objects are kept in
// gateways/blobs. Enter at Open; then Take, Verify, Restore and Drill.
package backups
