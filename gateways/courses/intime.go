package courses

import (
	"errors"
	"strings"
	"time"
)

// A text can be written so that reading it takes a parser hours. Nobody learns from such a text: it is given up. The parser
// cannot be stopped, so only a few may be left behind.
const (
	maxSlow    = 3
	maxNesting = 100
)

const defaultPatience = 10 * time.Second

// understood is what a text became.
type understood struct {
	page
	text string
	left []string // components of which nothing could be kept
}

var (
	errSlow   = errors.New("takes too long to read: it is no text for people")
	errNested = errors.New("is nested too deeply")
)

func (r *reader) understandInTime(text string, mdx bool) (understood, error) {
	if nested(text) {
		return understood{}, errNested
	}
	done := make(chan understood, 1)
	go func() {
		u := understood{text: text}
		if mdx {
			u.text = plainMDX(text, func(component string) { u.left = append(u.left, component) })
		}
		u.page = understand(u.text)
		done <- u
	}()
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case u := <-done:
		return u, nil
	case <-timer.C:
		r.slow++
		return understood{}, errSlow
	}
}

// nested tells whether a line opens more quotes and lists than anybody would.
func nested(text string) bool {
	for line := range strings.Lines(text) {
		marks := 0
		for _, c := range line {
			switch c {
			case '>', '-', '*', '+':
				marks++
			case ' ', '\t':
				continue
			default:
			}
			if c != '>' && c != '-' && c != '*' && c != '+' || marks > maxNesting {
				break
			}
		}
		if marks > maxNesting && strings.Count(line, ">")+strings.Count(line, " ") > maxNesting {
			return true
		}
	}
	return false
}
