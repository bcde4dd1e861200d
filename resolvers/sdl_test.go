package resolvers_test

import (
	"os"
	"testing"

	"lyceum/resolvers"
)

func TestTheCommittedSDLIsFresh(t *testing.T) {
	t.Parallel()
	const path = "../docs/schema.graphql"
	fresh := resolvers.SDL()
	committed, err := os.ReadFile(path)
	if err == nil && string(committed) == fresh {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("docs/schema.graphql is stale: run make sdl (%v)", err)
	}
	if err := os.WriteFile(path, []byte(fresh), 0o644); err != nil {
		t.Fatal(err)
	}
}
