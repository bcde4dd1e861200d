package courses

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"lyceum/domain/content"
)

const (
	maxTitle   = 300 // characters
	maxSummary = 300
	maxTags    = 20
	maxTag     = 40
	maxMinutes = 24 * 60
)

// fill puts what a document says of itself into it, and what its text says where it is silent. Summary and preview are the author's words
// if they were written as such: in front matter, or before the mark in the text; else they are cut from the text.
func (m matter) fill(d *content.Document, about page) {
	d.Title = cutAt(first(words(m.get("title")), about.title), maxTitle)
	d.Preview = cutAt(first(paragraphs(m.get("preview")), paragraphs(m.get("excerpt")), about.free), maxPreview)
	d.Summary = cutAt(first(words(m.get("summary")), words(m.get("description")), firstSentence(about.free)), maxSummary)
	d.PreviewIsAuthored, d.SummaryIsAuthored = d.Preview != "", d.Summary != ""
	if !d.PreviewIsAuthored {
		d.Preview = about.preview
	}
	if !d.SummaryIsAuthored {
		d.Summary = cutAt(about.summary, maxSummary)
	}
	if code := codeOf(first(words(m.get("lang")), words(m.get("language")))); code != "" {
		d.Language = code
	}
	d.Tags = tagsOf(m.get("tags"), m.get("keywords"))
	d.Seconds = about.seconds
	if minutes, err := strconv.ParseInt(words(m.get("minutes")), 10, 32); err == nil && minutes > 0 && minutes <= maxMinutes {
		d.Seconds = int32(minutes) * 60
	}
}

// words is a scalar as text, in one line.
func words(v any) string {
	switch v.(type) {
	case string, bool, int, int64, uint64, float64, json.Number, time.Time, toml.LocalDate, toml.LocalDateTime:
		return strings.Join(strings.Fields(clean(v)), " ")
	}
	return ""
}

func clean(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format(time.RFC3339)
	}
	return strings.ToValidUTF8(strings.ReplaceAll(fmt.Sprint(v), "\x00", ""), "")
}

// paragraphs is a scalar as text, with its empty lines.
func paragraphs(v any) string {
	var all []string
	if text, ok := v.(string); ok {
		for part := range strings.SplitSeq(clean(text), "\n\n") {
			if part = words(part); part != "" {
				all = append(all, part)
			}
		}
		return strings.Join(all, "\n\n")
	}
	return words(v)
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
