package courses

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxTagLength bounds how far the end of a tag is looked for, and so what a document without one can cost.
const maxTagLength = 16 << 10

// jsx is a tag: of a component, whose name is upper-case or empty, or of HTML.
type jsx struct {
	text, name        string
	closing, closed   bool // </name> and <name/>
	expression, upper bool
}

var tagName = regexp.MustCompile(`^</?([A-Za-z_$][\w$.:-]*)?`)

// jsxTag reads the tag that a text begins with. What has any other sign in it, as <API_KEY and `code`, is none.
func jsxTag(rest string) (t jsx, ok bool) {
	name := tagName.FindStringSubmatch(rest)
	if name == nil {
		return t, false
	}
	t.name, t.closing = name[1], strings.HasPrefix(rest, "</")
	t.upper = t.name == "" || t.name[0] >= 'A' && t.name[0] <= 'Z'
	for i := len(name[0]); i < len(rest); {
		switch c := rest[i]; {
		case c == '>':
			t.text = rest[:i+1]
			return t, true
		case t.name == "":
			return t, false
		case c == '/' && strings.HasPrefix(strings.TrimLeft(rest[i+1:min(len(rest), i+100)], " \t\n"), ">"):
			t.closed = true
			i++
		case c == ' ' || c == '\t':
			i++
		case c == '\n':
			if i++; i < len(rest) && rest[i] == '\n' {
				return t, false
			}
		case c == '{':
			t.expression = true
			length := braces(rest[i:])
			if length == 0 {
				return t, false
			}
			i += length
		default:
			length, expression := attribute(rest[i:])
			if length == 0 || i == len(name[0]) {
				return t, false
			}
			t.expression = t.expression || expression
			i += length
		}
	}
	return t, false
}

var (
	attributeName = regexp.MustCompile("^[^\\s=/>{}\"'`<]+")
	quotedValue   = regexp.MustCompile(`^[ \t\n]*=[ \t\n]*(?:"[^"]*"|'[^']*')`)
	equals        = regexp.MustCompile(`^[ \t\n]*=[ \t\n]*`)
	bareValue     = regexp.MustCompile("^[^\\s>{}\"'`<=]+")
)

// attribute is the length of an attribute with its value; 0 when it is none.
func attribute(rest string) (length int, expression bool) {
	length = len(attributeName.FindString(rest))
	if length == 0 {
		return 0, false
	}
	if quoted := quotedValue.FindString(rest[length:]); quoted != "" {
		return length + len(quoted), false
	}
	is := equals.FindString(rest[length:])
	if is == "" {
		return length, false
	}
	length += len(is)
	if strings.HasPrefix(rest[length:], "{") {
		inner := braces(rest[length:])
		if inner == 0 {
			return 0, false
		}
		return length + inner, true
	}
	bare := bareValue.FindString(rest[length:])
	if bare == "" {
		return 0, false
	}
	return length + len(bare), false
}

// braces is the length of an expression of JavaScript between braces; 0 when it has no end.
func braces(rest string) int {
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'', '`':
			// A quote that has no other in its line is an apostrophe, in the text of a component within.
			for j := i + 1; j < len(rest) && (c == '`' || rest[j] != '\n'); j++ {
				if rest[j] == '\\' {
					j++
				} else if rest[j] == c {
					i = j
					break
				}
			}
		}
	}
	return 0
}

var closingTag = regexp.MustCompile(`</([A-Z][\w$.:-]*)?\s*>`)

// closingTags are where the components of a text end, by their names.
func closingTags(source string) map[string][]int {
	all := map[string][]int{}
	for _, at := range closingTag.FindAllStringSubmatchIndex(source, -1) {
		name := ""
		if at[2] >= 0 {
			name = source[at[2]:at[3]]
		}
		all[name] = append(all[name], at[0])
	}
	return all
}

// rawTags hold what is neither Markdown nor components.
var rawTags = []string{"pre", "script", "style", "textarea"}

// tag reads the tag at hand; length is 0 when there is none, or a word between angle brackets that nothing closes.
func (m *mdx) tag(rest string) (kept string, length int) {
	if strings.HasPrefix(rest, "<!--") {
		if end := strings.Index(rest, "-->"); end > 0 {
			return rest[:end+3], end + 3
		}
		return "", 0
	}
	t, ok := jsxTag(rest[:min(len(rest), maxTagLength)])
	if !ok {
		return "", 0
	}
	if code, length := m.shownCode(t, rest); length > 0 {
		return code, length
	}
	if !t.upper {
		if slices.Contains(rawTags, t.name) && !t.closing && !t.closed {
			if end := strings.Index(rest, "</"+t.name); end > 0 {
				return rest[:end], end
			}
		}
		if image := m.image(t.text); image != "" {
			return image, len(t.text)
		}
		return t.text, len(t.text)
	}
	switch {
	case t.closing && m.open[t.name] > 0:
		m.open[t.name]--
		m.depth--
		return "", len(t.text)
	case t.closing:
		return "", 0
	case !t.closed:
		ends := m.closing[t.name]
		for len(ends) > 0 && ends[0] < m.at {
			ends = ends[1:]
		}
		if m.closing[t.name] = ends; len(ends) == 0 {
			return "", 0
		}
		m.open[t.name]++
		m.depth++
	}
	return m.component(t), len(t.text)
}

