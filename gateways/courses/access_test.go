package courses_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lyceum/domain/content"
	"lyceum/gateways/courses"
)

var today = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// readOne reads a folder of one document.
func readOne(t *testing.T, name, text string) (*content.Document, *content.Source) {
	t.Helper()
	s, err := courses.Read(t.Context(), fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}, courses.Options{Language: "en", Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return find(t, s, name), s
}

func yaml(lines ...string) string {
	return "---\n" + strings.Join(lines, "\n") + "\n---\n# T\n\nText.\n"
}

func TestALevelIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int32{
		yaml("level: 3"):                                    3,
		yaml(`level: "3"`):                                  3,
		yaml("Level: 3"):                                    3,
		yaml("access: 3"):                                   3,
		yaml("access_level: 3"):                             3,
		yaml("access-level: 3"):                             3,
		yaml("accessLevel: 3"):                              3,
		yaml("tier: 3"):                                     3,
		yaml("tiers: [3]"):                                  3,
		yaml("members: 3"):                                  3,
		yaml("level: 0"):                                    0,
		yaml("level: 1000"):                                 1000,
		yaml("visibility: public"):                          0,
		yaml("access: free"):                                0,
		yaml("free: yes"):                                   0,
		yaml("visibility: members"):                         1,
		yaml("members: true"):                               1,
		yaml("members_only: on"):                            1,
		yaml("level: 3", "access: 3"):                       3,
		yaml("  level: 3"):                                  3,
		yaml(`{"level": 3}`):                                3,
		yaml("level: 3", "paid: true"):                      3,
		yaml("título: x", "level: 3"):                       3,
		"+++\nlevel = 3\n+++\n# T\n":                        3,
		"+++\r\nlevel = 3\r\n+++\r\n# T\r\n":                3,
		"---toml\nlevel = 3\n---\n# T\n":                    3,
		"{\n  \"level\": 3\n}\n\n# T\n":                     3,
		"---json\n{\"level\": 3}\n---\n# T":                 3,
		";;;\n{\"level\": 3}\n;;;\n# T":                     3,
		"\ufeff\ufeff---\nlevel: 3\n---\n# T":               3,
		"\n\n---\nlevel: 3\n---\n# T":                       3,
		"<!-- © -->\n---\nlevel: 3\n---\n# T":               3,
		"---  \nlevel: 3\n---\t\n# T":                       3,
		"---\r\nlevel: 3\r\n---\r\n# T":                     3,
		"---\nlevel: 3\n...\n# T":                           3,
		"---\ntoc_max_heading_level: 4\nlevel: 3\n---\n# T": 3,
		"---\ntableOfContents:\n  minHeadingLevel: 2\nlevel: 3\n---\n# T": 3,
	} {
		d, s := readOne(t, "a.md", text)
		if d.Level == nil || *d.Level != want || d.Closed || d.Draft || d.Paid != "" || len(s.Closed) > 0 {
			t.Errorf("%q: %+v, %v", text, d, s.Closed)
		}
		if strings.Contains(d.Body, "level") {
			t.Errorf("%q stays in the body: %q", text, d.Body)
		}
	}
}

