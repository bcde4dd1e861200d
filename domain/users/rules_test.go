package users

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

func TestAUsernameIsMadeFromTheAddress(t *testing.T) {
	t.Parallel()
	n := byte(0)
	s := Service{IDs: func() uuid.UUID { n++; return uuid.UUID{12: n} }}
	for email, want := range map[string]string{
		"Grace.Hopper@x.org": "grace.hopper", "grace+list@x.org": "grace", "a@x.org": "usera", "жанна@x.org": "user", "..@x.org": "user", "o'neill@x.org": "oneill",
		strings.Repeat("a", 64) + "@x.org": strings.Repeat("a", 30), "--ada--@x.org": "ada", strings.Repeat("a", 29) + ".b@x.org": strings.Repeat("a", 29),
	} {
		names := s.names(email)
		if names[0] != want || len(names) != 10 {
			t.Errorf("%s: %v", email, names)
		}
		for _, name := range names {
			if !usernameForm.MatchString(name) {
				t.Errorf("%s: %q has no form", email, name)
			}
		}
		if again := s.names(email); again[9] == names[9] || !slices.Equal(again[:9], names[:9]) {
			t.Errorf("%s: %v, then %v", email, names, again)
		}
	}
}

func TestPermissionsCoverThoseThatAreNotMore(t *testing.T) {
	t.Parallel()
	some := []domain.Permission{domain.UsersRead, domain.UsersWrite}
	for name, c := range map[string]struct {
		mine, theirs []domain.Permission
		want         bool
	}{
		"nothing and nothing":  {nil, nil, true},
		"something, nothing":   {some, nil, true},
		"the same":             {some, some, true},
		"a part":               {some, some[:1], true},
		"more":                 {some[:1], some, false},
		"others":               {some, []domain.Permission{domain.AuditRead}, false},
		"everything":           {domain.Permissions, domain.Permissions, true},
		"nothing, of somebody": {nil, some, false},
	} {
		if got := covers(c.mine, c.theirs); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAnAddressIsMaskedAndAPlaceIsADigest(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"ada@x.org": "a…@x.org", "жanna@x.org": "ж…@x.org", "a@x.org": "a…@x.org"} {
		if got := masked(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
	if a, b := addressPlace(WantsAccount, "ada@x.org"), addressPlace(WantsVerification, "ada@x.org"); a != b || strings.Contains(a, "ada") || len(a) > 100 {
		t.Errorf("%s, %s", a, b)
	}
	for ip, want := range map[string]string{"203.0.113.7": "net:password_reset:203.0.113.7", "2001:db8:1:2:3::4": "net:password_reset:2001:db8:1:2::/64", "": "net:password_reset:"} {
		if got := networkPlace(WantsReset, ip); got != want {
			t.Errorf("%s: %s", ip, got)
		}
	}
}

func TestAReasonIsAShortText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{" spam\n twice ": "spam\n twice", "<b>rude</b>": "<b>rude</b>", strings.Repeat("r", maxReason): strings.Repeat("r", maxReason)} {
		if got, err := readReason(text); got != want || err != nil {
			t.Errorf("%.20q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "  ", "a\x00", "a\xff", "a\u202eb", "a\rb", strings.Repeat("r", maxReason+1)} {
		if _, err := readReason(text); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
