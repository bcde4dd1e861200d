package resolvers

import (
	"context"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
)

// want is a field that an operation asks of an object.
type want struct {
	*ast.Field
	below ast.SelectionSet // of all places that ask for it under this name
}

// asked are the fields that an operation asks of an object and that the viewer may have, by name.
type asked map[string]*want

func (a asked) has(names ...string) bool {
	for _, name := range names {
		if a[name] != nil {
			return true
		}
	}
	return false
}

// ahead looks ahead at what an operation asks. It lives as long as the operation.
type ahead struct {
	doc    *ast.QueryDocument
	vars   map[string]any
	viewer func() domain.Viewer

	mu        sync.Mutex
	rows      map[*ast.Field]asked
	announced map[*ast.Field]bool
}

type aheadKey struct{}

func withAhead(ctx context.Context) context.Context {
	op := graphql.GetOperationContext(ctx)
	return context.WithValue(ctx, aheadKey{}, &ahead{
		doc: op.Doc, vars: op.Variables, viewer: func() domain.Viewer { return domain.ViewerFrom(ctx) },
		rows: map[*ast.Field]asked{}, announced: map[*ast.Field]bool{},
	})
}

func aheadOf(ctx context.Context) *ahead {
	a, _ := ctx.Value(aheadKey{}).(*ahead)
	return a
}

// fields are what is asked of the object that a field answers.
func (a *ahead) fields(set ast.SelectionSet) asked {
	viewer, found := a.viewer(), asked{}
	a.collect(found, set, func(f *ast.FieldDefinition) bool { return mayHave(viewer, f) }, map[string]bool{})
	return found
}

// ownFields are what is asked of the viewer herself, who may have what is her own.
func (a *ahead) ownFields(set ast.SelectionSet) asked {
	found := asked{}
	a.collect(found, set, func(*ast.FieldDefinition) bool { return true }, map[string]bool{})
	return found
}

// collect walks a selection once. Fragments on any type count: one that does not apply only reads too much.
func (a *ahead) collect(found asked, set ast.SelectionSet, may func(*ast.FieldDefinition) bool, spread map[string]bool) {
	for _, selected := range set {
		switch s := selected.(type) {
		case *ast.Field:
			if a.skipped(s.Directives) || !may(s.Definition) {
				continue
			}
			if w := found[s.Name]; w != nil {
				w.below = append(w.below[:len(w.below):len(w.below)], s.SelectionSet...)
			} else {
				found[s.Name] = &want{s, s.SelectionSet}
			}
		case *ast.InlineFragment:
			if !a.skipped(s.Directives) {
				a.collect(found, s.SelectionSet, may, spread)
			}
		case *ast.FragmentSpread:
			if f := a.doc.Fragments.ForName(s.Name); f != nil && !spread[s.Name] && !a.skipped(s.Directives) {
				spread[s.Name] = true
				a.collect(found, f.SelectionSet, may, spread)
			}
		}
	}
}

func (a *ahead) skipped(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name == "skip" && d.ArgumentMap(a.vars)["if"] == true || d.Name == "include" && d.ArgumentMap(a.vars)["if"] == false {
			return true
		}
	}
	return false
}

// mayHave tells whether a field's guard lets the viewer pass for any row: what she may not have is not read ahead.
func mayHave(viewer domain.Viewer, f *ast.FieldDefinition) bool {
	if f == nil {
		return true
	}
	for _, d := range f.Directives {
		switch d.Name {
		case "self", "hasPermission":
			if !viewer.May(domain.Permission(strings.ToLower(strings.Replace(d.Arguments[0].Value.Raw, "_", ".", 1)))) {
				return false
			}
		case "authenticated":
			if !viewer.SignedIn() {
				return false
			}
		}
	}
	return true
}

// rowsOf are the fields that are asked of the rows of a connection, under nodes and edges.
func (a *ahead) rowsOf(connection *ast.Field, set ast.SelectionSet) asked {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.rows[connection]; ok {
		return known
	}
	var below ast.SelectionSet
	parts := a.fields(set)
	if nodes := parts["nodes"]; nodes != nil {
		below = append(below, nodes.below...)
	}
	if edges := parts["edges"]; edges != nil {
		if node := a.fields(edges.below)["node"]; node != nil {
			below = append(below, node.below...)
		}
	}
	a.rows[connection] = a.fields(below)
	return a.rows[connection]
}

// once tells whether nobody has announced the rows of a field yet, and notes that somebody does.
func (a *ahead) once(f *ast.Field) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := !a.announced[f]
	a.announced[f] = true
	return fresh
}

// firstPage tells whether a list is asked for its first page, unfiltered and in its usual order, and how long it may be.
func (a *ahead) firstPage(f *ast.Field) (size int32, first bool) {
	args := f.ArgumentMap(a.vars)
	for _, name := range []string{"last", "after", "before", "filter"} {
		if args[name] != nil {
			return 0, false
		}
	}
	if f.Arguments.ForName("orderBy") != nil {
		return 0, false
	}
	size = domain.DefaultPage
	if n, given := wholeNumber(args["first"]); given {
		size = int32(n) //nolint:gosec // 1 to 100, the limits saw to that
	}
	return size, true
}
