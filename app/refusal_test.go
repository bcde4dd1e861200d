package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lyceum/app/apptest"
)

// hostile are operations that must be refused. Each was made to be small and to get a large or a slow answer.
func hostile() map[string]map[string]any {
	rep := strings.Repeat
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	fragments := func(n int, body func(i int) string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on ContentItem { %s }", i, body(i))
		}
		return b.String()
	}
	page := func(selection string) string { return "{ contentItems { nodes { " + selection + " } } }" }
	documents := map[string]string{
		"conflicting aliases":           "{ plans { " + rep("a: id a: name ", 40) + "} }",
		"conflicting aliases in others": "query a { __typename } query b { plans { " + rep("a: id a: name ", 40) + "} }",
		"conflicting arguments":         page(rep("category { items(first: 1) { nodes { id } } items(first: 2) { nodes { id } } } ", 30)),
		"one field with many arguments": page("category { " + numbered(90, "items(first: %d) { nodes { id } } ") + "}"),
		"unknown directives":            "{ __typename " + rep("@a ", 450) + "}",
		"unknown directives, apart":     page(rep("id @a ", 49)),
		"unknown fields":                page(numbered(300, "x%d ")),
		"unknown arguments":             page("category { items(" + numbered(300, "x%d: 1 ") + ") { nodes { id } } }"),
		"unknown fragments":             page(numbered(300, "...X%d ")),
		"unknown input fields":          "{ contentItems(filter: { " + numbered(300, "x%d: 1 ") + "}) { nodes { id } } }",
		"unknown variables":             "{ nodes(ids: [" + numbered(400, "$x%d ") + "]) { id } }",
		"unused variables":              "query (" + numbered(240, "$x%d: Int ") + ") { __typename }",
		"one name for all variables":    "query (" + rep("$x: Int ", 240) + ") { __typename }",
		"one name for all fragments":    "{ __typename }" + rep(" fragment F on Plan { id }", 49),
		"fields in unused fragments":    "{ __typename }" + fragments(40, func(int) string { return rep("x ", 15) }),
		"fragments in circles":          page("...F0") + fragments(50, func(i int) string { return fmt.Sprintf("...F%d ...F%d", (i+1)%50, (i+7)%50) }),
		"a fragment in itself":          page("...F0") + fragments(1, func(int) string { return "id ...F0" }),
		"fragments that multiply": page("...F0") + fragments(40, func(i int) string {
			return rep(fmt.Sprintf("category { children { items { nodes { ...F%d } } } } ", i+1), 1) + fmt.Sprintf("...F%d ...F%d", i+1, i+1)
		}),
		"many small fragments":   page("...F0") + fragments(90, func(i int) string { return fmt.Sprintf("...F%d", i+1) }),
		"the same field":         "{ plans { " + rep("id ", 980) + "} }",
		"lists of input objects": "{ nodes(ids: [" + rep("{ a: 1 } ", 190) + "]) { id } }",
		"nested lists":           "{ contentItems(filter: " + rep("[", 490) + rep("]", 490) + ") { nodes { id } } }",
		"nested objects":         "{ contentItems(filter: " + rep("{ a: ", 240) + "1" + rep("}", 240) + ") { nodes { id } } }",
		"a nested type":          "query ($a: " + rep("[", 450) + "Int" + rep("]", 450) + ") { nodes(ids: $a) { id } }",
		"a huge number":          "{ contentItems(first: " + rep("9", 14000) + ") { nodes { id } } }",
		"a huge exponent":        "{ contentItems(first: 1e" + rep("9", 14000) + ") { nodes { id } } }",
		"a long field":           "{ " + rep("x", 14000) + " }",
		"a long alias":           "{ " + rep("x", 14000) + ": contentItems(first: 0) { nodes { id } } }",
		"a long type":            "{ ... on " + rep("x", 14000) + " { id } }",
		"a long string":          `{ contentItems(orderBy: "` + rep("x", 14000) + `") { nodes { id } } }`,
		"a long escape":          `{ contentItem(slug: "\u` + rep("x", 14000) + `") { id } }`,
		"a long token":           rep("x", 14000) + " { id }",
		"control characters":     "{ " + rep("\x01", 5000) + " }",
		"only a comment":         "#" + rep("x", 14000),
		"nothing closed":         rep("{ a ", 400),
	}
	all := map[string]map[string]any{}
	for name, document := range documents {
		all[name] = map[string]any{"query": document}
	}
	nested := any("x")
	for range 2000 {
		nested = []any{nested}
	}
	objects := make([]any, 2000)
	keys := map[string]any{}
	for i := range objects {
		objects[i] = map[string]any{fmt.Sprint("x", i): i}
		keys[fmt.Sprint("x", i)] = i
	}
	of := func(query string, value any) map[string]any {
		return map[string]any{"query": query, "variables": map[string]any{"v": value}}
	}
	const ids, filter, first = `query ($v: [ID!]!) { nodes(ids: $v) { id } }`, `query ($v: ContentItemFilter) { contentItems(filter: $v) { nodes { id } } }`, `query ($v: Int) { contentItems(first: $v) { nodes { id } } }`
	all["variables: lists in lists"] = of(ids, nested)
	all["variables: objects for ids"] = of(ids, objects)
	all["variables: thousands of nulls"] = of(ids, make([]any, 5000))
	all["variables: unknown fields"] = of(filter, keys)
	all["variables: a long field"] = of(filter, map[string]any{rep("x", 14000): 1})
	all["variables: a long enum value"] = of(`query ($v: ContentItemOrder!) { contentItems(orderBy: $v) { nodes { id } } }`, rep("x", 14000))
	all["variables: a long number"] = of(first, rep("9", 14000))
	all["variables: none"] = map[string]any{"query": `query ($v: ID!) { node(id: $v) { id } }`}
	all["a long operation name"] = map[string]any{"query": "query a { __typename } query b { __typename }", "operationName": rep("x", 14000)}
	return all
}

