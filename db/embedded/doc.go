// Package embedded runs the built-in PostgreSQL: it finds binaries, makes a cluster once, starts the server or attaches
// to a running one, watches it, and stops it. It never deletes data and refuses what it does not understand.
//
// Enter at Start. The code above db never knows which server it has.
package embedded
