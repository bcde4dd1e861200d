package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const fence = "```"

// kinds are small cases of each way in which code stood in the sources of public courses, with the blocks that a reader sees.
var kinds = map[string]struct {
	text string
	want []string
}{
	"plain.md":            {"```py\nkey = \"<API_KEY>\"\n```\n", []string{"key = \"<API_KEY>\"\n"}},
	"tildes.md":           {"~~~\n[a](b.md)\n~~~\n", []string{"[a](b.md)\n"}},
	"longer.md":           {"````md\n```py\nx\n```\n````\n", []string{"```py\nx\n```\n"}},
	"indented.md":         {"Text\n\n    <Key>\n    [a](b.md)\n", []string{"<Key>\n[a](b.md)\n"}},
	"quoted.md":           {"> ```\n> [a](b.md)\n> ```\n", []string{"[a](b.md)\n"}},
	"windows.md":          {"```\r\na  \r\n\tb\r\n```\r\n", []string{"a  \n\tb\n"}},
	"below a tag.md":      {"<div>\n```html\n<img src=\"b.md\">\n```\n</div>\n", []string{"<img src=\"b.md\">\n"}},
	"unclosed.md":         {"```\na\n", []string{"a\n"}},
	"plain.mdx":           {"```jsx\n<API_KEY> {/* kept */} {x}\nimport a from 'b'\n```\n", []string{"<API_KEY> {/* kept */} {x}\nimport a from 'b'\n"}},
	"in a component.mdx":  {"<Tip>\n    ```py\n    key = \"<API_KEY>\"\n      deeper\n    ```\n</Tip>\n", []string{"key = \"<API_KEY>\"\n  deeper\n"}},
	"in tabs.mdx":         {"<Tabs>\n\t<TabItem>\n\t\t```py\n\t\tif x:\n\t\t\ty = <K>\n\t\t```\n\t</TabItem>\n</Tabs>\n", []string{"if x:\n\ty = <K>\n"}},
	"in a list.mdx":       {"1. One\n\n   ```sh\n   export K=<KEY>\n   ```\n\n2. Two\n\n    ```sh\n    four\n    ```\n", []string{"export K=<KEY>\n", "four\n"}},
	"on a list mark.mdx":  {"- ```sh\n  <a>\n  ```\n- b\n", []string{"<a>\n"}},
	"list and tabs.mdx":   {"1. One\n\n    <Tabs>\n      <TabItem>\n        ```sh\n        npm <x>\n\n          y\n        ```\n      </TabItem>\n    </Tabs>\n", []string{"npm <x>\n\n  y\n"}},
	"in a quote.mdx":      {"> [!TIP]\n> ```py\n> <Key>\n>     deep\n> ```\n", []string{"<Key>\n    deep\n"}},
	"deeply indented.mdx": {"Text\n\n        ```py\n        <Key>\n        ```\n", []string{"<Key>\n"}},
	"below a tag.mdx":     {"<details>\n<summary>S</summary>\n```py\n<Key>\n```\n</details>\n", []string{"<Key>\n"}},
	"tildes.mdx":          {"<Tip>\n  ~~~md\n  ```py\n  <Key>\n  ```\n  ~~~\n</Tip>\n", []string{"```py\n<Key>\n```\n"}},
	"comment.mdx":         {"{/*\n```\nnever seen\n```\n*/}\n\n```\n{/* seen */}\n<!-- seen -->\n```\n", []string{"{/* seen */}\n<!-- seen -->\n"}},
	"after brackets.mdx":  {"Set <API_KEY> and <Name of it.\n\n```\n<API_KEY>\n```\n\nmore >\n", []string{"<API_KEY>\n"}},
	"white space.mdx":     {"```\na  \n \t\n\n b\t\n```\n", []string{"a  \n \t\n\n b\t\n"}},
}

