package courses_test

import (
	"strings"
	"testing"
)

func TestCodeInMDXStaysAsItIsAndMarkdownReadsItAsCode(t *testing.T) {
	t.Parallel()
	const fence = "```"
	for name, c := range map[string]struct{ text, want string }{
		"in a component":           {"<Tip>\n    ```py\n    key = \"<API_KEY>\"\n    ```\n</Tip>", "```py\nkey = \"<API_KEY>\"\n```"},
		"in components in a list":  {"1. A\n\n    <Tabs>\n      <Tab>\n        ```sh\n        x\n          y\n        ```\n      </Tab>\n    </Tabs>\n\n2. B", "1. A\n\n    \n   \n   ```sh\n   x\n     y\n   ```\n   \n   \n\n2. B"},
		"indented by tabs":         {"<A>\n\t\t```\n\t\t\tx\n\t\t```\n</A>", "```\n\tx\n```"},
		"as it is":                 {"- a\n\n  ```\n    x\n\n y\n  ```", "- a\n\n  ```\n    x\n\n y\n  ```"},
		"with white space":         {"```\na  \n   \n\tb\n```", "```\na  \n   \n\tb\n```"},
		"a list in a component":    {"<A>\n    - one\n    - two\n\n      more\n</A>", "- one\n- two\n\n  more"},
		"a paragraph in one":       {"<A>\n        words\n</A>", "words"},
		"in an attribute":          {"<CodeBlock language=\"py\" code={`\nx = \"${\\`y\\`}\"\n`} />", "<CodeBlock"}, // what a program puts together is not known
		"in an attribute, plain":   {"A\n\n<Code lang=\"py\" code={`x = [1]\ny = <K>`} />\n\nB", "A\n\n\n```py\nx = [1]\ny = <K>\n```\n\n\nB"},
		"between tags":             {"<CodeBlock className=\"language-js\">\n{`a\n  b \\`c\\``}\n</CodeBlock>", "```js\na\n  b `c`\n```"},
		"in pre":                   {"<pre><code>{`<K>`}</code></pre>", "```\n<K>\n```"},
		"below HTML":               {"<details>\n<summary>S</summary>\n```py\nx\n```\n</details>", "<details>\n<summary>S</summary>\n\n```py\nx\n```\n</details>"},
		"a span in HTML":           {"<p>`<K>` & more</p>", "<p><code>&lt;K&gt;</code> & more</p>"},
		"a word between brackets":  {"Set <API_KEY> and <Token> here.", "Set <API_KEY> and <Token> here."},
		"a bracket before code":    {"a <Name of `x > y`\n\n```\n</Name>\n```", "a <Name of `x > y`\n\n```\n</Name>\n```"},
		"an expression with a tag": {"<Q choices={[{ text: \"it's <b>\" }]} />\n\nB", "B"},
		"words with an apostrophe": {"<Q a={<>don't</>}>\n\nB\n\n</Q>", "B"},
		"a multi-line tag of HTML": {"<img\n  src=\"x\"\n  alt=\"y\"\n/>\n\n`<K>`", "<img\n  src=\"x\"\n  alt=\"y\"\n/>\n\n`<K>`"},
		"what a quote ends":        {"> " + fence + "\n> a\n\nb <A>c</A>", "> " + fence + "\n> a\n\nb c"},
	} {
		s := read(t, folder(map[string]string{"d/a.mdx": c.text}))
		if name == "in an attribute" {
			if len(s.Documents) != 0 || !said(s.Notes, "d/a.mdx", "empty") {
				t.Errorf("%s: %+v %v", name, s.Documents, s.Notes)
			}
			continue
		}
		if got := find(t, s, "d/a.mdx").Body; strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestNothingThatLooksLikeALinkIsChangedInCode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"```\n[a](../b.md) ![](../b.md) <img src=\"../b.md\">\n[r]: ../b.md\n```", "~~~\n[a](../b.md)\n~~~", "    [a](../b.md)", "`[a](../b.md)`", "> ```\n> [a](../b.md)\n> ```",
		"- ```\n  [a](../b.md)\n  ```", "<div>\n```html\n<a href=\"../b.md\">\n```\n</div>", "| `[a](../b.md)` |\n|---|\n", "<pre>\n[a](../b.md)\n</pre>",
	} {
		for _, name := range []string{"d/a.md", "d/a.mdx"} {
			if strings.HasPrefix(text, "    ") && name == "d/a.mdx" {
				continue // no code there
			}
			s := read(t, folder(map[string]string{name: text, "b.md": "# B"}))
			if d := find(t, s, name); len(d.Refs) > 0 {
				t.Errorf("%s: %q has %+v", name, text, d.Refs)
			}
		}
	}
}

func TestAnAttachmentIsTheOneOfItsCellAndNoneInCode(t *testing.T) {
	t.Parallel()
	image := map[string]any{"a b.png": map[string]any{"image/png": "iVBORw0KGgo="}}
	s := read(t, folder(map[string]string{"n.ipynb": notebookOf(
		t,
		map[string]any{"cell_type": "markdown", "source": "![](attachment:a%20b.png) `attachment:a b.png`", "attachments": image},
		map[string]any{"cell_type": "markdown", "source": "![](<attachment:a b.png>)\n\n```\n![](attachment:a%20b.png)\n```", "attachments": image},
		map[string]any{"cell_type": "markdown", "source": "![](attachment:a%20b.png)"},
	)}))
	d := find(t, s, "n.ipynb")
	const want = "![](«n.ipynb\x000») `attachment:a b.png`\n\n![](«n.ipynb\x001»)\n\n```\n![](attachment:a%20b.png)\n```\n\n![](attachment:a%20b.png)\n"
	if got := rendered(d); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
