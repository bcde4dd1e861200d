package app_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/app/apptest"
	"lyceum/domain/content"
	"lyceum/graph"
)

// reaches are ways through the graph: a field of the root, fields of what it answers, and all values at the end. Each field of each type is
// gone through once. args are given to fields by their names.
func reaches(args map[string]string) (all []string) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	type way struct {
		opens, closes string
		at            *ast.Definition
	}
	asked := map[string]bool{}
	ways := []way{{"", "", schema.Query}}
	for len(ways) > 0 {
		w := ways[0]
		ways = ways[1:]
		ends := []*ast.Definition{w.at}
		if w.at.IsAbstractType() {
			ends = schema.GetPossibleTypes(w.at)
		}
		for _, end := range ends {
			opens, closes := w.opens, w.closes
			if end != w.at {
				opens, closes = opens+" ... on "+end.Name+" {", closes+" }"
			}
			values := ""
			for _, f := range end.Fields {
				if strings.HasPrefix(f.Name, "__") {
					continue
				}
				call := f.Name
				if given, ok := args[end.Name+"."+f.Name]; ok {
					call += "(" + given + ")"
				} else if f.Arguments.ForName("first") != nil {
					call += "(first: 20)"
				}
				to := schema.Types[f.Type.Name()]
				if !to.IsCompositeType() {
					values += " " + call
				} else if name := end.Name + "." + f.Name; !asked[name] {
					asked[name] = true
					ways = append(ways, way{opens + " " + call + " {", closes + " }", to})
				}
			}
			if values != "" {
				all = append(all, "{"+opens+values+closes+" }")
			}
		}
	}
	return all
}

// paid are words that stand where only members may read, each in a place of its own.
var paid = []string{
	"paidparagraph", "paidheading", "paidcode", "paidspan", "paidalt", "paidtitle", "paidtarget", "paidcell", "paidquote", "paidcomment", "paidhtml", "paidnote", "paidkey", "paidpicture",
	"paiddata", "paidmarkdown", "paidsource", "paidoutput", "paidtrace", "paidshown", "paidmeta", "paidattachment", "paidcomponent", "paidexport", "paidquiz",
}

func paidCourse() fstest.MapFS {
	notebook, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"level": 3, "remark": "paidmeta"}, "nbformat": 4, "cells": []any{
			map[string]any{"cell_type": "markdown", "source": "# Free notebook\n\nThe paidmarkdown is here. ![](attachment:paidattachment.png)", "attachments": map[string]any{
				"paidattachment.png": map[string]any{"image/png": base64.StdEncoding.EncodeToString([]byte(pixel))},
			}},
			map[string]any{"cell_type": "code", "source": "print('paidsource')", "outputs": []any{
				map[string]any{"output_type": "stream", "text": "paidoutput"},
				map[string]any{"output_type": "error", "ename": "E", "evalue": "paidtrace"},
				map[string]any{"output_type": "execute_result", "data": map[string]any{"text/plain": "paidshown"}},
			}},
		},
	})
	if err != nil {
		panic(err)
	}
	lesson := "---\ntitle: Free title\nlevel: 3\nteacher_note: paidkey\nsolution: {answer: paidkey}\n---\n# Free heading\n\nThe secret prompt is paidparagraph. It has `paidspan` in it.\n\n" +
		"## On paidheading\n\n```py\npaidcode = 1\n```\n\n![paidalt](img/paidpicture.png \"paidtitle\") [file](img/paiddata.csv) [gone](paidtarget.md)\n\n" +
		"| a | b |\n|---|---|\n| paidcell | 2 |\n\n> paidquote\n\n<!-- paidcomment -->\n\n<div title=\"x\">paidhtml</div>\n\nText[^1].\n\n[^1]: paidnote\n"
	return fstest.MapFS{
		"lesson.md": {Data: []byte(lesson)}, "nb.ipynb": {Data: notebook}, "img/paidpicture.png": {Data: []byte(pixel)}, "img/paiddata.csv": {Data: []byte("a,paiddata")},
		"part.mdx":     {Data: []byte("---\nlevel: 3\n---\nexport const x = 'paidexport'\n\n# Free part\n\n<Tip>\n\nA paidcomponent.\n\n</Tip>\n\n<Question choices={[{text: \"paidquiz\"}]} />\n")},
		"fr/lesson.md": {Data: []byte("---\nlevel: 3\n---\n# Titre\n\nLe paidparagraph.")}, "words.md": {Data: []byte("---\nlevel: 3\nsummary: freesummary\npreview: freepreview\n---\n# Free words\n\npaidparagraph")},
		"more.md": {Data: []byte("---\nlevel: 3\n---\n# Marked\n\nThe freeexcerpt ends here.\n\n<!-- more -->\n\npaidparagraph")},
	}
}

