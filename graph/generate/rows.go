package main

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// rows is a plugin of gqlgen. For each object type of the schema it writes two functions into graph/rows: one that reads
// ahead what a selection asks of many rows, and one that writes a row. Relations and guards are found by their names in
// graph/relations and graph/directives. What cannot be written stops the generation with a sentence.
type rows struct{ module string }

// Name implements gqlgen's plugin.Plugin.
func (rows) Name() string { return "rows" }

// GenerateCode implements gqlgen's plugin.CodeGenerator.
func (r rows) GenerateCode(data *codegen.Data) error {
	g := &generator{data: data, root: r.module, ids: map[string]int{}}
	for _, dir := range []struct {
		path  string
		scope **types.Scope
	}{{r.module + "/graph/relations", &g.relations}, {r.module + "/graph/directives", &g.guards}} {
		pkg := data.Config.Packages.Load(dir.path)
		if pkg == nil || pkg.Types == nil {
			return fmt.Errorf("the package %s cannot be loaded", dir.path)
		}
		*dir.scope = pkg.Types.Scope()
	}
	for _, o := range data.Objects {
		if strings.HasPrefix(o.Name, "__") || o.Stream {
			continue // introspection and streams are gqlgen's
		}
		own := *o // gqlgen goes on with its own
		own.Fields = slices.DeleteFunc(slices.Clone(o.Fields), (*codegen.Field).IsReserved)
		g.objects = append(g.objects, &own)
	}
	sort.Slice(g.objects, func(i, j int) bool { return g.objects[i].Name < g.objects[j].Name })
	for i, o := range g.objects {
		g.ids[o.Name] = i
	}
	for _, name := range g.relations.Names() {
		if _, isValue := g.relations.Lookup(name).(*types.Var); isValue && token.IsExported(name) && !g.used(name) {
			g.problems = append(g.problems, fmt.Errorf("the relation %s is that of no field", name))
		}
	}
	if err := g.overlooked(); err != nil {
		return err
	}
	err := templates.Render(templates.Options{
		PackageName: "rows", Filename: filepath.Join(data.Config.Exec.Dir(), "rows", "rows.generated.go"), Packages: data.Config.Packages,
		GeneratedHeader: true, Template: "{{ .Body }}", Data: g,
	})
	return errors.Join(append(g.problems, err)...)
}

// generator writes one file.
type generator struct {
	data              *codegen.Data
	root              string
	relations, guards *types.Scope
	objects           []*codegen.Object
	ids               map[string]int // of objects, by name
	constants         []string       // the values of directives' arguments
	problems          []error
	b                 strings.Builder
}

// used reports whether a field of the schema is read by a relation.
func (g *generator) used(relation string) bool {
	return slices.ContainsFunc(g.objects, func(o *codegen.Object) bool {
		return slices.ContainsFunc(o.Fields, func(f *codegen.Field) bool { return relationName(f) == relation })
	})
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }

func (g *generator) problem(f *codegen.Field, format string, args ...any) {
	p := fmt.Errorf("%s.%s: "+format, append([]any{f.Object.Name, f.Name}, args...)...)
	if !slices.ContainsFunc(g.problems, func(known error) bool { return known.Error() == p.Error() }) { // a field is looked at twice
		g.problems = append(g.problems, p)
	}
}

func ref(t types.Type) string { return templates.CurrentImports.LookupType(t) }

// use makes sure that a package of ours is imported and returns its name in the file.
func (g *generator) use(path string) string {
	return templates.CurrentImports.Lookup(g.root + "/" + path)
}

// Body is the file below its imports. It is called by the template, while imports are collected.
func (g *generator) Body() string {
	for _, path := range []string{"context", "github.com/99designs/gqlgen/graphql"} {
		templates.CurrentImports.Lookup(path)
	}
	g.table()
	for _, o := range g.objects {
		if o.Root {
			g.rootFields(o)
			continue
		}
		g.writeObject(o)
		g.prefetchObject(o)
	}
	for _, o := range g.objects {
		for _, f := range o.Fields {
			if len(f.Args) > 0 && !o.Root {
				g.arguments(f)
			}
		}
	}
	g.line("\nvar (\n%s)", strings.Join(g.constants, ""))
	return g.b.String()
}

