package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/app/apptest"
	"lyceum/graph"
)

var words = regexp.MustCompile(`[_A-Za-z][_0-9A-Za-z]*`)

// schemaNames are the names of the schema that nobody would write by chance: those of types, and of everything that is
// written with an inner capital or an underscore. Words of one hump, like title, stand in sentences too; in quotes they count.
func schemaNames(schema *ast.Schema) map[string]bool {
	all := map[string]bool{}
	for name, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		all[name] = true
		for _, f := range d.Fields {
			all[f.Name] = true
			for _, a := range f.Arguments {
				all[a.Name] = true
			}
		}
		for _, v := range d.EnumValues {
			all[v.Name] = true
		}
	}
	for name := range schema.Directives {
		all[name] = true
	}
	return all
}

var (
	quotedParts = regexp.MustCompile("[\"'`][^\"'`]*[\"'`]")
	humps       = regexp.MustCompile(`[a-z][A-Z]|_|^[A-Z]{3,}$`)
)

// given returns a name of the schema that an answer has and its request has not.
func given(names map[string]bool, errs []apptest.Error, sent string) string {
	known := map[string]bool{}
	for _, word := range words.FindAllString(sent, -1) {
		known[word] = true
	}
	for _, e := range errs {
		suspects := words.FindAllString(strings.Join(quotedParts.FindAllString(e.Message, -1), " "), -1)
		for _, word := range words.FindAllString(e.Message, -1) {
			if humps.MatchString(word) {
				suspects = append(suspects, word)
			}
		}
		suspects = append(suspects, words.FindAllString(fmt.Sprint(e.Path, e.Extensions["inputPath"]), -1)...)
		for _, word := range suspects {
			if names[word] && !known[word] && word != "variable" {
				return word
			}
		}
		if strings.Contains(e.Message, "Did you mean") {
			return e.Message
		}
	}
	return ""
}

func typo(name string) string { return name[:len(name)-1] + "q" }

// misspelt are operations with a typo, or something missing or misplaced, at every kind of name that the schema has.
func misspelt(schema *ast.Schema) (all []map[string]any) {
	add := func(format string, args ...any) {
		all = append(all, map[string]any{"query": fmt.Sprintf(format, args...)})
	}
	for _, root := range schema.Query.Fields {
		if strings.HasPrefix(root.Name, "__") {
			continue
		}
		add("{ %s }", typo(root.Name))
		add("{ %s }", root.Name)         // no selection, perhaps required arguments
		add("{ %s { qqq } }", root.Name) // unknown below
		add("{ %s { __typename { qqq } } }", root.Name)
		add("{ %s { ... on User { id } ... on Plan { id } } }", root.Name)
		for _, a := range root.Arguments {
			add("{ %s(%s: 1) { __typename } }", root.Name, typo(a.Name))
			add("{ %s(%s: {qqq: 1}) { __typename } }", root.Name, a.Name)
			add("{ %s(%s: [QQQ]) { __typename } }", root.Name, a.Name)
			add("{ %s(%s: null) { __typename } }", root.Name, a.Name)
			add("query ($v: Boolean) { %s(%s: $v) { __typename } }", root.Name, a.Name)
			variable(schema, a.Type, func(value any) {
				all = append(all, map[string]any{
					"query":     fmt.Sprintf("query ($v: %s) { %s(%s: $v) { __typename } }", a.Type, root.Name, a.Name),
					"variables": map[string]any{"v": value},
				})
			})
		}
	}
	for _, field := range schema.Mutation.Fields {
		add("mutation { %s }", field.Name)
		add("mutation { %s(input: {}) { __typename } }", field.Name)
		add("mutation { %s(input: 1) { __typename } }", field.Name)
		for _, a := range field.Arguments {
			variable(schema, a.Type, func(value any) {
				all = append(all, map[string]any{
					"query":     fmt.Sprintf("mutation ($v: %s) { %s(%s: $v) { __typename } }", a.Type, field.Name, a.Name),
					"variables": map[string]any{"v": value},
				})
			})
		}
	}
	for name, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		add("{ node(id: 1) { ... on %s { id } } }", typo(name))
		add("{ node(id: 1) { ...F } } fragment F on %s { id }", typo(name))
		add("query ($v: %s) { node(id: $v) { id } }", typo(name))
		add("query ($v: %s) { node(id: $v) { id } }", name)
		if d.Kind != ast.Object || d == schema.Query || d == schema.Mutation {
			continue
		}
		for _, f := range d.Fields {
			add("{ node(id: 1) { ... on %s { %s } } }", name, typo(f.Name))
			add("{ node(id: 1) { ... on %s { %s } } }", name, f.Name)
			add("{ node(id: 1) { ... on %s { a: %s a: __typename } } }", name, f.Name)
			add("{ node(id: 1) { ... on %s { %s(qqq: 1) { id } } } }", name, f.Name)
			for _, a := range f.Arguments {
				add("{ node(id: 1) { ... on %s { %s(%s: {qqq: QQQ}) { id } } } }", name, f.Name, a.Name)
			}
		}
	}
	for name := range schema.Directives {
		add("{ __typename @%s }", typo(name))
		add("{ __typename @%s }", name)
		add("{ __typename @%s(qqq: 1) }", name)
	}
	add("subscription { qqq }")
	add("subscription { qqq other }")
	return all
}