// found are the words that somebody finds in all that the graph and the other addresses answer.
func (l *library) found(t *testing.T, c *apptest.Caller, words []string) map[string]string {
	t.Helper()
	found := map[string]string{}
	look := func(asked, answer string) {
		answer = strings.ToLower(answer)
		for _, w := range words {
			if found[w] == "" && strings.Contains(answer, w) {
				found[w] = asked
			}
		}
	}
	ask := func(query string) {
		a := c.Ask(query)
		if slices.Contains(a.Codes(), "GRAPHQL_VALIDATION_FAILED") || slices.Contains(a.Codes(), "GRAPHQL_PARSE_FAILED") {
			t.Fatalf("%s: %s", query, a.Raw)
		}
		look(query, strings.ReplaceAll(a.Raw, strings.ReplaceAll(query, `"`, `\"`), ""))
	}
	var ids []string
	rows, err := l.DB.Owner.QueryContext(t.Context(), `select 'item_' || replace(id::text, '-', ''), slug from content_items order by slug`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var slugs []string
	for rows.Next() {
		var id, slug string
		if err := rows.Scan(&id, &slug); err != nil {
			t.Fatal(err)
		}
		ids, slugs = append(ids, `"`+id+`"`), append(slugs, slug)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	args := map[string]string{
		"Query.nodes": "ids: [" + strings.Join(ids, ",") + "]", "Query.search": `query: "free", first: 20`, "Query.category": `slug: "course"`,
		"Category.items": "first: 20, below: true",
	}
	for i, id := range ids {
		args["Query.node"], args["Query.contentItem"] = "id: "+id, `slug: "`+slugs[i]+`"`
		for _, query := range reaches(args) {
			if i == 0 || strings.HasPrefix(query, "{ node(") || strings.HasPrefix(query, "{ contentItem(") {
				ask(query)
			}
		}
	}
	for _, w := range words { // what cannot be read may still be guessed, word by word
		for _, accessible := range []string{"false", "true"} {
			a := c.Must(`query ($q: String!) { search(query: $q, first: 5, accessible: `+accessible+`) { totalCount nodes { slug } edges { rank } } }`, map[string]any{"q": w})
			if a.String("search.totalCount") != "0" || a.Len("search.nodes") > 0 {
				look("a search", w)
			}
		}
		for _, filter := range []string{`tag: "` + w + `"`, `language: "` + w + `"`} {
			if a := c.Must(`{ contentItems(filter: {` + filter + `}) { totalCount } }`); a.String("contentItems.totalCount") != "0" {
				look("a filter", w)
			}
		}
		a := c.Ask(`{ contentItem(slug: "course-lesson") { ` + w[:len(w)-1] + ` } }`)
		look("a misspelt field", strings.ReplaceAll(a.Raw, w[:len(w)-1], ""))
	}
	base := strings.TrimSuffix(l.URL, "/graphql")
	for _, path := range []string{"/", "/schema.graphql", "/playground", "/files/" + strings.Trim(ids[0], `"`) + "/" + strings.Repeat("0", 64), "/files/", "/nothing"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		look(path, string(text)+fmt.Sprint(response.Header))
	}
	return found
}

func TestNoPaidWordIsFoundByVisitorsOrByLearnersOfALowerPlan(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.course = paidCourse()
	l.Subscription(l.User("lower"), l.Plan(2))
	l.Subscription(l.User("member"), l.Plan(3))
	lower, member := l.As(t, "lower@test.example"), l.As(t, "member@test.example")
	closed := func(when string) {
		t.Helper()
		for who, c := range map[string]*apptest.Caller{"a visitor": l.Anonymous(t), "a learner of a lower plan": lower} {
			for word, at := range l.found(t, c, paid) {
				t.Errorf("%s: %s finds %s by %s", when, who, word, at)
			}
		}
	}
	if r := l.take(t, func(c *content.ImportCommand) { c.Level = nil }); r.New != 6 || r.Drafts != 0 || len(r.Closed) != 0 {
		t.Fatalf("%+v", r)
	}
	closed("after an import")
	free := l.found(t, l.Anonymous(t), []string{"free title", "free notebook", "free part", "freesummary", "freepreview", "freeexcerpt"})
	if len(free) != 6 {
		t.Errorf("what is free is not all found: %v", free)
	}
	inside := l.found(t, member, paid)
	for _, word := range paid {
		// Comments of MDX and values of front matter are in no answer at all.
		if dropped := []string{"paidkey", "paidmeta", "paidattachment", "paidexport"}; inside[word] == "" && !slices.Contains(dropped, word) {
			t.Errorf("a member does not find %s: the test looks in the wrong places", word)
		}
	}
	for name, file := range l.course {
		if strings.HasSuffix(name, ".md") {
			l.course[name] = &fstest.MapFile{Data: append(slices.Clone(file.Data), "\n\nAnd another paidparagraph.\n"...)}
		}
	}
	if r := l.take(t, func(c *content.ImportCommand) { c.Level = nil }); r.Changed != 4 {
		t.Errorf("%+v", r)
	}
	closed("after a second import")
	var file string
	l.Get(&file, `select '/files/item_' || replace(f.content_id::text, '-', '') || '/' || f.sha256 from content_files f where f.name = 'paiddata.csv'`)
	response, err := http.Get(strings.TrimSuffix(l.URL, "/graphql") + file)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusForbidden || strings.Contains(string(text)+fmt.Sprint(response.Header), "paid") {
		t.Errorf("a file without a link: %d %s %v", response.StatusCode, text, err)
	}
}

func TestRaisingALevelTakesBackWhatWasCutFromABody(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.course = fstest.MapFS{
		"a.md": {Data: []byte("# Free heading\n\nThe secret prompt is paidparagraph.\n")}, "b.md": {Data: []byte("---\nsummary: freesummary\n---\n# Free\n\npaidparagraph and more.\n")},
	}
	open := func(c *content.ImportCommand) { c.Level = nil }
	seen := func(when string, want bool) {
		t.Helper()
		a := l.Anonymous(t).Must(`{ contentItems { nodes { title summary preview } } search(query: "paidparagraph") { totalCount } }`)
		if strings.Contains(a.Raw, "paidparagraph") != want || (a.String("search.totalCount") != "0") != want {
			t.Errorf("%s: %s", when, a.Raw)
		}
		var bad int
		if l.Get(&bad, `select count(*) from content_items i join content_bodies b on b.content_id = i.id where b.search is distinct from content_document(i.title, i.summary, i.preview)`); bad > 0 {
			t.Errorf("%s: %d items are searched by other words than they show", when, bad)
		}
	}
	level := func(n int) { // by SQL, as the serving role
		t.Helper()
		if _, err := l.DB.ExecContext(t.Context(), `update content_items set access_level = $1`, n); err != nil {
			t.Fatal(err)
		}
	}
	l.take(t, open)
	seen("for everyone", true)
	level(3)
	seen("raised", false)
	if r := l.take(t, open); r.Changed != 2 {
		t.Errorf("%+v", r)
	}
	seen("raised and imported", false)
	before := l.traces()
	if r := l.take(t, open); r.Unchanged != 2 || l.traces() != before {
		t.Errorf("%+v", r)
	}
	level(0)
	l.take(t, open)
	seen("lowered and imported", true)
	level(3)
	level(0) // nothing was imported meanwhile
	if r := l.take(t, open); r.Changed != 2 {
		t.Errorf("%+v", r)
	}
	seen("raised, lowered and imported", true)
	if r := l.take(t, func(c *content.ImportCommand) { c.Level, c.Status, c.Existing = new(int32(2)), nil, true }); r.Reset != 2 {
		t.Errorf("%+v", r)
	}
	seen("raised by an import", false)
	if r := l.take(t, func(c *content.ImportCommand) { c.Level, c.Existing = new(int32(0)), true }); r.Reset != 2 || r.Changed != 2 {
		t.Errorf("%+v", r)
	}
	seen("lowered by an import", true)
	var summary string
	level(1)
	if l.Get(&summary, `select summary from content_items where slug = 'course-b'`); summary != "freesummary" {
		t.Errorf("the author's summary is %q", summary)
	}
	for _, automatic := range []string{`summary = 'cut', summary_is_authored = false`, `preview = 'cut'`, `summary_is_authored = false`} {
		if _, err := l.DB.ExecContext(t.Context(), `update content_items set `+automatic+` where slug = 'course-b'`); err == nil || !strings.Contains(err.Error(), "content_items_free_text_is_authored") {
			t.Errorf("%s above level 0: %v", automatic, err)
		}
	}
}

func TestADocumentThatIsNoLongerUnderstoodClosesItsItemBeforeItsNewTextIsWritten(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"a level": "level: three", "a status": "draft: maybe", "a key": "member_area: gold", "a conflict": "level: 3\naccess: 0", "twice": "level: 3\nlevel: 0", "a date ahead": "date: 2999-01-01",
		"a draft": "draft: true", "a level above": "level: 3", "without a level": "paid: true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t)
			l.course = fstest.MapFS{"a.md": {Data: []byte("# A\n\nFor everyone.\n")}}
			open := func(c *content.ImportCommand) { c.Level = nil }
			l.take(t, open)
			l.course["a.md"] = &fstest.MapFile{Data: []byte("---\n" + head + "\n---\n# A\n\nThe paidparagraph.\n")}
			if r := l.take(t, open); len(r.Fell) != 1 || r.Changed != 1 {
				t.Errorf("%+v", r)
			}
			if a := l.Anonymous(t).Ask(`{ contentItem(slug: "course-a") { summary preview body } search(query: "paidparagraph") { totalCount } }`); strings.Contains(a.Raw, "paidparagraph") || a.String("search.totalCount") != "0" {
				t.Errorf("a visitor: %s", a.Raw)
			}
			if r := l.take(t, open); len(r.Fell)+r.Changed+r.Reset != 0 {
				t.Errorf("again: %+v", r)
			}
		})
	}
}
