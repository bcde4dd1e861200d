// Package app knows everyone: it reads the settings, opens the database, builds the services, the graph and the jobs, and
// puts them behind HTTP. Enter at New; commands/ holds the command line.
package app
