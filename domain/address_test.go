package domain

import (
	"strings"
	"testing"
)

func TestAnAddressIsStoredAsSpeltAndComparedWithoutCase(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]Address{
		"ada@example.org":               {"ada@example.org", "ada@example.org"},
		"  Ada.Byron@Example.ORG\u00a0": {"Ada.Byron@example.org", "ada.byron@example.org"},
		"ada+lessons@example.org":       {"ada+lessons@example.org", "ada+lessons@example.org"},
		"o'neill@example.org":           {"o'neill@example.org", "o'neill@example.org"},
		"ada@Bücher.example":            {"ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		"ada@BÜCHER.example":            {"ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		"ada@xn--bcher-kva.example":     {"ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"},
		"ada@ｅｘａｍｐｌｅ.org":               {"ada@example.org", "ada@example.org"}, // full-width letters are the same letters in a host
		"INFO@example.org":              {"INFO@example.org", "info@example.org"},
		"İNFO@example.org":              {"İNFO@example.org", "İnfo@example.org"}, // another letter than I in every locale
		"ınfo@example.org":              {"ınfo@example.org", "ınfo@example.org"},
		"Äda@example.org":               {"Äda@example.org", "Äda@example.org"},
		"A\u0308da@example.org":         {"Äda@example.org", "Äda@example.org"}, // the same letter, written in two
		"аda@example.org":               {"аda@example.org", "аda@example.org"}, // a Cyrillic first letter: a look-alike is somebody else
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".org": {
			strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".org", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 63) + ".org",
		},
	} {
		if got, err := ParseAddress(given); err != nil || got != want {
			t.Errorf("%q: got %+v, %v", given, got, err)
		}
	}
	one, _ := ParseAddress("ada@example.org")
	for _, other := range []string{"аda@example.org", "ada@exаmple.org", "adа@example.org"} {
		if got, err := ParseAddress(other); err == nil && got.Key == one.Key {
			t.Errorf("%q is taken for %q", other, one.Text)
		}
	}
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "no at": "ada", "two ats": "ada@b@example.org", "no local part": "@example.org", "no host": "ada@",
		"a blank inside": "ada byron@example.org", "a line break": "ada@example.org\nBcc: all@example.org", "a carriage return": "ada\r@example.org",
		"a break at the end": "ada@example.org\r\n", "a tab": "ada@example.org\t", "NUL": "ada\x00@example.org", "half a surrogate": "ada\xed\xa0\x80@example.org",
		"a replaced surrogate": "ada\ufffd@example.org", "no UTF-8": "ada\xff@example.org", "turned around": "ada\u202e@example.org",
		"invisible": "a\u200bda@example.org", "a list": "ada@example.org,bob@example.org", "a name": "Ada <ada@example.org>", "quotes": `"a b"@example.org`,
		"a full-width at": "ada＠evil.example@example.org", "a dot first": ".ada@example.org", "a dot last": "ada.@example.org", "two dots": "a..da@example.org",
		"no dot in the host": "ada@localhost", "an address of a machine": "ada@127.0.0.1", "in brackets": "ada@[127.0.0.1]", "a dot at the end": "ada@example.org.",
		"an underscore": "ada@ex_ample.org", "too long a local part": strings.Repeat("a", 65) + "@example.org",
		"too long": "ada@" + strings.Repeat(strings.Repeat("b", 60)+".", 5) + "org", "without end": strings.Repeat("a", 1<<20),
	} {
		_, err := ParseAddress(text)
		if own, ok := AsUserError(err); !ok || own.Reason != "EMAIL_INVALID" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
