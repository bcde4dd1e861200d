package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lyceum/domain"
)

// Bounds of what authors write, in characters unless they say otherwise.
const (
	maxCategoryName    = 200
	maxTitle           = 300
	maxSummary         = 1000
	maxPreview         = 4000
	maxBody            = 1 << 20 // bytes
	maxTags            = 20
	maxTag             = 50
	maxPrerequisites   = 50
	maxDurationSeconds = 10_000_000
	maxLanguage        = 35
)

// chosenSlug is what the tables take for a slug.
var chosenSlug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// markup is how an element, a comment or a declaration begins.
var markup = regexp.MustCompile(`<[a-zA-Z/!?]`)

// nameOf is the rule of names, titles and tags: one line of 1 to most characters, without markup, control characters and what is no
// text. Blanks around it are dropped. Errors: INVALID (NAME_INVALID, TOO_LONG).
func nameOf(text string, most int, path string) (string, error) {
	name := strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(name) > most:
		return "", domain.Errorf(domain.CodeInvalid, "%s must have at most %d characters", path, most).Because("TOO_LONG").At(path)
	case name == "":
		return "", domain.Errorf(domain.CodeInvalid, "%s must not be empty", path).Because("NAME_INVALID").At(path)
	case strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, "\u2028\u2029") || !isText(name):
		return "", domain.Errorf(domain.CodeInvalid, "%s must be one line of text, without control characters and characters that are not valid",
			path).Because("NAME_INVALID").At(path)
	case markup.MatchString(name):
		return "", domain.Errorf(domain.CodeInvalid, "%s must not contain markup", path).Because("NAME_INVALID").At(path)
	}
	return name, nil
}

// proseOf is the rule of summaries and previews: lines of text of at most so many characters. Errors: INVALID (INVALID_VALUE, TOO_LONG).
func proseOf(text string, most int, path string) (string, error) {
	prose := strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case utf8.RuneCountInString(prose) > most:
		return "", domain.Errorf(domain.CodeInvalid, "%s must have at most %d characters", path, most).Because("TOO_LONG").At(path)
	case strings.ContainsFunc(prose, isOddControl) || !isText(prose):
		return "", oddText(path)
	}
	return prose, nil
}

// bodyOf is the rule of bodies: Markdown of at most so many bytes, as it was written. Errors: INVALID (INVALID_VALUE, TOO_LONG).
func bodyOf(text, path string) (string, error) {
	switch {
	case len(text) > maxBody:
		return "", domain.Errorf(domain.CodeInvalid, "%s must have at most %d bytes", path, maxBody).Because("TOO_LONG").At(path)
	case strings.ContainsRune(text, 0) || !isText(text):
		return "", oddText(path)
	case NestedTooDeeply(text):
		return "", domain.Errorf(domain.CodeInvalid, "%s must not nest lists and quotes more than %d deep", path, maxNesting).
			Because("INVALID_VALUE").At(path)
	}
	return text, nil
}

func oddText(path string) error {
	return domain.Errorf(domain.CodeInvalid, "%s must be text, without control characters and characters that are not valid", path).
		Because("INVALID_VALUE").At(path)
}

// isText reports whether all of a text are characters. Half of a surrogate pair has become U+FFFD when it is here.
func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, utf8.RuneError)
}

func isOddControl(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }

// slugIn is the rule of slugs that somebody chose. Errors: INVALID (SLUG_INVALID).
func slugIn(slug string) (string, error) {
	if len(slug) > maxSlug || !chosenSlug.MatchString(slug) {
		return "", domain.Errorf(domain.CodeInvalid,
			"a slug must have 1 to %d lower-case Latin letters and digits, with single dashes between them", maxSlug).
			Because("SLUG_INVALID").At("slug")
	}
	return slug, nil
}

// slugFrom is the slug that a name suggests, or word when the name has no letter that a slug can show.
func slugFrom(name, word string) string {
	slug := slugOf(name)
	if len(slug) > maxSlug {
		slug = strings.TrimRight(slug[:maxSlug], "-")
	}
	if slug == "" {
		return word
	}
	return slug
}

// free is the first of slug, slug-2 … that no slug of the list is.
func free(slug string, taken []string) string {
	known := make(map[string]bool, len(taken))
	for _, t := range taken {
		known[t] = true
	}
	return freeSlug(slug, known)
}

// tagsIn is the rule of tags: few short words in lower case, each once. Errors: INVALID (LIST_SIZE, NAME_INVALID, TOO_LONG).
func tagsIn(given []string, path string) ([]string, error) {
	if len(given) > maxTags {
		return nil, domain.Errorf(domain.CodeInvalid, "an item must have at most %d tags", maxTags).Because("LIST_SIZE").At(path)
	}
	tags := []string{}
	for _, word := range given {
		tag, err := nameOf(strings.ToLower(word), maxTag, path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// listOf is the rule of lists of ids: 1 to most of them, each once. Errors: INVALID (LIST_SIZE).
func listOf[T comparable](ids []T, most int, path string) error {
	seen := make(map[T]bool, len(ids))
	for _, id := range ids {
		seen[id] = true
	}
	if len(ids) == 0 || len(ids) > most || len(seen) != len(ids) {
		return domain.Errorf(domain.CodeInvalid, "%s must have 1 to %d entries, each once", path, most).Because("LIST_SIZE").At(path)
	}
	return nil
}
