package markup

import (
	"sync/atomic"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// goldmark offers no way to end its work, and some of it grows with the square of what stands in one paragraph. It does ask
// its parsers again and again, however: these look whether to go on, and take only so many marks of a paragraph for marks.
const (
	maxMarks       = 4000 // of emphasis in a paragraph
	maxDefinitions = 4000 // lines of a paragraph that is looked through for targets of links
)

// stop ends the rendering of one text.
type stop struct{ atomic.Bool }

// ended is what the rendering of a text panics with when it shall end.
type ended struct{ why error }

func (s *stop) check() {
	if s.Load() {
		panic(ended{errTooSlow})
	}
}

var stopKey, marksKey = parser.NewContextKey(), parser.NewContextKey()

func check(pc parser.Context) {
	if s, ok := pc.Get(stopKey).(*stop); ok {
		s.check()
	}
}

// marks counts the marks of the paragraph at hand.
type marks struct {
	in    ast.Node
	count int
}

// bounded is a parser of what stands in lines that can be ended.
type bounded struct {
	parser.InlineParser
	emphasis bool
}

// Parse implements parser.InlineParser.
func (b bounded) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	check(pc)
	if b.emphasis {
		m, ok := pc.Get(marksKey).(*marks)
		if !ok {
			m = &marks{}
			pc.Set(marksKey, m)
		}
		if m.in != parent {
			*m = marks{in: parent}
		}
		if m.count++; m.count > maxMarks {
			return nil
		}
	}
	return b.InlineParser.Parse(parent, block, pc)
}

// CloseBlock passes on what goldmark asks of parsers that keep state.
func (b bounded) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := b.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// definitions looks for the targets of links at the beginning of paragraphs that are not too long.
type definitions struct{ parser.ParagraphTransformer }

// Transform implements parser.ParagraphTransformer.
func (d definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	check(pc)
	if node.Lines().Len() <= maxDefinitions {
		d.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// lines is asked for every line and takes none.
type lines struct{}

// Trigger implements parser.BlockParser.
func (lines) Trigger() []byte { return nil }

// Open implements parser.BlockParser.
func (lines) Open(_ ast.Node, _ text.Reader, pc parser.Context) (ast.Node, parser.State) {
	check(pc)
	return nil, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (lines) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

// Close implements parser.BlockParser.
func (lines) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (lines) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (lines) CanAcceptIndentedLine() bool { return true }

// boundedParser is goldmark's own parser with these bounds.
func boundedParser(options ...parser.Option) parser.Parser {
	inline := parser.DefaultInlineParsers()
	for i, v := range inline {
		if p, ok := v.Value.(parser.InlineParser); ok {
			inline[i].Value = bounded{p, p.Trigger()[0] == '*'}
		}
	}
	paragraphs := parser.DefaultParagraphTransformers()
	for i, v := range paragraphs {
		if t, ok := v.Value.(parser.ParagraphTransformer); ok {
			paragraphs[i].Value = definitions{t}
		}
	}
	return parser.NewParser(append(options, parser.WithInlineParsers(inline...), parser.WithParagraphTransformers(paragraphs...),
		parser.WithBlockParsers(append(parser.DefaultBlockParsers(), util.Prioritized(lines{}, 50))...))...)
}
