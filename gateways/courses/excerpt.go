package courses

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
)

// moreMark is the comment with which an author ends what everyone may read.
var moreMark = regexp.MustCompile(`^\s*<!--\s*more\s*-->`)

// beforeMore is what stands before the mark in a text, as a preview; empty without it. Only a comment of its own at the top level is the
// mark: one in code, in a list or in another element is part of a lesson.
func beforeMore(document ast.Node, source []byte) string {
	var free page
	for n := document.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if n.Lines().Len() > 0 && moreMark.Match(source[n.Lines().At(0).Start:]) {
				return free.preview
			}
		case *ast.Paragraph:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if raw, ok := c.(*ast.RawHTML); ok && raw.Segments.Len() > 0 && moreMark.Match(source[raw.Segments.At(0).Start:]) {
					free.take(plainUntil(n, c, source))
					return free.preview
				}
			}
			if !onlyPoints(n, source) {
				free.take(plain(n, source))
			}
		}
	}
	return ""
}

// plainUntil is the text of the children of a paragraph that stand before one of them.
func plainUntil(paragraph *ast.Paragraph, end ast.Node, source []byte) string {
	for end != nil {
		next := end.NextSibling()
		paragraph.RemoveChild(paragraph, end)
		end = next
	}
	return plain(paragraph, source)
}
