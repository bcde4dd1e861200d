package markup

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensions "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// engine is goldmark with what courses use: tables, footnotes, task lists, addresses, ids of headings, formulas. It lets HTML
// through; the policy decides about that.
type engine struct{ goldmark.Markdown }

var (
	withTables    = newEngine(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)))
	withoutTables = newEngine()
)

func newEngine(tables ...goldmark.Extender) engine {
	return engine{goldmark.New(
		goldmark.WithParser(boundedParser(parser.WithHeadingAttribute(), parser.WithAutoHeadingID())),
		goldmark.WithExtensions(append(tables, extension.Linkify, extension.TaskList, extension.Footnote)...),
		goldmark.WithParserOptions(parser.WithInlineParsers(
			util.Prioritized(bounded{formulas{}, false}, 150), util.Prioritized(bounded{extension.NewStrikethroughParser(), true}, 500),
		)),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(
			util.Prioritized(shown{}, 100), util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		)),
	)}
}

func (e engine) render(source []byte, out *limited) error {
	pc := parser.NewContext(parser.WithIDs(&ids{map[string]int{}, out.stop}))
	pc.Set(stopKey, out.stop)
	return e.Convert(source, out, parser.WithContext(pc))
}

// ids names headings as the programs do whose links courses hold: in lower case, hyphens for spaces, letters of any script.
type ids struct {
	used map[string]int
	stop *stop
}

// Generate implements parser.IDs.
func (i *ids) Generate(value []byte, _ ast.NodeKind) []byte {
	i.stop.check()
	name := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return '-'
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.Is(unicode.M, c), c == '-', c == '_':
			return unicode.ToLower(c)
		}
		return -1
	}, strings.TrimSpace(string(value)))
	if name == "" {
		name = "section"
	}
	if runes := []rune(name); len(runes) > maxID {
		name = string(runes[:maxID])
	}
	free := name
	for i.used[free] > 0 {
		free = name + "-" + strconv.Itoa(i.used[name])
		i.used[name]++
	}
	i.used[free]++
	return []byte(free)
}

// Put implements parser.IDs.
func (i *ids) Put(value []byte) { i.used[string(value)]++ }

const maxID = 100 // characters

// shown writes what goldmark would write as a form or not at all.
type shown struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (shown) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(extensions.KindTaskCheckBox, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		box := "☐ "
		if task, ok := n.(*extensions.TaskCheckBox); ok && task.IsChecked {
			box = "☑ "
		}
		if entering {
			_, _ = w.WriteString(box) // what fails is told at the end
		}
		return ast.WalkContinue, nil
	})
	r.Register(kindFormula, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*formula); ok && entering {
			_, _ = w.WriteString(`<span class="math">`)
			for _, part := range f.parts {
				_, _ = w.Write(util.EscapeHTML(part.Value(source)))
			}
			_, _ = w.WriteString(`</span>`)
		}
		return ast.WalkSkipChildren, nil
	})
}
