package main

import (
	"encoding/json"
	"html"
	"path"
	"regexp"
	"strings"

	"rsc.io/markdown"
)

// code is the code of a text: what stands in blocks and what stands within lines, in order, each line of a block with its end.
type code struct{ blocks, spans []string }

// readSource reads a document as its author's programs would: Markdown by another parser than the importer's, MDX by its lines,
// a notebook cell by cell.
func readSource(name, text string) code {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
	switch strings.ToLower(path.Ext(name)) {
	case ".ipynb":
		return readNotebook(text)
	case ".mdx":
		return readMDX(withoutMatter(text))
	default:
		return readMarkdown(withoutMatter(text))
	}
}

var (
	matter    = regexp.MustCompile(`(?s)^---\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)`)
	matterKey = regexp.MustCompile(`(?m)^["']?[A-Za-z_][\w. -]*["']?\s*:`)
)

func withoutMatter(text string) string {
	if m := matter.FindStringSubmatch(text); m != nil && (matterKey.MatchString(m[1]) || strings.TrimSpace(m[1]) == "") {
		return text[len(m[0]):]
	}
	return text
}

var htmlCode = regexp.MustCompile(`(?s)<code>(.*?)</code>`)

// readMarkdown reads Markdown; of what looks like a fence within HTML, as in Markdown below a tag without a blank line, too.
func readMarkdown(text string) (c code) {
	parser := markdown.Parser{Table: true, AutoLinkText: true, Strikethrough: true}
	c.walk(parser.Parse(text).Blocks)
	return c
}

func (c *code) walk(blocks []markdown.Block) {
	for _, b := range blocks {
		switch b := b.(type) {
		case *markdown.CodeBlock:
			block := ""
			for _, line := range b.Text {
				block += line + "\n"
			}
			if b.Fence == "" { // the blank lines below code by indentation are none of it
				block = strings.TrimRight(block, "\n") + "\n"
			}
			c.blocks = append(c.blocks, block)
		case *markdown.HTMLBlock:
			text := strings.Join(b.Text, "\n")
			c.blocks = append(c.blocks, readMDX(text).blocks...)
			for _, found := range htmlCode.FindAllStringSubmatch(text, -1) {
				c.spans = append(c.spans, html.UnescapeString(found[1]))
			}
		case *markdown.Quote:
			c.walk(b.Blocks)
		case *markdown.List:
			c.walk(b.Items)
		case *markdown.Item:
			c.walk(b.Blocks)
		case *markdown.Paragraph:
			c.inline(b.Text.Inline)
		case *markdown.Text:
			c.inline(b.Inline)
		case *markdown.Heading:
			c.inline(b.Text.Inline)
		case *markdown.Table:
			for _, cell := range b.Header {
				c.inline(cell.Inline)
			}
			for _, row := range b.Rows {
				for _, cell := range row {
					c.inline(cell.Inline)
				}
			}
		}
	}
}

func (c *code) inline(all []markdown.Inline) {
	for _, i := range all {
		switch i := i.(type) {
		case *markdown.Code:
			c.spans = append(c.spans, i.Text)
		case *markdown.Strong:
			c.inline(i.Inner)
		case *markdown.Emph:
			c.inline(i.Inner)
		case *markdown.Del:
			c.inline(i.Inner)
		case *markdown.Link:
			c.inline(i.Inner)
		case *markdown.Image:
			c.inline(i.Inner)
		}
	}
}

var (
	opening    = regexp.MustCompile("^((?:[ \t]*(?:>|[-+*](?:[ \t]|$)|[0-9]{1,9}[.)](?:[ \t]|$)))*[ \t]*)(?:(```+)[^`]*|(~~~+).*)$")
	comment    = regexp.MustCompile(`\{/\*.*?\*/\}|<!--.*?-->`)
	beginning  = regexp.MustCompile(`^[ \t>]*(?:#{1,6} |[-+*] |[0-9]{1,9}[.)] |\||\[[^\]]+\]: |$)`)
	definition = regexp.MustCompile(`^[ \t>]*\[[^\]]+\]: `)
	attributes = regexp.MustCompile("\\b(?:alt|title)=\"[^\"`]*`[^\"]*\"")
	anchor     = regexp.MustCompile(`^(#.*)\[\[.*\]\]\s*$`)
	// A component whose tag goes on in the lines below.
	componentOpens = regexp.MustCompile(`^[ \t>]*<[A-Z][\w.]*(?:[ \t][^>]*)?$`)
	componentEnds  = regexp.MustCompile(`>[ \t]*$`)
	runs           = regexp.MustCompile("`+|\\\\[`\\\\]")
)

