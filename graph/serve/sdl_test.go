package serve_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/graph/serve"
)

func TestTheCommittedSDLIsFresh(t *testing.T) {
	t.Parallel()
	const path = "../../docs/schema.graphql"
	fresh := serve.SDL()
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

// Clients find the roots in the block, and a type named Subscription is taken for the root of streams: what users buy is
// a UserSubscription.
func TestTheSDLNamesItsRoots(t *testing.T) {
	t.Parallel()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "sdl", Input: serve.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	if schema.Query == nil || schema.Mutation == nil || schema.Subscription != nil {
		t.Errorf("query %v, mutation %v, subscription %v", schema.Query != nil, schema.Mutation != nil, schema.Subscription != nil)
	}
	if !strings.Contains(serve.SDL(), "\nschema {\n  query: Query\n  mutation: Mutation\n}\n") {
		t.Error("there is no schema block")
	}
	if schema.Types["Subscription"] != nil {
		t.Error("the name Subscription is kept for the root of streams")
	}
}
