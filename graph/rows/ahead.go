package rows

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/graph/loaders"
)

// Ahead reads what is asked of the rows that ctx's field answers with: a page, a list, or one row.
func Ahead(ctx context.Context, answer any) error {
	f := graphql.GetFieldContext(ctx).Field
	if f.Definition == nil || !of(ctx).once(f.Field) {
		return nil
	}
	found, own := rowsOf(answer, f.Definition.Type.Name()), isViewer(f.Field)
	return of(ctx).below(ctx, f.Definition.Type.Name(), f.Selections, found, own)
}

// Asks tells whether one of these fields is asked of the rows that ctx's field answers with.
func Asks(ctx context.Context, names ...string) bool {
	f, o := graphql.GetFieldContext(ctx).Field, of(ctx)
	object, set := o.rowSelection(f.Definition.Type.Name(), f.Selections)
	fields, _ := o.asked(set, object)
	return slices.ContainsFunc(fields, func(w *want) bool { return slices.Contains(names, w.Name) })
}

// isViewer tells a field that answers with the viewer herself.
func isViewer(f *ast.Field) bool { return f.Name == "viewer" }

// rowsOf are the rows of an answer, whatever its shape. A hit is read as its item.
func rowsOf(answer any, graphQL string) []any {
	var found []any
	switch v := reflect.ValueOf(answer); {
	case !v.IsValid(), v.Kind() == reflect.Pointer && v.IsNil():
		return nil
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			found = append(found, v.Index(i).Interface())
		}
	default:
		if p, ok := answer.(page); ok {
			found = rowsIn(p)
		} else {
			found = []any{answer}
		}
	}
	if graphQL == "SearchConnection" {
		for i := range found {
			found[i] = hitItem(found[i])
		}
	}
	return found
}

// below reads what a selection on a type, or on a connection of it, asks of rows.
func (o *operation) below(ctx context.Context, graphQL string, set ast.SelectionSet, rows []any, own bool) error {
	if len(rows) == 0 {
		return nil
	}
	object, set := o.rowSelection(graphQL, set)
	fields, _ := o.asked(set, object)
	type pending struct {
		link link
		want *want
		ask  ask
	}
	var waits []pending
	viewer, set2 := o.viewer(), loaders.From(ctx)
	for _, w := range fields {
		l, ok := links[object][w.Name]
		if !ok || !mayHave(viewer, w.Definition, own) {
			continue // what she may not have is not read
		}
		asked, ok := o.askOf(ctx, l, w)
		if !ok {
			continue
		}
		l.ahead(ctx, set2, asked, rows)
		if l.late || o.asksLinks(l.to, w.below) {
			waits = append(waits, pending{l, w, asked})
		}
	}
	for _, p := range waits {
		found, err := p.link.found(ctx, set2, p.ask, rows)
		if err != nil {
			return err
		}
		if p.link.shape == paged {
			o.once(p.want.Field)
		}
		if err := o.below(ctx, p.link.to, p.want.below, found, false); err != nil {
			return err
		}
	}
	return nil
}

// askOf tells how a list below is asked; ok is false where its first page is not what is asked.
func (o *operation) askOf(ctx context.Context, l link, w *want) (asked ask, ok bool) {
	if l.shape != paged {
		return ask{}, len(w.Arguments) == 0
	}
	asked.size, ok = FirstPage(ctx, w.Field)
	asked.below, _ = w.ArgumentMap(o.vars)["below"].(bool)
	return asked, ok
}

// asksLinks tells whether a selection asks anything that is read apart.
func (o *operation) asksLinks(graphQL string, set ast.SelectionSet) bool {
	object, set := o.rowSelection(graphQL, set)
	fields, _ := o.asked(set, object)
	for _, w := range fields {
		if _, ok := links[object][w.Name]; ok {
			return true
		}
	}
	return false
}

// rowSelection is the type of a connection's rows and what is asked of them, under nodes and edges; any other type as it is.
func (o *operation) rowSelection(graphQL string, set ast.SelectionSet) (object string, below ast.SelectionSet) {
	if !strings.HasSuffix(graphQL, "Connection") {
		return graphQL, set
	}
	parts, _ := o.asked(set, graphQL)
	for _, part := range parts {
		switch part.Name {
		case "nodes":
			below = append(below, part.below...)
		case "edges":
			inEdge, _ := o.asked(part.below, strings.TrimSuffix(graphQL, "Connection")+"Edge")
			for _, f := range inEdge {
				if f.Name == "node" {
					below = append(below, f.below...)
				}
			}
		}
	}
	return types()[graphQL].Fields.ForName("nodes").Type.Name(), below
}
