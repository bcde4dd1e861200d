package rows

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/domain/content"
	schema "lyceum/graph"
)

var types = sync.OnceValue(func() map[string]*ast.Definition { return schema.NewExecutableSchema(schema.Config{}).Schema().Types })

// want is a field that an operation asks of an object.
type want struct {
	*ast.Field
	below ast.SelectionSet // of all places that ask for it under the same key
}

// operation is what rows needs to know of the operation that is being answered. It lives as long as that.
type operation struct {
	doc    *ast.QueryDocument
	vars   map[string]any
	viewer func() domain.Viewer

	mu    sync.Mutex
	ahead map[*ast.Field]bool // fields whose rows were read ahead
	first map[*ast.Field]firstPage
}

type firstPage struct {
	size int32
	is   bool
}

// itemNeeds are the columns behind the links of items; those behind its other fields follow from their names.
var itemNeeds = map[string]string{"category": "category_id", "author": "author_id"}

// Looked are the columns of items that an operation looks at, wherever it does, and the fields that it names, of whatever.
func Looked(op *graphql.OperationContext) (columns []string, fields map[string]bool) {
	fields = map[string]bool{}
	seen := map[string]bool{}
	var look func(ast.SelectionSet)
	look = func(set ast.SelectionSet) {
		for _, selected := range set {
			switch s := selected.(type) {
			case *ast.Field:
				fields[s.Name] = true
				if s.ObjectDefinition != nil && s.ObjectDefinition.Name == "ContentItem" && !seen[s.Name] {
					seen[s.Name] = true
					columns = append(columns, itemColumn(s.Name))
				}
				look(s.SelectionSet)
			case *ast.InlineFragment:
				look(s.SelectionSet)
			}
		}
	}
	look(op.Operation.SelectionSet)
	for _, f := range op.Doc.Fragments {
		look(f.SelectionSet)
	}
	return columns, fields
}

func itemColumn(field string) string {
	if name, ok := itemNeeds[field]; ok {
		return name
	}
	item := reflect.TypeFor[content.Item]()
	for i := range item.NumField() {
		if f := item.Field(i); strings.EqualFold(f.Name, field) || f.Name == "TagWords" && field == "tags" {
			return f.Tag.Get("db")
		}
	}
	return "" // it is read elsewhere
}

type operationKey struct{}

// With gives an operation its look-ahead.
func With(ctx context.Context) context.Context {
	op := graphql.GetOperationContext(ctx)
	return context.WithValue(ctx, operationKey{}, &operation{
		doc: op.Doc, vars: op.Variables, viewer: func() domain.Viewer { return domain.ViewerFrom(ctx) },
		ahead: map[*ast.Field]bool{}, first: map[*ast.Field]firstPage{},
	})
}

func of(ctx context.Context) *operation {
	o, _ := ctx.Value(operationKey{}).(*operation)
	return o
}

// asked are the fields of a selection that apply to an object type, in the order of the answer. plain is false if there
// is a directive that this package does not know.
func (o *operation) asked(set ast.SelectionSet, object string) (fields []*want, plain bool) {
	plain = true
	fields = make([]*want, 0, len(set))
	var spread []string
	o.collect(&fields, set, types()[object], &spread, &plain)
	return fields, plain
}

func (o *operation) collect(fields *[]*want, set ast.SelectionSet, object *ast.Definition, spread *[]string, plain *bool) {
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			if o.skips(s.Directives, plain) {
				continue
			}
			if at := slices.IndexFunc(*fields, func(w *want) bool { return w.Alias == s.Alias }); at >= 0 {
				w := (*fields)[at]
				w.below = append(w.below[:len(w.below):len(w.below)], s.SelectionSet...)
			} else {
				*fields = append(*fields, &want{s, s.SelectionSet})
			}
		case *ast.InlineFragment:
			if !o.skips(s.Directives, plain) && applies(s.TypeCondition, object) {
				o.collect(fields, s.SelectionSet, object, spread, plain)
			}
		case *ast.FragmentSpread:
			f := o.doc.Fragments.ForName(s.Name)
			if !o.skips(s.Directives, plain) && f != nil && !slices.Contains(*spread, s.Name) && applies(f.TypeCondition, object) {
				*spread = append(*spread, s.Name) // once is enough, however often it is spread
				o.collect(fields, f.SelectionSet, object, spread, plain)
			}
		}
	}
}

