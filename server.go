// Command lyceum is the backend of an AI training content platform. `lyceum help` lists what it can do; without a word it
// serves.
package main

import (
	"os"

	"lyceum/app/commands"
)

func main() {
	os.Exit(commands.Run(os.Args[1:], os.Stdout, os.Stderr))
}
