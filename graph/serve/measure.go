package serve

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/graph/gqlerr"
)

// listSize is what a list without paging arguments is taken for.
const listSize = 10

// ceiling keeps sums from overflowing; no limit is near it.
const ceiling = 1 << 40

// size is what a selection comes to.
type size struct{ nodes, cost int64 }

// measurement walks an operation once. Each fragment is worked out once for each page size around it, so that the walk
// takes linear time however often a fragment is spread.
type measurement struct {
	doc  *ast.QueryDocument
	vars map[string]any

	total       size
	introspects bool
	problem     *gqlerror.Error
	known       map[fragmentAt]size
}

type fragmentAt struct {
	name string
	page int64
}

func measure(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) *measurement {
	m := &measurement{doc: doc, vars: vars, known: map[fragmentAt]size{}}
	m.total = m.selection(op.SelectionSet, 0)
	return m
}

// selection measures a selection set; page is the page size of the connection it belongs to, 0 outside one.
func (m *measurement) selection(set ast.SelectionSet, page int64) size {
	var sum size
	for _, selected := range set {
		var s size
		switch f := selected.(type) {
		case *ast.Field:
			s = m.field(f, page)
		case *ast.InlineFragment:
			s = m.selection(f.SelectionSet, page)
		case *ast.FragmentSpread:
			s = m.fragment(f.Name, page)
		}
		sum.nodes = min(sum.nodes+s.nodes, ceiling)
		sum.cost = min(sum.cost+s.cost, ceiling)
	}
	return sum
}

func (m *measurement) fragment(name string, page int64) size {
	key := fragmentAt{name, page}
	if s, ok := m.known[key]; ok {
		return s
	}
	m.known[key] = size{} // validation refuses circles; a second look never recurses
	if f := m.doc.Fragments.ForName(name); f != nil {
		m.known[key] = m.selection(f.SelectionSet, page)
	}
	return m.known[key]
}

func (m *measurement) field(f *ast.Field, page int64) size {
	var own size
	if f.Name == "__schema" || f.Name == "__type" {
		m.introspects = true
		m.introspection(f.SelectionSet, nil, map[string]bool{})
		own.cost = 1
		return own
	}
	if f.Definition == nil || f.Definition.Type == nil {
		return own
	}
	inner := int64(0)
	if f.Definition.Arguments.ForName("first") != nil {
		var problem *gqlerror.Error
		if inner, problem = pageSize(f, m.vars); problem != nil && m.problem == nil {
			m.problem = problem
		}
	}
	below := m.selection(f.SelectionSet, inner)
	if len(f.SelectionSet) > 0 && !wrapping(f.Definition.Type.Name()) {
		own.nodes, own.cost = 1, 1
	}
	own.cost += weight(f.Definition)
	times := m.times(f, page)
	return size{
		nodes: min(times*min(own.nodes+below.nodes, ceiling/times), ceiling),
		cost:  min(times*min(own.cost+below.cost, ceiling/times), ceiling),
	}
}

// times is how often a field's object may come.
func (m *measurement) times(f *ast.Field, page int64) int64 {
	switch {
	case f.Definition.Type.Elem == nil:
		return 1
	case page > 0 && (f.Name == "edges" || f.Name == "nodes"):
		return page
	case f.Definition.Arguments.ForName("ids") != nil:
		ids, _ := f.ArgumentMap(m.vars)["ids"].([]any)
		return int64(max(len(ids), 1))
	case len(f.SelectionSet) == 0:
		return 1
	default:
		return listSize
	}
}

// wrapping types are the paper around rows; they cost nothing.
func wrapping(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || name == "PageInfo" || name == "Money"
}

func weight(d *ast.FieldDefinition) int64 {
	cost := d.Directives.ForName("cost")
	if cost == nil {
		return 0
	}
	n, _ := wholeNumber(cost.ArgumentMap(nil)["weight"])
	return n
}

// introspection refuses what goes in circles: the lists of a type below a list of a type.
func (m *measurement) introspection(set ast.SelectionSet, above []string, spread map[string]bool) {
	for _, selected := range set {
		switch f := selected.(type) {
		case *ast.Field:
			path := above
			switch f.Name {
			case "fields", "inputFields", "interfaces", "possibleTypes":
				for _, name := range above {
					if name == f.Name && m.problem == nil {
						m.problem = gqlerr.Limit("introspection recursion", 1, 2)
						return
					}
				}
				path = append(append([]string{}, above...), f.Name)
			}
			m.introspection(f.SelectionSet, path, spread)
		case *ast.InlineFragment:
			m.introspection(f.SelectionSet, above, spread)
		case *ast.FragmentSpread:
			key := f.Name + "/" + strings.Join(above, "/")
			if spread[key] {
				continue
			}
			spread[key] = true
			if fragment := m.doc.Fragments.ForName(f.Name); fragment != nil {
				m.introspection(fragment.SelectionSet, above, spread)
			}
		}
	}
}
