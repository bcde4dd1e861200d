package playground_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildsOfOthersAreAsTheyWerePublished(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("third_party/README.md")
	if err != nil {
		t.Fatal(err)
	}
	served, err := filepath.Glob("third_party/*.*s")
	if err != nil || len(served) != 4 {
		t.Fatalf("%v, %v", served, err)
	}
	for _, path := range served {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if !strings.Contains(string(table), "| `"+filepath.Base(path)+"` |") || !strings.Contains(string(table), hex.EncodeToString(sum[:])) {
			t.Errorf("%s is not the build that README.md names", path)
		}
	}
}

func TestPagesHaveNoScriptOrStyleOfTheirOwn(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("pages/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, forbidden := range []string{"<style", " style=", "<script>", " onclick=", "javascript:", "http://", "https://", `src="//`} {
			if strings.Contains(string(text), forbidden) {
				t.Errorf("%s has %q", path, forbidden)
			}
		}
	}
}
