package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"lyceum/resolvers"
)

func TestTheOperationsAreValid(t *testing.T) {
	t.Parallel()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "sdl", Input: resolvers.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	all, err := operations(nil)
	if err != nil || len(all) != 7 {
		t.Fatal(len(all), err)
	}
	for _, o := range all {
		for _, query := range []string{o.query, o.walk} {
			if query == "" {
				continue
			}
			if _, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules()); errs != nil {
				t.Errorf("%s: %v", o.name, errs)
			}
		}
		if doc, err := gqlparser.LoadQueryWithRules(schema, o.query, nil); err != nil || doc.Operations[0].Name != o.name {
			t.Errorf("%s must be named so in its document: %v", o.name, err)
		}
		if o.peer == "" || o.sql == "" || strings.Contains(o.script(), ":words") {
			t.Errorf("%s is not whole", o.name)
		}
		if s := o.statement(choice{viewer: 3, page: 2}); strings.Contains(s, `\set`) || strings.Contains(s, ":viewer") || strings.Contains(s, ":page") {
			t.Errorf("%s: %s", o.name, s)
		}
	}
	if _, err := operations([]string{"q1", "q8"}); err == nil {
		t.Error("q8 is no operation")
	}
}

func TestAnswersOfAllTargetsTakeOneShape(t *testing.T) {
	t.Parallel()
	product := `{"contentItems": {"nodes": [{"id": "item_019770400bc77b618b65ef723c30e1f2", "kind": "VIDEO", "publishedAt": "2026-11-24T14:51:00Z",
		"access": {"hasAccess": true}, "popularity": {"views": 3, "averageRating": 4.5}}]}, "viewer": {"subscription": {"plan": {"price": {"amount": 900, "currency": "EUR"}}}},
		"rows": {"nodes": [{"id": "consumption_000644d2a1b2c3d40000000000001f90"}]}, "none": null}`
	peer := `{"contentItems": {"nodes": [{"id": "01977040-0bc7-7b61-8b65-ef723c30e1f2", "kind": "video", "publishedAt": "2026-11-24T14:51:00.000000+00:00",
		"access_one": {"nodes": [{"hasAccess": true}]}, "popularity": {"views": "3", "averageRating": 4.50}}]},
		"viewer": {"subscription_one": {"nodes": [{"plan": {"priceAmount": "900", "priceCurrency": "EUR"}}]}}, "rows": {"nodes": [{"id": "8080"}]}, "none_one": {"nodes": []}}`
	a, err := shape([]byte(product))
	if err != nil {
		t.Fatal(err)
	}
	b, err := shape([]byte(peer))
	if err != nil {
		t.Fatal(err)
	}
	if d := difference("answer", a, b); d != nil {
		t.Error(d)
	}
	b, _ = shape([]byte(strings.ReplaceAll(peer, `"hasAccess": true`, `"hasAccess": false`)))
	if d := difference("answer", a, b); len(d) != 1 || !strings.Contains(d[0], "answer.contentItems[0].accessHasAccess is true, then false") {
		t.Error(d)
	}
	b, _ = shape([]byte(`{"contentItems": {"nodes": []}}`))
	if d := difference("answer", a, b); len(d) < 3 {
		t.Error(d)
	}
}

func TestWrkIsReadAndBadAnswersAreNotCounted(t *testing.T) {
	t.Parallel()
	s, err := parseWrk([]byte("Running 3s test\n  2 threads\n\nresult 900 3000000 1500 9000 0 \n"))
	if err != nil || s.requests != 900 || s.rate() != 300 || s.p50 != 1.5 || s.p99 != 9 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, out := range []string{"", "result 900 3000000 1500 9000 2 200 {\"errors\":[]}\n", "result 0 3000000 0 0 0 \n"} {
		if _, err := parseWrk([]byte(out)); err == nil {
			t.Errorf("%q is taken for a result", out)
		}
	}
}

func TestPgbenchIsReadWithinItsTime(t *testing.T) {
	t.Parallel()
	log := []byte("0 1 900 0 1000 500000\n1 1 1500 0 1001 0\n0 2 2500 0 1003 1\n")
	times, err := parsePgbench(log, time.Unix(1001, 0), time.Unix(1003, 0))
	if err != nil || len(times) != 1 || times[0] != 1.5 {
		t.Error(times, err)
	}
	if _, err := parsePgbench([]byte("what is this\n"), time.Time{}, time.Now()); err == nil {
		t.Error("nonsense is read")
	}
}

