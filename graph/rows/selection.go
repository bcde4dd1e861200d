package rows

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/graph/relations"
)

// object is an object type of the schema. The list is generated.
type object struct {
	name      string
	row       string   // the Go type of its rows, as the store's projections name it
	satisfies []string // itself and its interfaces
	fields    []fieldInfo
}

type fieldInfo struct {
	name    string
	below   []int                                              // the object types that it can answer with, by their places in objects
	args    func(context.Context, map[string]any) (any, error) // reads its arguments; nil if it has none
	ahead   bool                                               // a relation reads it ahead, or its guard reads ahead
	columns []string                                           // of the row, that it looks at; nil if that is not known
	reads   string                                             // rows that its guards look at, whole
}

var objects []object

// typename is the index of __typename, which every type has.
const typename = -1

var indexes = sync.OnceValue(func() []map[string]int {
	all := make([]map[string]int, len(objects))
	for i, o := range objects {
		all[i] = map[string]int{"__typename": typename}
		for j, f := range o.fields {
			all[i][f.name] = j
		}
	}
	return all
})

// selection is what an operation asks of the rows of one object type, worked out once for all rows.
type selection struct {
	of     int // the object type
	fields []field
	deep   bool // something below is read ahead
}

// field is one field of a selection.
type field struct {
	index int // its place in the type's fields
	alias string
	path  ast.PathElement // alias
	key   string          // `"alias":`
	place *ast.Position   // in the document
	args  any             // a pointer to the generated struct of its arguments
	page  relations.Args
	first bool         // no argument but those of page is given
	below []*selection // one for each object type that it can answer with
	deep  bool         // it is read ahead, or something below it is
}

// What only gqlgen can do.
var (
	errArgument      = errors.New("an argument that is an object")
	errDefer         = errors.New("@defer")
	errIntrospection = errors.New("introspection")
)

// plan is how an operation's root fields are answered.
type plan struct {
	ctx   context.Context //nolint:containedctx // it lives as long as the operation
	op    *graphql.OperationContext
	roots map[string]*field // by alias; a field that is not here is gqlgen's
	why   map[string]error  // it is not
	// columns are those of each kind of row that somebody looks at; whole are the kinds of which more is looked at than is known.
	columns map[string][]string
	whole   map[string]bool
}

type planKey struct{}

// Prepare works out what an operation selects, before anything is read. The projection names, by the Go type of a row, the
// columns that will be looked at; rows that it does not name are read whole.
func Prepare(ctx context.Context) (_ context.Context, projection map[string][]string) {
	op := graphql.GetOperationContext(ctx)
	root, kind := ofQuery, []string{"Query"}
	if op.Operation.Operation != ast.Query {
		root, kind = ofMutation, []string{"Mutation"}
	}
	if op.Operation.Operation == ast.Subscription {
		return ctx, nil
	}
	p := &plan{ctx: ctx, op: op, roots: map[string]*field{}, why: map[string]error{}, columns: map[string][]string{}, whole: map[string]bool{}}
	for _, c := range graphql.CollectFields(op, op.Operation.SelectionSet, kind) {
		if f, err := p.field(root, c); err == nil {
			p.roots[c.Alias] = &f
		} else {
			p.why[c.Alias] = err
		}
	}
	if len(p.why) == 0 {
		projection = p.columns
		for row := range p.whole {
			delete(projection, row)
		}
	}
	return context.WithValue(ctx, planKey{}, p), projection
}

func planOf(ctx context.Context) *plan {
	p, _ := ctx.Value(planKey{}).(*plan)
	return p
}

// selection works out what a selection set asks of an object type.
func (p *plan) selection(of int, set ast.SelectionSet) (*selection, error) {
	collected := graphql.CollectFields(p.op, set, objects[of].satisfies)
	s := &selection{of: of, fields: make([]field, len(collected))}
	if row := objects[of].row; p.columns[row] == nil {
		p.columns[row] = []string{} // somebody asks whether it is there
	}
	for i, c := range collected {
		f, err := p.field(of, c)
		if err != nil {
			return nil, err
		}
		s.fields[i] = f
		s.deep = s.deep || f.deep
	}
	return s, nil
}

