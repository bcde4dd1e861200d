package content

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"lyceum/domain"
)

// File is a file that belongs to an item. Its name in the file store is the SHA-256 of its content.
type File struct {
	ItemID    domain.ItemID `db:"content_id" json:"-"`
	Name      string        `db:"name" json:"name"`
	Sum       string        `db:"sha256" json:"sha256"` // 64 hex digits
	MediaType string        `db:"media_type" json:"media_type"`
	Bytes     int64         `db:"bytes" json:"bytes"`
}

// AnyMediaType is what a file is when nothing safer is known of it.
const AnyMediaType = "application/octet-stream"

const (
	plainText = "text/plain; charset=utf-8"
	svg       = "image/svg+xml"
)

// mediaTypes are what a browser may show, by extension, with what their content must look like to http.DetectContentType.
var mediaTypes = map[string]struct{ mediaType, sniffed string }{
	".png": {"image/png", "image/png"}, ".jpg": {"image/jpeg", "image/jpeg"}, ".jpeg": {"image/jpeg", "image/jpeg"},
	".gif": {"image/gif", "image/gif"}, ".webp": {"image/webp", "image/webp"}, ".bmp": {"image/bmp", "image/bmp"},
	".svg": {svg, ""}, ".avif": {"image/avif", ""},
	".mp4": {"video/mp4", "video/mp4"}, ".webm": {"video/webm", "video/webm"},
	".mp3": {"audio/mpeg", "audio/mpeg"}, ".wav": {"audio/wav", "audio/wave"}, ".ogg": {"audio/ogg", "application/ogg"},
	".pdf": {"application/pdf", "application/pdf"},
}

var textExtensions = []string{
	"txt", "md", "mdx", "csv", "tsv", "json", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "py", "r", "jl", "go", "js", "ts", "tsx", "jsx",
	"java", "c", "h", "cc", "cpp", "rs", "rb", "sh", "bat", "sql", "tex", "bib", "srt", "vtt", "log", "ipynb", "",
}

// MediaTypeOf decides what a file is by its name and its first bytes; sniffed is what http.DetectContentType says of them.
// Only what both agree on is named; everything else is AnyMediaType. HTML is never named.
func MediaTypeOf(name, sniffed string, head []byte) string {
	extension := strings.ToLower(path.Ext(name))
	switch is := strings.TrimSuffix(sniffed, "; charset=utf-8"); is {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return is // an image under the wrong extension is still the image that it is
	}
	if t, ok := mediaTypes[extension]; ok {
		switch {
		case t.sniffed == sniffed && t.sniffed != "":
			return t.mediaType
		case extension == ".svg" && strings.Contains(strings.ToLower(string(head)), "<svg"):
			return svg
		case extension == ".avif" && len(head) > 12 && string(head[4:12]) == "ftypavif":
			return t.mediaType
		}
		return AnyMediaType
	}
	for _, text := range textExtensions {
		if extension == "."+text || text == "" && extension == "" {
			if strings.HasPrefix(sniffed, "text/plain") && utf8.Valid(head[:len(head)-cutRune(head)]) {
				return plainText
			}
		}
	}
	return AnyMediaType
}

// cutRune is how many bytes at the end belong to a character that was cut.
func cutRune(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// Inline reports whether a browser may show a file of this media type in place; anything else is downloaded.
func Inline(mediaType string) bool {
	if mediaType == plainText {
		return true
	}
	for _, t := range mediaTypes {
		if t.mediaType == mediaType {
			return true
		}
	}
	return false
}

// fileRef is how a stored body points at a file: content decides the name, so that nothing else reads like it.
const fileRef = "file:"

var fileRefs = regexp.MustCompile(fileRef + `[0-9a-f]{64}`)

// PointsAtFiles reports whether a body may hold references to files.
func PointsAtFiles(body string) bool { return strings.Contains(body, fileRef) }

// LinkFiles replaces the references to files in a body with addresses. known are the sums of the files that belong to it: a
// sum that is none of them, as in code, is no reference.
func LinkFiles(body, known string, address func(sum string) string) string {
	if known == "" || !PointsAtFiles(body) {
		return body
	}
	return fileRefs.ReplaceAllStringFunc(body, func(ref string) string {
		if sum := ref[len(fileRef):]; strings.Contains(known, sum) {
			return address(sum)
		}
		return ref
	})
}

// FileOf is the sum of the file that a target in a stored body names; empty when it names none.
func FileOf(target string) string {
	sum, ok := strings.CutPrefix(target, fileRef)
	sum, _, _ = strings.Cut(sum, "#")
	if !ok || len(sum) != 64 || !fileRefs.MatchString(fileRef+sum) {
		return ""
	}
	return sum
}

const itemScheme = "item:"

// itemRef is how a stored body points at another item.
func itemRef(slug, fragment string) string { return itemScheme + slug + escapeFragment(fragment) }

var slugForm = regexp.MustCompile(`^[a-z0-9-]+$`)

// ItemOf is the slug of the item that a target in a stored body names, and the part of it; empty when it names none.
func ItemOf(target string) (slug, fragment string) {
	rest, ok := strings.CutPrefix(target, itemScheme)
	slug, fragment, _ = strings.Cut(rest, "#")
	if !ok || !slugForm.MatchString(slug) {
		return "", ""
	}
	return slug, fragment
}

// escapeFragment keeps a fragment from ending a Markdown link early.
func escapeFragment(fragment string) string {
	if fragment == "" {
		return ""
	}
	escape := strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E", `"`, "%22", "\\", "%5C")
	return "#" + escape.Replace(unescaped(fragment[1:]))
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil && utf8.ValidString(plain) {
		return plain
	}
	return s
}
