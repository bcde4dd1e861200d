package courses

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
	"github.com/pelletier/go-toml/v2"
)

const maxMatter = 64 << 10

// matter is what a document says of itself before its text, in the order in which it says it: front matter, or the metadata of a
// notebook. A key may stand there twice.
type matter []entry

// entry is one key with its value.
type entry struct {
	key   string // as it is written
	name  string // as it is compared: accessLevel, access-level and "Access level" are access_level
	value any
}

var (
	errAlias    = errors.New("it has aliases, which are not read")
	errUnclosed = errors.New("it has no end")
	errOneLine  = errors.New("it stands in one line")
	errLarge    = fmt.Errorf("it is larger than %d KB", maxMatter>>10)
)

// before is what may stand before front matter without being seen: space, marks of no width, comments.
var before = regexp.MustCompile(`^(?:[\s\x{feff}\x{200b}\x{2060}]|<!--(?s:.*?)-->)*`)

var (
	opening   = regexp.MustCompile(`^(---|\+\+\+|;;;)[ \t]*([a-z]*)[ \t]*(?:\n|$)`)
	inOneLine = regexp.MustCompile(`^(?:---|\+\+\+)[ \t]*[\pL_"'{][^\n]*[:=]`)
	// A line that gives a key its value, with or without what may stand before it in YAML and JSON.
	keyLine = regexp.MustCompile(`(?m)^[\s{?-]*["']?[\pL_][\pL\pN_. -]*["']?\s*[:=]`)
	// A line that hardly is anything else: one word and its value.
	plainKeyLine = regexp.MustCompile(`^\s*["']?[\pL_][\pL\pN_.-]*["']?\s*[:=](\s|$)`)
	jsonHead     = regexp.MustCompile(`^\{\s*"`)
)

// cutMatter takes the front matter off a text: YAML between lines of three dashes, TOML between lines of three pluses, JSON. A text
// without it stays as it is. An error says why what stands there cannot be read; then nothing is known of it.
func cutMatter(text string) (matter, string, error) {
	rest := text[len(before.FindString(text)):]
	if jsonHead.MatchString(rest) {
		m, length, err := jsonMatter(rest)
		if err == nil && length > maxMatter {
			m, err = nil, errLarge
		}
		return m, bodyAfter(rest[length:]), err
	}
	open := opening.FindStringSubmatch(rest)
	if open == nil {
		if inOneLine.MatchString(rest) {
			return nil, text, errOneLine
		}
		return nil, text, metaLines(rest)
	}
	fence, form := open[1], open[2]
	head, body, closed := cutLine(rest[len(open[0]):], fence)
	switch {
	case !closed && fence == "---" && form == "" && !plainKeyLine.MatchString(firstLineOf(rest[len(open[0]):])):
		return nil, text, nil // a line across the page
	case !closed:
		return nil, text, errUnclosed
	case fence == "---" && form == "" && strings.TrimSpace(head) != "" && !keyLine.MatchString(head):
		return nil, text, nil // lines across the page
	}
	m, err := parseMatter(head, formOf(fence, form))
	return m, bodyAfter(body), err
}

func isMDX(name string) bool { return strings.EqualFold(path.Ext(name), ".mdx") }

func bodyAfter(text string) string { return strings.TrimLeft(text, "\n") }

// firstLineOf is the first line of YAML that says something.
func firstLineOf(text string) string {
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed[0] != '#' {
			return line
		}
	}
	return ""
}

func formOf(fence, form string) string {
	switch {
	case form != "":
		return form
	case fence == "+++":
		return "toml"
	case fence == ";;;":
		return "json"
	}
	return "yaml"
}

// cutLine cuts at a line that is the fence, or for YAML three dots.
func cutLine(text, fence string) (before, after string, found bool) {
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		if trimmed := strings.TrimRight(line, " \t"); trimmed == fence || trimmed == "..." && fence == "---" {
			return text[:at], strings.TrimPrefix(text[at+len(line):], "\n"), true
		}
		at += len(line) + 1
	}
	return "", "", false
}

func parseMatter(head, form string) (matter, error) {
	if len(head) > maxMatter {
		return nil, errLarge
	}
	if deepest(head) > 50 {
		return nil, errors.New("it is nested too deeply")
	}
	all := map[string]any{}
	var err error
	switch form {
	case "yaml", "yml":
		for _, t := range lexer.Tokenize(head) {
			if t.Type == token.AliasType {
				return nil, errAlias // a few of them can mean billions of values
			}
		}
		err = yaml.Unmarshal([]byte(head), &all)
	case "toml":
		err = toml.Unmarshal([]byte(head), &all)
	case "json":
		m, _, err := jsonMatter(strings.TrimSpace(head))
		return m, err
	default:
		return nil, fmt.Errorf("%q is none of yaml, toml, json", form)
	}
	if err != nil {
		return nil, fmt.Errorf("it is no %s: %s", strings.ToUpper(form), firstLine(err.Error()))
	}
	var m matter
	for _, key := range sortedKeys(all) {
		m = append(m, entry{key: key, name: keyName(key), value: all[key]})
	}
	return m, nil
}

