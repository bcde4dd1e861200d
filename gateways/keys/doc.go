// Package keys keeps the keys that open what leaves the machine, such as backups: a keyset in a file outside the database. It must
// not know what is encrypted with them. Enter at Ensure and Read.
package keys
