package courses

import (
	"errors"
	"fmt"
	"time"

	"lyceum/domain/content"
)

// A text can be written so that reading it takes a parser hours. Nobody learns from such a text: it is given up. The parser
// cannot be stopped, so only a few may be left behind.
const maxSlow = 3

const defaultPatience = 10 * time.Second

// understood is what a document became.
type understood struct {
	page
	head     matter // what it says of itself
	unclear  error  // why that cannot be read
	text     string
	left     []string // components of which nothing could be kept
	pictures []picture
	attached []attached
}

var (
	errSlow   = errors.New("takes too long to read: it is no text for people")
	errNested = errors.New("is nested too deeply")
)

// understandInTime does what takes a text's own time: none of the parsers below can be stopped.
func (r *reader) understandInTime(read func() (understood, error)) (understood, error) {
	type answer struct {
		understood
		error
	}
	done := make(chan answer, 1)
	go func() {
		u, err := read()
		done <- answer{u, err}
	}()
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.understood, a.error
	case <-timer.C:
		r.slow++
		return understood{}, errSlow
	case <-r.ctx.Done():
		return understood{}, r.ctx.Err()
	}
}

// convert makes a document's text Markdown and reads it.
func convert(name, text string) (u understood, err error) {
	var c converted
	if isNotebook(name) {
		if c, err = notebook(text); err != nil {
			return u, err
		}
		text, u.pictures = c.text, c.pictures
	}
	whole := len(text)
	u.head, text, u.unclear = headOf(text, c.said, isMDX(name))
	for _, a := range c.attached {
		a.start, a.end = a.start-(whole-len(text)), a.end-(whole-len(text))
		u.attached = append(u.attached, a)
	}
	switch {
	case len(text) > maxDocument:
		return u, fmt.Errorf("its text is too large: %d KB, %d are the most", len(text)>>10, maxDocument>>10)
	case content.NestedTooDeeply(text):
		return u, errNested
	}
	if isMDX(name) {
		text = plainMDX(text, func(component string) { u.left = append(u.left, component) })
	}
	u.text, u.page = text, understand(text)
	return u, nil
}
