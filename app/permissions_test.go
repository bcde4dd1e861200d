package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lyceum/domain"
	"lyceum/graph"
)

// A permission that nothing asks for is one that an administrator gives in vain. It is asked by a guard of the schema, or by a rule.
func TestEveryPermissionGuardsSomething(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for _, object := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		for _, field := range object.Fields {
			for _, directive := range field.Directives {
				for _, argument := range directive.Arguments {
					asked[argument.Value.Raw] = true
				}
			}
		}
	}
	var rules strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(path)
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
			!slices.ContainsFunc([]string{"../domain/", "../resolvers/", "../app/"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
			return err
		}
		text, err := os.ReadFile(path)
		rules.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, permission := range domain.Permissions {
		constant := ""
		for _, part := range strings.FieldsFunc(string(permission), func(r rune) bool { return r == '.' || r == '_' }) {
			constant += strings.ToUpper(part[:1]) + part[1:]
		}
		if !asked[strings.ToUpper(strings.ReplaceAll(string(permission), ".", "_"))] && !strings.Contains(rules.String(), "domain."+constant) {
			t.Errorf("%s guards nothing", permission)
		}
	}
}