// table lists the object types with their fields, so that selections can be compiled.
func (g *generator) table() {
	g.line("\n// The object types of the schema, by their places in objects.\nconst (")
	for i, o := range g.objects {
		g.line("\tof%s = %d", o.Name, i)
	}
	g.line(")\n\nfunc init() {\n\tobjects = []object{")
	for _, o := range g.objects {
		g.line("\t\t{name: %q, row: %q, satisfies: %s, fields: []fieldInfo{", o.Name, rowOf(o), o.Implementors())
		for _, f := range o.Fields {
			g.line("\t\t\t{%s},", g.info(f))
		}
		g.line("\t\t}},")
	}
	g.line("\t}\n}")
}

func (g *generator) info(f *codegen.Field) string {
	info := fmt.Sprintf("name: %q", f.Name)
	if below := g.possible(f.TypeReference.Definition); len(below) > 0 {
		info += ", below: []int{" + strings.Join(below, ", ") + "}"
	}
	if len(f.Args) > 0 && !f.Object.Root {
		info += ", args: decode" + argsName(f)
	}
	relation := g.relationOf(f)
	if relation != "" || g.early(f) != "" {
		info += ", ahead: true"
	}
	if relation != "" {
		info += ", columns: " + relation + ".Columns()"
	} else if columns := g.columnsOf(f); len(columns) > 0 {
		info += fmt.Sprintf(", columns: %#v", columns)
	}
	for _, d := range f.ImplDirectives() {
		if name := "Reads" + templates.UcFirst(d.Name); g.guards.Lookup(name) != nil {
			info += ", reads: " + g.use("graph/directives") + "." + name
		}
	}
	return info
}

// possible are the constants of the object types that a field of a type can answer with.
func (g *generator) possible(d *ast.Definition) (names []string) {
	switch d.Kind {
	case ast.Object:
		return []string{"of" + d.Name}
	case ast.Interface, ast.Union:
		for _, o := range g.data.Schema.GetPossibleTypes(d) {
			names = append(names, "of"+o.Name)
		}
		sort.Strings(names)
	}
	return names
}

// relationName is how the relation of a field is named in graph/relations, if there is one.
func relationName(f *codegen.Field) string { return f.Object.Name + templates.ToGo(f.Name) }

// relationOf is the relation that a field is read by; empty if there is none.
func (g *generator) relationOf(f *codegen.Field) string {
	name := relationName(f)
	if f.Object.Root || g.relations.Lookup(name) == nil {
		return ""
	}
	expression := g.use("graph/relations") + "." + name
	if f.Args != nil && strings.HasSuffix(f.TypeReference.Definition.Name, "Connection") {
		expression += ".Relation"
	}
	return expression
}

// writeObject writes the function that writes a row of a type.
func (g *generator) writeObject(o *codegen.Object) {
	g.line("\nfunc write%s(w *writer, s *selection, obj %s) {", o.Name, ref(o.Reference()))
	g.line("\tw.open('{')\n\tfor i := range s.fields {\n\t\tf := &s.fields[i]\n\t\tif !w.field(i, f) {\n\t\t\treturn\n\t\t}\n\t\tswitch f.index {\n\t\tcase typename:\n\t\t\tw.text(%q)", o.Name)
	for i, f := range o.Fields {
		g.line("\t\tcase %d: // %s", i, f.Name)
		g.guard(f, "w", func(err string) {
			g.line("if err := %s; err != nil { w.fail(err, %t); break }", err, f.TypeReference.GQL.NonNull)
		})
		g.read(f, func() { g.line("w.fail(err, %t); break", f.TypeReference.GQL.NonNull) })
		g.value(f, f.TypeReference, "v")
	}
	g.line("\t\t}\n\t}\n\tw.close('}')\n}")
}

// guard writes the calls of a field's guards; the last directive asks first, as gqlgen runs them.
func (g *generator) guard(f *codegen.Field, of string, then func(call string)) {
	directives := f.ImplDirectives()
	for i := len(directives) - 1; i >= 0; i-- {
		d := directives[i]
		name := templates.UcFirst(d.Name)
		if g.guards.Lookup(name) == nil {
			g.problem(f, "there is no guard %s in graph/directives for @%s", name, d.Name)
			continue
		}
		args := ""
		for _, a := range d.Args {
			args += ", " + g.constant(f, a)
		}
		then(fmt.Sprintf("%s.%s(%s.ctx, %s.viewer, obj%s)", g.use("graph/directives"), name, of, of, args))
	}
}

// constant is the value of a directive's argument, read once.
func (g *generator) constant(f *codegen.Field, a *codegen.FieldArgument) string {
	if a.TypeReference.Unmarshaler == nil {
		g.problem(f, "the argument %s of its directive cannot be read", a.Name)
		return "nil"
	}
	name := fmt.Sprintf("constant%d", len(g.constants))
	g.constants = append(g.constants, fmt.Sprintf("\t%s = must(%s(%q))\n", name, templates.Call(a.TypeReference.Unmarshaler), a.Value))
	return name
}

