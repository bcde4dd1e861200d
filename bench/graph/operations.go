package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed operations/*
var files embed.FS

// Who an operation is asked as.
const (
	asViewers  = "viewers"  // two hundred people, in turn
	asLearners = "learners" // two hundred whose plan opens nine of ten items
	asAnalyst  = "analyst"
	asAdmin    = "admin"
)

// operation is one question in the words of all targets. What they answer must be the same data.
type operation struct {
	name, as string
	what     string
	words    []string // what is searched, one after the other
	walk     string   // pages the product, for the cursors; empty for an operation without pages
	peerWalk string   // the same for PostGraphile
	refuses  bool     // parts of an answer are refused, which is no fault

	query, peer, sql string // operations/<name>.graphql, .peer.graphql, .sql
}

var searches = []string{
	"attention heads", "vector databases", "reward models", "diffusion sampling",
	"bayesian updates", "differential privacy", "active learning", "low rank",
}

// The pages of the newest items, for the cursors of both servers.
const (
	itemPages     = `query ($after: String) { page: contentItems(first: 50, after: $after) { pageInfo { endCursor } } }`
	peerItemPages = `query ($after: Cursor) {
		page: allItems(first: 50, after: $after, orderBy: [PUBLISHED_AT_DESC, ROW_ID_DESC]) { pageInfo { endCursor } } }`
)

// operations reads the seven, or those that are named.
func operations(names []string) ([]*operation, error) {
	all := []*operation{
		{name: "q1", as: asViewers, what: "who am I, and what did I subscribe to"},
		{
			name: "q2", as: asViewers, what: "50 items with category, author, access and popularity",
			walk: itemPages, peerWalk: peerItemPages,
		},
		{
			name: "q3", as: asViewers, what: "20 categories with 10 items each, access and my progress",
			walk:     `query ($after: String) { page: contentCategories(first: 20, after: $after) { pageInfo { endCursor } } }`,
			peerWalk: `query ($after: Cursor) { page: allCategories(first: 20, after: $after, orderBy: [POSITION_ASC, ROW_ID_ASC]) { pageInfo { endCursor } } }`,
		},
		{name: "q4", as: asViewers, what: "20 hits of a search with access", words: searches},
		{name: "q5", as: asAnalyst, what: "the figures of all plans and of the 100 most popular items"},
		{
			name: "q6", as: asAdmin, what: "100 people with roles, subscription and their last 5 events",
			walk:     `query ($after: String) { page: users(first: 100, after: $after) { pageInfo { endCursor } } }`,
			peerWalk: `query ($after: Cursor) { page: allPeople(first: 100, after: $after, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { pageInfo { endCursor } } }`,
		},
		{
			name: "q7", as: asLearners, what: "50 items with body and access, one in ten locked",
			walk: itemPages, peerWalk: peerItemPages, refuses: true,
		},
	}
	var wanted []*operation
	for _, o := range all {
		for ending, into := range map[string]*string{".graphql": &o.query, ".peer.graphql": &o.peer, ".sql": &o.sql} {
			text, err := files.ReadFile("operations/" + o.name + ending)
			if err != nil {
				return nil, err
			}
			*into = strings.TrimSpace(string(text))
		}
		if len(names) == 0 || slices.Contains(names, o.name) {
			wanted = append(wanted, o)
		}
	}
	if len(wanted) == 0 || len(names) > 0 && len(wanted) != len(names) {
		return nil, fmt.Errorf("-ops takes some of q1,q2,q3,q4,q5,q6,q7, not %s", strings.Join(names, ","))
	}
	return wanted, nil
}

// body is a request as it goes over the wire.
func body(query string, variables map[string]any) []byte { return namedBody("", query, variables) }

// namedBody names the operation too: the product counts its answers by that name.
func namedBody(name, query string, variables map[string]any) []byte {
	request := map[string]any{"query": query, "variables": variables}
	if name != "" {
		request["operationName"] = name
	}
	text, err := json.Marshal(request)
	if err != nil {
		panic(err) // strings and nulls
	}
	return text
}

// choice is one way to ask an operation: as the nth viewer, for the nth page or words.
type choice struct{ viewer, page int }

// choices are what a run asks in turn: every page as someone else, so that two thousand of them repeat late.
func (o *operation) choices(viewers, pages int) []choice {
	var all []choice
	for n := range 2000 {
		all = append(all, choice{viewer: n * 7 % viewers, page: n % pages})
	}
	return all
}

// askersOf is how many ask an operation in turn. Who is asked as staff is one user.
func (s *school) askersOf(o *operation) int { return max(1, len(s.people[o.as])) }

// pagesOf is how many pages or words an operation is asked for.
func (s *school) pagesOf(o *operation) int { return max(1, s.pages[o.name], len(o.words)) }

func (s *school) choices(o *operation) []choice { return o.choices(s.askersOf(o), s.pagesOf(o)) }

// script is the SQL as pgbench takes it, with the words in place: pgbench's variables hold no lists.
func (o *operation) script() string {
	return strings.ReplaceAll(o.sql, ":words", "'"+strings.Join(o.words, "', '")+"'")
}

// plain is the SQL without pgbench's own lines.
func (o *operation) plain() string {
	var lines []string
	for line := range strings.SplitSeq(o.script(), "\n") {
		if !strings.HasPrefix(line, `\set`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// statement is the SQL for one choice.
func (o *operation) statement(c choice) string {
	return strings.NewReplacer(":viewer", fmt.Sprint(c.viewer+1), ":page", fmt.Sprint(c.page)).Replace(o.plain())
}

// parameterized is the SQL with parameters, to be prepared once.
func (o *operation) parameterized() parameterized {
	p := parameterized{as: o.as, text: o.plain()}
	for _, name := range []string{":viewer", ":page"} {
		if strings.Contains(p.text, name) {
			p.names = append(p.names, name)
			p.text = strings.ReplaceAll(p.text, name, fmt.Sprintf("$%d", len(p.names)))
		}
	}
	return p
}
