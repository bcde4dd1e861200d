// Command generate writes the code of the graph from its schema: gqlgen's executor, and beside it the reading ahead and the
// writing of rows in graph/rows. Run it with `make generate`; a test of the repository notices stale files.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err == nil {
		err = api.Generate(cfg, api.AddPlugin(rows{module: "lyceum"}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
