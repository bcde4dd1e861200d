package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"iter"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/codegen"
)

// rowOf is the name under which the store knows the rows of an object type: package and type.
func rowOf(o *codegen.Object) string {
	named, ok := types.Unalias(o.Type).(*types.Named)
	if !ok {
		return ""
	}
	return named.Obj().Pkg().Name() + "." + named.Obj().Name()
}

// columnsOf are the columns of its row that a field without a relation looks at; nil if that cannot be told, so that the row
// is read whole. A field of the struct looks at its own column. A method says what it looks at, at the end of its comment:
// "Columns: price_minor, currency."
func (g *generator) columnsOf(f *codegen.Field) []string {
	switch {
	case f.IsResolver || f.Object.Root:
		return nil
	case f.IsMethod():
		return g.columnsSaid(f)
	}
	if tag := tagOf(f.Object.Type, f.GoFieldName); tag != "" {
		return []string{tag}
	}
	return nil
}

// tagOf is the db tag of a struct's field, also of one in an embedded struct.
func tagOf(t types.Type, name string) string {
	for field, tag := range tagged(t) {
		if field == name {
			return tag
		}
	}
	return ""
}

// tagged are the fields of a struct with their db tags, those of embedded structs behind its own.
func tagged(t types.Type) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return
		}
		for i := range s.NumFields() {
			if !yield(s.Field(i).Name(), reflect.StructTag(s.Tag(i)).Get("db")) {
				return
			}
		}
		for i := range s.NumFields() {
			if !s.Field(i).Embedded() {
				continue
			}
			for field, tag := range tagged(s.Field(i).Type()) {
				if !yield(field, tag) {
					return
				}
			}
		}
	}
}

// columnsSaid reads the comment of a method.
func (g *generator) columnsSaid(f *codegen.Field) []string {
	named, ok := types.Unalias(f.Object.Type).(*types.Named)
	if !ok {
		return nil
	}
	pkg := g.data.Config.Packages.Load(named.Obj().Pkg().Path())
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			continue // the compiler has better words for it
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != f.GoFieldName || fn.Recv == nil || receiver(fn) != named.Obj().Name() {
				continue
			}
			_, said, _ := strings.Cut(fn.Doc.Text(), "Columns:")
			columns := strings.FieldsFunc(said, func(c rune) bool { return strings.ContainsRune(",. \n", c) })
			for _, column := range columns {
				if !hasColumn(named, column) {
					g.problem(f, "the comment of %s names the column %s, which the row does not have", fn.Name.Name, column)
				}
			}
			return columns
		}
	}
	return nil
}

func hasColumn(t types.Type, column string) bool {
	for _, tag := range tagged(t) {
		if tag == column {
			return true
		}
	}
	return false
}

func receiver(fn *ast.FuncDecl) string {
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
