package markup

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	tokens "golang.org/x/net/html"

	"lyceum/domain/content"
)

// What stands in a page beside a text must not be named by the text: all its ids begin so, and its links to them.
const prefix = "h-"

// itemPath is where links to items lead. A single-page app finds the slug in data-item, too.
const itemPath = "/items/"

const maxDepth = 200

var (
	void = []string{"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
	// Whatever stands in these is text to a browser: without an end they would swallow all that follows.
	raw = []string{"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}
)

// linker writes HTML again, with references resolved, ids that are the text's own, and every tag closed within the text.
type linker struct {
	out  *limited
	file func(sum string) string
	open []string
}

func link(source []byte, out *limited, file func(sum string) string) {
	l := &linker{out: out, file: file}
	ends := lastEnds(source)
	z := tokens.NewTokenizer(bytes.NewReader(source))
	skipped := ""
	for at := 0; ; {
		kind := z.Next()
		if kind == tokens.ErrorToken {
			break
		}
		at += len(z.Raw())
		if skipped != "" {
			if name, _ := z.TagName(); kind == tokens.EndTagToken && string(name) == skipped {
				skipped = ""
			}
			continue
		}
		switch kind {
		case tokens.TextToken:
			l.write(string(z.Raw()))
		case tokens.StartTagToken, tokens.SelfClosingTagToken:
			text := string(z.Raw())
			t := z.Token()
			switch {
			case !slices.Contains(raw, t.Data):
				l.start(t)
			case ends[t.Data] < at:
				z.NextIsNotRawText()
				l.write(html.EscapeString(text))
			default:
				skipped = t.Data
				l.frame(t)
			}
		case tokens.EndTagToken:
			l.end(z.Token().Data)
		}
	}
	for len(l.open) > 0 {
		l.end(l.open[len(l.open)-1])
	}
}

func (l *linker) write(s string) { _, _ = l.out.WriteString(s) } // a buffer takes what it can

// lastEnds are where the last closing tag of each element stands whose content is text.
func lastEnds(source []byte) map[string]int {
	lower, ends := bytes.ToLower(source), map[string]int{}
	for _, name := range raw {
		ends[name] = bytes.LastIndex(lower, []byte("</"+name))
	}
	return ends
}

func (l *linker) start(t tokens.Token) {
	t.Type = tokens.StartTagToken
	given, item := t.Attr, ""
	t.Attr = make([]tokens.Attribute, 0, len(given)+1)
	for _, a := range given {
		switch a.Key {
		case "id", "name":
			a.Val = own(a.Val)
		case "href", "src":
			if a.Val, item = l.resolve(a.Val); !allowed(a.Val, t.Data == "img") {
				continue
			}
		case "data-item": // only links that were resolved have it
			continue
		}
		t.Attr = append(t.Attr, a)
	}
	if item != "" {
		t.Attr = append(t.Attr, tokens.Attribute{Key: "data-item", Val: item})
	}
	if !slices.Contains(void, t.Data) {
		if len(l.open) == maxDepth {
			return
		}
		l.open = append(l.open, t.Data)
	}
	l.write(t.String())
}

// end closes an element and what was opened within it; what was not opened is not closed.
func (l *linker) end(name string) {
	at := len(l.open) - 1
	for at >= 0 && l.open[at] != name {
		at--
	}
	if at < 0 {
		return
	}
	for i := len(l.open) - 1; i >= at; i-- {
		l.write("</" + l.open[i] + ">")
	}
	l.open = l.open[:at]
}

// frame leaves a link in place of what another site would show in the page: a film, mostly.
func (l *linker) frame(t tokens.Token) {
	for _, a := range t.Attr {
		if t.Data == "iframe" && a.Key == "src" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://")) {
			at := html.EscapeString(a.Val)
			l.write(`<a href="` + at + `">` + at + `</a>`)
		}
	}
}

var imageBytes = regexp.MustCompile(`^data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/]+=*$`)

// allowed reports whether an address may stand in a page. The policy asks again, but not of every attribute, and it takes
// images that can hold a program.
func allowed(address string, image bool) bool {
	bare := strings.Map(func(c rune) rune {
		if c <= ' ' || c == 0x7f || c == '\u00a0' {
			return -1
		}
		return c
	}, address)
	at := strings.IndexAny(bare, ":/?#")
	if at < 0 || bare[at] != ':' {
		return true
	}
	switch strings.ToLower(bare[:at]) {
	case "http", "https", "mailto":
		return true
	case "data":
		return image && imageBytes.MatchString(address)
	}
	return false
}

// resolve is the address that a target becomes, with the slug if it is an item's.
func (l *linker) resolve(target string) (address, slug string) {
	target = strings.TrimSpace(target)
	if fragment, ok := strings.CutPrefix(target, "#"); ok {
		return "#" + own(fragment), ""
	}
	if sum := content.FileOf(target); sum != "" {
		return l.file(sum), ""
	}
	slug, fragment := content.ItemOf(target)
	if slug == "" {
		return target, ""
	}
	if fragment != "" {
		fragment = "#" + own(fragment)
	}
	return itemPath + slug + fragment, slug
}

func own(id string) string {
	if id == "" || strings.HasPrefix(id, prefix) {
		return id
	}
	return prefix + id
}
