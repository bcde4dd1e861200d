package courses

import (
	"regexp"
	"strings"
)

// container is a quote, or an item of a list, around a line.
type container struct {
	quote      bool
	width, out int // of an item: how far its content is indented within what is around it, in the source and in what is written
}

// cursor reads the white space at the beginning of a line by columns. Of a tab that was read in part the rest counts as spaces.
type cursor struct {
	text      string
	col, owed int
}

// indent is how many columns of white space are ahead.
func (c *cursor) indent() int {
	col := c.col + c.owed
	for i := 0; i < len(c.text); i++ {
		switch c.text[i] {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		default:
			return col - c.col
		}
	}
	return col - c.col
}

// skip reads up to n columns of white space.
func (c *cursor) skip(n int) {
	for n > 0 {
		switch {
		case c.owed > 0:
			took := min(n, c.owed)
			c.owed, c.col, n = c.owed-took, c.col+took, n-took
		case strings.HasPrefix(c.text, " "):
			c.text, c.col, n = c.text[1:], c.col+1, n-1
		case strings.HasPrefix(c.text, "\t"):
			c.text, c.owed = c.text[1:], 4-c.col%4
		default:
			return
		}
	}
}

// read reads n bytes that are no white space.
func (c *cursor) read(n int) { c.text, c.col = c.text[n:], c.col+n }

func (c *cursor) rest() string { return strings.Repeat(" ", c.owed) + c.text }

// enter reads what a container has in front of a line; false when the line is not within it.
func (c *cursor) enter(k container) bool {
	blank := strings.TrimSpace(c.text) == ""
	switch {
	case k.quote:
		if blank || strings.TrimLeft(c.text, " \t")[0] != '>' {
			return false
		}
		c.skip(c.indent())
		c.read(1)
		c.skip(1)
		return true
	case blank:
		c.skip(k.width)
		return true
	case c.indent() >= k.width:
		c.skip(k.width)
		return true
	}
	return false
}

var listMark = regexp.MustCompile(`^(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)`)

var thematic = regexp.MustCompile(`^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)

// moved is where a line is written that stands so many columns within its list or quote: as it is where Markdown would read
// it alike, else at the beginning.
func (m *mdx) moved(columns int) int {
	if columns > 3 || m.depth > 0 {
		return 0
	}
	return columns
}

// prefix reads what stands in front of a line: the marks of the quotes and lists that it continues and of those that it begins,
// and white space. It answers what is written instead.
func (m *mdx) prefix(line string) (before, text string) {
	c := &cursor{text: line}
	entered, same := 0, true
	var b strings.Builder
	for _, k := range m.inside {
		if !c.enter(k) {
			break
		}
		same = same && k.width == k.out
		b.WriteString(k.mark())
		entered++
	}
	text = strings.TrimLeft(c.text, " \t")
	if text == "" {
		m.leave(entered, true)
		return strings.TrimRight(b.String(), " "), ""
	}
	if entered < len(m.inside) && m.prose && !beginsBlock.MatchString(text) && text[0] != '>' && text[0] != '<' &&
		!fenceForm.MatchString(text) {
		return line[:len(line)-len(text)], text // a paragraph goes on, however little it is indented
	}
	m.leave(entered, false)
	for {
		indent := c.indent()
		m.indent = indent
		to := m.moved(indent)
		if m.prose && entered == len(m.inside) && indent > 3 && !beginsBlock.MatchString(text) && m.depth == 0 {
			to = indent // of a paragraph that goes on
		}
		same = same && to == indent
		c.skip(indent)
		mark := listMark.FindString(text)
		if text[0] != '>' && (mark == "" || thematic.MatchString(strings.TrimRight(text, " \t"))) {
			b.WriteString(strings.Repeat(" ", to))
			break
		}
		b.WriteString(strings.Repeat(" ", to))
		if text[0] == '>' {
			c.read(1)
			c.skip(1)
			m.inside = append(m.inside, container{quote: true})
			b.WriteString("> ")
		} else {
			mark = strings.TrimRight(mark, " \t")
			c.read(len(mark))
			after := c.indent()
			if after > 4 || strings.TrimSpace(c.text) == "" {
				after = min(after, 1)
			}
			c.skip(after)
			b.WriteString(mark + strings.Repeat(" ", after))
			m.inside = append(m.inside, container{width: indent + len(mark) + max(after, 1), out: to + len(mark) + max(after, 1)})
		}
		m.prose = false
		if text = strings.TrimLeft(c.text, " \t"); text == "" {
			break
		}
	}
	if same {
		return line[:len(line)-len(text)], text
	}
	return b.String(), text
}

// mark is what is written in front of a line for a container that it is in.
func (k container) mark() string {
	if k.quote {
		return "> "
	}
	return strings.Repeat(" ", k.out)
}

// leave ends the containers that a line is not within. A blank line ends quotes, and lists only with what follows.
func (m *mdx) leave(entered int, blank bool) {
	if blank && entered < len(m.inside) {
		for i := entered; i < len(m.inside); i++ {
			if m.inside[i].quote {
				m.inside = m.inside[:i]
				return
			}
		}
		return
	}
	m.inside = m.inside[:entered]
}

var fenceForm = regexp.MustCompile("^[ \t]*(?:(```+)[^`\n]*|(~~~+)[^\n]*)$")

// fence writes a fence: its opening line is at hand, what stands in front of it was read.
func (m *mdx) fence(before, text string, end int) {
	if m.html {
		m.out.WriteString("\n") // right below HTML, Markdown would take it for HTML
	}
	found := fenceForm.FindStringSubmatch(text)
	mark := found[1] + found[2]
	indent, to := m.indent, m.moved(m.indent)
	m.out.WriteString(before + text + "\n")
	m.at = end + 1
	marks := ""
	same := to == indent
	for _, k := range m.inside {
		marks += k.mark()
		same = same && k.width == k.out
	}
	closed := false
	for m.at < len(m.source) && !closed {
		end = lineEnd(m.source, m.at)
		line := m.source[m.at:end]
		c := &cursor{text: line}
		for _, k := range m.inside {
			if !c.enter(k) {
				m.blank, m.prose, m.html = false, false, false
				return // it ends with its list or quote
			}
		}
		inner := strings.TrimSpace(c.text)
		closed = len(inner) >= len(mark) && strings.Trim(inner, mark[:1]) == ""
		switch {
		case closed && (!same || c.indent() > 3):
			m.out.WriteString(marks + strings.Repeat(" ", to) + inner)
		case same:
			m.out.WriteString(line)
		default:
			c.skip(indent)
			if rest := c.rest(); rest != "" {
				m.out.WriteString(marks + strings.Repeat(" ", to) + rest)
			} else {
				m.out.WriteString(strings.TrimRight(marks, " "))
			}
		}
		m.out.WriteString(m.source[end:min(end+1, len(m.source))])
		m.at = end + 1
	}
	m.at, m.blank, m.prose, m.html = min(m.at, len(m.source)), false, false, false
}
