package main

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// prefetchObject writes the function that reads ahead what a selection asks of rows of a type. All that hangs on the rows
// themselves is begun before anything is waited for; what hangs deeper follows, level by level.
func (g *generator) prefetchObject(o *codegen.Object) {
	body := g.b
	g.b = strings.Builder{}
	for i, f := range o.Fields {
		g.prefetchField(i, f)
	}
	cases := g.b.String()
	g.b = body
	g.line("\nfunc prefetch%s(p *prefetch, s *selection, rows []%s) {", o.Name, ref(o.Reference()))
	if cases != "" {
		g.line("\tif len(rows) == 0 {\n\t\treturn\n\t}\n\tvar later []func()\n\tfor i := range s.fields {\n\t\tf := &s.fields[i]\n\t\tswitch f.index {\n%s\t\t}\n\t}\n\tfor _, next := range later {\n\t\tnext()\n\t}", cases)
	}
	g.line("}")
}

func (g *generator) prefetchField(i int, f *codegen.Field) {
	relation, early := g.relationOf(f), g.early(f)
	switch {
	case relation != "":
		g.line("\t\tcase %d: // %s", i, f.Name)
		g.relation(f, relation, early)
	case len(g.possible(f.TypeReference.Definition)) == 0 || f.IsResolver || f.MethodHasContext || len(f.Args) > 0 || f.IsMethod() && !f.NoErr:
		// A value, or something that is read for each row when it is written. Its guard may read all the same.
		if early != "" {
			g.line("\t\tcase %d: // %s\n%s", i, f.Name, early)
		}
	default:
		g.line("\t\tcase %d: // %s\n%sif f.deep {\nlater = append(later, func() {", i, f.Name, early)
		g.line("var values []%s\nfor _, obj := range rows {", ref(f.TypeReference.GO))
		g.guard(f, "p", func(err string) { g.line("if %s != nil { continue }", err) })
		g.read(f, nil)
		g.line("values = append(values, v)\n}")
		g.below(f.TypeReference)
		g.line("})\n}")
	}
}

// early are the statements that begin to read, for all rows at once, what a field's guards look at.
func (g *generator) early(f *codegen.Field) (calls string) {
	for _, d := range f.ImplDirectives() {
		name := "Prefetch" + templates.UcFirst(d.Name)
		ahead := g.guards.Lookup(name)
		if ahead == nil {
			continue
		}
		calls += fmt.Sprintf("%s.%s(p.ctx, rows)\n", g.use("graph/directives"), name)
		if s, ok := ahead.Type().(*types.Signature); !ok || s.Params().Len() != 2 || s.Params().At(1).Type().String() != "[]"+f.Object.Reference().String() {
			g.problem(f, "@%s is not for rows of this type: %s reads ahead for others", d.Name, name)
		}
	}
	return calls
}

// relation begins to read what a relation points at, for the rows whose guards let the viewer pass.
func (g *generator) relation(f *codegen.Field, relation, early string) {
	if early != "" { // the guard itself reads: first for all rows, then it is asked
		g.line("%slater = append(later, func() {\nvar later []func()", early)
	}
	rows := "rows"
	if len(f.ImplDirectives()) > 0 {
		rows = "open"
		g.line("open := allowed(rows, func(obj %s) error {", ref(f.Object.Reference()))
		g.guard(f, "p", func(err string) { g.line("if err := %s; err != nil { return err }", err) })
		g.line("return nil\n})")
	}
	if len(g.possible(f.TypeReference.Definition)) == 0 {
		g.line("relate(p, &later, f, %s, %s, nil)", relation, rows)
	} else {
		g.line("relate(p, &later, f, %s, %s, func(values []%s) {", relation, rows, ref(f.TypeReference.GO))
		g.below(f.TypeReference)
		g.line("})")
	}
	if early != "" {
		g.line("for _, next := range later { next() }\n})")
	}
}

// below writes the statements that read ahead below values, a slice of a field's type.
func (g *generator) below(t *config.TypeReference) {
	if t.IsSlice() {
		g.line("{\nvalues := flat(values)")
		g.below(t.Elem())
		g.line("}")
		return
	}
	if t.Definition.Kind != ast.Object {
		for i, name := range g.possible(t.Definition) {
			o := g.objects[g.ids[strings.TrimPrefix(name, "of")]]
			g.line("prefetch%s(p, f.below[%d], there(only[%s](values)))", o.Name, i, ref(o.Reference()))
		}
		return
	}
	kind := "there"
	if !t.IsNilable() {
		kind = "pointers"
	}
	g.line("prefetch%s(p, f.below[0], %s(values))", t.Definition.Name, kind)
}

// rootFields writes how the answers of a root's resolvers are read ahead and written.
func (g *generator) rootFields(o *codegen.Object) {
	g.line("\nfunc prefetch%s(p *prefetch, f *field, answer any) {\n\tswitch f.index {", o.Name)
	for i, f := range o.Fields {
		if len(g.possible(f.TypeReference.Definition)) == 0 {
			continue
		}
		g.line("\tcase %d: // %s\nif v, ok := answer.(%s); ok {\nvalues := []%s{v}", i, f.Name, ref(f.TypeReference.GO), ref(f.TypeReference.GO))
		g.below(f.TypeReference)
		g.line("}")
	}
	g.line("\t}\n}\n\nfunc write%s(w *writer, f *field, answer any) {\n\tswitch f.index {", o.Name)
	for i, f := range o.Fields {
		g.line("\tcase %d: // %s\nv, ok := answer.(%s)\nif !ok { w.giveUp(\"the answer is of another type\"); return }", i, f.Name, ref(f.TypeReference.GO))
		g.value(f, f.TypeReference, "v")
	}
	g.line("\tdefault:\nw.giveUp(\"an unknown field\")\n\t}\n}")
}

// arguments writes the type of a field's arguments and the function that reads them, once for all rows.
func (g *generator) arguments(f *codegen.Field) {
	name := argsName(f)
	g.line("\ntype args%s struct {", name)
	for _, a := range f.Args {
		g.line("\t%s %s", a.VarName, ref(a.TypeReference.GO))
	}
	g.line("}\n\nfunc decode%s(ctx context.Context, raw map[string]any) (any, error) {\n\tvar a args%s\n\tvar err error\n\t_ = ctx", name, name)
	for _, a := range f.Args {
		g.argument(f, a)
	}
	g.line("\treturn &a, err\n}")
}

func (g *generator) argument(f *codegen.Field, a *codegen.FieldArgument) {
	t := a.TypeReference
	g.line("\tif v, ok := raw[%q]; ok && v != nil {", a.Name)
	defer g.line("\t}")
	if t.Unmarshaler == nil || t.IsSlice() || t.HasEnumValues() || len(a.ImplDirectives()) > 0 {
		g.line("return nil, errArgument // gqlgen reads it")
		return
	}
	ctx := ""
	if t.IsContext {
		ctx = "ctx, "
	}
	g.line("x, failed := %s(%sv)\nif failed != nil { return nil, failed }", templates.Call(t.Unmarshaler), ctx)
	x := "x"
	if t.CastType != nil {
		g.problem(f, "the argument %s needs a cast", a.Name)
	}
	if t.IsPtr() && !t.IsTargetNilable() {
		x = "&x"
	}
	g.line("a.%s = %s", a.VarName, x)
}
