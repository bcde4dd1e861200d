package serve

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lyceum/graph"
)

func TestEveryRuleOfTheSpecificationIsCheckedAndItsMessagesAreThoughtOf(t *testing.T) {
	t.Parallel()
	var ours []string
	for _, rule := range everyRule {
		ours = append(ours, rule.Name)
		if _, told := withoutNames[rule.Name]; told == quotesOnlyWhatWasSent[rule.Name] {
			t.Errorf("%s: does its message name parts of the schema or not?", rule.Name)
		}
	}
	if theirs := slices.Sorted(maps.Keys(rules.NewDefaultRules().GetInner())); !slices.Equal(slices.Sorted(slices.Values(ours)), theirs) {
		t.Errorf("ours %v, the library's %v", ours, theirs)
	}
	for name, plain := range plainRules {
		if plain.Name != name+"WithoutSuggestions" {
			t.Errorf("%s stands in for %s", plain.Name, name)
		}
	}
}

func TestAWordIsFoundWhereTheErrorIs(t *testing.T) {
	t.Parallel()
	const text = "{\r\n  first(a: 1)\n  zweite\r  drïtte { vierte }\n}"
	for at, word := range map[gqlerror.Location]string{
		{Line: 2, Column: 3}: "first", {Line: 2, Column: 12}: "1", {Line: 3, Column: 3}: "zweite", {Line: 4, Column: 12}: "vierte",
		{Line: 1, Column: 1}: "", {Line: 9, Column: 1}: "", {Line: 1, Column: 9}: "", {}: "",
	} {
		if got := wordAt(text, at); got != word {
			t.Errorf("%v: %q, want %q", at, got, word)
		}
	}
}

// counting is a cache that tells what it was given.
type counting struct{ added []string }

func (c *counting) Get(context.Context, string) (*ast.QueryDocument, bool) { return nil, false }
func (c *counting) Add(_ context.Context, text string, _ *ast.QueryDocument) {
	c.added = append(c.added, text)
}

func TestReadingADocumentKeepsNothing(t *testing.T) {
	t.Parallel()
	cache := &counting{}
	r := &reader{schema: graph.NewExecutableSchema(graph.Config{}).Schema(), limits: DefaultLimits(), cache: cache}
	for i := range 100 {
		for _, text := range []string{"{ nothing%d }", "{ plans { id } } #%d", "{ ", "query ($v%d: ID!) { node(id: $v) { id } }"} {
			_, _, _ = r.read(t.Context(), strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
		}
	}
	if len(cache.added) > 0 {
		t.Errorf("%d documents were kept before they were accepted: %q", len(cache.added), cache.added[0])
	}
}
