package courses

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"lyceum/domain/content"
)

const (
	maxMatter  = 64 << 10
	maxTitle   = 300 // characters
	maxSummary = 300
	maxTags    = 20
	maxTag     = 40
	maxMinutes = 24 * 60
)

// matter is what front matter may say; everything else in it is for other programs.
type matter struct {
	Title       any `yaml:"title"`
	Summary     any `yaml:"summary"`
	Description any `yaml:"description"`
	Lang        any `yaml:"lang"`
	Language    any `yaml:"language"`
	Tags        any `yaml:"tags"`
	Keywords    any `yaml:"keywords"`
	Minutes     any `yaml:"minutes"`
	Level       any `yaml:"level"`
	Draft       any `yaml:"draft"`
}

var errAlias = errors.New("its front matter has aliases, which are not read")

// cut takes the front matter off a text: YAML between a first line of three dashes and the next one. Without it the text
// stays as it is.
func (m *matter) cut(text string) (string, error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return text, nil
	}
	head, body, ok := cutLine(rest)
	if !ok || strings.TrimSpace(head) != "" && !keyLine.MatchString(head) {
		return text, nil // lines across the page, not front matter
	}
	if len(head) > maxMatter {
		return "", fmt.Errorf("its front matter is larger than %d KB", maxMatter>>10)
	}
	if depth := deepest(head); depth > 50 {
		return "", errors.New("its front matter is nested too deeply")
	}
	for _, t := range lexer.Tokenize(head) {
		if t.Type == token.AliasType {
			return "", errAlias // a few of them can mean billions of values
		}
	}
	if err := yaml.Unmarshal([]byte(head), m); err != nil {
		return "", fmt.Errorf("its front matter is no YAML: %s", firstLine(err.Error()))
	}
	return strings.TrimLeft(body, "\n"), nil
}

var keyLine = regexp.MustCompile(`(?m)^["']?[A-Za-z_][A-Za-z0-9_. -]*["']?\s*:`)

// cutLine cuts at a line of exactly three dashes or three dots.
func cutLine(text string) (before, after string, found bool) {
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		if trimmed := strings.TrimRight(line, " \t"); trimmed == "---" || trimmed == "..." {
			return text[:at], strings.TrimPrefix(text[at+len(line):], "\n"), true
		}
		at += len(line) + 1
	}
	return "", "", false
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

// fill puts what the front matter says into a document, and what the text says where it is silent.
func (m matter) fill(d *content.Document, about page) {
	d.Title = cutAt(first(words(m.Title), about.title), maxTitle)
	d.Summary = cutAt(first(words(m.Summary), words(m.Description), about.summary), maxSummary)
	d.Preview = about.preview
	if code := codeOf(first(words(m.Lang), words(m.Language))); code != "" {
		d.Language = code
	}
	d.Tags = tagsOf(m.Tags, m.Keywords)
	d.Seconds = about.seconds
	if minutes, ok := number(m.Minutes); ok && minutes > 0 && minutes <= maxMinutes {
		d.Seconds = int32(minutes) * 60
	}
	if level, ok := number(m.Level); ok && level >= 0 && level <= 1000 {
		l := int32(level)
		d.Level = &l
	}
	d.Draft = words(m.Draft) == "true"
}

// words is a scalar as text, in one line.
func words(v any) string {
	switch v.(type) {
	case string, bool, int, int64, uint64, float64:
		return strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(fmt.Sprint(v), "\x00", ""), "")), " ")
	}
	return ""
}

func number(v any) (int, bool) {
	n, err := strconv.Atoi(words(v))
	return n, err == nil
}

// tagsOf reads a list, or words between commas.
func tagsOf(values ...any) []string {
	tags := []string{}
	add := func(text string) {
		text = strings.ToLower(strings.TrimSpace(text))
		if text != "" && len(tags) < maxTags && !slices.Contains(tags, text) && len([]rune(text)) <= maxTag {
			tags = append(tags, text)
		}
	}
	for _, v := range values {
		if list, ok := v.([]any); ok {
			for _, one := range list {
				add(words(one))
			}
			continue
		}
		for _, one := range strings.Split(words(v), ",") {
			add(one)
		}
	}
	return tags
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// cutAt shortens a text to at most n characters, at a space if there is one.
func cutAt(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}
