package courses

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MDX is Markdown with JavaScript. What can be read without running it is kept: import and export lines, comments and
// expressions that only steer are dropped; a component's tags are dropped and what stands between them stays; a component that
// shows an imported image becomes that image, one that shows a film becomes a link to it.

// mdxParser knows no HTML blocks and no code by indentation, as MDX does not.
var mdxParser = parser.NewParser(parser.WithBlockParsers(slices.DeleteFunc(parser.DefaultBlockParsers(), func(v util.PrioritizedValue) bool {
	return v.Priority == 500 || v.Priority == 900
})...), parser.WithInlineParsers(parser.DefaultInlineParsers()...), parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...))

// maxTagLength bounds how far the end of a tag is looked for, and so what a document without one can cost.
const maxTagLength = 8 << 10

type span struct{ start, end int }

// codeSpans are the places in a text that are code, and the anchors of headings that a site's generator reads.
func codeSpans(source []byte) (code, anchors []span) {
	document := mdxParser.Parse(text.NewReader(source))
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			for i := range n.Lines().Len() {
				code = append(code, span{n.Lines().At(i).Start, n.Lines().At(i).Stop})
			}
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					code = append(code, span{t.Segment.Start, t.Segment.Stop})
				}
			}
		case *ast.Heading:
			if n.Lines().Len() > 0 {
				line := n.Lines().At(n.Lines().Len() - 1)
				words := strings.TrimRight(string(line.Value(source)), " \t\n")
				if short := headingText(words); short != words {
					anchors = append(anchors, span{line.Start + len(short), line.Start + len(words)})
				}
			}
		}
		return ast.WalkContinue, nil
	})
	byStart := func(a, b span) int { return a.start - b.start }
	slices.SortFunc(code, byStart)
	slices.SortFunc(anchors, byStart)
	return code, anchors
}

var (
	scriptLine = regexp.MustCompile(`^(import\s*["'{*\w]|export\s+(const|let|var|default|function|async|class|\{|\*))`)
	steering   = regexp.MustCompile(`^\s*\{[#:/](if|else|each|await|then|key|html)?[^\n]*\}\s*(\n|$)`)
	importing  = regexp.MustCompile(`import\s+(\w+)\s+from\s+["']([^"'\n]+)["']`)
)

// plainMDX makes MDX Markdown. left is told the name of each component of which nothing could be kept.
func plainMDX(source string, left func(component string)) string {
	code, anchors := codeSpans([]byte(source))
	imports := map[string]string{}
	var b strings.Builder
	for i := 0; i < len(source); {
		if len(code) > 0 && i >= code[0].start {
			if code[0].end > i {
				b.WriteString(source[i:code[0].end])
				i = code[0].end
			}
			code = code[1:]
			continue
		}
		if len(anchors) > 0 && i >= anchors[0].start {
			i = max(i, anchors[0].end)
			anchors = anchors[1:]
			continue
		}
		limit := len(source)
		if len(code) > 0 {
			limit = code[0].start
		}
		replaced, length := mdxAt(source, i, limit, imports, left)
		if length == 0 {
			b.WriteByte(source[i])
			i++
			continue
		}
		b.WriteString(replaced)
		i += length
	}
	return strings.TrimLeft(b.String(), "\n")
}

// mdxAt reads what is no Markdown at a place in a text; length is 0 where there is nothing of the kind.
func mdxAt(source string, i, limit int, imports map[string]string, left func(string)) (replaced string, length int) {
	rest := source[i:]
	if i == 0 || source[i-1] == '\n' {
		if (rest[0] == 'i' || rest[0] == 'e') && scriptLine.MatchString(rest[:min(len(rest), 80)]) {
			if block := scriptBlock(source[i:limit]); block != "" {
				for _, m := range importing.FindAllStringSubmatch(block, -1) {
					imports[m[1]] = imported(m[2])
				}
				return "", len(block)
			}
		}
		if line, _, _ := strings.Cut(rest[:min(len(rest), 500)], "\n"); strings.HasPrefix(strings.TrimLeft(line, " \t"), "{") {
			if m := steering.FindString(line + "\n"); m != "" {
				return "", min(len(m), len(rest))
			}
		}
	}
	switch {
	case strings.HasPrefix(rest, "{/*"):
		if end := strings.Index(rest[:min(len(rest), maxTagLength)], "*/}"); end > 0 {
			return "", end + 3
		}
	case rest[0] == '<' && (i == 0 || source[i-1] != '\\'):
		if tag := jsxTag(rest[:min(len(rest), maxTagLength)]); tag != "" {
			return component(tag, imports, left)
		}
	}
	return "", 0
}

