package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/app/apptest"
	"lyceum/db/demo"
	"lyceum/graph"
)

// Every field of every type below every list of the graph, asked alone and with all that is below it, is answered to the
// letter as gqlgen answers it field by field.
func TestRowsAreWrittenAsGqlgenAnswersThem(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	for _, who := range []string{"admin@demo.test", "team@demo.test", ""} {
		caller := h.Anonymous(t)
		if who != "" {
			caller = h.SignIn(t, who, demo.Password)
		}
		compared := 0
		for _, query := range everyField() {
			fast, slow := caller.Ask(query.text), caller.AskFieldByField(query.text)
			if told(fast) != told(slow) {
				t.Fatalf("%s is answered to %q\n%.3000s\nand field by field\n%.3000s", query.text, who, told(fast), told(slow))
			}
			compared++
			if who == "admin@demo.test" && !h.Written(query.root) && hasRows(slow, query.root) {
				t.Errorf("%s: written %v", query.text, h.Written(query.root))
			}
		}
		if who == "admin@demo.test" && compared < 250 {
			t.Errorf("only %d fields were compared", compared)
		}
	}
}

// told is an answer to the letter, its errors in the order of their places: fields run side by side.
func told(a apptest.Answer) string {
	_, data, _ := strings.Cut(a.Raw, `"data":`)
	errors := make([]string, len(a.Errors))
	for i, e := range a.Errors {
		errors[i] = fmt.Sprint(e.Path, e.Locations, e.Code(), e.Message)
	}
	slices.Sort(errors)
	return strings.Join(errors, "\n") + "\n" + data
}

func hasRows(a apptest.Answer, root string) bool {
	return a.At(root) != nil && !strings.HasSuffix(a.Raw, `"nodes":[]}}}`) && !strings.HasSuffix(a.Raw, `"edges":[]}}}`)
}

type fieldQuery struct{ root, field, text string }

// everyField makes a query for each field of each row of each root list, object or single row.
func everyField() []fieldQuery {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	args := map[string]string{"search": `query: "gradient"`, "contentItem": `slug: "what-a-model-is"`, "category": `slug: "foundations"`}
	var all []fieldQuery
	for _, root := range schema.Query.Fields {
		if strings.HasPrefix(root.Name, "__") || root.Name == "node" || root.Name == "nodes" || !apptest.Steady(schema.Query, root) {
			continue
		}
		given := args[root.Name]
		row, open, end := root.Type.Name(), " { ", " }"
		if base, ok := strings.CutSuffix(row, "Connection"); ok {
			given = strings.TrimPrefix(given+", first: 7", ", ")
			row, open, end = schema.Types[row].Fields.ForName("nodes").Type.Name(), " { totalCount pageInfo { hasNextPage endCursor } nodes { ", " } }"
			all = append(all, fieldQuery{root.Name, base + "Edge.", fmt.Sprintf("{ %s(%s) { __typename edges { cursor __typename node { __typename } } } }", root.Name, given)})
			if base == "Search" {
				all = append(all, fieldQuery{root.Name, "SearchEdge.rank", fmt.Sprintf("{ search(%s) { edges { rank } } }", given)})
			}
		}
		if given != "" {
			given = "(" + given + ")"
		}
		for _, f := range schema.Types[row].Fields {
			if !apptest.Steady(schema.Types[row], f) {
				continue
			}
			all = append(all, fieldQuery{root.Name, row + "." + f.Name, "{ " + root.Name + given + open + selection(schema, f, 3) + end + " }"})
		}
	}
	return all
}

// selection asks a field, and below it everything that has no arguments it must be given, to a depth.
func selection(schema *ast.Schema, f *ast.FieldDefinition, depth int) string {
	text := f.Name
	if f.Name == "accessOf" {
		text += `(userId: "user_0190c0ffee00700080000000000000ff")`
	}
	kind := schema.Types[f.Type.Name()]
	if strings.HasSuffix(kind.Name, "Connection") {
		text += "(first: 2)"
		node := schema.Types[kind.Fields.ForName("nodes").Type.Name()]
		return text + " { nodes { __typename " + leaves(schema, node, depth-1) + " } totalCount }"
	}
	if kind.Kind != ast.Object {
		return text
	}
	return text + " { __typename " + leaves(schema, kind, depth-1) + " }"
}