func TestProcessesAreReadWhateverTheirName(t *testing.T) {
	t.Parallel()
	p, err := parseStat([]byte("42 (a ) b) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 1 0 100 1000000 256 18446744073709551615 1 1 0\n"))
	if err != nil || p != (process{pid: 42, parent: 7, state: 'S', own: 200, reaped: 50, pages: 256}) {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := parseStat([]byte("nonsense")); err == nil {
		t.Error("nonsense is read")
	}
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	t.Parallel()
	r := results{}
	for _, rates := range [][3]int{{300, 100, 400}, {900, 300, 1200}, {80, 40, 100}} { // the third round had a busy neighbour
		r.add("q1", "product", sample{requests: rates[0], seconds: 1, server: time.Millisecond})
		r.add("q1", "postgraphile", sample{requests: rates[1], seconds: 1, server: time.Second})
		r.add("q1", bareCommand, sample{requests: rates[2], seconds: 1})
		r.add("q1", "pgbench", sample{requests: 1000, seconds: 1})
	}
	var out bytes.Buffer
	r.report(&out, []string{"q1"})
	if missed := r.missed([]string{"q1"}); missed != nil || !strings.Contains(out.String(), "geometric mean: 3.00") {
		t.Error(missed, out.String())
	}
	r.add("q2", "product", sample{requests: 100, seconds: 1, database: time.Second})
	r.add("q2", "postgraphile", sample{requests: 100, seconds: 1})
	if missed := r.missed([]string{"q1", "q2"}); len(missed) != 3 {
		t.Errorf("missed: %q", missed)
	}
}

func TestGoalsOfSingleOperationsAreMissedBeyondTheirLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op           string
		product, all int // requests, the product's and of all that stand beside it
		server       time.Duration
		want         string
	}{
		{"q1", 750, 1000, time.Second, ""},
		{"q1", 740, 1000, time.Second, "q1: 0.74 of the requests of the bare server, at least 0.75 are the goal"},
		{"q5", 460, 1000, 230 * time.Millisecond, ""},
		{"q5", 450, 1000, 225 * time.Millisecond, "q5: 0.45 of the requests of the best SQL, at least 0.46 are the goal"},
		{"q5", 500, 1000, 260 * time.Millisecond, "q5: 0.52 ms of server CPU a request, at most 0.50 are the goal"},
		{"q7", 500, 1000, time.Second, ""},
		{"q7", 490, 1000, time.Second, "q7: 0.49 of the requests of the best SQL, at least 0.50 are the goal"},
	} {
		r := results{}
		r.add(c.op, "product", sample{requests: c.product, seconds: 1, server: c.server})
		r.add(c.op, "postgraphile", sample{requests: c.product / 3, seconds: 1, server: time.Minute})
		r.add(c.op, bareCommand, sample{requests: c.all, seconds: 1})
		r.add(c.op, "pgbench", sample{requests: c.all, seconds: 1})
		if missed := r.missed([]string{c.op}); strings.Join(missed, "; ") != c.want {
			t.Errorf("%s: %q, not %q", c.op, missed, c.want)
		}
	}
	if missed := (results{}).missed([]string{"q5"}); len(missed) != 5 {
		t.Errorf("what was not measured is kept: %q", missed)
	}
}

func TestTheBareServersStatementsHaveParametersInTheirOrder(t *testing.T) {
	t.Parallel()
	for want, sql := range map[string]string{
		"a = $1 and b = $2 or b = $2": "\\set viewer random(1, :viewers)\n\\set page random(0, :pages - 1)\na = :viewer and b = :page or b = :page",
		"b[$1 + 1]":                   "\\set page random(0, :pages - 1)\nb[:page + 1]",
		"c":                           "c",
	} {
		p := (&operation{sql: sql}).parameterized()
		if p.text != want || len(p.names) != strings.Count(want, "$1")+min(1, strings.Count(want, "$2")) {
			t.Errorf("%+v, not %q", p, want)
		}
	}
}

