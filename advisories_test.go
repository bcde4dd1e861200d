package main

import (
	"os"
	"regexp"
	"testing"
)

// A module that came, or another version, is a reason to look again at what is known about it.
func TestTheAdvisoriesNameEveryDirectModuleInItsVersion(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/advisories.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+) \| (\S+|with \w+) \| .+ \|$`).FindAllStringSubmatch(string(page), -1) {
		named[row[1]] = row[2]
	}
	direct := regexp.MustCompile(`(?m)^\t([\w.-]+\.\w+/\S+|gocloud\.dev) (v\S+)$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 30 {
		t.Fatalf("go.mod has %d direct modules", len(direct))
	}
	for _, m := range direct {
		if named[m[1]] != m[2] {
			t.Errorf("docs/advisories.md has %q for %s %s: look it up and note it", named[m[1]], m[1], m[2])
		}
	}
}
