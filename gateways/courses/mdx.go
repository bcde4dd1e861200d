package courses

import (
	"html"
	"regexp"
	"strings"
)

// MDX is Markdown with JavaScript. What can be read without running it is kept: import and export lines, comments and
// expressions that only steer are dropped; a component's tags are dropped and what stands between them stays; a component that
// shows an imported image becomes that image, one that shows a film becomes a link to it, one that shows code becomes a fence.
//
// In MDX an indented line is never code, so that authors indent whatever stands within a component, fences too. Markdown reads
// that as code by indentation, or reads a fence as text. The lines are therefore moved to where their list or quote begins.

// mdx is one document on its way from MDX to Markdown.
type mdx struct {
	source string
	at     int
	out    strings.Builder
	inside []container // lists and quotes around the line at hand
	begin  int         // of the line at hand
	indent int         // of its text within them

	imports map[string]string // name → address of what was imported
	left    func(component string)
	closing map[string][]int // component → where its closing tags are
	open    map[string]int   // component → how many are open
	depth   int              // of components

	blank bool // the line before is blank, or there is none
	prose bool // the line before belongs to a paragraph
	html  bool // since the last blank line a line began with HTML: Markdown would take what follows for HTML, too
}

// plainMDX makes MDX Markdown. left is told the name of each component of which nothing could be kept.
func plainMDX(source string, left func(component string)) string {
	m := &mdx{source: source, left: left, imports: map[string]string{}, closing: closingTags(source), open: map[string]int{}, blank: true}
	for m.at < len(source) {
		if n := m.script(); n > 0 {
			m.at += n
			continue
		}
		m.line()
	}
	return strings.TrimLeft(m.out.String(), "\n")
}

var (
	scriptLine = regexp.MustCompile(`^(import\s*["'{*\w]|export\s+(const|let|var|default|function|async|class|\{|\*))`)
	steering   = regexp.MustCompile(`^\s*\{[#:/](if|else|each|await|then|key|html)?[^\n]*\}\s*(\n|$)`)
	importing  = regexp.MustCompile(`import\s+(\w+)\s+from\s+["']([^"'\n]+)["']`)
)