func TestWhatIsNotUnderstoodAboutAccessStatusOrDatesClosesTheDocumentAndIsNamedWithItsKey(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		yaml("level: three"):                     "level",
		yaml("level: -1"):                        "level",
		yaml("level: 3000"):                      "level",
		yaml("level: 3.5"):                       "level",
		yaml("level:"):                           "level",
		yaml("level: [1, 2]"):                    "level",
		yaml("level: {a: 3}"):                    "level",
		yaml("level: true"):                      "level",
		yaml("level: 99999999999999999999"):      "level",
		yaml("access: gold"):                     "access",
		yaml("tier: basic"):                      "tier",
		yaml("visibility: ~"):                    "visibility",
		yaml("password: sesame"):                 "password",
		yaml("level: 3", "access: 0"):            "access",
		yaml("level: 3", "Level: 0"):             "evel",
		yaml("visibility: public", "level: 2"):   "visibility",
		yaml("paid: true", "level: 1"):           "paid",
		yaml("paid: true", "free: true"):         "paid",
		yaml("paid: maybe"):                      "paid",
		yaml("draft: maybe"):                     "draft",
		yaml("draft:"):                           "draft",
		yaml("draft: false", "published: false"): "published",
		yaml("draft: true", "published: true"):   "draft",
		yaml("status: published", "draft: yes"):  "draft",
		yaml("published: perhaps"):               "published",
		yaml("status: unsure"):                   "status",
		yaml("date: tomorrow"):                   "date",
		yaml("date:"):                            "date",
		yaml("publishDate: 2026-13-40"):          "publishDate",
		yaml("expiryDate: some day"):             "expiryDate",
		yaml("hidden: perhaps"):                  "hidden",
		yaml("member_area: gold"):                "member_area",
		yaml("access_for: friends"):              "access_for",
		yaml("paid_content: no"):                 "paid_content",
		yaml("required_tier_name: x"):            "required_tier_name",
		yaml("level2: 3"):                        "level2",
		yaml("params:", "  access: paid"):        "params.access",
		yaml("cascade:", "  - level: 3"):         "cascade.level",
		// The head itself.
		yaml("level: 3", "level: 0"):                "front matter",
		yaml("title: ["):                            "front matter",
		yaml("a: &a [x]", "title: *a"):              "front matter",
		yaml("a: " + strings.Repeat("[", 60_000)):   "front matter",
		yaml("a: " + strings.Repeat("x", 70_000)):   "front matter",
		yaml("\tlevel: 3"):                          "front matter",
		yaml("- level: 3"):                          "front matter",
		"---\nlevel: 3\n\n# T\n\nText.":             "front matter",
		"---\n# a comment\nlevel: 3\n# T\n":         "front matter",
		"---\nlevel: 3\n----\n# T\n":                "front matter",
		"+++\nlevel = 3\n# T\n":                     "front matter",
		"+++\nlevel = three\n+++\n# T\n":            "front matter",
		"+++\nlevel = 3\nlevel = 0\n+++\n# T\n":     "front matter",
		"+++ level = 3 +++\n# T\n":                  "front matter",
		"--- level: 3 ---\n# T\n":                   "front matter",
		"+++\n[params]\naccess = \"x\"\n+++\n# T\n": "params.access",
		"---coffee\nlevel: 3\n---\n# T\n":           "front matter",
		"{\"level\": 3, \"level\": 0}\n# T\n":       "level",
		"{\"level\": 3\n# T\n":                      "front matter",
		"Title: A\nStatus: draft\n\nText.":          "front matter",
		"Title: A\nAccess: members\n\n# T\n\nText.": "front matter",
	} {
		d, s := readOne(t, "a.md", text)
		if !d.Closed || !said(s.Closed, "a.md", key) || len(s.Faults) > 0 {
			t.Errorf("%q: closed %v, %v, %v", cut(text), d.Closed, s.Closed, s.Faults)
		}
	}
}

func cut(text string) string { return text[:min(len(text), 80)] }

func TestMDXThatExportsWhoMayReadItIsClosed(t *testing.T) {
	t.Parallel()
	for text, closed := range map[string]bool{
		"export const metadata = {\n  title: 'A',\n  level: 3,\n}\n\n# T":              true,
		"export const level = 3\n\n# T":                                                true,
		"export const frontmatter = { access: 'paid' }\n\n# T":                         true,
		"export const metadata = { title: 'A' }\n\n# T":                                false,
		"# T\n\n```js\nexport const metadata = { access: 'paid' }\n```\n":              false,
		"export const Box = ({children}) => (<b style={{visibility: 'x'}}/>)\n\n# T\n": false,
	} {
		if d, s := readOne(t, "a.mdx", text); d.Closed != closed {
			t.Errorf("%q: %v, %v", text, d.Closed, s.Closed)
		}
	}
}

