package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Address is an email address. Two with the same Key are one address.
type Address struct {
	Text string // as it is stored and written to: the local part as it was spelt, the domain in lower-case ASCII
	Key  string // as it is compared: the ASCII letters of Text in lower case, in every locale
}

// The bounds of an address, in bytes: RFC 5321 has them.
const (
	maxAddress = 254
	maxLocal   = 64
)

// notInLocal are the characters that need quotes in the part before the @, which nobody's address has, and those that are taken
// for an @ once somebody normalises them.
const notInLocal = "\"(),:;<>[\\]`\uFF20\uFE6B"

// ParseAddress reads an email address. Blanks around it are removed; whatever could break a header is refused, and so is what no
// server would deliver to. Addresses that only look alike stay different ones. Errors: INVALID (EMAIL_INVALID).
func ParseAddress(text string) (Address, error) {
	refused := Errorf(CodeInvalid, "an email address looks like ada@example.org and has at most %d bytes", maxAddress).
		Because("EMAIL_INVALID").At("email")
	if len(text) > 4*maxAddress || !utf8.ValidString(text) {
		return Address{}, refused
	}
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.Is(unicode.Zs, r) })
	if strings.ContainsFunc(text, unprintable) || strings.Count(text, "@") != 1 {
		return Address{}, refused
	}
	local, host, _ := strings.Cut(text, "@")
	local = norm.NFC.String(local)
	if local == "" || len(local) > maxLocal || strings.ContainsAny(local, notInLocal) || strings.HasPrefix(local, ".") ||
		strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return Address{}, refused
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil || !reachable(host) {
		return Address{}, refused
	}
	whole := local + "@" + lowerASCII(host)
	if len(whole) > maxAddress {
		return Address{}, refused
	}
	return Address{Text: whole, Key: lowerASCII(whole)}, nil
}

// unprintable are characters that nobody sees: blanks, line breaks, NUL, marks that turn the direction of a text.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// reachable reports whether a host has the form of a name in the public system: labels and a last one that is no number.
func reachable(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return len(labels) > 1 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// lowerASCII turns A-Z alone into lower case: what İ and I become depends on where one asks.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
