package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// What a room may hold at most. Whoever needs more has found two ideas that stand together.
const (
	mostLines       = 400 // of a file in Go
	mostColumns     = 140 // a tab is one
	mostFiles       = 25  // in Go, of a folder
	mostAnswerFiles = 60  // of resolvers, and of graph/schema in GraphQL: one for each part of a word
	mostSchemaLines = 250
)

// leftOut are folders and files that do not keep a law yet. None may be added.
var leftOut = map[string]string{}

func isLeftOut(path, law string) bool {
	for out, laws := range leftOut {
		if strings.HasPrefix(path, out) && strings.Contains(laws, law) {
			return true
		}
	}
	return false
}

func TestFilesAreSmallRooms(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if n := strings.Count(s.text, "\n"); n > mostLines && !ast.IsGenerated(s.file) {
			t.Errorf("%s has %d lines; %d are the most", s.path, n, mostLines)
		}
	}
}

func TestSchemaFilesAreSmallRooms(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("graph/schema/*.graphqls")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if len(files) > mostAnswerFiles {
		t.Errorf("graph/schema has %d files; %d are the most", len(files), mostAnswerFiles)
	}
	for _, path := range append(files, "schema.graphqls") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > mostSchemaLines && !isLeftOut(filepath.ToSlash(path), "lines") {
			t.Errorf("%s has %d lines; %d are the most", path, n, mostSchemaLines)
		}
	}
}

// Tests do not count: they stand beside what they are about.
func TestFoldersHoldFewFiles(t *testing.T) {
	t.Parallel()
	files := map[string]int{}
	for _, s := range sources(t) {
		if !s.test && !ast.IsGenerated(s.file) {
			files[s.folder]++
		}
	}
	for folder, n := range files {
		most := mostFiles
		if folder == "resolvers" {
			most = mostAnswerFiles
		}
		if n > most && !isLeftOut(folder+"/", "files") {
			t.Errorf("%s has %d files; %d are the most", folder, n, most)
		}
	}
}

// Tests are left out: hundreds of their lines are queries and tables of cases, which are read one below the other and would be
// harder to compare when broken. So are lines with a text in back quotes (SQL, patterns, tags), which cannot be broken, and
// what gqlgen writes on one line: the signatures of resolvers.
func TestLinesFitOnAScreen(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || ast.IsGenerated(s.file) || isLeftOut(filepath.ToSlash(s.path), "columns") {
			continue
		}
		for i, line := range strings.Split(s.text, "\n") {
			signature := strings.HasSuffix(s.path, ".resolvers.go") && strings.HasPrefix(line, "func (")
			if n := utf8.RuneCountInString(line); n > mostColumns && !signature && !strings.Contains(line, "`") {
				t.Errorf("%s:%d has %d columns; %d are the most", s.path, i+1, n, mostColumns)
			}
		}
	}
}
