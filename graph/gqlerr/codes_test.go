package gqlerr

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lyceum/domain"
)

// program parses every file of the program that is no test.
func program(t *testing.T, each func(path string, file *ast.File)) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".generated.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err == nil {
			each(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func names(list []domain.Meaning) (all []string) {
	for _, m := range list {
		all = append(all, m.Name)
	}
	return all
}

func TestEveryReasonOfTheProgramIsListedAndEveryListedOneIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	program(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "Because" {
				return true
			}
			reason, ok := literal(call.Args[0])
			switch {
			case ok:
				used[reason] = true
			case filepath.Base(path) != "access.go":
				t.Errorf("%s gives a reason that is no literal: no list can know it", path)
			}
			return true
		})
	})
	listed := names(domain.Reasons)
	if !slices.IsSorted(listed) {
		t.Error("the list is out of order")
	}
	for _, reason := range listed {
		if !used[reason] {
			t.Errorf("%s is listed, and no error has it", reason)
		}
	}
	for reason := range used {
		if !slices.Contains(listed, reason) {
			t.Errorf("%s is not in domain.Reasons", reason)
		}
	}
}

func TestEveryCodeOfTheProgramIsListed(t *testing.T) {
	t.Parallel()
	listed := names(Codes())
	found := 0
	program(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec: // a constant named Code…
				for i, name := range n.Names {
					if !regexp.MustCompile(`^Code[A-Z]`).MatchString(name.Name) || i >= len(n.Values) {
						continue
					}
					if code, ok := literal(n.Values[i]); ok {
						found++
						if !slices.Contains(listed, code) {
							t.Errorf("%s: %s is in no list of codes", path, code)
						}
					}
				}
			case *ast.KeyValueExpr: // "code": "…"
				if key, ok := literal(n.Key); ok && key == "code" {
					if code, ok := literal(n.Value); ok {
						t.Errorf("%s writes the code %s by hand", path, code)
					}
				}
			}
			return true
		})
	})
	if found != len(listed) {
		t.Errorf("the program has %d codes, %d are listed", found, len(listed))
	}
}

func TestReasonsAndCodesAreWrittenLikeTheValuesOfEnums(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range slices.Concat(Codes(), Reasons()) {
		if !regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`).MatchString(m.Name) || seen[m.Name] || !strings.HasSuffix(m.Text, ".") {
			t.Errorf("%q: %q", m.Name, m.Text)
		}
		seen[m.Name] = true
	}
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Errors

Written from domain/reasons.go and graph/gqlerr/codes.go by ` + "`make sdl`" + `; a test holds it against the program.

An error of a request or of a field has these extensions:

| extension | meaning |
|---|---|
| ` + "`code`" + ` | one of the codes below; it never changes, the message may |
| ` + "`reason`" + ` | with some codes: one of the reasons below |
| ` + "`inputPath`" + ` | with some codes: which part of the input it is about |
| ` + "`limit`, `maximum`" + ` | with ` + CodeLimit + `: the limit and its value |
| ` + "`requestId`" + ` | what to tell the operator; the header X-Request-Id has it too |

A document that is refused is answered with at most ten errors, and one more that says how many others there are. Errors in the
input of a mutation are not errors of the request but entries of ` + "`userErrors`" + ` in its payload; there ` + "`code`" + ` is the reason, or the
code where there is none.
`)
	table := func(title string, list []domain.Meaning) {
		fmt.Fprintf(&b, "\n## %s\n\n| %s | meaning |\n|---|---|\n", title, strings.ToLower(strings.TrimSuffix(title, "s")))
		for _, m := range list {
			fmt.Fprintf(&b, "| `%s` | %s |\n", m.Name, m.Text)
		}
	}
	table("Codes", Codes())
	table("Reasons", Reasons())
	return b.String()
}

func TestThePageOfErrorsIsFresh(t *testing.T) {
	t.Parallel()
	const path = "../../docs/errors.md"
	committed, err := os.ReadFile(path)
	if err == nil && string(committed) == page() {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("docs/errors.md is stale: run make sdl (%v)", err)
	}
	if err := os.WriteFile(path, []byte(page()), 0o644); err != nil {
		t.Fatal(err)
	}
}
