package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A formula stands between dollars: $…$ in a line, $$…$$ over several. Its text is kept as it is, dollars too, for the program
// in the page that draws it; Markdown would take underscores and backslashes out of it. As elsewhere a single dollar begins
// none before a space and ends none after a space or before a digit: $5 and $10 are prices.
type formula struct {
	ast.BaseInline
	parts []text.Segment
}

var kindFormula = ast.NewNodeKind("Formula")

// Kind implements ast.Node.
func (*formula) Kind() ast.NodeKind { return kindFormula }

// Dump implements ast.Node.
func (f *formula) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

type formulas struct{}

// maxFormula bounds how far the end of a formula is looked for.
const maxFormula = 4000

// Trigger implements parser.InlineParser.
func (formulas) Trigger() []byte { return []byte{'$'} }

// Parse implements parser.InlineParser.
func (formulas) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("$$")) {
		if end := closingDollar(line[:min(len(line), maxFormula)]); end > 0 {
			block.Advance(end)
			return &formula{parts: []text.Segment{segment.WithStop(segment.Start + end)}}
		}
		return nil
	}
	at, position := block.Position()
	f, length, from := &formula{}, 0, 2
	for line != nil && length < maxFormula {
		if end := bytes.Index(line[min(from, len(line)):], []byte("$$")); end >= 0 {
			end += from + 2
			f.parts = append(f.parts, segment.WithStop(segment.Start+end))
			block.Advance(end)
			return f
		}
		f.parts = append(f.parts, segment)
		length, from = length+len(line), 0
		block.AdvanceLine()
		line, segment = block.PeekLine()
	}
	block.SetPosition(at, position)
	return nil
}

// closingDollar is where a formula ends that a line begins with; 0 when it begins with none.
func closingDollar(line []byte) int {
	if len(line) < 3 || isSpace(line[1]) {
		return 0
	}
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == '`':
			return 0 // code is code
		case line[i] == '$' && i > 1 && !isSpace(line[i-1]) && (i+1 == len(line) || line[i+1] < '0' || line[i+1] > '9'):
			return i + 1
		}
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
