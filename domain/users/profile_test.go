package users

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

var ada = User{
	ID: domain.UserID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000001")}, Email: "ada@example.org", Username: "ada",
	FirstName: "Ada", LastName: "Byron", AccountStatus: StatusActive,
}

func TestAUsernameHasItsForm(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{
		"ab":                      true,
		"A1":                      true,
		"9lives":                  true,
		"ada.love-lace_1":         true,
		strings.Repeat("a", 39):   true,
		strings.Repeat("a", 40):   false,
		"":                        false,
		"a":                       false,
		".ada":                    false,
		"-ada":                    false,
		"_ada":                    false,
		" ada":                    false,
		"ada ":                    false,
		"ada\n":                   false,
		"ada lovelace":            false,
		"ada@example":             false,
		"ädä":                     false,
		"аda":                     false, // its first letter is Cyrillic
		"ad\x00a":                 false,
		strings.Repeat("ab", 1e5): false,
	} {
		got, err := withProfile(ada, Profile{Username: &name})
		if fine && (err != nil || got.Username != name) {
			t.Errorf("%q is refused: %v", name, err)
		}
		if !fine {
			wantInvalid(t, err, "USERNAME_INVALID", "username")
		}
	}
}

func TestANameIsTrimmedAndHasItsLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, want string
		fine       bool
	}{
		"plain":               {"Grace", "Grace", true},
		"trimmed":             {" \t Grace\u00a0\n", "Grace", true},
		"of another alphabet": {"Анна-Мария O’Neill", "Анна-Мария O’Neill", true},
		"none":                {"", "", true},
		"only spaces":         {"   ", "", true},
		"the longest":         {strings.Repeat("ß", maxName), strings.Repeat("ß", maxName), true},
		"longest in spaces":   {" " + strings.Repeat("ß", maxName) + " ", strings.Repeat("ß", maxName), true},
		"a letter too long":   {strings.Repeat("ß", maxName+1), "", false},
		"a line break inside": {"Gra\nce", "", false},
		"a NUL inside":        {"Gra\x00ce", "", false},
		"an escape inside":    {"Gra\x1bce", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, errFirst := withProfile(ada, Profile{FirstName: &c.text})
			last, errLast := withProfile(ada, Profile{LastName: &c.text})
			if !c.fine {
				wantInvalid(t, errFirst, "NAME_INVALID", "firstName")
				wantInvalid(t, errLast, "NAME_INVALID", "lastName")
				return
			}
			if errFirst != nil || first.FirstName != c.want || first.LastName != ada.LastName {
				t.Errorf("got %+v, %v", first, errFirst)
			}
			if errLast != nil || last.LastName != c.want || last.FirstName != ada.FirstName {
				t.Errorf("got %+v, %v", last, errLast)
			}
		})
	}
}

func TestWhatIsNotGivenStaysAsItIs(t *testing.T) {
	t.Parallel()
	got, err := withProfile(ada, Profile{})
	if err != nil || got != ada {
		t.Errorf("got %+v, %v", got, err)
	}
}

// memory is a Store with one user.
type memory struct {
	Tx
	user  User
	saved int
	taken string
}

func (m *memory) InTx(_ context.Context, _ domain.Actor, fn func(Tx) error) error { return fn(m) }

func (m *memory) LockUser(_ context.Context, id domain.UserID) (*User, error) {
	if id != m.user.ID {
		return nil, domain.Errorf(domain.CodeNotFound, "the user does not exist")
	}
	u := m.user
	return &u, nil
}

func (m *memory) SaveUser(_ context.Context, u *User) error {
	if u.Username == m.taken {
		return domain.Errorf(domain.CodeConflict, "this username is taken").Because("USERNAME_TAKEN").At("username")
	}
	m.user = *u
	m.saved++
	return nil
}

func TestAProfileIsChangedByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		viewer   domain.UserID
		username string
		want     domain.Code
	}{
		"by the user":          {ada.ID, "lovelace", ""},
		"to a bad name":        {ada.ID, "!", domain.CodeInvalid},
		"to a taken name":      {ada.ID, "taken", domain.CodeConflict},
		"by the visitor":       {domain.Anonymous, "lovelace", domain.CodeUnauthenticated},
		"by who is gone since": {domain.UserID{UUID: uuid.Max}, "lovelace", domain.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &memory{user: ada, taken: "taken"}
			got, err := Service{Store: m}.UpdateProfile(t.Context(), domain.Viewer{UserID: c.viewer}, Profile{Username: &c.username})
			if domain.CodeOf(err) != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if c.want != "" && (got != nil || m.user != ada || m.saved != 0) {
				t.Errorf("refused, and yet %+v", m.user)
			}
			if c.want == "" && (got.Username != c.username || m.user != *got || got.Email != ada.Email) {
				t.Errorf("answered %+v, kept %+v", got, m.user)
			}
		})
	}
}

func wantInvalid(t *testing.T, err error, reason, at string) {
	t.Helper()
	own, ok := domain.AsUserError(err)
	if !ok || own.Code != domain.CodeInvalid || own.Reason != reason || !slices.Equal(own.Path, []string{at}) {
		t.Errorf("got %+v, want INVALID because %s at %s", err, reason, at)
	}
}