var (
	shownBy = regexp.MustCompile(`\b(?:src|source|image)=(?:\{\s*(?:require\(["']([^"']+)["']\)[.\w]*|(\w+)(?:\.src)?)\s*\}|["']([^"'{}]+)["'])`)
	altText = regexp.MustCompile(`\balt=(?:\{\s*)?["']([^"']*)["']`)
	filmID  = regexp.MustCompile(`\b(?:id|videoId)=(?:\{\s*)?["']([A-Za-z0-9_-]{6,20})["']`)
	// An entry of a list of choices: text: "…", in any of JavaScript's quotes.
	choiceText = regexp.MustCompile("\\btext:\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|`((?:[^`\\\\]|\\\\.)*)`)")
	pictures   = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"}
)

// image is the image that a tag shows, as Markdown.
func (m *mdx) image(tag string) string {
	found := shownBy.FindStringSubmatch(tag)
	if found == nil || !strings.Contains(tag, "{") && tag[1] >= 'a' {
		return "" // HTML as it is
	}
	at := first(found[1], m.imports[found[2]], found[3])
	if !slices.Contains(pictures, strings.ToLower(path.Ext(at))) {
		return ""
	}
	alt := ""
	if a := altText.FindStringSubmatch(tag); a != nil {
		alt = strings.NewReplacer("[", "", "]", "", "\n", " ").Replace(a[1])
	}
	return "![" + alt + "](<" + strings.NewReplacer("<", "", ">", "", "\n", "").Replace(at) + ">)"
}

// component is what is kept of a component's tag.
func (m *mdx) component(t jsx) string {
	if image := m.image(t.text); image != "" {
		return image
	}
	if strings.EqualFold(t.name, "youtube") {
		if id := filmID.FindStringSubmatch(t.text); id != nil {
			return "[YouTube](https://www.youtube.com/watch?v=" + id[1] + ")"
		}
	}
	if choices := choiceText.FindAllStringSubmatch(t.text, -1); t.name == "Question" && choices != nil {
		return choiceList(choices) // a quiz keeps what there is to choose from, not what is right
	}
	if t.closed && t.name != "" {
		m.left(t.name)
	}
	return ""
}

func choiceList(choices [][]string) string {
	var b strings.Builder
	for _, c := range choices {
		text := strings.NewReplacer(`\"`, `"`, `\'`, "'", "\\`", "`", `\n`, " ", "\n", " ").Replace(first(c[1], c[2], c[3]))
		b.WriteString("- " + strings.Join(strings.Fields(text), " ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var (
	codeName     = regexp.MustCompile(`(?i)^pre$|code|highlight|snippet|terminal`)
	codeValue    = regexp.MustCompile("\\b(?:code|children)=\\{\\s*`((?:[^`\\\\]|\\\\.|\\\\\n)*)`\\s*\\}")
	codeChild    = regexp.MustCompile("^\\s*(?:<code[^<>{}]*>)?\\s*\\{\\s*`((?:[^`\\\\]|\\\\.|\\\\\n)*)`\\s*\\}\\s*(?:</code>)?\\s*</[\\w$.:-]*\\s*>")
	codeLanguage = regexp.MustCompile("\\b(?:lang|language|class|className)=(?:\\{\\s*)?[\"'`](?:language-)?([A-Za-z0-9+#_-]+)")
	unescapeCode = strings.NewReplacer("\\`", "`", `\$`, "$", `\\`, `\`)
)

// shownCode reads a component that shows code which stands in it as a text of JavaScript; as a fence it stays code.
func (m *mdx) shownCode(t jsx, rest string) (fenced string, length int) {
	if t.closing || !codeName.MatchString(t.name) {
		return "", 0
	}
	length = len(t.text)
	found := codeValue.FindStringSubmatch(t.text)
	if found == nil && !t.closed {
		if found = codeChild.FindStringSubmatch(rest[length:min(len(rest), length+maxTagLength)]); found != nil {
			length += len(found[0])
		}
	}
	if found == nil || strings.Contains(found[1], "${") {
		return "", 0
	}
	language := ""
	if l := codeLanguage.FindStringSubmatch(t.text + rest[len(t.text):length]); l != nil {
		language = languageWord(l[1])
	}
	marks := ""
	for _, k := range m.inside {
		marks += k.mark()
	}
	code := strings.TrimSuffix(strings.TrimPrefix(unescapeCode.Replace(found[1]), "\n"), "\n")
	fenced = strings.ReplaceAll("\n"+fence(language, code)+"\n", "\n", "\n"+marks)
	if !t.closed && found[0] != "" && length == len(t.text) {
		// The attribute holds the code; the closing tag is still to come.
		m.open[t.name]++
		m.depth++
	}
	return fenced, length
}
