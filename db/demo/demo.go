package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed all:lessons all:large *.sql
var files embed.FS

// Password opens every demo account.
const Password = "lyceum-demo"

// Domain is that of the addresses of all demo accounts.
const Domain = "demo.test"

// AdminID is the id of admin@demo.test: who finds it stands in a demo school.
const AdminID = "0190c0ff-ee00-74c5-82c3-a82fa6f2cf25"

// SignIns are the accounts worth trying, with a word on each.
var SignIns = [][2]string{
	{"admin@demo.test", "may do everything"},
	{"analyst@demo.test", "reads the analytics"},
	{"editor@demo.test", "sees drafts and opens everything"},
	{"pro@demo.test", "a learner on the Pro plan"},
	{"basic@demo.test", "a learner on the Basic plan"},
	{"free@demo.test", "a learner without a plan"},
	{"suspended@demo.test", "cannot sign in"},
}

// lesson is an item as catalogue.sql takes it.
type lesson struct {
	Title    string   `yaml:"title" json:"title"`
	Slug     string   `yaml:"slug" json:"slug"`
	Summary  string   `yaml:"summary" json:"summary"`
	Preview  string   `yaml:"preview" json:"preview"`
	Kind     string   `yaml:"kind" json:"kind"`
	Level    int      `yaml:"level" json:"level"`
	Minutes  int      `yaml:"minutes" json:"minutes"`
	Tags     []string `yaml:"tags" json:"tags"`
	Requires []string `yaml:"requires" json:"requires"`
	Category string   `yaml:"-" json:"category"`
	Body     string   `yaml:"-" json:"body"`
	Position int      `yaml:"-" json:"n"`
}

// category is a category as catalogue.sql takes it.
type category struct {
	Slug    string `yaml:"-" json:"slug"`
	Parent  string `yaml:"-" json:"parent"`
	Title   string `yaml:"title" json:"title"`
	Summary string `yaml:"summary" json:"summary"`

	Position int `yaml:"-" json:"n"`
}

// read reads the lessons; folders are categories, their order is that of their names on disk.
func read() ([]category, []lesson, error) {
	var categories []category
	var lessons []lesson
	err := fs.WalkDir(files, "lessons", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		if path.Base(name) == "_category.md" {
			c := category{Slug: path.Base(folder), Position: len(categories) + 1}
			if parent := path.Base(path.Dir(folder)); parent != "lessons" {
				c.Parent = parent
			}
			_, err := frontMatter(string(text), &c)
			categories = append(categories, c)
			return err
		}
		l := lesson{Category: path.Base(folder), Tags: []string{}, Requires: []string{}, Position: len(lessons) + 1}
		if l.Body, err = frontMatter(string(text), &l); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		lessons = append(lessons, l)
		return nil
	})
	// Above before below.
	slices.SortStableFunc(categories, func(a, b category) int { return strings.Compare(present(a.Parent), present(b.Parent)) })
	return categories, lessons, err
}

func present(parent string) string {
	if parent == "" {
		return "0"
	}
	return "1"
}

// frontMatter reads the YAML between the first two lines of dashes and returns the rest.
func frontMatter(text string, into any) (body string, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	head, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		head, body, ok = strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---")
	}
	if !ok {
		return "", errors.New("no front matter")
	}
	return strings.TrimSpace(body), yaml.Unmarshal([]byte(head), into)
}