// variable gives wrong values of an input type.
func variable(schema *ast.Schema, t *ast.Type, try func(any)) {
	for _, value := range []any{nil, 1, "qqq", true, []any{nil}, []any{map[string]any{"qqq": 1}}, map[string]any{}, map[string]any{"qqq": 1}} {
		try(value)
	}
	d := schema.Types[t.Name()]
	for _, f := range d.Fields {
		for _, value := range []any{nil, 1.5, "qqq", []any{map[string]any{}}, map[string]any{"qqq": 1}} {
			try(map[string]any{f.Name: value})
		}
		try(map[string]any{typo(f.Name): 1})
	}
	for _, v := range d.EnumValues {
		try(typo(v.Name))
	}
}

func TestInProductionNoRefusalTellsANameThatWasNotSent(t *testing.T) {
	t.Parallel()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	names := schemaNames(schema)
	h := apptest.New(t, apptest.Production)
	h.User("learner")
	for who, c := range map[string]*apptest.Caller{"a visitor": h.Anonymous(t), "a learner": h.As(t, "learner@test.example")} {
		refused := 0
		for _, operation := range misspelt(schema) {
			sent, err := json.Marshal(operation)
			if err != nil {
				t.Fatal(err)
			}
			a := c.Do(request(t, http.MethodPost, h.URL, string(sent), map[string]string{"Content-Type": "application/json"}))
			if len(a.Errors) == 0 || a.Data != nil {
				continue // it happens to be right, or it ran
			}
			refused++
			if name := given(names, a.Errors, string(sent)); name != "" {
				t.Errorf("%s sends %s and hears of %s: %s", who, sent, name, a.Raw)
			}
		}
		if refused < 1000 {
			t.Errorf("only %d operations were refused", refused)
		}
	}
}

func TestWhoMayReadTheSchemaGetsSuggestionsAndTheSchema(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Production)
	h.UserWithRole("boss", "admin")
	h.User("learner")
	const typo = "{ contentItem(slig: 1) { id } }"
	address := strings.TrimSuffix(h.URL, "/graphql") + "/schema.graphql"
	for email, may := range map[string]bool{"boss@test.example": true, "learner@test.example": false, "": false} {
		c := h.Anonymous(t)
		if email != "" {
			c = h.As(t, email)
		}
		if a := c.Ask(typo); strings.Contains(a.Raw, "Did you mean") != may {
			t.Errorf("%q hears %s", email, a.Raw)
		}
		if a := c.Do(request(t, http.MethodGet, address, "", nil)); strings.Contains(a.Raw, "schema {") != may {
			t.Errorf("%q gets the schema: %d %.200s", email, a.Status, a.Raw)
		}
	}
	if a := apptest.New(t).Anonymous(t).Ask(typo); !strings.Contains(a.Raw, `Did you mean \"slug\"`) {
		t.Errorf("in development: %s", a.Raw)
	}
}