func applies(condition string, object *ast.Definition) bool {
	return condition == "" || condition == object.Name || slices.Contains(object.Interfaces, condition)
}

// skips tells whether @skip or @include leave a selection out.
func (o *operation) skips(directives ast.DirectiveList, plain *bool) bool {
	for _, d := range directives {
		switch d.Name {
		case "skip", "include":
			if d.ArgumentMap(o.vars)["if"] == (d.Name == "skip") {
				return true
			}
		default:
			*plain = false
		}
	}
	return false
}

// guards are what the directives of a field ask of whoever wants it.
type guards struct {
	unknown     bool
	signedIn    bool
	permissions []domain.Permission
	own         []domain.Permission // or the row is her own
}

var fieldGuards sync.Map // *ast.FieldDefinition → guards

func guardsOf(f *ast.FieldDefinition) guards {
	if known, ok := fieldGuards.Load(f); ok {
		return known.(guards) //nolint:forcetypeassert // nothing else is stored
	}
	var g guards
	for _, d := range f.Directives {
		switch d.Name {
		case "self":
			g.own = append(g.own, permissionIn(d))
		case "hasPermission":
			g.permissions = append(g.permissions, permissionIn(d))
		case "authenticated":
			g.signedIn = true
		case "cost", "goField", "idempotent", "repeatable", "deprecated", "contentAccess": // the last asks its own question for each row
		default:
			g.unknown = true
		}
	}
	fieldGuards.Store(f, g)
	return g
}

func permissionIn(d *ast.Directive) domain.Permission {
	return domain.Permission(strings.ToLower(strings.Replace(d.Arguments[0].Value.Raw, "_", ".", 1)))
}

// mayHave tells whether a field's guards are sure to let the viewer pass, for any row or, if own, for her own.
func mayHave(viewer domain.Viewer, f *ast.FieldDefinition, own bool) bool {
	if len(f.Directives) == 0 {
		return true
	}
	g := guardsOf(f)
	lacks := func(p domain.Permission) bool { return !viewer.May(p) }
	return !g.unknown && (!g.signedIn || viewer.SignedIn()) && !slices.ContainsFunc(g.permissions, lacks) && (own || !slices.ContainsFunc(g.own, lacks))
}

// FirstPage tells whether a list is asked for its first page, unfiltered and in its usual order, and how long it may be.
func FirstPage(ctx context.Context, f *ast.Field) (size int32, is bool) {
	o := of(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	known, ok := o.first[f]
	if !ok {
		known.size, known.is = o.firstPage(f)
		o.first[f] = known
	}
	return known.size, known.is
}

func (o *operation) firstPage(f *ast.Field) (size int32, is bool) {
	args := f.ArgumentMap(o.vars)
	for _, name := range []string{"last", "after", "before", "filter"} {
		if args[name] != nil {
			return 0, false
		}
	}
	if f.Arguments.ForName("orderBy") != nil {
		return 0, false
	}
	switch n := args["first"].(type) {
	case nil:
		return domain.DefaultPage, true
	case int64:
		return int32(n), n >= 1 && n <= domain.MaxPage //nolint:gosec // 1 to 100
	case interface{ Int64() (int64, error) }: // a JSON number
		i, err := n.Int64()
		return int32(i), err == nil && i >= 1 && i <= domain.MaxPage //nolint:gosec // 1 to 100
	default:
		return 0, false
	}
}

// once tells whether nobody has read ahead below a field yet, and notes that somebody does.
func (o *operation) once(f *ast.Field) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := !o.ahead[f]
	o.ahead[f] = true
	return fresh
}
