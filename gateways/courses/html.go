package courses

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// pointing are the attributes of HTML that point at something, with whether it is shown in place.
var pointing = map[string]map[string]bool{
	"img": {"src": true}, "source": {"src": true}, "audio": {"src": true}, "video": {"src": true, "poster": true}, "a": {"href": false},
	"embed": {"src": true}, "track": {"src": true},
}

// fromHTML reads the HTML within a text: where it points, and its first heading.
func (p *page) fromHTML(source []byte, start, stop int, heading *string) {
	z := html.NewTokenizer(bytes.NewReader(source[start:stop]))
	z.SetMaxBuf(maxDocument)
	inHeading := false
	var title strings.Builder
	for at := start; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		length := len(z.Raw())
		switch kind {
		case html.TextToken:
			if inHeading {
				title.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			raw := source[at : at+length]
			name, _ := z.TagName()
			tag := string(name)
			if tag == "h1" && *heading == "" {
				inHeading = kind == html.StartTagToken
				if kind == html.EndTagToken {
					*heading = strings.Join(strings.Fields(html.UnescapeString(title.String())), " ")
				}
			}
			if attributes := pointing[tag]; attributes != nil && kind != html.EndTagToken {
				p.refs = append(p.refs, attributeRefs(raw, at, attributes)...)
			}
		}
		at += length
	}
}

type span struct{ start, end int }

// withoutFences are the parts of a block of HTML between what looks like fences in it. Markdown takes these for HTML, authors
// and other programs take them for code, so that nothing in them may change.
func withoutFences(lines *text.Segments, source []byte) (parts []span) {
	fence := ""
	for i := range lines.Len() {
		line := lines.At(i)
		bare := strings.TrimSpace(string(line.Value(source)))
		found := fenceForm.FindStringSubmatch(bare)
		switch {
		case fence != "":
			if len(bare) >= len(fence) && strings.Trim(bare, fence[:1]) == "" {
				fence = ""
			}
		case found != nil:
			fence = found[1] + found[2]
		case len(parts) > 0 && parts[len(parts)-1].end == line.Start:
			parts[len(parts)-1].end = line.Stop
		default:
			parts = append(parts, span{line.Start, line.Stop})
		}
	}
	return parts
}

// attributeRefs finds the values of attributes in a tag as it is written.
func attributeRefs(tag []byte, at int, wanted map[string]bool) (refs []ref) {
	space := func(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
	i := 1
	for i < len(tag) && !space(tag[i]) {
		i++
	}
	for i < len(tag) {
		for i < len(tag) && (space(tag[i]) || tag[i] == '/') {
			i++
		}
		from := i
		for i < len(tag) && !space(tag[i]) && tag[i] != '=' && tag[i] != '>' {
			i++
		}
		name := strings.ToLower(string(tag[from:i]))
		for i < len(tag) && space(tag[i]) {
			i++
		}
		if i >= len(tag) || tag[i] != '=' {
			if from == i {
				return refs
			}
			continue
		}
		i++
		for i < len(tag) && space(tag[i]) {
			i++
		}
		if i >= len(tag) {
			return refs
		}
		quote := tag[i]
		start, end := i, 0
		if quote == '"' || quote == '\'' {
			start = i + 1
			length := bytes.IndexByte(tag[start:], quote)
			if length < 0 {
				return refs
			}
			end = start + length
			i = end + 1
		} else {
			for i < len(tag) && !space(tag[i]) && tag[i] != '>' {
				i++
			}
			end = i
		}
		if image, ok := wanted[name]; ok && end > start {
			refs = append(refs, ref{start: at + start, end: at + end, target: html.UnescapeString(string(tag[start:end])), image: image})
		}
	}
	return refs
}

// inOrder sorts references and drops what overlaps another.
func inOrder(refs []ref) []ref {
	slices.SortFunc(refs, func(a, b ref) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	kept, end := refs[:0], 0
	for _, r := range refs {
		if r.start >= end {
			kept = append(kept, r)
			end = r.end
		}
	}
	return kept
}
