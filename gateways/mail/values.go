package mail

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Mail programs make links of whatever looks like one, in plain text too: a name such as "see evil.example" would be a stranger's
// link in our letter. Slashes, and dots between letters, become spaces, so that nothing can be followed.
var (
	slashes    = regexp.MustCompile(`[/\\]+`)
	notOfPaths = regexp.MustCompile(`[/\\]{2,}|\\`)
	dotted     = regexp.MustCompile(`([\p{L}\p{N}-])\.(\p{L}{2,})`)
	someSpaces = regexp.MustCompile(`\s+`)
)

const (
	longest   = 500 // characters of a value; the longest that anybody may enter is a reason
	stillDots = 10  // how often dots are looked for, since a match takes the letters on both sides
)

// withPaths are the values that the program writes itself. They name folders, such as that of a disk which is full; a slash alone makes no
// link. What others have said may stand in them too, so that dots and all else are treated as elsewhere.
var withPaths = []string{"what", "remedy"}

// addressKey is the one value that is an email address, masked by whoever asks for the message.
const addressKey = "newEmail"

// harmless returns values on one line each, without anything that a mail program could make a link of. Dates keep their form: they
// are read by the functions below.
func harmless(values map[string]string) map[string]string {
	clean := make(map[string]string, len(values))
	for key, value := range values {
		value = strings.ToValidUTF8(value, "")
		value = strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r) || unicode.IsControl(r):
				return ' '
			case unicode.Is(unicode.Cf, r): // marks that turn the direction of text around, and invisible ones
				return -1
			}
			return r
		}, value)
		value = strings.TrimSpace(someSpaces.ReplaceAllString(value, " "))
		if letters := []rune(value); len(letters) > longest {
			value = string(letters[:longest]) + "…"
		}
		if key != addressKey {
			value = withoutLinks(value, slices.Contains(withPaths, key))
		}
		clean[key] = value
	}
	return clean
}

func withoutLinks(value string, paths bool) string {
	if _, err := time.Parse(time.RFC3339, value); err == nil {
		return value
	}
	if paths {
		value = notOfPaths.ReplaceAllString(value, " ")
	} else {
		value = slashes.ReplaceAllString(value, " ")
	}
	for range stillDots {
		broken := dotted.ReplaceAllString(value, "$1 $2")
		if broken == value {
			break
		}
		value = broken
	}
	return strings.ReplaceAll(value, "@", " at ")
}

// functionsOf are what the templates of a language can call.
func functionsOf(language string) map[string]any {
	return map[string]any{
		"address": func(address string) string { return address },
		"date":    func(value string) string { return inWords(language, value, false) },
		"time":    func(value string) string { return inWords(language, value, true) },
	}
}

var germanMonths = []string{
	"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
}

// inWords writes a moment of RFC 3339 as a date, perhaps with its time, in UTC. A value of another form stays as it is.
func inWords(language, value string, clock bool) string {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	t = t.UTC()
	date, at := t.Format("2 January 2006"), t.Format(" at 15:04 UTC")
	if language == "de" {
		date, at = fmt.Sprintf("%d. %s %d", t.Day(), germanMonths[t.Month()-1], t.Year()), t.Format(" um 15:04 Uhr UTC")
	}
	if !clock {
		return date
	}
	return date + at
}
