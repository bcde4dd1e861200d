package users

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lyceum/domain"
)

func TestAPasswordIsLongRareAndNobodysName(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"correct horse battery":                  "",
		"moonlight sonata":                       "", // no digit, no capital
		"kx7Vq-mP":                               "",
		"маленький зелёный":                      "",
		"四月は君の嘘です":                               "",
		strings.Repeat("qx7 Vjm2-", 28) + "abcd": "",
		"":                                       "PASSWORD_TOO_SHORT",
		"kx7Vq-m":                                "PASSWORD_TOO_SHORT",
		"жж7Vq-m":                                "PASSWORD_TOO_SHORT", // characters count, not bytes
		strings.Repeat("qx7 Vjm2-", 28) + "abcde": "PASSWORD_TOO_LONG",
		strings.Repeat("a", 1<<20):                "PASSWORD_TOO_LONG",
		"password1":                               "PASSWORD_COMMON",
		"PassWord":                                "PASSWORD_COMMON",
		"Summer2026!":                             "PASSWORD_WEAK",
		"qwertyuiop[]":                            "PASSWORD_WEAK",
		strings.Repeat("ö", 20):                   "PASSWORD_WEAK",
		strings.Repeat("ab", 40):                  "PASSWORD_WEAK",
		"p@ssp@ssp@ss":                            "PASSWORD_WEAK",
		"ada@example.org":                         "PASSWORD_LIKE_IDENTITY",
		"Ada.Byron-1815":                          "PASSWORD_LIKE_IDENTITY",
		"byronbyron":                              "PASSWORD_LIKE_IDENTITY",
		"lyceum2026":                              "PASSWORD_LIKE_IDENTITY",
		"byron rides at dawn":                     "", // the name is a small part of it
		"correct\x00horse battery":                "INVALID",
		"correct\xed\xa0\x80horse battery":        "INVALID",
	} {
		err := CheckPassword(password, described(&ada)...)
		own, _ := domain.AsUserError(err)
		switch {
		case want == "" && err != nil:
			t.Errorf("%.30q is refused: %v", password, err)
		case want == "INVALID" && (own == nil || own.Code != domain.CodeInvalid || own.Reason != ""), want != "" && want != "INVALID" && (own == nil || own.Reason != want):
			t.Errorf("%.30q: got %v, want %s", password, err, want)
		}
	}
}

func TestEveryPasswordOf256CharactersIsJudgedInAFifthOfASecond(t *testing.T) {
	t.Parallel()
	about := append(described(&ada), strings.Repeat("a", 100), strings.Repeat("p@ss ", 20))
	for name, part := range map[string]string{
		"one letter": "a", "two": "pl", "leet": "4@8({[<361!|70$5%2", "keys": "qwertyuiop", "a date": "20120101", "digits": "1", "words": "correct horse battery ",
		"a sequence": "abcdefghijklmnopqrstuvwxyz", "capitals": "ABCabc", "common": "password", "signs": "%", "another script": "ж", "one outside the plane": "😀",
		"marks": "e\u0301", "Turkish": "İıIi", "own": "ada", "spaces": " ",
	} {
		password := []rune(strings.Repeat(part, 256))
		best := time.Hour // the machine is shared: the best of a few
		for range 5 {
			start := time.Now()
			_ = CheckPassword(string(password[:256]), about...)
			best = min(best, time.Since(start))
		}
		if best > 200*time.Millisecond {
			t.Errorf("%s: %v", name, best)
		}
	}
}

// turns are Passwords that compare plainly.
type turns struct{ overloaded error }

func (p turns) NewHash(_ context.Context, password string) (string, error) {
	return "hash of " + password, p.overloaded
}

func (p turns) Matches(_ context.Context, hash, password string) (bool, error) {
	return hash == "hash of "+password, p.overloaded
}

func (p turns) InTurn(_ context.Context, work func()) error {
	if p.overloaded == nil {
		work()
	}
	return p.overloaded
}

func TestALastPasswordDoesNotComeBack(t *testing.T) {
	t.Parallel()
	s := Service{Passwords: turns{}}
	past := []string{"hash of correct horse battery"}
	if _, err := s.hashed(t.Context(), "newPassword", "correct horse battery", past); err == nil {
		t.Error("it came back")
	} else {
		wantInvalid(t, err, "PASSWORD_REUSED", "newPassword")
	}
	if hash, err := s.hashed(t.Context(), "newPassword", "another horse battery", past); err != nil || hash != "hash of another horse battery" {
		t.Errorf("%q, %v", hash, err)
	}
	full := errors.New("full")
	if _, err := (Service{Passwords: turns{full}}).hashed(t.Context(), "newPassword", "another horse battery", past); !errors.Is(err, full) {
		t.Errorf("no turn: %v", err)
	}
}