func TestARefusalDoesNotOutgrowItsRequest(t *testing.T) {
	t.Parallel()
	for environment, h := range map[string]*apptest.App{"production": apptest.New(t, apptest.Production), "development": apptest.New(t)} {
		for transport, do := range transports {
			t.Run(environment+" "+transport, func(t *testing.T) {
				t.Parallel()
				slowest := time.Duration(0)
				defer func() { t.Logf("the slowest refusal took %v", slowest) }()
				for name, operation := range hostile() {
					began := time.Now()
					raw, err := do(t.Context(), h.URL, operation)
					took := time.Since(began)
					slowest = max(slowest, took)
					if transport == "GET" && (err != nil || strings.HasPrefix(raw, "431")) {
						continue // no server takes so long an address
					}
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					errs, data := errorsIn(t, raw)
					if len(errs) == 0 || len(errs) > 11 || data != nil {
						t.Errorf("%s: %d errors, %v: %.300s", name, len(errs), data, raw)
						continue
					}
					if len(raw) > 64<<10 || took > 5*time.Second { // usually some milliseconds
						t.Errorf("%s: %d bytes after %v", name, len(raw), took)
					}
					for _, e := range errs {
						if !slices.Contains([]string{"PARSE_FAILED", "VALIDATION_FAILED", "LIMIT_EXCEEDED", "INVALID"}, e.Code()) || e.Extensions["requestId"] == nil || len(e.Message) > 500 {
							t.Errorf("%s: %v", name, e)
						}
					}
				}
			})
		}
	}
}

func TestARefusalTellsHowManyErrorsItLeavesOut(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).Anonymous(t)
	for n, last := range map[int]string{
		3: "", 10: "", 11: "and 1 more errors", 60: "and 50 more errors", 300: "and more than 90 more errors",
	} {
		a := c.Ask("{ plans { " + strings.Repeat("x ", n) + "} }")
		told := a.Errors[len(a.Errors)-1].Message
		if last == "" && len(a.Errors) != n || last != "" && (len(a.Errors) != 11 || told != last) {
			t.Errorf("%d unknown fields: %d errors, the last %q", n, len(a.Errors), told)
		}
	}
}

func TestEachLimitIsCountedBeforeValidationAndNamesItself(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).Anonymous(t)
	rep := strings.Repeat
	for name, document := range map[string]string{
		"characters":  "{ __typename } #" + rep("x", 15000),
		"operations":  rep("{ nothing } ", 11),
		"fragments":   "{ nothing }" + rep(" fragment F on Nothing { nothing }", 51),
		"directives":  "{ nothing " + rep("@a ", 51) + "}",
		"aliases":     "query a { nothing } query b { plans { " + rep("a: nothing ", 31) + "} }",
		"root fields": "query a { nothing } query b { " + rep("nothing ", 21) + "}",
		"depth":       "{ nothing } fragment F on Nothing { " + rep("a { ", 12) + "b" + rep(" }", 13),
		"fields":      "{ nothing { ...A ...A ...A ...A } } fragment A on Nothing { ...B ...B ...B ...B } fragment B on Nothing { " + rep("a ", 40) + "}",
	} {
		a := c.Ask(document)
		if len(a.Errors) != 1 || a.Errors[0].Code() != "LIMIT_EXCEEDED" || a.Errors[0].Extensions["limit"] != name || a.Errors[0].Extensions["maximum"] == nil {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	for name, document := range map[string]string{ // spreads count as often as they stand
		"aliases":    "{ plans { ...A ...A ...A ...A } } fragment A on Plan { a: id b: id c: id d: id e: id f: id g: id h: id }",
		"directives": "{ plans { ...A ...A ...A } } fragment A on Plan { " + rep("id @include(if: true) ", 20) + "}",
	} {
		if a := c.Ask(document); len(a.Errors) != 1 || a.Errors[0].Extensions["limit"] != name {
			t.Errorf("%s in fragments: %s", name, a.Raw)
		}
	}
}