func leaves(schema *ast.Schema, object *ast.Definition, depth int) string {
	var fields []string
	for _, f := range object.Fields {
		kind := schema.Types[f.Type.Name()]
		switch {
		case !apptest.Steady(object, f) || f.Name == "accessOf" || f.Name == "files" || f.Name == "isCurrent" || kind.Kind == ast.Object && depth < 1 || strings.HasSuffix(kind.Name, "Connection") && depth < 2:
		default:
			fields = append(fields, selection(schema, f, depth))
		}
	}
	return strings.Join(fields, " ")
}

// Shapes of operations that a list of fields does not show.
func TestAnyShapeOfOperationIsAnsweredTheSameEitherWay(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	caller := h.SignIn(t, "admin@demo.test", demo.Password)
	for name, query := range map[string]string{
		"aliases":              `{ a: contentItems(first: 2) { n: nodes { x: title y: title k: kind } } b: contentItems(last: 2) { nodes { z: id } } }`,
		"the same field twice": `{ contentItems(first: 3) { nodes { category { id } title category { name } title } nodes { slug } } }`,
		"fragments": `{ users(first: 5) { nodes { ...who ... on User { email } ... on Node { id } ... { roles { ...role } } } } }
			fragment who on User { username subscription { plan { ...plan } } } fragment role on Role { name } fragment plan on Plan { name price { amount } }`,
		"a fragment of another type": `{ users(first: 2) { nodes { ... on Node { ... on Role { name } ... on User { username } } } } }`,
		"nothing left":               `{ contentItems(first: 2) { nodes { title @skip(if: true) } pageInfo { hasNextPage @include(if: false) } } }`,
		"skipped and included":       `{ contentItems(first: 2) { nodes { id title @include(if: true) category @skip(if: true) { name } } } }`,
		"no rows":                    `{ users(filter: {search: "nobody at all"}) { nodes { email } totalCount } contentItems(filter: {tag: "no such tag"}) { edges { node { title } } } }`,
		"one row":                    `{ viewer { username roles { name permissions } subscription { plan { name } } payments(first: 1) { nodes { id } } } category(slug: "foundations") { name children { name path { slug } } } }`,
		"no such row":                `{ contentItem(slug: "no-such-item") { title } category(slug: "no-such-branch") { name } }`,
		"node":                       `{ node(id: "user_0190c0ffee0070008000000000000001") { id __typename ... on User { username roles { name } } } }`,
		"several pages below":        `{ contentCategories(first: 9) { nodes { name a: items(first: 2) { nodes { title } } b: items(first: 1, below: true) { nodes { title } totalCount } } } }`,
		"a second page below":        `{ contentCategories(first: 3) { nodes { items(last: 2) { nodes { title } pageInfo { hasPreviousPage } } } } }`,
		"an order below":             `{ users(first: 5) { nodes { progress(first: 3, orderBy: LEAST_RECENTLY_UPDATED_FIRST, filter: {completed: true}) { nodes { percent item { title } } } } } }`,
		"remedies":                   `{ contentItems(first: 20) { nodes { title access { hasAccess reason remedy { signIn plan { name } prerequisites { title } opensAt } } body } } }`,
		"text to escape":             `{ contentItems(first: 50) { nodes { body preview } } }`,
		"deep":                       `{ contentPopularity(first: 20) { nodes { views item { category { parent { name } items(first: 2) { nodes { author { username } } } } } } } }`,
	} {
		for who, c := range map[string]*apptest.Caller{"admin": caller, "visitor": h.Anonymous(t), "learner": h.SignIn(t, "free@demo.test", demo.Password)} {
			if fast, slow := c.Ask(query), c.AskFieldByField(query); told(fast) != told(slow) {
				t.Errorf("%s, %s: %s is answered\n%.2000s\nand field by field\n%.2000s", name, who, query, told(fast), told(slow))
			}
		}
	}
	page := `query ($n: Int, $with: Boolean!) { users(first: $n) { nodes { email consumption(first: $n) @include(if: $with) { nodes { id } } } } }`
	for _, with := range []bool{true, false} {
		a := caller.Must(page, map[string]any{"n": 3, "with": with})
		if a.Len("users.nodes") != 3 || !h.Written("users") || (a.At("users.nodes.0.consumption") != nil) != with {
			t.Errorf("variables: %s", a.Raw)
		}
	}
}