// read writes the statements that put a field's value into v. failed is written where there is an error.
func (g *generator) read(f *codegen.Field, failed func()) {
	call, hasError := "obj."+f.GoFieldName, false
	switch relation := g.relationOf(f); {
	case relation != "" && len(g.possible(f.TypeReference.Definition)) > 0 && len(f.Args) == 0:
		call, hasError = relation+".Load(w.ctx, w.set, obj, f.page)", true
	case f.IsResolver:
		call, hasError = fmt.Sprintf("w.root.%s().%s(w.ctx, obj%s)", templates.UcFirst(f.Object.Name), f.GoFieldName, g.given(f)), true
	case f.IsMethod():
		args := strings.TrimPrefix(g.given(f), ", ")
		if f.MethodHasContext {
			args = strings.TrimSuffix("w.ctx, "+args, ", ")
		}
		call, hasError = call+"("+args+")", !f.NoErr
	case !f.IsVariable() || f.VOkFunc || f.HasHaser || f.Batch:
		g.problem(f, "a field that is bound in this way cannot be written")
	}
	if !hasError {
		g.line("v := %s", call)
		return
	}
	g.line("v, err := %s\nif err != nil {", call)
	failed()
	g.line("}")
}

// given are a field's arguments in the call that answers it.
func (g *generator) given(f *codegen.Field) (args string) {
	for _, a := range f.Args {
		args += fmt.Sprintf(", f.args.(*args%s).%s", argsName(f), a.VarName)
	}
	return args
}

func argsName(f *codegen.Field) string { return f.Object.Name + templates.UcFirst(f.Name) }

// value writes the statements that write v.
func (g *generator) value(f *codegen.Field, t *config.TypeReference, v string) {
	switch {
	case t.IsSlice():
		if !t.GQL.NonNull {
			g.line("if %s == nil { w.null(false) } else {", v)
			defer g.line("}")
		}
		element := "v" + strings.Repeat("e", strings.Count(v, "e")+1)
		g.line("w.open('[')\nfor i := range %s {\nif !w.element(i) { return }\n%s := %s[i]", v, element, v)
		g.value(f, t.Elem(), element)
		g.line("}\nw.close(']')")
	case t.Definition.Kind == ast.Object:
		if !t.IsNilable() {
			g.line("write%s(w, f.below[0], &%s)", t.Definition.Name, v)
			return
		}
		g.line("if %s == nil { w.null(%t) } else { write%s(w, f.below[0], %s) }", v, t.GQL.NonNull, t.Definition.Name, v)
	case t.Definition.Kind == ast.Interface || t.Definition.Kind == ast.Union:
		g.line("switch %s := %s.(type) {\ncase nil:\nw.null(%t)", v, v, t.GQL.NonNull)
		for i, name := range g.possible(t.Definition) {
			o := g.objects[g.ids[strings.TrimPrefix(name, "of")]]
			g.line("case %s:\nif %s == nil { w.null(%t) } else { write%s(w, f.below[%d], %s) }", ref(o.Reference()), v, t.GQL.NonNull, o.Name, i, v)
		}
		g.line("default:\nw.giveUp(%q)\n}", "a row of an unknown type")
	default:
		g.leaf(f, t, v)
	}
}

// leaf writes a scalar or an enum with its own marshal function, as gqlgen's templates do.
func (g *generator) leaf(f *codegen.Field, t *config.TypeReference, v string) {
	if t.IsNilable() {
		g.line("if %s == nil { w.null(%t) } else {", v, t.GQL.NonNull)
		defer g.line("}")
	}
	switch {
	case t.Marshaler == nil && t.IsMarshaler && !t.IsContext:
		g.line("w.leaf(%s)", v)
		return
	case t.Marshaler == nil || t.HasEnumValues():
		g.problem(f, "there is no marshal function for %s", t.GQL.Name())
		return
	case t.IsTargetNilable() && !t.IsNilable():
		v = "&" + v
	case !t.IsTargetNilable() && t.IsNilable():
		v = "*" + v
	}
	if t.CastType != nil {
		v = ref(t.CastType) + "(" + v + ")"
	}
	method := "leaf"
	if t.IsContext {
		method = "leafOrError"
	}
	g.line("w.%s(%s(%s))", method, templates.Call(t.Marshaler), v)
}