// script is the length of what only a program reads at the beginning of a line: imports and exports, and steering lines.
func (m *mdx) script() int {
	rest := m.source[m.at:]
	if (rest[0] == 'i' || rest[0] == 'e') && scriptLine.MatchString(rest[:min(len(rest), 80)]) {
		if block := scriptBlock(rest); block != "" {
			for _, found := range importing.FindAllStringSubmatch(block, -1) {
				m.imports[found[1]] = imported(found[2])
			}
			return len(block)
		}
	}
	if line, _, _ := strings.Cut(rest[:min(len(rest), 500)], "\n"); strings.HasPrefix(strings.TrimLeft(line, " \t"), "{") {
		if found := steering.FindString(line + "\n"); found != "" {
			return min(len(found), len(rest))
		}
	}
	return 0
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
		if at > 0 && (strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "<") ||
			fenceForm.MatchString(line)) {
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

// line writes the line at hand, and what begins in it and ends in another.
func (m *mdx) line() {
	end := lineEnd(m.source, m.at)
	before, text := m.prefix(m.source[m.at:end])
	switch {
	case strings.TrimSpace(text) == "":
		m.out.WriteString(before)
		m.out.WriteString(m.source[end:min(end+1, len(m.source))])
		m.at, m.blank, m.prose, m.html = end+1, true, false, false
		return
	case fenceForm.MatchString(text):
		m.fence(before, text, end)
		return
	}
	begins := htmlBlock.MatchString(text) || !m.prose && htmlAlone.MatchString(text)
	if m.html && text[0] != '<' {
		m.out.WriteString("\n") // MDX reads Markdown between the tags; Markdown does so after a blank line only
		m.html = false
	}
	m.out.WriteString(before)
	written := m.out.Len()
	m.begin, m.at = m.at, end-len(text)
	stop := end
	if bare := strings.TrimRight(text, " \t"); headingText(bare) != bare && m.isHeading(text, end) {
		stop = m.at + len(headingText(bare)) // without the anchor that a site's generator reads
	}
	m.html = m.html || begins
	m.inline(stop, end)
	line := m.out.String()[written:] // a builder's text is not copied
	m.blank = strings.TrimSpace(line) == ""
	m.html = !m.blank && (m.html || begins && line[0] == '<')
	m.prose = !m.blank && !m.html && line[0] != '#'
}

var (
	// What begins a block of HTML in Markdown: some tags, and any tag that is alone in its line.
	htmlBlock = regexp.MustCompile(`^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|` +
		`fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|` +
		`option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[ \t>]|/>|$)`)
	htmlAlone = regexp.MustCompile(`^</?[a-z][a-zA-Z0-9-]*(?:[ \t][^<>]*)?/?>[ \t]*$`)
)

var underline = regexp.MustCompile(`^[ \t]*(=+|-+)[ \t]*$`)

func (m *mdx) isHeading(text string, end int) bool {
	if strings.HasPrefix(text, "#") {
		return true
	}
	return end < len(m.source) && underline.MatchString(m.source[end+1:lineEnd(m.source, end+1)])
}

// inline writes from the place at hand up to the end of the line in which it stops; at stop the rest of the line is dropped.
func (m *mdx) inline(stop, end int) {
	copyTo := func(to int) {
		m.out.WriteString(m.source[m.at:to])
		m.at = to
	}
	for m.at < len(m.source) {
		if m.at >= stop && m.at <= end {
			m.at = end
		}
		rest := m.source[m.at:]
		switch {
		case rest[0] == '\n':
			copyTo(m.at + 1)
			return
		case rest[0] == '\\':
			copyTo(min(m.at+2, len(m.source), max(m.at+1, lineEnd(m.source, m.at))))
		case rest[0] == '`':
			length := m.codeSpan(rest)
			if marks := len(rest) - len(strings.TrimLeft(rest, "`")); m.html && length > marks {
				// within HTML Markdown reads no marks
				m.out.WriteString("<code>" + html.EscapeString(strings.Trim(rest[marks:length-marks], " ")) + "</code>")
				m.at += length
				continue
			}
			copyTo(m.at + length)
		case strings.HasPrefix(rest, "{/*"):
			if length := strings.Index(rest[:min(len(rest), maxTagLength)], "*/}"); length > 0 {
				m.at += length + 3
			} else {
				copyTo(m.at + 1)
			}
		case rest[0] == '<':
			if kept, length := m.tag(rest); length > 0 {
				m.out.WriteString(kept)
				m.at += length
			} else {
				copyTo(m.at + 1)
			}
		default:
			length := strings.IndexAny(rest, "\n\\`{<")
			if length <= 0 {
				length = len(rest)
				if strings.IndexByte("{", rest[0]) >= 0 {
					length = 1
				}
			}
			if m.at < stop && stop < m.at+length {
				length = stop - m.at
			}
			copyTo(m.at + length)
		}
	}
}

// codeSpan is the length of a span of code that a text begins with; of its opening marks when it is none.
func (m *mdx) codeSpan(rest string) int {
	marks := len(rest) - len(strings.TrimLeft(rest, "`"))
	limit := min(m.paragraphEnd(), m.at+maxSpan)
	for at := m.at + marks; at < limit; {
		next := strings.IndexByte(m.source[at:limit], '`')
		if next < 0 {
			break
		}
		at += next
		run := len(m.source[at:]) - len(strings.TrimLeft(m.source[at:], "`"))
		if at += run; run == marks {
			return at - m.at
		}
	}
	return marks
}

// maxSpan bounds how far the end of a span of code is looked for.
const maxSpan = 8 << 10

var beginsBlock = regexp.MustCompile("^[ \t>]*($|#{1,6} |[-+*] |[0-9]{1,9}[.)] |\\||```|~~~)")

// paragraphEnd is where the paragraph around the place at hand ends; of a table, the row.
func (m *mdx) paragraphEnd() int {
	end := lineEnd(m.source[:min(len(m.source), m.at+maxSpan)], m.at)
	line := m.source[m.begin:end]
	if strings.HasPrefix(strings.TrimLeft(line, " \t>"), "|") {
		return end
	}
	for end < len(m.source) && end < m.at+maxSpan {
		next := lineEnd(m.source, end+1)
		if beginsBlock.MatchString(m.source[end+1 : next]) {
			break
		}
		end = next
	}
	return end
}

func lineEnd(source string, at int) int {
	if at >= len(source) {
		return len(source)
	}
	if n := strings.IndexByte(source[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(source)
}
