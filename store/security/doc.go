// Package security is the SQL of sessions, attempts to sign in, tokens, passwords and the audit logs: Reader reads, Tx writes, one file per
// aggregate. It returns the rows of domain/security alone; a statement that reads the columns of another word stands in the package
// store, which embeds what is here. Sessions keeps sessions outside of transactions, for auth. Begin with sessions.go.
package security
