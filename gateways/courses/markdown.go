package courses

import (
	"html"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// page is what is understood of a text.
type page struct {
	title, summary, preview string
	free                    string // what the author marked as free
	seconds                 int32
	refs                    []ref // in order
}

// ref is a link or an image as it is written. Replacing start to end of the text by before + target + after changes it.
type ref struct {
	start, end    int
	before, after string
	target        string
	image         bool
}

// maxTarget is the longest target, with its title, that is followed.
const maxTarget = 4 << 10

const (
	previewEnough  = 400 // characters; then no other paragraph begins
	maxPreview     = 700
	wordsPerMinute = 200
)

var refsKey = parser.NewContextKey()

// linkParser is goldmark's with a memory for where in the text the targets stand.
type linkParser struct{ parser.InlineParser }

func (p linkParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	_, at := block.Position()
	closing := block.Peek() == ']'
	n := p.InlineParser.Parse(parent, block, pc)
	if !closing || n == nil {
		return n
	}
	var found ref
	var destination []byte
	var reference *ast.ReferenceLink
	var title []byte
	switch link := n.(type) {
	case *ast.Link:
		destination, reference, title = link.Destination, link.Reference, link.Title
	case *ast.Image:
		destination, reference, title = link.Destination, link.Reference, link.Title
		found.image = true
	default:
		return n
	}
	if len(destination)+len(title) > maxTarget {
		return n // one long target that is named a hundred thousand times would be gigabytes
	}
	found.target = string(destination)
	if found.locate(block.Source(), at.Start, reference, string(title)) {
		refs, _ := pc.Get(refsKey).([]ref)
		pc.Set(refsKey, append(refs, found))
	}
	return n
}

// CloseBlock passes on what goldmark asks of parsers that keep state.
func (p linkParser) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// locate finds what to replace, from the closing bracket of the label on.
func (r *ref) locate(source []byte, at int, reference *ast.ReferenceLink, title string) bool {
	if reference != nil {
		r.start, r.end = at, at+1
		if reference.Type != ast.ReferenceLinkShortcut {
			closing := strings.IndexByte(string(source[at+1:min(len(source), at+1100)]), ']')
			if closing < 0 {
				return false
			}
			r.end = at + 1 + closing + 1
		}
		r.before, r.after = "](", ")"
		if title != "" {
			r.after = ` "` + strings.ReplaceAll(strings.ReplaceAll(title, `"`, "&quot;"), "\n", " ") + `")`
		}
		return true
	}
	i := at + 2 // ](
	for i < len(source) && (source[i] == ' ' || source[i] == '\n' || source[i] == '\t' || source[i] == '>' && source[i-1] == '\n') {
		i++
	}
	r.start = i
	if i < len(source) && source[i] == '<' {
		for ; i < len(source); i++ {
			if source[i] == '>' && source[i-1] != '\\' {
				r.end = i + 1
				return true
			}
		}
		return false
	}
	depth := 0
	for ; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
		case c == '(':
			depth++
		case c == ')' && depth == 0, c <= ' ':
			r.end = i
			return r.end > r.start
		case c == ')':
			depth--
		}
	}
	return false
}

var markdown = parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(withLinks()...), parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...))

func withLinks() []util.PrioritizedValue {
	all := parser.DefaultInlineParsers()
	for i, p := range all {
		if inner, ok := p.Value.(parser.InlineParser); ok && strings.IndexByte(string(inner.Trigger()), ']') >= 0 {
			all[i].Value = linkParser{inner}
		}
	}
	return all
}

// understand reads a text once: its title, its beginning, where it points, how long it takes.
func understand(body string) page {
	source := []byte(body)
	pc := parser.NewContext()
	document := markdown.Parse(text.NewReader(source), parser.WithContext(pc))
	var p page
	p.refs, _ = pc.Get(refsKey).([]ref)
	var heading string
	words := 0
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if heading == "" {
				heading = headingText(plain(n, source))
			}
		case *ast.Paragraph:
			if n.Parent() == document && !onlyPoints(n, source) {
				p.take(plain(n, source))
			}
		case *ast.HTMLBlock:
			for _, part := range withoutFences(n.Lines(), source) {
				p.fromHTML(source, part.start, part.end, &heading)
			}
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				p.fromHTML(source, n.Segments.At(i).Start, n.Segments.At(i).Stop, &heading)
			}
		case *ast.Text:
			words += countWords(string(n.Segment.Value(source)))
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				words += countWords(string(line.Value(source)))
			}
		}
		return ast.WalkContinue, nil
	})
	p.free = beforeMore(document, source) // last: it cuts a paragraph where the mark stands
	p.title = heading
	p.summary = firstSentence(p.preview)
	p.seconds = int32(min(maxMinutes, max(1, (words+wordsPerMinute/2)/wordsPerMinute)) * 60)
	p.refs = inOrder(p.refs)
	return p
}

// take adds a paragraph to the preview. Tables, formulas and what other programs would have read are no beginning.
func (p *page) take(paragraph string) {
	if paragraph == "" || len([]rune(p.preview)) >= previewEnough || strings.ContainsAny(paragraph[:1], "|:{$<") {
		return
	}
	if p.preview != "" {
		paragraph = p.preview + "\n\n" + paragraph
	}
	p.preview = cutAt(paragraph, maxPreview)
}

// onlyPoints reports whether a paragraph is nothing but links and images, as badges and films are.
func onlyPoints(n ast.Node, source []byte) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Link, *ast.Image, *ast.RawHTML, *ast.AutoLink:
		case *ast.Text:
			if strings.Trim(string(c.Segment.Value(source)), " |·•-,") != "" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// plain is the text of a node without marks and images.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.URL(source))
		}
		return ast.WalkContinue, nil
	})
	text := html.UnescapeString(string(util.UnescapePunctuations([]byte(b.String()))))
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", "")), " ")
}

// headingText leaves out the anchors that generators of sites read: [[anchor]] and {#anchor}.
func headingText(text string) string {
	for _, marks := range [][2]string{{"[[", "]]"}, {"{#", "}"}} {
		if i := strings.LastIndex(text, marks[0]); i > 0 && strings.HasSuffix(text, marks[1]) {
			text = strings.TrimSpace(text[:i])
		}
	}
	return text
}

// firstSentence is the beginning of a text up to the first end of a sentence.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	for i, c := range text {
		switch {
		case strings.ContainsRune("。！？", c):
			return text[:i+len(string(c))]
		case strings.ContainsRune(".!?", c) && i > 30 && strings.HasPrefix(text[i+1:], " "):
			return text[:i+1]
		}
	}
	return text
}

// countWords counts words; of scripts without spaces two characters count as one.
func countWords(text string) int {
	words, signs, inside := 0, 0, false
	for _, c := range text {
		switch {
		case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			signs, inside = signs+1, false
		case unicode.IsSpace(c):
			inside = false
		case !inside:
			words, inside = words+1, true
		}
	}
	return words + (signs+1)/2
}
