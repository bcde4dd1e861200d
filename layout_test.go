package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports is the law of who may import whom, as in README.md. A name ending in /* stands for all packages below. What is
// not listed may import nothing of ours.
var imports = map[string][]string{
	"domain":             {},
	"domain/users":       {"domain"},
	"domain/plans":       {"domain"},
	"domain/content":     {"domain"},
	"domain/analytics":   {"domain"},
	"domain/security":    {"domain"},
	"domain/integration": {"domain"},
	"domain/operations":  {"domain"},
	"db":                 {},
	"db/embedded":        {},
	"db/demo":            {"db"},
	"db/backup":          {"db", "db/embedded"},
	"db/dbtest":          {"db", "db/embedded"},
	"store":              {"store/sqlkit", "store/users", "store/plans", "store/content", "store/analytics", "store/security", "store/integration", "store/operations", "db", "domain", "domain/*"},
	"store/sqlkit":       {"db", "domain"},
	"store/users":        {"store/sqlkit", "db", "domain", "domain/users"},
	"store/plans":        {"store/sqlkit", "db", "domain", "domain/plans"},
	"store/content":      {"store/sqlkit", "db", "domain", "domain/content"},
	"store/analytics":    {"store/sqlkit", "db", "domain", "domain/analytics"},
	"store/security":     {"store/sqlkit", "db", "domain", "domain/security"},
	"store/integration":  {"store/sqlkit", "db", "domain", "domain/integration"},
	"store/operations":   {"store/sqlkit", "db", "domain", "domain/operations"},
	"store/storetest":    {"store", "db", "domain", "domain/*"},
	"auth":               {"domain", "domain/*"},
	"gateways/archives":  {"domain", "domain/*"},
	"gateways/blobs":     {"domain", "domain/*"},
	"gateways/courses":   {"domain", "domain/*"},
	"gateways/keys":      {"domain", "domain/*"},
	"gateways/mail":      {"domain", "domain/*"},
	"gateways/markup":    {"domain", "domain/*"},
	"graph/bind":         {"domain", "domain/*"},
	"graph/gqlerr":       {"domain", "domain/*"},
	"graph/model":        {"graph/bind", "domain", "domain/*"},
	"graph":              {"graph/bind", "graph/model", "domain", "domain/*"},
	"graph/loaders":      {"store", "domain", "domain/*"},
	"graph/relations":    {"graph/loaders", "store", "domain", "domain/*"},
	"graph/directives":   {"graph", "graph/loaders", "domain", "domain/*"},
	"graph/generate":     {}, // it finds relations and guards by their names, through the packages that it loads
	"graph/rows":         {"graph", "graph/bind", "graph/model", "graph/loaders", "graph/relations", "graph/directives", "domain", "domain/*"},
	"graph/serve":        {"graph", "graph/*", "auth", "domain", "domain/*"},
	"resolvers":          {"graph", "graph/*", "domain", "domain/*", "auth", "store"},
	"jobs":               {"domain", "domain/*", "store"},
	"app":                {"*"},
	"app/commands":       {"*"},
	"app/apptest":        {"*"},
	"app/backups":        {"db", "db/backup", "db/embedded", "gateways/*", "store", "domain", "domain/*"},
	"app/playground":     {"domain"},
	"app/inbox":          {"gateways/mail"},
	"app/observe":        {"auth", "db", "domain", "domain/*", "graph/*", "jobs", "store"},
	"app/doctor":         {"store", "domain", "domain/*"},
	"app/account":        {},
	"app/upkeep":         {"domain", "domain/*", "store", "db"},
	"app/certificates":   {},
	"e2e":                {"*"},
	"":                   {"app/commands"},
	"bench":              {"*"},
	"bench/access":       {"*"},
	"bench/graph":        {"*"},
	"bench/fidelity":     {"*"},
	"bench/sweep":        {"*"},
	"bench/restore":      {"*"},
	"bench/drills":       {"*"},
}

// testOnly are imported by tests alone.
var testOnly = []string{"store/storetest", "db/dbtest", "app/apptest"}

type source struct {
	path, folder string
	file         *ast.File
	text         string
	test         bool
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		folder := filepath.ToSlash(filepath.Dir(path))
		if folder == "." {
			folder = ""
		}
		all = append(all, source{path: path, folder: folder, file: file, text: string(text), test: strings.HasSuffix(path, "_test.go")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func allowed(list []string, target string) bool {
	for _, entry := range list {
		if entry == target || entry == "*" || strings.HasSuffix(entry, "/*") && strings.HasPrefix(target, strings.TrimSuffix(entry, "*")) {
			return true
		}
	}
	return false
}

func TestEveryImportPointsDown(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		law, known := imports[s.folder]
		if !known {
			t.Errorf("%s: the folder %q is not in the table of imports", s.path, s.folder)
		}
		for _, i := range s.file.Imports {
			target, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "lyceum/")
			if !ours || s.test {
				continue
			}
			if slices.Contains(testOnly, target) && !slices.Contains(testOnly, s.folder) && !strings.HasPrefix(s.folder, "bench") {
				t.Errorf("%s imports %s, which is for tests", s.path, target)
			}
			if !allowed(law, target) {
				t.Errorf("%s: %q may not import %q", s.path, s.folder, target)
			}
			if (target == "app" || strings.HasPrefix(target, "app/")) && s.folder != "" && !strings.HasPrefix(s.folder, "app") && !strings.HasPrefix(s.folder, "bench") {
				t.Errorf("%s imports %s: only server.go, bench and e2e may", s.path, target)
			}
		}
	}
}

// Resolvers and loaders read through store.Reader; every other name of store's that does something is out of reach.
func TestResolversAndLoadersOnlyReadFromTheStore(t *testing.T) {
	t.Parallel()
	rows := []string{"Reader", "ItemFigures", "ItemRow", "HitRow", "Joined", "ItemJoins", "Holder", "PlanMetrics"} // the reader and its rows of two words
	for _, s := range sources(t) {
		if s.test || s.folder != "resolvers" && s.folder != "graph/loaders" && s.folder != "graph/relations" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "store" && pkg.Obj == nil && !slices.Contains(rows, sel.Sel.Name) {
					t.Errorf("%s uses store.%s", s.path, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// What is sent to the database is declared with sqlkit, so that one test prepares all of it.
func TestOnlySQLKitMakesStatements(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || s.folder == "store/sqlkit" || s.folder == "db/dbtest" || strings.HasPrefix(s.folder, "bench") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "NewStatement" {
				t.Errorf("%s makes a statement: declare it with sqlkit", s.path)
			}
			return true
		})
	}
}

// The writer of rows is generated code over the rows' own types.
func TestRowsAreWrittenWithoutReflection(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, i := range s.file.Imports {
			if s.folder == "graph/rows" && i.Path.Value == `"reflect"` {
				t.Errorf("%s uses reflection", s.path)
			}
		}
	}
}

func TestEveryPackageSaysWhatLivesInIt(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test && s.file.Doc != nil {
			said[s.folder] = true
		} else if !s.test && !said[s.folder] {
			said[s.folder] = false
		}
	}
	for folder, ok := range said {
		if !ok && folder != "graph/model" {
			t.Errorf("%q has no package comment", folder)
		}
	}
}

func TestDomainKnowsNoSQLHTTPOrGraphQL(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.folder, "domain") || s.test {
			continue
		}
		for _, i := range s.file.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if strings.HasPrefix(path, "net/http") || path == "database/sql" || strings.Contains(path, "sqlx") || strings.Contains(path, "gqlgen") || strings.Contains(path, "lib/pq") {
				t.Errorf("%s imports %s", s.path, path)
			}
		}
	}
}