func TestEveryBlockOfCodeComesThroughTheImporterAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, c := range kinds {
		folder := fstest.MapFS{"d/" + name: &fstest.MapFile{Data: []byte(c.text)}, "d/b.md": &fstest.MapFile{Data: []byte("# B")}}
		source := readSource(name, c.text)
		if missing := notIn(c.want, source.blocks); len(missing) > 0 || len(source.blocks) != len(c.want) {
			t.Errorf("%s: the second reading finds %q, not %q", name, source.blocks, c.want)
		}
		result, err := compareFolder(t.Context(), folder)
		if err != nil || result.documents != 2 || len(result.different) > 0 {
			t.Errorf("%s: %v %v", name, result.different, err)
		}
	}
}

func TestEverySpanOfCodeComesThroughTheImporterAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a.md":        "`[a](b.md)` and `` ` <Key> `` in | `a|b` |\n",
		"a.mdx":       "`<API_KEY>` and `` `{x}` `` in *`<b>`* and `{/* kept */}` and `a\nb`\n\n| `<Key>` | `x` |\n|---|---|\n| `<A>` ` | `<B>` |\n",
		"summary.mdx": "<details>\n<summary>Of `<Key> & more`</summary>\n\n`after`\n</details>\n",
		"tip.mdx":     "<Tip>`<Key>`</Tip> and </Key>\n\n## `<T>` [[t]]\n",
	} {
		result, err := compareFolder(t.Context(), fstest.MapFS{"d/" + name: &fstest.MapFile{Data: []byte(text)}, "d/b.md": &fstest.MapFile{Data: []byte("# B")}})
		if err != nil || result.spans < 2 || len(result.different) > 0 {
			t.Errorf("%s: %d spans, %v %v", name, result.spans, result.different, err)
		}
	}
}

func TestCodeOfNotebooksComesThroughCellByCell(t *testing.T) {
	t.Parallel()
	const notebook = `{"metadata": {}, "cells": [
		{"cell_type": "markdown", "source": "# N\n\n- a list"},
		{"cell_type": "code", "source": ["\n", "print('` + fence + `')\r\n", "x = '<API_KEY>'\u0000  \n", "\n"], "outputs": []},
		{"cell_type": "markdown", "source": "    [indented](b.md)\n"},
		{"cell_type": "markdown", "source": "` + fence + `sh\nnever closed"},
		{"cell_type": "code", "source": "y = 1", "outputs": [{"output_type": "display_data", "data": {"text/markdown": "<!-- never closed"}}]},
		{"cell_type": "markdown", "source": "<!-- never closed"},
		{"cell_type": "markdown", "source": "` + fence + `py\nplt.imread(\"attachment:a.png\")\n` + fence + `\n![](attachment:a.png)", "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}},
		{"cell_type": "code", "source": "z = 2", "outputs": []}]}`
	result, err := compareFolder(t.Context(), fstest.MapFS{"n.ipynb": &fstest.MapFile{Data: []byte(notebook)}, "b.md": &fstest.MapFile{Data: []byte("# B")}})
	if err != nil || result.blocks != 6 || len(result.different) > 0 {
		t.Errorf("%d blocks, %v %v", result.blocks, result.different, err)
	}
}

func TestWhatDiffersIsPrintedAndCounted(t *testing.T) {
	t.Parallel()
	if missing := notIn([]string{"a\n", "a\n", "b\n  \n"}, []string{"b\n\n", "a\n", "c\n"}); len(missing) != 1 || missing[0] != "a\n" {
		t.Errorf("%q", missing)
	}
	dir := t.TempDir()
	// A block that only a program could read: the importer drops it, the second reading does not know that.
	if err := os.WriteFile(filepath.Join(dir, "a.mdx"), []byte("# A\n\nexport const x = 1\n\n{#if a}\n```py {/if}\nx\n```\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := run(t.Context(), []string{dir}, &out); err != nil || !strings.Contains(out.String(), "1 documents, 1 blocks") {
		t.Errorf("%s, %v", out.String(), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ended, []string{dir}, &out); err == nil {
		t.Error("it went on")
	}
	if _, err := run(t.Context(), nil, &out); err == nil {
		t.Error("no folder is no comparison")
	}
}