// scriptBlock is a block of import or export lines, up to an empty line or the first that is plainly Markdown.
func scriptBlock(rest string) string {
	limit := maxTagLength / 4 // an import is short; of one that is none, only so much is read in vain
	if strings.HasPrefix(rest, "export") {
		limit = len(rest)
	}
	at := 0
	for at < min(len(rest), limit) {
		line, _, more := strings.Cut(rest[at:], "\n")
		if at > 0 && (strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "<")) {
			break
		}
		at += len(line)
		if more {
			at++
		}
	}
	if block := rest[:at]; strings.HasPrefix(block, "export") || strings.ContainsAny(block, `"'`) {
		return block
	}
	return ""
}

func imported(from string) string {
	if rest, ok := strings.CutPrefix(from, "@site/"); ok {
		return "/" + rest
	}
	if strings.HasPrefix(from, ".") {
		return from
	}
	return "/" + strings.TrimPrefix(from, "/")
}

// jsxTag is the tag that a text begins with: of a component, or of HTML with an expression in it.
func jsxTag(rest string) string {
	if len(rest) < 2 {
		return ""
	}
	c := rest[1]
	closing := c == '/'
	if closing && len(rest) > 2 {
		c = rest[2]
	}
	if c == '>' {
		return rest[:strings.IndexByte(rest, '>')+1] // <> and </>
	}
	upper, lower := c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z'
	if !upper && !lower || lower && closing {
		return ""
	}
	braces, quote, expression := 0, byte(0), false
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '`' && braces > 0 || c == '\'' && (braces > 0 || rest[i-1] == '='):
			quote = c
		case c == '{':
			braces++
			expression = true
		case c == '}':
			braces--
		case c == '>' && braces <= 0 && rest[i-1] != '=':
			if lower && !expression {
				return ""
			}
			return rest[:i+1]
		case c == '<' && braces <= 0, c == '\n' && i+1 < len(rest) && rest[i+1] == '\n' && braces <= 0:
			return ""
		}
	}
	return ""
}

var (
	shownBy = regexp.MustCompile(`\b(?:src|source|image)=(?:\{\s*(?:require\(["']([^"']+)["']\)[.\w]*|(\w+)(?:\.src)?)\s*\}|["']([^"'{}]+)["'])`)
	altText = regexp.MustCompile(`\balt=(?:\{\s*)?["']([^"']*)["']`)
	filmID  = regexp.MustCompile(`\b(?:id|videoId)=(?:\{\s*)?["']([A-Za-z0-9_-]{6,20})["']`)
	// An entry of a list of choices: text: "…", in any of JavaScript's quotes.
	choiceText = regexp.MustCompile("\\btext:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|`((?:[^`\\\\]|\\\\.)*)`)")
	tagWord    = regexp.MustCompile(`^</?([A-Za-z][\w.]*)`)
	pictures   = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"}
)

// component is what is kept of a tag.
func component(tag string, imports map[string]string, left func(string)) (string, int) {
	name := ""
	if m := tagWord.FindStringSubmatch(tag); m != nil {
		name = m[1]
	}
	if m := shownBy.FindStringSubmatch(tag); m != nil {
		at := first(m[1], imports[m[2]], m[3])
		if slices.Contains(pictures, strings.ToLower(path.Ext(at))) {
			alt := ""
			if a := altText.FindStringSubmatch(tag); a != nil {
				alt = strings.NewReplacer("[", "", "]", "", "\n", " ").Replace(a[1])
			}
			return "![" + alt + "](<" + strings.NewReplacer("<", "", ">", "", "\n", "").Replace(at) + ">)", len(tag)
		}
	}
	if name != "" && name[0] >= 'a' && name[0] <= 'z' {
		return "", 0 // HTML with a style or a class: it stays
	}
	if strings.EqualFold(name, "youtube") {
		if m := filmID.FindStringSubmatch(tag); m != nil {
			return "[YouTube](https://www.youtube.com/watch?v=" + m[1] + ")", len(tag)
		}
	}
	if choices := choiceText.FindAllStringSubmatch(tag, -1); name == "Question" && choices != nil {
		return choiceList(choices), len(tag) // a quiz keeps what there is to choose from, not what is right
	}
	if strings.HasSuffix(tag, "/>") && name != "" {
		left(name)
	}
	return "", len(tag)
}

func choiceList(choices [][]string) string {
	var b strings.Builder
	for _, c := range choices {
		text := strings.NewReplacer(`\"`, `"`, `\'`, "'", "\\`", "`", `\n`, " ", "\n", " ").Replace(first(c[1], c[2], c[3]))
		b.WriteString("- " + strings.Join(strings.Fields(text), " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
