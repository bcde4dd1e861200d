package courses_test

import (
	"strings"
	"testing"

	"lyceum/domain/content"
)

// rendered is a body with what its references point at in angle brackets.
func rendered(d *content.Document) string {
	var b strings.Builder
	at := 0
	for _, r := range d.Refs {
		b.WriteString(d.Body[at:r.Start] + r.Before + "«" + r.Document + r.File + r.Fragment + "»" + r.After)
		at = r.End
	}
	return b.String() + d.Body[at:]
}

func TestLinksWithinTheFolderAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a link":                    {"[a](../b.md)", "[a](«b.md»)"},
		"with a fragment":           {"[a](../b.md#part)", "[a](«b.md#part»)"},
		"with a title":              {`[a](../b.md "T")`, `[a](«b.md» "T")`},
		"between angle brackets":    {"[a](<../with space.md>)", "[a](«with space.md»)"},
		"escaped":                   {"[a](../with%20space.md)", "[a](«with space.md»)"},
		"an image":                  {"![a](../img/x.png)", "![a](«img/x.png»)"},
		"without a description":     {"![](../img/x.png)", "![](«img/x.png»)"},
		"an image in a link":        {"[![a](../img/x.png)](../b.md)", "[![a](«img/x.png»)](«b.md»)"},
		"by reference":              {"[a][r] and [r][] and [r]\n\n[r]: ../b.md 'T \"q\"'", "[a](«b.md» \"T &quot;q&quot;\") and [r](«b.md» \"T &quot;q&quot;\") and [r](«b.md» \"T &quot;q&quot;\")\n\n[r]: ../b.md 'T \"q\"'"},
		"in a quote":                {"> see [a](../b.md)\n> and [b](../b.md)", "> see [a](«b.md»)\n> and [b](«b.md»)"},
		"in a list":                 {"- [a](../b.md)\n  - ![](../img/x.png)", "- [a](«b.md»)\n  - ![](«img/x.png»)"},
		"in a table":                {"| a |\n|---|\n| [a](../b.md) |", "| a |\n|---|\n| [a](«b.md») |"},
		"in a heading":              {"# A [b](../b.md)", "# A [b](«b.md»)"},
		"in HTML":                   {`<p><img width=3 src="../img/x.png" alt='a'><a href='../b.md#p'>b</a></p>`, `<p><img width=3 src="«img/x.png»" alt='a'><a href='«b.md#p»'>b</a></p>`},
		"in HTML within a line":     {`text <img src=../img/x.png> text`, `text <img src=«img/x.png»> text`},
		"to a folder with a page":   {"[a](../sub/) [b](../sub)", "[a](«sub/README.md») [b](«sub/README.md»)"},
		"to a folder without one":   {"[a](.)", "[a](«d/a.md»)"},
		"without the extension":     {"[a](../b)", "[a](«b.md»)"},
		"to the page of a site":     {"[a](../b.html)", "[a](«b.md»)"},
		"to an address of the site": {"[a](/course/sub/deep/c) ![](/img/logo.png)", "[a](«sub/deep/c.md») ![](«public/img/logo.png»)"},
		"in another case":           {"![](../IMG/X.PNG)", "![](«img/x.png»)"},
		"to code":                   {"[a](../run.py)", "[a](«run.py»)"},
		"with parentheses":          {"[a](../(p).md) b)", "[a](«(p).md») b)"},
		"not in a fence":            {"```\n[a](../b.md)\n```", "```\n[a](../b.md)\n```"},
		"not in a span of code":     {"`[a](../b.md)`", "`[a](../b.md)`"},
		"not by indentation":        {"    [a](../b.md)", "    [a](../b.md)"},
		"not when escaped":          {`\[a](../b.md)`, `\[a](../b.md)`},
		"not elsewhere":             {"[a](https://x.example/b.md) [b](#p) [c](mailto:a@b.c) [d](//x.example) <https://x.example> ![](data:image/png;base64,AA)", "[a](https://x.example/b.md) [b](#p) [c](mailto:a@b.c) [d](//x.example) <https://x.example> ![](data:image/png;base64,AA)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := read(t, folder(map[string]string{
				"d/a.md": c.text, "b.md": "# B", "with space.md": "# W", "(p).md": "# P", "img/x.png": png, "public/img/logo.png": png, "sub/README.md": "# S",
				"sub/deep/c.md": "# C", "run.py": "print(1)",
			}))
			if got := rendered(find(t, s, "d/a.md")); got != c.want || len(s.Faults)+len(s.Closed)+len(s.Dead)+len(s.Notes) > 0 {
				t.Errorf("%s\nwant %s\n%v %v %v %v", got, c.want, s.Faults, s.Closed, s.Dead, s.Notes)
			}
		})
	}
}

