package main

import (
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// generated generates the graph in a copy of the sources, with other files and with words behind those that are there.
func generated(t *testing.T, changes map[string]string) (folder, out string, err error) {
	t.Helper()
	folder = t.TempDir()
	for _, part := range []string{"go.mod", "go.sum", "gqlgen.yml", "schema.graphqls", "graph", "resolvers", "domain", "store", "auth", "db"} {
		if out, err := exec.CommandContext(t.Context(), "cp", "-r", part, folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	for name, words := range changes {
		text, _ := os.ReadFile(filepath.Join(folder, name)) // empty for a new file
		if err := os.WriteFile(filepath.Join(folder, name), append(text, words...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err = inCopy(t, folder, "run", "./graph/generate")
	return folder, out, err
}

// inCopy runs the go command there.
func inCopy(t *testing.T, folder string, args ...string) (out string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = folder
	said, err := command.CombinedOutput()
	return string(said), err
}

func TestWhatTheGeneratorDoesNotUnderstandEndsIt(t *testing.T) {
	t.Parallel()
	_, out, err := generated(t, map[string]string{
		"graph/schema/plans_catalog.graphqls": `
			directive @mystery on FIELD_DEFINITION
			extend type Plan { riddle: String! @mystery, hidden: String @contentAccess }
			extend type Category {
				lessons(first: Int, after: String, kind: ContentItemKind): ContentItemConnection! @goField(forceResolver: true)
				unwritten(kind: ContentItemKind): String @goField(forceResolver: true)
			}`,
		"graph/relations/lost.go": "package relations\n\nvar ContentItemNothing, CategoryLessons = ContentItemAuthor, CategoryItems\n",
		"domain/plans/riddle.go": `package plans

			// Riddle is one. Columns: name, headline.
			func (p *Plan) Riddle() string { return p.Name }

			// Hidden is what only items can be.
			func (p *Plan) Hidden() *string { return &p.Name }
			`,
		// gqlgen leaves a body as it is when its field gets another argument.
		"resolvers/content_categories.resolvers.go": `
			func (r *categoryResolver) Lessons(ctx context.Context, obj *content.Category, first *int32, after *string, kind *content.ItemKind) (*domain.Page[*content.Item], error) {
				return relations.CategoryLessons.Page(ctx, obj, domain.PageArgs{First: first, After: after})
			}`,
	})
	for _, sentence := range []string{
		"Plan.riddle: there is no guard Mystery in graph/directives for @mystery",
		"Plan.riddle: the comment of Riddle names the column headline, which the row does not have",
		"Plan.hidden: @contentAccess is not for rows of this type: PrefetchContentAccess reads ahead for others",
		"Category.lessons: its resolver does not look at the argument kind",
		"the relation ContentItemNothing is that of no field",
	} {
		if err == nil || strings.Count(out, sentence) != 1 {
			t.Errorf("the generator does not say that %s", sentence)
		}
	}
	if err == nil || strings.Count(out, "\n") != 6 { // go run adds its own
		t.Errorf("%v: %s", err, out)
	}
}

// What fields may be, in a graph that has one of each: graph/rows/fixture_test.go asks them.
func TestEachKindOfFieldIsAnsweredAsGqlgenAnswersIt(t *testing.T) {
	t.Parallel()
	folder, out, err := generated(t, map[string]string{
		"graph/schema/plans_catalog.graphqls": `
			extend type Plan {
				priceMinor: Long @hasPermission(permission: USERS_READ)
				slogan: String @hasPermission(permission: USERS_READ)
				motto: String @hasPermission(permission: USERS_READ)
				open: String
			}
			extend type ContentItem { createdAt: DateTime @contentAccess, secret: String @contentAccess }
			extend type Category {
				works(first: Int, after: String, last: Int, before: String, kind: ContentItemKind, open: Boolean! = true): ContentItemConnection! @goField(forceResolver: true)
			}`,
		"graph/relations/works.go": "package relations\n\nvar CategoryWorks = CategoryItems\n",
		"domain/plans/slogan.go": `package plans

			// Slogan is one.
			func (p *Plan) Slogan() *string { return &p.Name }

			// Motto is one.
			//
			// Columns: name
			func (p *Plan) Motto() *string { return &p.Name }

			// Open is a method that nobody guards.
			func (p *Plan) Open() *string { return &p.Name }
			`,
		"domain/content/secret.go": `package content

			// Secret is one. Columns: slug.
			func (i *Item) Secret() *string { return &i.Slug }
			`,
	})
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := inCopy(t, folder, "test", "-tags", "fixture", "-run", "Fixture", "-v", "./graph/rows"); err != nil || strings.Count(out, "--- PASS") != 4 {
		t.Errorf("%v: %s", err, out)
	}
}

// The generator runs on a copy; what it writes must be what is committed.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	copied, out, err := generated(t, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, s := range sources(t) {
		if !ast.IsGenerated(s.file) {
			continue
		}
		fresh, err := os.ReadFile(filepath.Join(copied, s.path))
		if err != nil {
			t.Errorf("%s is generated by nothing: delete it", s.path)
			continue
		}
		committed, err := os.ReadFile(s.path)
		if err != nil || string(committed) != string(fresh) {
			t.Errorf("%s is stale: run make generate", s.path)
		}
	}
}
