// Package db connects the program to PostgreSQL: it opens pools, prepares statements, runs transactions and migrates. It
// knows no table; SQL about tables is in store and in migrations. CONVENTIONS.md tells the manners of the schema.
package db