func TestALinkThatLeadsNowhereStaysAsItIsAndIsNamed(t *testing.T) {
	t.Parallel()
	const text = "[a](gone.md) ![](gone.png) [b](../../up.md) [c](/elsewhere) [d]({{ url }}) [e](.hidden/x.md) [f](empty)"
	s := read(t, folder(map[string]string{"a.md": text, ".hidden/x.md": "# X", "empty/x.txt": "x"}))
	if got := rendered(find(t, s, "a.md")); got != text {
		t.Error(got)
	}
	for _, words := range []string{"link gone.md leads nowhere", "image gone.png is missing"} {
		if !said(s.Dead, "a.md", words) {
			t.Errorf("%q is not said: %v", words, s.Dead)
		}
	}
	for _, words := range []string{"up.md leads out", "/elsewhere is an address", "empty leads to a folder"} {
		if !said(s.Notes, "a.md", words) {
			t.Errorf("%q is not said: %v", words, s.Notes)
		}
	}
	if len(s.Dead) != 2 || len(s.Faults) != 0 || len(s.Files) != 0 {
		t.Errorf("%v, %v, %v", s.Dead, s.Faults, s.Files)
	}
}

func TestALinkFromATranslationLeadsToTheTranslationElseToTheOriginal(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{
		"chapters/fr/1.mdx": "[a](2) [b](3) [c](/course/fr/2)", "chapters/fr/2.mdx": "# 2", "chapters/en/1.mdx": "[a](2) [c](/chapters/3)", "chapters/en/2.mdx": "# 2",
		"chapters/en/3.mdx": "# 3", "translations/de/start.md": "[a](rest.md)", "start.md": "# S", "rest.md": "# R",
	}))
	for path, want := range map[string]string{
		"chapters/fr/1.mdx": "[a](«chapters/fr/2.mdx») [b](«chapters/en/3.mdx») [c](/course/fr/2)", "chapters/en/1.mdx": "[a](«chapters/en/2.mdx») [c](«chapters/en/3.mdx»)",
		"translations/de/start.md": "[a](«rest.md»)",
	} {
		if got := rendered(find(t, s, path)); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestAnAddressOfTheSiteLeadsToTheNearestThatItCanMean(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{
		"chapters/c1/1.md": "[a](/course/c2) [b](/c2/2)", "chapters/c2/1.md": "# 1", "chapters/c2/2.md": "# 2", "raw/c2/1.md": "# 1", "raw/c2/2.md": "# 2",
		"other/x.md": "[a](/course/c2)",
	}))
	if got := rendered(find(t, s, "chapters/c1/1.md")); got != "[a](«chapters/c2/1.md») [b](«chapters/c2/2.md»)" {
		t.Error(got)
	}
	if got := rendered(find(t, s, "other/x.md")); got != "[a](/course/c2)" {
		t.Errorf("it guesses: %s", got)
	}
}

func TestPagesAreCountedAsPeopleCount(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{"a.md": "[c](c1)", "c1/10.md": "# 10", "c1/2.md": "# 2"}))
	if got := rendered(find(t, s, "a.md")); got != "[c](«c1/2.md»)" {
		t.Error(got)
	}
}
