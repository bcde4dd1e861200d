// Package commands is the command line, one file per command. Each reads the settings, does one thing with app, and says
// in a sentence what went wrong.
package commands