func TestADocumentThatIsNotToBeReadNowIsADraftWithoutAFault(t *testing.T) {
	t.Parallel()
	for text, draft := range map[string]bool{
		yaml("draft: true"):                              true,
		yaml("draft: yes"):                               true,
		yaml("Draft: on"):                                true,
		yaml("published: no"):                            true,
		yaml("published: false"):                         true,
		yaml("status: draft"):                            true,
		yaml("status: In Review"):                        true,
		yaml("visibility: private"):                      true,
		yaml("private: true"):                            true,
		yaml("unlisted: true"):                           true,
		yaml("public: false"):                            true,
		yaml("date: 2026-03-05"):                         true,
		yaml("date: 2027"):                               true,
		yaml("date: March 5, 2026"):                      true,
		yaml("date: 5/3/2026"):                           true, // 5 March or 3 May
		yaml("publishDate: 2026-03-04T12:00:01Z"):        true,
		yaml("published_at: 2026-03-04 13:00:00 +0000"):  true,
		yaml("published: 2030-01-01"):                    true,
		yaml("available_from: 2030-01-01"):               true,
		yaml("expiryDate: 2026-03-04"):                   true,
		"+++\ndate = 2030-01-01\n+++\n# T":               true,
		"+++\npublishDate = 2030-01-01T00:00:00Z\n+++\n": true,
		yaml("draft: false"):                             false,
		yaml("draft: no", "published: yes"):              false,
		yaml("status: published"):                        false,
		yaml("status: new"):                              false,
		yaml("hidden: false", "private: no"):             false,
		yaml("members: false", "paid: no"):               false,
		yaml("date: 2026-03-04"):                         false,
		yaml("date: 2026-03-04T12:00:00Z"):               false,
		yaml("date: 2024"):                               false,
		yaml("publishDate: 2020-01-01"):                  false,
		yaml("expiryDate: 2030-01-01"):                   false,
		yaml("last_update:", "  date: tomorrow"):         false,
		"+++\ndate = 2020-01-01\n+++\n# T":               false,
		"---\n\nA line across the page.\n\n---\n\nMore.": false,
		"---\nJust a line\n":                             false,
		"Note: this is text.\n":                          false,
		"# T\n\nLevel: 3\n":                              false,
		"{% include x %}\n\n# T\n":                       false,
	} {
		d, s := readOne(t, "a.md", text+"\nText.")
		if d.Draft != draft || d.Closed || len(s.Closed) > 0 {
			t.Errorf("%q: draft %v, %v", text, d.Draft, s.Closed)
		}
	}
}

func TestADocumentThatIsNotForNothingAndNamesNoLevelSaysSo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{yaml("paid: true"), yaml("access: premium"), yaml("visibility: paid"), yaml("premium: yes"), yaml("free: false"), yaml("subscribers_only: true")} {
		if d, s := readOne(t, "a.md", text); d.Paid == "" || d.Level != nil || d.Closed {
			t.Errorf("%q: %+v, %v", text, d, s.Closed)
		}
	}
}

