package courses

import (
	"context"
	"regexp"
	"time"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"lyceum/domain"
)

// moreMark is the comment with which an author ends what everyone may read.
var moreMark = regexp.MustCompile(`^\s*<!--\s*more\s*-->`)

// anyMore finds the mark anywhere, in code too: without it nothing need be parsed.
var anyMore = regexp.MustCompile(`<!--\s*more\s*-->`)

// Excerpts reads what is before the mark in bodies that are written here.
type Excerpts struct{}

// Texts can be written so that parsing them takes hours; nobody who writes for people meets the bounds. The parser cannot be stopped, so
// that only few texts are parsed at once.
const excerptPatience = 2 * time.Second

var excerptSlots = make(chan struct{}, 4)

// Free implements content.Excerpts. Errors: INVALID (TEXT_TOO_COMPLEX), OVERLOADED.
func (Excerpts) Free(ctx context.Context, body string) (string, error) {
	if !anyMore.MatchString(body) {
		return "", nil
	}
	timer := time.NewTimer(excerptPatience)
	defer timer.Stop()
	select {
	case excerptSlots <- struct{}{}:
	case <-timer.C:
		return "", domain.Errorf(domain.CodeOverloaded, "too many texts are being read right now; try again in a moment")
	case <-ctx.Done():
		return "", ctx.Err()
	}
	done := make(chan string, 1)
	go func() {
		defer func() { <-excerptSlots }()
		source := []byte(body)
		done <- cutAt(beforeMore(markdown.Parse(text.NewReader(source)), source), maxPreview)
	}()
	select {
	case free := <-done:
		return free, nil
	case <-timer.C:
		return "", domain.Errorf(domain.CodeInvalid, "the body takes too long to read: it is no text for people").
			Because("TEXT_TOO_COMPLEX").At("body")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// beforeMore is what stands before the mark in a text, as a preview; empty without it. Only a comment of its own at the top level is the
// mark: one in code, in a list or in another element is part of a lesson. One within a paragraph ends it wherever it stands in it.
func beforeMore(document ast.Node, source []byte) string {
	var free page
	for n := document.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.HTMLBlock:
			if n.Lines().Len() > 0 && moreMark.Match(source[n.Lines().At(0).Start:]) {
				return free.preview
			}
		case *ast.Paragraph:
			if mark := markIn(n, source); mark != nil {
				free.take(plainUntil(n, mark, source))
				return free.preview
			}
			if !onlyPoints(n, source) {
				free.take(plain(n, source))
			}
		}
	}
	return ""
}

// markIn is the first mark within a paragraph, also between marks of emphasis or in the text of a link; nil when there is none.
func markIn(paragraph ast.Node, source []byte) (mark ast.Node) {
	_ = ast.Walk(paragraph, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if raw, ok := n.(*ast.RawHTML); ok && entering && raw.Segments.Len() > 0 && moreMark.Match(source[raw.Segments.At(0).Start:]) {
			mark = n
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return mark
}

// plainUntil is the text of a paragraph that stands before one of the nodes in it.
func plainUntil(paragraph, end ast.Node, source []byte) string {
	for n := end; n != paragraph; {
		parent := n.Parent()
		for later := n.NextSibling(); later != nil; {
			next := later.NextSibling()
			parent.RemoveChild(parent, later)
			later = next
		}
		n = parent
	}
	return plain(paragraph, source)
}
