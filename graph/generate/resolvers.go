package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/codegen"
)

// overlooked finds the arguments that resolvers do not look at. gqlgen carries a resolver's body over when its field gets
// another argument, and Go has no word against it: a list would be answered as if nothing had been asked of it.
func (g *generator) overlooked() error {
	methods := map[string]*ast.FuncDecl{}
	files, err := filepath.Glob(filepath.Join(g.data.Config.Resolver.Dir(), "*.resolvers.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Body != nil {
				methods[strings.ToLower(receiver(fn)+"."+fn.Name.Name)] = fn
			}
		}
	}
	for _, o := range g.data.Objects {
		for _, f := range o.Fields {
			if fn := methods[strings.ToLower(o.Name+"Resolver."+f.GoFieldName)]; f.IsResolver && fn != nil {
				g.looksAt(f, fn)
			}
		}
	}
	return nil
}

// looksAt asks that a resolver names each of its field's arguments.
func (g *generator) looksAt(f *codegen.Field, fn *ast.FuncDecl) {
	named := map[string]bool{}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			named[id.Name] = true
		}
		return true
	})
	for _, a := range f.Args {
		if !named[a.VarName] && !named["panic"] { // a resolver that is not written yet
			g.problem(f, "its resolver does not look at the argument %s", a.Name)
		}
	}
}