// jsonMatter reads one JSON object and how long it is. It keeps keys that stand there twice.
func jsonMatter(text string) (m matter, length int, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, 0, errors.New("it is no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, 0, fmt.Errorf("it is no JSON: %s", firstLine(err.Error()))
		}
		name, _ := key.(string) // a key of an object is nothing else
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, 0, fmt.Errorf("it is no JSON: %s", firstLine(err.Error()))
		}
		m = append(m, entry{key: name, name: keyName(name), value: value})
	}
	if _, err := d.Token(); err != nil {
		return nil, 0, fmt.Errorf("it is no JSON: %s", firstLine(err.Error()))
	}
	return m, int(d.InputOffset()), nil
}

// metaLines sees the lines that some generators of sites read instead of front matter ("Status: draft"). They are not read: where they
// speak of access, nothing is known.
func metaLines(text string) error {
	block, _, _ := strings.Cut(text, "\n\n")
	block, _, _ = strings.Cut(block, "\n#")
	speaks := ""
	for line := range strings.Lines(block) {
		key, _, found := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t"):
			continue // more of the value above
		case !found || !metaKey.MatchString(key):
			return nil
		case speaks == "" && isAboutAccess(keyName(key)):
			speaks = key
		}
	}
	if speaks != "" {
		return fmt.Errorf("%q stands in a line of the text, where it is not read", speaks)
	}
	return nil
}

var (
	metaKey = regexp.MustCompile(`^\pL[\pL\pN_-]{0,40}( [\pL\pN_-]{1,40})?$`)
	// What MDX exports for a site's generator, and the keys in it.
	exports   = regexp.MustCompile(`(?m)^export\s+(?:const|let|var)\s+(\w+)\s*=|^export\s+default\s*\{`)
	exportKey = regexp.MustCompile(`["']?([A-Za-z_][\w-]*)["']?\s*:`)
	textBegin = regexp.MustCompile("(?m)^(#|```|~~~)")
)

// exported sees what MDX says of itself in JavaScript. It is not run: where it speaks of access, nothing is known.
func exported(text string) error {
	if at := textBegin.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	for _, at := range exports.FindAllStringSubmatchIndex(text, -1) {
		name := "meta"
		if at[2] >= 0 {
			name = keyName(text[at[2]:at[3]])
		}
		if isAboutAccess(name) {
			return fmt.Errorf("%q is exported, which is not read", name)
		}
		if !strings.Contains(name, "meta") && !strings.Contains(name, "matter") && name != "config" && name != "page" {
			continue // a component
		}
		for _, key := range exportKey.FindAllStringSubmatch(text[at[1]:], -1) {
			if isAboutAccess(keyName(key[1])) {
				return fmt.Errorf("%q is exported, which is not read", key[1])
			}
		}
	}
	return nil
}

// metadata is what a notebook says of itself; what belongs to tools is left out.
func metadata(raw json.RawMessage) (matter, error) {
	if len(bytes.TrimSpace(raw)) == 0 || string(raw) == "null" {
		return nil, nil
	}
	m, _, err := jsonMatter(string(raw))
	if len(m) == 0 {
		return nil, err
	}
	return slices.DeleteFunc(m, func(e entry) bool { return slices.Contains(toolKeys, e.name) }), nil
}

// toolKeys are what programs write into the metadata of notebooks.
var toolKeys = []string{
	"kernelspec", "language_info", "widgets", "colab", "toc", "jupytext", "vscode", "celltoolbar", "nbconvert", "var_inspector",
	"papermill", "kaggle", "accelerator", "orig_nbformat", "hide_input", "anaconda_cloud", "latex_envs", "rise", "livereveal",
	"toc_autonumbering", "toc_showcode", "toc_showmarkdowntxt", "toc_showtags", "execution", "interpreter", "nteract", "nbpresent",
	"nbdime", "application_vnd_databricks_v_1_notebook",
}

// get is the value of the first of the keys that has one.
func (m matter) get(names ...string) any {
	for _, name := range names {
		for _, e := range m {
			if e.name == name && e.value != nil {
				return e.value
			}
		}
	}
	return nil
}

// keyName is a key as it is compared: its words in lower case, between underscores.
func keyName(key string) string {
	var b strings.Builder
	var last rune
	for _, c := range key {
		switch {
		case unicode.Is(unicode.Cf, c):
			continue // marks that nobody sees
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			c = '_'
		case unicode.IsUpper(c) && unicode.IsLower(last), unicode.IsDigit(c) && unicode.IsLetter(last):
			b.WriteByte('_')
		}
		last = c
		b.WriteRune(unicode.ToLower(c))
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(c rune) bool { return c == '_' }), "_")
}

// deepest is how deep brackets, or the spaces before a line, can nest the text.
func deepest(text string) (most int) {
	depth := 0
	for _, line := range strings.Split(text, "\n") {
		most = max(most, strings.Count(line, "- "), (len(line)-len(strings.TrimLeft(line, " ")))/2)
		depth += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		most = max(most, depth, strings.Count(line, "["), strings.Count(line, "{"))
	}
	return most
}
