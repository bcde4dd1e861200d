package markup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"lyceum/domain"
	"lyceum/domain/content"
)

// What a text may cost. An import takes texts of 1 MB at most.
const (
	maxMarkdown     = 2 << 20
	maxHTML         = 8 << 20
	defaultPatience = 3 * time.Second
	slowKept        = 1000
)

// Renderer makes HTML of Markdown. Only as many texts are rendered at a time as there are processors, and what took too long
// is not tried again.
type Renderer struct {
	patience time.Duration
	places   chan struct{}
	slow     *lru.Cache[[sha256.Size]byte, struct{}]
}

// New makes a renderer.
func New() *Renderer {
	slow, err := lru.New[[sha256.Size]byte, struct{}](slowKept)
	if err != nil {
		panic(err) // the size is right
	}
	return &Renderer{patience: defaultPatience, places: make(chan struct{}, runtime.GOMAXPROCS(0)), slow: slow}
}

var (
	errTooLarge = domain.Errorf(domain.CodeInvalid, "the text is too large to convert to HTML; request it as Markdown")
	errTooDeep  = domain.Errorf(domain.CodeInvalid, "the text is nested too deeply to convert to HTML; request it as Markdown")
	errTooSlow  = domain.Errorf(domain.CodeTimeout, "the text takes too long to convert to HTML; request it as Markdown")
	errBusy     = domain.Errorf(domain.CodeOverloaded, "too many texts are being converted right now; try again in a moment")
)

// HTML renders a body as it is stored. Its references to files become what file answers for their sums; those to items become
// addresses below /items/. Errors: INVALID for what is too large or too deep, TIMEOUT, OVERLOADED.
func (r *Renderer) HTML(ctx context.Context, markdown string, file func(sum string) string) (string, error) {
	switch {
	case len(markdown) > maxMarkdown:
		return "", errTooLarge
	case content.NestedTooDeeply(markdown):
		return "", errTooDeep
	}
	sum := sha256.Sum256([]byte(markdown))
	if r.slow.Contains(sum) {
		return "", errTooSlow
	}
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case r.places <- struct{}{}:
	case <-timer.C:
		return "", errBusy
	case <-ctx.Done():
		return "", ctx.Err()
	}
	type answer struct {
		html string
		err  error
	}
	ending, done := &stop{}, make(chan answer, 1)
	defer ending.Store(true)
	go func() {
		defer func() { <-r.places }()
		html, err := render(markdown, file, ending)
		done <- answer{html, err}
	}()
	timer.Reset(r.patience)
	select {
	case a := <-done:
		return a.html, a.err
	case <-timer.C:
		r.slow.Add(sum, struct{}{})
		return "", errTooSlow
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func render(markdown string, file func(sum string) string, ending *stop) (html string, err error) {
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case ended:
			err = failed.why
		default:
			err = fmt.Errorf("rendering failed: %v", failed)
		}
	}()
	out := &limited{left: maxHTML, stop: ending}
	if err := engineFor(markdown).render([]byte(markdown), out); err != nil {
		return "", err
	}
	linked := &limited{left: maxHTML, stop: ending}
	link(out.Bytes(), linked, file)
	safe := &limited{left: maxHTML, stop: ending}
	err = policy.SanitizeReaderToWriter(&linked.Buffer, safe)
	return safe.String(), err
}

// limited is a buffer that takes so much and no more, and nothing once it shall end: a few words of Markdown can stand for
// very many of HTML. It panics, since goldmark goes on to its end after an error.
type limited struct {
	bytes.Buffer
	left int
	stop *stop
}

func (l *limited) Write(p []byte) (int, error) {
	l.stop.check()
	if l.left -= len(p); l.left < 0 {
		panic(ended{errTooLarge})
	}
	return l.Buffer.Write(p)
}

// WriteString writes like Write; without it the buffer's own would be used.
func (l *limited) WriteString(s string) (int, error) { return l.Write([]byte(s)) }

// engineFor chooses between reading tables and not: a short row is filled up to the width of its table, so that a text of one
// megabyte can ask for billions of cells.
func engineFor(markdown string) engine {
	lines, widest := 0, 0
	for line := range strings.Lines(markdown) {
		lines++
		if strings.Trim(line, " \t\r\n>|:-") == "" {
			widest = max(widest, strings.Count(line, "|")+1)
		}
	}
	if widest*lines > maxCells {
		return withoutTables
	}
	return withTables
}

const maxCells = 1_000_000
