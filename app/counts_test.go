package app_test

import (
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/db/demo"
	"lyceum/graph"
)

// countsIn are the statements that count rows.
func countsIn(statements []string) (counts []string) {
	for _, s := range statements {
		if strings.Contains(s, "count(*)") {
			counts = append(counts, s)
		}
	}
	return counts
}

// A count costs as much as the list is long: one for a page, one for all pages that hang on the rows of a page, and none is
// made again when gqlgen answers after all.
func TestATotalIsCountedOnceForAllPages(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	boss := h.SignIn(t, "admin@demo.test", demo.Password)
	for name, c := range map[string]struct {
		query string
		most  int
	}{
		"a page":                      {`{ users(first: 5) { totalCount nodes { username } } }`, 1},
		"a page, asked twice":         {`{ users(first: 5) { totalCount again: totalCount } }`, 1},
		"two pages":                   {`{ a: users(first: 5) { totalCount } b: users(first: 2) { totalCount } }`, 2},
		"below people":                {`{ users(first: 20) { nodes { payments(first: 2) { totalCount nodes { id } } } } }`, 1},
		"below people, without rows":  {`{ users(first: 20) { nodes { consumption { totalCount } } } }`, 1},
		"below branches":              {`{ contentCategories(first: 20) { nodes { items(first: 2) { totalCount nodes { title } } } } }`, 1},
		"below branches, all the way": {`{ contentCategories(first: 20) { nodes { items(first: 2, below: true) { totalCount } } } }`, 1},
		"two lists below people":      {`{ users(first: 20) { totalCount nodes { progress(first: 1) { totalCount } apiTokens(first: 1) { totalCount } } } }`, 3},
		"two levels":                  {`{ users(first: 20) { nodes { subscriptions(first: 2) { totalCount nodes { payments(first: 1) { totalCount } } } } } }`, 2},
		"a default that is spelt out": {`{ users(first: 20) { nodes { progress(first: 3, orderBy: RECENT_FIRST) { totalCount } } } }`, 1},
	} {
		root := strings.Fields(strings.NewReplacer("(", " ", "a: ", "").Replace(c.query))[1]
		if made := countsIn(h.Statements(func() { boss.Must(c.query) })); len(made) != c.most || !h.Written(root) {
			t.Errorf("%s: %d counts, not %d; written %v: %s", name, len(made), c.most, h.Written(root), strings.Join(made, "\n"))
		}
	}
}

// A list is left to gqlgen where something cannot be written; what was counted by then is kept.
func TestATotalIsNotCountedAgainWhenGqlgenAnswers(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	boss := h.SignIn(t, "admin@demo.test", demo.Password)
	h.Exec("revoke select on content_prerequisites from lyceum_app") // so that the field's null, which may not be, comes last
	for query, most := range map[string]int{
		`{ contentLibrary(first: 3) { totalCount nodes { title prerequisites { title } } } }`:                                       1,
		`{ contentCategories(first: 9) { totalCount nodes { items(first: 2) { totalCount nodes { prerequisites { title } } } } } }`: 2,
		`{ contentCategories(first: 9) { nodes { items(first: 2, after: "no cursor") { totalCount } } totalCount } }`:               1,
	} {
		root, _, _ := strings.Cut(query[2:], "(")
		var a apptest.Answer
		made := countsIn(h.Statements(func() { a = boss.Ask(query) }))
		if h.Written(root) || len(a.Errors) == 0 {
			t.Errorf("%s is written: %.300s", query, a.Raw)
		}
		if len(made) > most {
			t.Errorf("%s: %d counts: %s", query, len(made), strings.Join(made, "\n"))
		}
	}
}

// Every list that hangs on a row is found in the schema: below a page, all of them are read in one statement and counted in
// another.
func TestEveryListBelowAPageTakesTheSameStatementsWhateverItsLength(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	boss := h.SignIn(t, "admin@demo.test", demo.Password)
	schema, found := graph.NewExecutableSchema(graph.Config{}).Schema(), map[string]bool{}
	for _, root := range schema.Query.Fields {
		if !strings.HasSuffix(root.Type.Name(), "Connection") || root.Name == "search" {
			continue
		}
		row := schema.Types[schema.Types[root.Type.Name()].Fields.ForName("nodes").Type.Name()]
		for _, list := range row.Fields {
			if !strings.HasSuffix(list.Type.Name(), "Connection") {
				continue
			}
			var sent [][]string
			for _, rows := range []string{"2", "20"} {
				sent = append(sent, h.Statements(func() {
					boss.Must("{ " + root.Name + "(first: " + rows + ") { nodes { " + list.Name + "(first: 2) { totalCount nodes { __typename } } } } }")
				}))
			}
			found[row.Name+"."+list.Name] = true
			if len(sent[0]) != len(sent[1]) || len(countsIn(sent[1])) != 1 {
				t.Errorf("%s.%s below %s: %d statements for 2 rows, and for 20\n%s", row.Name, list.Name, root.Name, len(sent[0]), strings.Join(sent[1], "\n"))
			}
		}
	}
	if len(found) < 10 {
		t.Errorf("only %v were asked", found)
	}
}
