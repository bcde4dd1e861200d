package users

import (
	"context"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zones do not depend on the machine
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"lyceum/domain"
)

// Profile is what users may change of their own account; nil leaves a value as it is.
type Profile struct {
	Username, FirstName, LastName, Phone, Locale, TimeZone *string
}

// The bounds of what a profile holds.
const (
	maxName     = 100 // characters
	maxLocale   = 35  // bytes, as RFC 5646 proposes
	maxTimeZone = 64  // bytes
	maxPhone    = 40  // bytes, as typed
)

var (
	usernameForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{1,38}$`)
	phoneForm    = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	// What mail programs make a link of, and what would be markup, is in nobody's name: names stand in mails to others.
	notInName = regexp.MustCompile(`[<>@/\\]|(?i:www\.)`)
)

// UpdateProfile changes the viewer's own profile. Errors: INVALID (USERNAME_INVALID, NAME_INVALID, PHONE_INVALID, LOCALE_INVALID,
// TIME_ZONE_INVALID), CONFLICT (USERNAME_TAKEN), UNAUTHENTICATED.
func (s Service) UpdateProfile(ctx context.Context, viewer domain.Viewer, p Profile) (*User, error) {
	if err := signedIn(viewer); err != nil {
		return nil, err
	}
	var saved *User
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		u, err := tx.LockUser(ctx, viewer.UserID)
		if err != nil {
			return err
		}
		changed, err := withProfile(*u, p)
		if err != nil {
			return err
		}
		saved = &changed
		return tx.SaveUser(ctx, saved)
	})
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// withProfile is the rule: what a profile may hold.
func withProfile(u User, p Profile) (_ User, err error) {
	if p.Username != nil {
		if !usernameForm.MatchString(*p.Username) {
			return u, domain.Errorf(domain.CodeInvalid,
				"a username must have 2 to 39 letters, digits, dots, dashes or underscores, and begin with a letter or digit").
				Because("USERNAME_INVALID").At("username")
		}
		u.Username = *p.Username
	}
	for _, part := range []struct {
		from *string
		to   *string
		read func(string) (string, error)
		at   string
	}{
		{p.FirstName, &u.FirstName, readName, "firstName"},
		{p.LastName, &u.LastName, readName, "lastName"},
		{p.Locale, &u.Locale, readLocale, "locale"},
		{p.TimeZone, &u.TimeZone, readTimeZone, "timeZone"},
	} {
		if part.from == nil {
			continue
		}
		if *part.to, err = part.read(*part.from); err != nil {
			return u, pointedAt(err, part.at)
		}
	}
	if p.Phone != nil {
		if u.Phone, err = readPhone(*p.Phone); err != nil {
			return u, pointedAt(err, "phone")
		}
	}
	return u, nil
}

// readName is a name as it is stored.
func readName(text string) (string, error) {
	refused := domain.Errorf(domain.CodeInvalid,
		"a name must have at most %d characters, and no control characters, markup or addresses", maxName).Because("NAME_INVALID")
	if len(text) > 8*maxName || !utf8.ValidString(text) {
		return "", refused
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxName || strings.ContainsFunc(text, notInText) || notInName.MatchString(text) {
		return "", refused
	}
	return text, nil
}

// notInText reports whether a character has no place in a text of one line: it controls, turns the direction, or stands for what
// could not be read. Joiners are letters' parts in some scripts.
func notInText(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' ||
		unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// readLocale is the canonical form of a language tag.
func readLocale(text string) (string, error) {
	refused := domain.Errorf(domain.CodeInvalid, "a locale is a language tag of at most %d characters, such as de or pt-BR", maxLocale).
		Because("LOCALE_INVALID")
	if text == "" || len(text) > maxLocale {
		return "", refused
	}
	tag, err := language.Parse(text)
	if err != nil || tag == language.Und || len(tag.String()) > maxLocale {
		return "", refused
	}
	return tag.String(), nil
}

// readTimeZone is a name that the IANA database has.
func readTimeZone(text string) (string, error) {
	refused := domain.Errorf(domain.CodeInvalid, "a time zone is a name of the IANA database, such as Europe/Berlin").
		Because("TIME_ZONE_INVALID")
	if text == "" || text == "Local" || len(text) > maxTimeZone || strings.ContainsFunc(text, notInText) {
		return "", refused
	}
	if _, err := time.LoadLocation(text); err != nil {
		return "", refused
	}
	return text, nil
}

var writtenInPhones = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "")

// readPhone is a number in the form of E.164; nil for none.
func readPhone(text string) (*string, error) {
	number := ""
	if len(text) <= maxPhone {
		number = writtenInPhones.Replace(text)
	}
	switch {
	case text == "":
		return nil, nil //nolint:nilnil // no number is no error
	case !phoneForm.MatchString(number):
		return nil, domain.Errorf(domain.CodeInvalid, "a phone number begins with + and the code of the country and has 7 to 15 digits").
			Because("PHONE_INVALID")
	}
	return &number, nil
}
