package users

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/frequency"

	"lyceum/domain"
)

// The bounds of a password. Any character counts, and none is asked for: rules of composition make people choose worse ones.
const (
	minPassword     = 8   // characters
	maxPassword     = 256 // characters
	minDistinct     = 4   // different characters: a library of words sees no repetition outside ASCII
	minBesideOwn    = 6   // characters beside a name or an address
	weakestScore    = 2   // of 0 to 4: 10,000 seconds of guessing by a hundred fast cores; 1 would take "p@ssp@ss", 3 would refuse two words
	judgedBeginning = 20  // characters: the work of zxcvbn grows far faster than the text, 14 s for 128
	remembered      = 5   // last passwords that may not come back
)

// commonPasswords is the library's list, most of them from leaks.
var commonPasswords = func() map[string]bool {
	all := map[string]bool{}
	for _, p := range frequency.Lists["Passwords"].List {
		all[strings.ToLower(p)] = true
	}
	return all
}()

// CheckPassword is the policy, but for the history: whether a password is long, rare and different enough from whom it is for, who
// is described by an address and names. It is as slow as a hash and runs in the same turns. Errors: INVALID
// (PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_COMMON, PASSWORD_WEAK, PASSWORD_LIKE_IDENTITY).
func CheckPassword(password string, about ...string) error {
	if !utf8.ValidString(password) || strings.ContainsAny(password, "\x00\uFFFD") {
		return domain.Errorf(domain.CodeInvalid, "a password must be text, without a NUL character")
	}
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return domain.Errorf(domain.CodeInvalid, "a password must have at least %d characters", minPassword).Because("PASSWORD_TOO_SHORT")
	case n > maxPassword:
		return domain.Errorf(domain.CodeInvalid, "a password must have at most %d characters", maxPassword).Because("PASSWORD_TOO_LONG")
	}
	folded := strings.ToLower(password)
	if commonPasswords[folded] {
		return domain.Errorf(domain.CodeInvalid, "this password is among the most common ones; choose another").Because("PASSWORD_COMMON")
	}
	own := ownWords(about)
	if likeOwn(folded, own) {
		return domain.Errorf(domain.CodeInvalid, "this password is too much like the name or the address of the account").
			Because("PASSWORD_LIKE_IDENTITY")
	}
	if distinct(password) < minDistinct || zxcvbn.PasswordStrength(beginning(password), own).Score < weakestScore {
		return domain.Errorf(domain.CodeInvalid, "this password is easy to guess; a few unrelated words make a good one").
			Because("PASSWORD_WEAK")
	}
	return nil
}

// beginning is the part of a password that is judged.
func beginning(password string) string {
	runes := []rune(password)
	return string(runes[:min(len(runes), judgedBeginning)])
}

func distinct(password string) int {
	seen := map[rune]bool{}
	for _, r := range password {
		seen[r] = true
	}
	return len(seen)
}

// ownWords are what a password may not be made of: names, the parts of addresses, and ours.
func ownWords(about []string) []string {
	words := []string{"lyceum"}
	for _, text := range about {
		if len(text) > maxPassword*utf8.UTFMax { // nobody's name; the caller has refused it
			continue
		}
		text = strings.ToLower(strings.TrimSpace(text))
		words = append(words, text)
		words = append(words, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(betweenWords, r) })...)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) < 3 })
	// The longest first, so that a part is not taken out of the whole.
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// likeOwn reports whether little is left of a password once own words are taken out.
func likeOwn(folded string, own []string) bool {
	rest := folded
	for _, w := range own {
		rest = strings.ReplaceAll(rest, w, "")
	}
	if rest == folded {
		return false
	}
	return utf8.RuneCountInString(strings.Map(func(r rune) rune {
		if strings.ContainsRune(betweenWords, r) {
			return -1
		}
		return r
	}, rest)) < minBesideOwn
}

// betweenWords are the signs that stand between the words of an address.
const betweenWords = " @.-_+"

// described are the words that describe a user.
func described(u *User) []string { return []string{u.Email, u.Username, u.FirstName, u.LastName} }

// judged asks the policy in its turn. past are hashes of passwords that may not come back. Errors: those of CheckPassword, INVALID
// (PASSWORD_REUSED), OVERLOADED.
func (s Service) judged(ctx context.Context, password string, past []string, about ...string) error {
	var verdict error
	if err := s.Passwords.InTurn(ctx, func() { verdict = CheckPassword(password, about...) }); err != nil {
		return err
	}
	if verdict != nil {
		return verdict
	}
	for _, hash := range past {
		if same, err := s.Passwords.Matches(ctx, hash, password); err != nil {
			return err
		} else if same {
			return domain.Errorf(domain.CodeInvalid, "this is one of your last %d passwords; choose another", remembered).
				Because("PASSWORD_REUSED")
		}
	}
	return nil
}

// hashed is the hash of a password that the policy lets through. Errors: those of judged; at names the part of the input.
func (s Service) hashed(ctx context.Context, at, password string, past []string, about ...string) (string, error) {
	if err := s.judged(ctx, password, past, about...); err != nil {
		return "", pointedAt(err, at)
	}
	return s.Passwords.NewHash(ctx, password)
}

// pointedAt is an error with the part of the input that it is about, if a caller can correct it.
func pointedAt(err error, at ...string) error {
	var own *domain.Error
	if errors.As(err, &own) {
		return own.At(at...)
	}
	return err
}
