package serve

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"lyceum/graph"
)

// SDL writes the whole schema as one document, for clients' tools and for docs/schema.graphql. What only the code
// generator reads is left out.
func SDL() string {
	schema := *graph.NewExecutableSchema(graph.Config{}).Schema()
	directives := make(map[string]*ast.DirectiveDefinition, len(schema.Directives))
	for name, d := range schema.Directives {
		if name != "goField" {
			directives[name] = d
		}
	}
	schema.Directives = directives
	types := make(map[string]*ast.Definition, len(schema.Types))
	for name, t := range schema.Types {
		shown := *t
		shown.Fields = make(ast.FieldList, len(t.Fields))
		for i, f := range t.Fields {
			field := *f
			field.Directives = nil
			for _, d := range f.Directives {
				if d.Name != "goField" {
					field.Directives = append(field.Directives, d)
				}
			}
			shown.Fields[i] = &field
		}
		types[name] = &shown
	}
	schema.Types = types
	var b strings.Builder
	writeRoots(&b, &schema)
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(&schema)
	return b.String()
}

// writeRoots writes the schema block, which the formatter leaves out where the roots have their usual names.
func writeRoots(b *strings.Builder, schema *ast.Schema) {
	if schema.Description != "" {
		b.WriteString("\"\"\"\n" + schema.Description + "\n\"\"\"\n")
	}
	b.WriteString("schema {\n")
	for _, root := range []struct {
		operation ast.Operation
		object    *ast.Definition
	}{{ast.Query, schema.Query}, {ast.Mutation, schema.Mutation}, {ast.Subscription, schema.Subscription}} {
		if root.object != nil {
			b.WriteString("  " + string(root.operation) + ": " + root.object.Name + "\n")
		}
	}
	b.WriteString("}\n")
}
