package serve

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/graph/gqlerr"
)

// counts are what a selection, a definition, or a whole document comes to, with spreads as often as they stand.
type counts struct{ aliases, directives, fields, top, depth int64 }

func (c *counts) add(other counts) {
	c.aliases = min(c.aliases+other.aliases, ceiling)
	c.directives = min(c.directives+other.directives, ceiling)
	c.fields = min(c.fields+other.fields, ceiling)
	c.top = min(c.top+other.top, ceiling)
	c.depth = max(c.depth, other.depth)
}

// counter counts a document before it is validated: validation compares every pair of fields, so what is too large must be
// refused first. It takes linear time however often a fragment is spread, and fragments may go in circles.
type counter struct {
	doc   *ast.QueryDocument
	known map[string]counts // by fragment
}

// check refuses a parsed document that is larger than it may be, all of its operations together.
func (l Limits) check(doc *ast.QueryDocument) *gqlerror.Error {
	c := &counter{doc: doc, known: map[string]counts{}}
	var all counts
	rootFields := int64(0)
	for _, op := range doc.Operations {
		n := c.selection(op.SelectionSet)
		n.directives += int64(len(op.Directives)) + directivesOf(op.VariableDefinitions)
		rootFields = max(rootFields, n.top)
		all.add(n)
	}
	for _, f := range doc.Fragments {
		if _, counted := c.known[f.Name]; !counted { // what nobody spreads is validated all the same
			all.add(c.fragment(f.Name))
		}
	}
	for _, check := range []struct {
		name         string
		limit, asked int64
	}{
		{"operations", int64(l.Operations), int64(len(doc.Operations))},
		{"fragments", int64(l.Fragments), int64(len(doc.Fragments))},
		{"directives", int64(l.Directives), all.directives},
		{"aliases", int64(l.Aliases), all.aliases},
		{"root fields", int64(l.RootFields), rootFields},
		{"depth", int64(l.Depth), all.depth},
		{"fields", int64(l.Fields), all.fields},
	} {
		if check.asked > check.limit {
			return gqlerr.Limit(check.name, check.limit, check.asked)
		}
	}
	return nil
}

func directivesOf(variables ast.VariableDefinitionList) (n int64) {
	for _, v := range variables {
		n += int64(len(v.Directives))
	}
	return n
}

func (c *counter) selection(set ast.SelectionSet) counts {
	var sum counts
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			sum.add(c.field(s))
		case *ast.InlineFragment:
			n := c.selection(s.SelectionSet)
			n.directives += int64(len(s.Directives))
			sum.add(n)
		case *ast.FragmentSpread:
			n := c.fragment(s.Name)
			n.directives += int64(len(s.Directives))
			sum.add(n)
		}
	}
	return sum
}

func (c *counter) field(f *ast.Field) counts {
	n := c.selection(f.SelectionSet)
	n.top, n.fields, n.directives = 1, n.fields+1, n.directives+int64(len(f.Directives))
	if f.Alias != f.Name {
		n.aliases++
	}
	if f.Name == "__schema" || f.Name == "__type" {
		n.depth = 0 // the question of GraphiQL goes deep; what goes in circles there is refused apart
	}
	n.depth++
	return n
}

func (c *counter) fragment(name string) counts {
	if n, counted := c.known[name]; counted {
		return n
	}
	c.known[name] = counts{} // a circle ends here, and validation refuses it
	if f := c.doc.Fragments.ForName(name); f != nil {
		n := c.selection(f.SelectionSet)
		n.directives += int64(len(f.Directives)) + directivesOf(f.VariableDefinition)
		c.known[name] = n
	}
	return c.known[name]
}
