package rows

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

// writer writes the answer of one root field.
type writer struct {
	output
	ctx    context.Context //nolint:containedctx // it lives as long as the answer of one root field
	root   graph.ResolverRoot
	set    *loaders.Set
	viewer domain.Viewer
	path   ast.Path          // of what is being written
	at     *field            // the field that is being written
	errors []*gqlerror.Error // of fields that are null in the answer
	failed error             // the answer is given back to gqlgen
	where  ast.Path          // it failed
}

// errGivenUp is the reason of a writer that leaves the answer to gqlgen.
var errGivenUp = errors.New("gqlgen answers")

// giveUp leaves the answer to gqlgen.
func (w *writer) giveUp(reason string) { w.stop(errors.Join(errGivenUp, errors.New(reason))) }

// stop notes the first reason for gqlgen to answer, and its place: the writer comes back up from it.
func (w *writer) stop(err error) {
	if w.failed == nil {
		w.failed, w.where = err, slices.Clone(w.path)
	}
}

// open begins an object or a list; close ends it. Between the two, the last element of the path says which part is being
// written.
func (w *writer) open(bracket byte) {
	w.WriteByte(bracket)
	w.path = append(w.path, nil)
}

func (w *writer) close(bracket byte) {
	w.WriteByte(bracket)
	w.path = w.path[:len(w.path)-1]
	if err := w.spend(); err != nil {
		w.stop(err)
	}
}

// field begins the i-th field of an object. It reports whether there is any use in going on.
func (w *writer) field(i int, f *field) bool {
	if i > 0 {
		w.WriteByte(',')
	}
	w.WriteString(f.key)
	w.path[len(w.path)-1] = f.path
	w.at = f
	return w.failed == nil
}

// element begins the i-th element of a list.
func (w *writer) element(i int) bool {
	if i > 0 {
		w.WriteByte(',')
	}
	w.path[len(w.path)-1] = ast.PathIndex(i)
	return w.failed == nil
}

// text writes a string that needs no escapes.
func (w *writer) text(s string) {
	w.WriteByte('"')
	w.WriteString(s)
	w.WriteByte('"')
}

// null writes null. Where the schema allows none, gqlgen has the words and the place for it.
func (w *writer) null(nonNull bool) {
	if nonNull {
		w.giveUp("null where the schema allows none")
		return
	}
	w.WriteString("null")
}

// fail writes null for a field that has an error, which is held back until the answer is whole.
func (w *writer) fail(err error, nonNull bool) {
	if nonNull {
		w.stop(err)
		return
	}
	w.WriteString("null")
	e := gqlerror.WrapPath(append(ast.Path{}, w.path...), err)
	if at := w.at.place; at != nil {
		e.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	w.errors = append(w.errors, e)
}

// leaf writes a value with its scalar's own function.
func (w *writer) leaf(m graphql.Marshaler) { m.MarshalGQL(w) }

// leafOrError writes a value that may be unfit for JSON, such as infinity.
func (w *writer) leafOrError(m graphql.ContextMarshaler) {
	if err := m.MarshalGQLContext(w.ctx, w); err != nil {
		w.stop(err)
	}
}

// must is for constants of the schema, which the generator has read before.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