// readMDX finds fences line by line: a line that begins with a fence after nothing but white space and the marks of quotes and
// lists, up to the first that is nothing else but such marks. Comments are left out.
func readMDX(text string) (c code) {
	var block *strings.Builder
	var paragraph []string
	mark, indent, quotes, until, tagged := "", 0, 0, "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if block != nil {
			inner := line
			for range quotes {
				if rest, ok := strings.CutPrefix(strings.TrimLeft(inner, " \t"), ">"); ok {
					inner = strings.TrimPrefix(rest, " ")
				}
			}
			if bare := strings.TrimSpace(inner); len(bare) >= len(mark) && strings.Trim(bare, mark[:1]) == "" {
				c.blocks = append(c.blocks, block.String())
				block = nil
			} else {
				block.WriteString(cutIndent(inner, indent) + "\n")
			}
			continue
		}
		if tagged = tagged || componentOpens.MatchString(line); tagged { // what stands in its attributes is for a program
			tagged = !componentEnds.MatchString(line)
			continue
		}
		line = attributes.ReplaceAllString(line, "")
		if line, until = withoutComments(line, until); until != "" && strings.TrimSpace(line) == "" {
			continue
		}
		found := opening.FindStringSubmatch(line)
		if found != nil || beginning.MatchString(line) || len(paragraph) == 1 && strings.HasPrefix(paragraph[0], "#") {
			c.spans = append(c.spans, spansOf(strings.Join(paragraph, " "))...)
			paragraph = nil
		}
		switch {
		case found == nil && definition.MatchString(line):
		case found == nil && strings.HasPrefix(strings.TrimLeft(line, " \t>"), "|"):
			for _, cell := range strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|") {
				c.spans = append(c.spans, spansOf(strings.ReplaceAll(cell, "\x00", "|"))...)
			}
		case found == nil:
			paragraph = append(paragraph, anchor.ReplaceAllString(strings.TrimLeft(line, " \t>"), "$1"))
		default:
			block, mark = &strings.Builder{}, found[2]+found[3]
			quotes = strings.Count(found[1], ">")
			indent = columns(found[1][strings.LastIndexByte(found[1], '>')+1:])
			if quotes > 0 && indent > 0 {
				indent--
			}
		}
	}
	c.spans = append(c.spans, spansOf(strings.Join(paragraph, " "))...)
	if block != nil {
		c.blocks = append(c.blocks, block.String())
	}
	return c
}

// withoutComments is a line without its comments; until is what ends the one that the line, or another before it, begins.
func withoutComments(line, until string) (rest, stillUntil string) {
	if until != "" {
		_, after, ended := strings.Cut(line, until)
		if !ended {
			return "", until
		}
		line = after
	}
	if strings.Contains(line, "`") && !strings.HasPrefix(strings.TrimSpace(line), "<!--") && !strings.HasPrefix(strings.TrimSpace(line), "{/*") {
		return line, "" // of code that shows a comment
	}
	line = comment.ReplaceAllString(line, "")
	for begin, end := range map[string]string{"{/*": "*/}", "<!--": "-->"} {
		if before, _, begins := strings.Cut(line, begin); begins {
			return before, end
		}
	}
	return line, ""
}

// spansOf are the spans of code of a paragraph: a run of marks, up to the next that is as long.
func spansOf(text string) (all []string) {
	found := runs.FindAllStringIndex(text, -1)
	for i := 0; i < len(found); i++ {
		length := found[i][1] - found[i][0]
		if text[found[i][0]] == '\\' {
			continue
		}
		for j := i + 1; j < len(found); j++ {
			marks := strings.TrimLeft(text[found[j][0]:found[j][1]], "\\") // within code a backslash is one
			if len(marks) == length && marks[0] == '`' {
				all = append(all, trimSpan(text[found[i][1]:found[j][1]-length]))
				i = j
				break
			}
		}
	}
	return all
}

// trimSpan takes off the space on both sides that Markdown takes off.
func trimSpan(s string) string {
	if len(s) > 2 && s[0] == ' ' && s[len(s)-1] == ' ' && strings.TrimSpace(s) != "" {
		return s[1 : len(s)-1]
	}
	return s
}

// columns is how wide a beginning of a line is, with tabs to the next multiple of four.
func columns(s string) (n int) {
	for _, c := range s {
		if c == '\t' {
			n += 4 - n%4
		} else {
			n++
		}
	}
	return n
}

func cutIndent(line string, indent int) string {
	for col := 0; col < indent && line != ""; {
		switch line[0] {
		case ' ':
			col++
		case '\t':
			if wide := 4 - col%4; col+wide > indent {
				return strings.Repeat(" ", col+wide-indent) + line[1:]
			}
			col += 4 - col%4
		default:
			return line
		}
		line = line[1:]
	}
	return line
}

// readNotebook reads the code of cells as it is, and that of texts as Markdown.
func readNotebook(text string) (c code) {
	type cell struct {
		Type   string `json:"cell_type"`
		Source any    `json:"source"`
		Input  any    `json:"input"`
	}
	var n struct {
		Cells      []cell
		Worksheets []struct{ Cells []cell }
	}
	if json.Unmarshal([]byte(text), &n) != nil {
		return c
	}
	for _, sheet := range n.Worksheets {
		n.Cells = append(n.Cells, sheet.Cells...)
	}
	for _, cell := range n.Cells {
		source := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\ufffd").Replace(joined(cell.Source) + joined(cell.Input))
		switch {
		case cell.Type == "code" && strings.TrimSpace(source) != "":
			c.blocks = append(c.blocks, source+"\n")
		case cell.Type == "markdown":
			inner := readMarkdown(source)
			c.blocks, c.spans = append(c.blocks, inner.blocks...), append(c.spans, inner.spans...)
		}
	}
	return c
}

func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, _ := line.(string)
			b.WriteString(s)
		}
		return b.String()
	}
	return ""
}