func TestANotebookSaysWhoMayReadItInItsMetadataOrInItsFirstCell(t *testing.T) {
	t.Parallel()
	notebook := func(metadata string, cells ...map[string]any) string {
		text, err := json.Marshal(map[string]any{"nbformat": 4, "metadata": json.RawMessage(metadata), "cells": append(cells, map[string]any{"cell_type": "markdown", "source": "# T"})})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	raw := func(text string) map[string]any { return map[string]any{"cell_type": "raw", "source": text} }
	marked := func(text string) map[string]any { return map[string]any{"cell_type": "markdown", "source": text} }
	for text, level := range map[string]int32{
		notebook(`{"level": 3}`): 3,
		notebook(`{"access_level": "3", "kernelspec": {"name": "x"}}`):     3,
		notebook(`{}`, raw("---\nlevel: 3\n---")):                          3,
		notebook(`{}`, marked("---\nlevel: 3\n---\n")):                     3,
		notebook(`{"colab": {"toc_visible": true, "level": 1}}`, raw("x")): -1,
		notebook(`null`): -1,
	} {
		d, s := readOne(t, "a.ipynb", text)
		if d.Closed || (d.Level == nil) != (level < 0) || d.Level != nil && *d.Level != level || strings.Contains(d.Body, "level") {
			t.Errorf("%s: %+v, %v", text, d, s.Closed)
		}
	}
	for _, text := range []string{
		notebook(`{"level": "three"}`), notebook(`{"level": 3, "level": 0}`), notebook(`{"course": {"tier": 2}}`), notebook(`{"draft": "maybe"}`), notebook(`[1]`),
		notebook(`{"level": 3}`, raw("---\nlevel: 0\n---")), notebook(`{}`, raw("---\nlevel: 3")),
	} {
		if d, s := readOne(t, "a.ipynb", text); !d.Closed || len(s.Closed) == 0 {
			t.Errorf("%s: %+v", text, d)
		}
	}
}

func TestFreeTextsAreTheAuthorsOrSaidToBeCut(t *testing.T) {
	t.Parallel()
	const paid = "# T\n\nPaid words are here, enough of them. More."
	for name, c := range map[string]struct {
		text, summary, preview               string
		summaryIsAuthored, previewIsAuthored bool
	}{
		"nothing":         {paid, "Paid words are here, enough of them.", "Paid words are here, enough of them. More.", false, false},
		"a summary":       {"---\nsummary: Short.\n---\n" + paid, "Short.", "Paid words are here, enough of them. More.", true, false},
		"a description":   {"---\ndescription: Short.\n---\n" + paid, "Short.", "Paid words are here, enough of them. More.", true, false},
		"a preview":       {"---\npreview: |\n  One\n  line.\n\n  Two.\n---\n" + paid, "Paid words are here, enough of them.", "One line.\n\nTwo.", false, true},
		"an excerpt":      {"---\nexcerpt: Look.\nsummary: Short.\n---\n" + paid, "Short.", "Look.", true, true},
		"the mark":        {"# T\n\nFree *words* for all who come by here. And more.\n\n<!-- more -->\n\nPaid.", "Free words for all who come by here.", "Free words for all who come by here. And more.", true, true},
		"a tight mark":    {"# T\n\nFree words.\n<!--more-->\nPaid.", "Free words.", "Free words.", true, true},
		"within a line":   {"# T\n\nFree words. <!-- more --> Paid.", "Free words.", "Free words.", true, true},
		"in code":         {"# T\n\n```html\nFree?\n<!-- more -->\n```\n\nPaid.", "Paid.", "Paid.", false, false},
		"in a span":       {"# T\n\nThe mark `<!-- more -->` ends it.", "The mark <!-- more --> ends it.", "The mark <!-- more --> ends it.", false, false},
		"in a list":       {"# T\n\n- Paid\n\n  <!-- more -->\n\nText.", "Text.", "Text.", false, false},
		"another comment": {"# T\n\nPaid.\n\n<!-- more of this later -->\n\n<!-- see <!-- more --> -->", "Paid.", "Paid.", false, false},
		"nothing before":  {"<!-- more -->\n\n# T\n\nPaid.", "Paid.", "Paid.", false, false},
		"not a text":      {"---\nsummary: [a, b]\npreview: {a: b}\n---\n# T\n\nPaid.", "Paid.", "Paid.", false, false},
	} {
		d, s := readOne(t, "a.md", c.text)
		if d.Summary != c.summary || d.Preview != c.preview || d.SummaryIsAuthored != c.summaryIsAuthored || d.PreviewIsAuthored != c.previewIsAuthored {
			t.Errorf("%s: %q %v, %q %v, %v", name, d.Summary, d.SummaryIsAuthored, d.Preview, d.PreviewIsAuthored, s.Closed)
		}
	}
}

func TestAnAttachmentIsFoundBelowFrontMatterInTheFirstCellOfANotebook(t *testing.T) {
	t.Parallel()
	raw := `{"cells":[{"cell_type":"raw","source":"---\ntitle: Named\naccess_level: 3\n---"},
		{"cell_type":"markdown","source":"# One\n\n![](attachment:a.png)","attachments":{"a.png":{"image/png":"iVBORw0KGgo="}}}],"metadata":{}}`
	d, source := readOne(t, "a.ipynb", raw)
	if len(source.Files) != 1 || d.Title != "Named" || d.Level == nil || strings.Contains(d.Body, "access_level") { // a file that nothing points at is forgotten
		t.Errorf("%d files, %q:\n%s", len(source.Files), d.Title, d.Body)
	}
}

func TestOtherWordsForWhatIsPaidForCloseADocument(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"lvl: 3", "pro: true", "vip: true", "price: 49", "exclusive: true", "payment: required", "entitlement: gold"} {
		if d, s := readOne(t, "a.md", "---\n"+line+"\n---\n# A"); !d.Closed || len(s.Closed) != 1 {
			t.Errorf("%s: closed %v, %v", line, d.Closed, s.Closed)
		}
	}
}