func (p *plan) field(of int, c graphql.CollectedField) (field, error) {
	index, known := indexes()[of][c.Name]
	f := field{index: index, alias: c.Alias, path: ast.PathName(c.Alias), key: `"` + c.Alias + `":`, place: c.Position, first: true}
	switch {
	case !known:
		return f, errIntrospection
	case len(c.Deferrables) > 0:
		return f, errDefer
	case f.index == typename:
		return f, nil
	}
	info := &objects[of].fields[f.index]
	p.looks(objects[of].row, info)
	f.deep = info.ahead
	if info.args != nil {
		raw := c.ArgumentMap(p.op.Variables)
		var err error
		if f.args, err = info.args(p.ctx, raw); err != nil {
			return f, err
		}
		f.page, f.first = firstPage(c.Field, raw)
	}
	for _, object := range info.below {
		below, err := p.selection(object, c.Selections)
		if err != nil {
			return f, err
		}
		f.below = append(f.below, below)
		f.deep = f.deep || below.deep
	}
	return f, nil
}

// looks notes what a field looks at.
func (p *plan) looks(row string, f *fieldInfo) {
	if f.columns == nil {
		p.whole[row] = true
	}
	if f.reads != "" {
		p.whole[f.reads] = true
	}
	p.columns[row] = append(p.columns[row], f.columns...)
}

// firstPage reads the arguments that relations know, and reports whether nothing else is asked: a list with any other
// argument is not read ahead but by its resolver, so that no argument is ever ignored.
func firstPage(f *ast.Field, raw map[string]any) (args relations.Args, only bool) {
	for _, a := range f.Arguments {
		if a.Name != "first" && a.Name != "below" && raw[a.Name] != nil && raw[a.Name] != byDefault(f, a.Name) {
			return args, false
		}
	}
	args.Below, _ = raw["below"].(bool)
	switch n := raw["first"].(type) {
	case nil:
		args.Size = domain.DefaultPage
	case int64:
		args.Size = int32(n) //nolint:gosec // at most 100, else the limits have refused it
	case interface{ Int64() (int64, error) }: // a JSON number
		i, err := n.Int64()
		if err != nil {
			return args, false
		}
		args.Size = int32(i) //nolint:gosec // see above
	default:
		return args, false
	}
	return args, args.Size >= 1 && args.Size <= domain.MaxPage
}

// byDefault is what an argument is if it is not given; nil unless that is a word or a flag. Clients spell it out, too.
func byDefault(f *ast.Field, argument string) any {
	a := f.Definition.Arguments.ForName(argument)
	if a == nil || a.DefaultValue == nil || a.DefaultValue.Kind != ast.EnumValue && a.DefaultValue.Kind != ast.BooleanValue {
		return nil
	}
	v, _ := a.DefaultValue.Value(nil)
	return v
}

// Selects reports whether one of these fields is selected of the rows that ctx's root field answers with; a connection's rows
// are those of nodes and edges.
func Selects(ctx context.Context, names ...string) bool {
	p, fc := planOf(ctx), graphql.GetFieldContext(ctx)
	if p == nil || p.roots[fc.Field.Alias] == nil {
		return false
	}
	for _, s := range p.roots[fc.Field.Alias].below {
		for _, rows := range s.rows() {
			for _, name := range names {
				if len(rows.named(name)) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// rows are the selections on the rows of a connection, or the selection itself.
func (s *selection) rows() (all []*selection) {
	if !strings.HasSuffix(objects[s.of].name, "Connection") {
		return []*selection{s}
	}
	for _, f := range s.named("nodes") {
		all = append(all, f.below...)
	}
	for _, edges := range s.named("edges") {
		for _, f := range edges.below[0].named("node") {
			all = append(all, f.below...)
		}
	}
	return all
}

// named are the fields of this name, under whatever aliases.
func (s *selection) named(name string) (found []*field) {
	for i := range s.fields {
		if s.fields[i].index == indexes()[s.of][name] && name != "__typename" {
			found = append(found, &s.fields[i])
		}
	}
	return found
}
