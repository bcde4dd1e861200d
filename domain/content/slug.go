package content

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	maxSlug    = 120 // bytes; a suffix may follow
	shortHash  = 8   // hex digits
	readmeSlug = "readme"
	indexSlug  = "index"
)

// slugOf makes words of any script into what a slug may hold; empty when nothing of them can be kept.
func slugOf(words string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFKD.String(strings.ToLower(words)) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c): // the accent of the letter before
		default:
			gap = true
		}
	}
	return b.String()
}

// pathSlug is the slug that a path suggests below its source. What no slug can show, as a name in another script, is told
// apart by a piece of its hash.
func pathSlug(source, path string) string {
	parts, lost := []string{source}, false
	for _, segment := range strings.Split(path, "/") {
		part := slugOf(segment)
		lost = lost || part == "" && segment != "" && segment != "." || hasOtherLetters(segment)
		if part != "" {
			parts = append(parts, part)
		}
	}
	slug := strings.Join(parts, "-")
	if lost || len(slug) > maxSlug {
		sum := sha256.Sum256([]byte(path))
		slug = strings.TrimRight(slug[:min(len(slug), maxSlug-shortHash-1)], "-") + "-" + hex.EncodeToString(sum[:])[:shortHash]
	}
	return slug
}

func hasOtherLetters(segment string) bool {
	for _, c := range norm.NFKD.String(segment) {
		if c > unicode.MaxASCII && unicode.IsLetter(c) {
			return true
		}
	}
	return false
}

// documentSlug is the slug that a document's place suggests. A folder's own page has the folder's, and a version in another
// language than the source's says so at the end.
func documentSlug(source string, d *Document, language string) string {
	path := d.Key
	folder, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder, name = path[:i], path[i+1:]
	}
	if s := slugOf(name); s == readmeSlug || s == indexSlug {
		path = folder
	}
	slug := pathSlug(source, path)
	if d.Language != language {
		if l := slugOf(d.Language); l != "" {
			slug += "-" + l
		}
	}
	return slug
}

// freeSlug is the first of slug, slug-2, slug-3 … that is not taken, and takes it. Where thousands are taken it is found by
// halves, so that it may not be the very first.
func freeSlug(slug string, taken map[string]bool) string {
	numbered := func(n int) string {
		if n == 1 {
			return slug
		}
		return slug + "-" + strconv.Itoa(n)
	}
	high := 1
	for taken[numbered(high)] {
		high *= 2
	}
	low := high / 2 // taken, or 0
	for low+1 < high {
		if middle := (low + high) / 2; taken[numbered(middle)] {
			low = middle
		} else {
			high = middle
		}
	}
	free := numbered(high)
	taken[free] = true
	return free
}