func TestRefusalsAreComparedWithWhatTheSQLSaysOfThem(t *testing.T) {
	t.Parallel()
	refused, err := refusalsOf([]byte(`[{"message": "locked", "path": ["contentItems", "nodes", 10, "body"], "extensions": {"code": "CONTENT_LOCKED", "reason": "DENIED"}},
		{"message": "locked", "path": ["contentItems", "nodes", 2, "body"], "extensions": {"code": "CONTENT_LOCKED"}}]`))
	if err != nil || len(refused) != 2 || refused[0] != (refusal{"contentItems.nodes.10.body", "CONTENT_LOCKED"}) {
		t.Fatal(refused, err)
	}
	rows, said, err := besideRows([]byte(`{"contentItems": [{"body": null}], "refused": [
		{"path": "contentItems.nodes.2.body", "code": "CONTENT_LOCKED"}, {"path": "contentItems.nodes.10.body", "code": "CONTENT_LOCKED"}]}`))
	if err != nil || string(rows) != `{"contentItems":[{"body":null}]}` {
		t.Fatal(string(rows), err)
	}
	if d := refusalsDiffer(refused, said); d != nil {
		t.Error(d)
	}
	said[0].Path = "contentItems.nodes.3.body"
	if d := refusalsDiffer(refused, said); len(d) != 2 || !strings.HasPrefix(d[0], "only the first refuses contentItems.nodes.2.") {
		t.Error(d)
	}
	if d := refusalsDiffer(refused, nil); len(d) != 2 {
		t.Error(d)
	}
	if _, err := refusalsOf([]byte(`[{"message": "late", "extensions": {"code": "TIMEOUT"}}]`)); err == nil {
		t.Error("a fault is taken for a refusal")
	}
	if _, _, err := besideRows([]byte(`{"contentItems": []}`)); err == nil {
		t.Error("an answer that says nothing of refusals is taken")
	}
}

func TestLockedBodiesAreOneShapeForAllTargets(t *testing.T) {
	t.Parallel()
	d, err := answersDiffer("q7", []byte(`{"contentItems": {"nodes": [{"title": "A", "body": null, "access": {"reason": "PLAN_REQUIRED"}}]}}`),
		[]byte(`{"contentItems": {"nodes": [{"title": "A", "reading_one": {"nodes": [{"body": null, "accessReason": "plan_required"}]}}]}}`))
	if err != nil || d != nil {
		t.Error(d, err)
	}
}

func TestAnswersThatWereNotWrittenAtOnceAreFound(t *testing.T) {
	t.Parallel()
	before, err := parseWays([]byte("# TYPE lyceum_graph_answers_total counter\nlyceum_graph_answers_total{operation=\"-\",way=\"given up\"} 7\n" +
		"lyceum_graph_answers_total{operation=\"q7\",way=\"failed\"} 2\nlyceum_graph_answers_total{operation=\"q7\",way=\"written\"} 100\n"))
	if err != nil || before["q7"]["written"] != 100 || before["-"]["given up"] != 7 {
		t.Fatal(before, err)
	}
	after, err := parseWays([]byte("lyceum_graph_answers_total{operation=\"q7\",way=\"failed\"} 2\nlyceum_graph_answers_total{operation=\"q7\",way=\"written\"} 1.5e+06\n"))
	if err != nil {
		t.Fatal(err)
	}
	after["q7"]["given up"] = 1
	if missed := after.since(before).slow([]string{"q7"}, 1); missed != nil {
		t.Error(missed)
	}
	after["q7"]["failed"] = 5
	if missed := after.since(before).slow([]string{"q7"}, 0); len(missed) != 1 || !strings.HasSuffix(missed[0], "there were others: 1 given up, 3 failed") {
		t.Error(missed)
	}
	if missed := after.since(before).slow([]string{"q1"}, 0); len(missed) != 1 {
		t.Error("what was not counted is taken for written:", missed)
	}
}

func TestTwoBuildsAreJudgedByTheMedianOfTheirPairs(t *testing.T) {
	t.Parallel()
	of := func(now, old int) pair { // milliseconds; the server's and the database's count alike, and the requests may differ
		half := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond / 2 }
		return pair{
			now: sample{requests: 1000, seconds: 1, server: half(now), database: half(now)},
			old: sample{requests: 2000, seconds: 1, server: half(2 * old), database: half(2 * old)},
		}
	}
	pairs := []pair{of(105, 100), of(90, 100), of(300, 100), of(104, 100)} // while the third was measured, somebody compiled
	least, middle, most := spread(pairs)
	if fmt.Sprintf("%.3f %.3f %.3f", least, middle, most) != "0.900 1.045 3.000" {
		t.Error(least, middle, most)
	}
	var out bytes.Buffer
	if missed := reportBeside(&out, []string{"q1"}, map[string][]pair{"q1": pairs}); missed != nil || !strings.Contains(out.String(), "| 1.045 | 0.900 | 3.000 |") {
		t.Error(missed, out.String())
	}
	if missed := reportBeside(&out, []string{"q1", "q2"}, map[string][]pair{"q1": {of(107, 100)}}); len(missed) != 2 ||
		missed[0] != "q1: 1.070 times the old build's CPU a request, at most 1.05 are the goal" {
		t.Error(missed)
	}
}
