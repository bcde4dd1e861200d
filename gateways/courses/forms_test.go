package courses_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"lyceum/domain/content"
)

func TestWhatCanBeReadOfMDXIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"imports":              {"import A from 'a'\nimport {\n  B,\n} from \"b\"\nexport const x = 1\n\n# T", "# T"},
		"code stays":           {"```py\nimport a\n<Tip>\n{/* c */}\n```\n`<Tip>`", "```py\nimport a\n<Tip>\n{/* c */}\n```\n`<Tip>`"},
		"prose stays":          {"import is a word\n\nText", "import is a word\n\nText"},
		"a component's words":  {"<Tip warning={true}>\n\nMind the *gap*.\n\n</Tip>", "\nMind the *gap*.\n\n"},
		"an alien component":   {"A\n\n<Banner chapter={1}\n  notebooks={[\n  {label: \"a > b\", value: \"x\"},\n]} />\n\nB", "A\n\n\n\nB"},
		"an imported image":    {"import Pic from '../img/x.png'\n\n<Shot src={Pic} alt=\"A [b]\" />", "![A b](<«img/x.png»>)"},
		"a required image":     {"<img src={require('./x.png').default} alt=\"X\" />", "![X](<«d/x.png»>)"},
		"HTML stays":           {"<div class=\"a\">text</div>\n\n1 < 2 and a <b", "<div class=\"a\">text</div>\n\n1 < 2 and a <b"},
		"a film":               {"<Youtube id=\"dQw4w9WgXcQ\"/>", "[YouTube](https://www.youtube.com/watch?v=dQw4w9WgXcQ)"},
		"a quiz":               {"### 1. Which?\n\n<Question\n\tchoices={[\n\t\t{\n\t\t\ttext: \"A \\\"good\\\" one\",\n\t\t\texplain: \"No <b>\",\n\t\t},\n\t\t{ text: 'B', correct: true }\n\t]}\n/>", "### 1. Which?\n\n- A \"good\" one\n- B"},
		"steering":             {"{#if fw === 'pt'}\nA\n{:else}\nB\n{/if}", "A\nB\n"},
		"comments":             {"A {/* not\nthis */} B", "A  B"},
		"anchors":              {"## A[[a]]\n\n[[not]] this", "## A\n\n[[not]] this"},
		"a tag without an end": {"A <Tip and then", "A <Tip and then"},
	} {
		s := read(t, folder(map[string]string{"d/a.mdx": c.text, "img/x.png": png, "d/x.png": png}))
		got := strings.ReplaceAll(rendered(find(t, s, "d/a.mdx")), "«", "<«")
		got = strings.ReplaceAll(got, "»", "»>")
		if strings.TrimSpace(got) != strings.TrimSpace(strings.ReplaceAll(c.want, "<<", "<")) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func notebookOf(t *testing.T, cells ...map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"nbformat": 4, "metadata": map[string]any{"kernelspec": map[string]any{"language": "julia"}}, "cells": cells,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestANotebookBecomesMarkdownWithItsOutputsAndImages(t *testing.T) {
	t.Parallel()
	image := base64.StdEncoding.EncodeToString([]byte(png))
	s := read(t, folder(map[string]string{"n/a.ipynb": notebookOf(
		t,
		map[string]any{
			"cell_type": "markdown", "source": []string{"# Title\n", "\n", "![](attachment:x.png) [b](../b.md)"},
			"attachments": map[string]any{"x.png": map[string]any{"image/png": image}},
		},
		map[string]any{"cell_type": "code", "source": "print(\"```\")", "outputs": []any{
			map[string]any{"output_type": "stream", "text": []string{"10%\r100%\n", "\x1b[31mred\x1b[0m\n"}},
			map[string]any{"output_type": "display_data", "data": map[string]any{"image/png": image + "\n", "text/plain": "<Figure>"}},
			map[string]any{"output_type": "execute_result", "data": map[string]any{"text/html": "<table>", "text/plain": []string{"42"}}},
			map[string]any{"output_type": "display_data", "data": map[string]any{"application/vnd.jupyter.widget-view+json": map[string]any{"model_id": "x"}, "text/plain": "VBox()"}},
			map[string]any{"output_type": "error", "ename": "E", "evalue": "v", "traceback": []string{}},
		}},
		map[string]any{"cell_type": "code", "source": "", "outputs": []any{}},
		map[string]any{"cell_type": "raw", "source": "raw"},
	), "b.md": "# B"}))
	d := find(t, s, "n/a.ipynb")
	const want = "# Title\n\n![](«n/a.ipynb\x000») [b](«b.md»)\n\n````julia\nprint(\"```\")\n````\n\n```text\n100%\nred\n```\n\n![](«n/a.ipynb\x001»)\n\n```text\n42\n```\n\n```text\nE: v\n```\n"
	if got := rendered(d); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if d.Kind != content.Notebook || d.Title != "Title" || d.Key != "n/a.ipynb" || len(s.Files) != 2 {
		t.Errorf("%+v, %d files", d, len(s.Files))
	}
	f := s.Files["n/a.ipynb\x001"]
	if f.Name != "a-2.png" || f.MediaType != "image/png" || f.Bytes != int64(len(png)) {
		t.Errorf("%+v", f)
	}
}
