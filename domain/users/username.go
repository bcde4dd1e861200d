package users

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"lyceum/domain"
)

// maxMade is how long a made name may be before digits come behind it.
const maxMade = 30

// nameFrom is the beginning of a username: what is left of the part before the @.
func nameFrom(email string) string {
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	local, _, _ = strings.Cut(local, "+") // a tag is nobody's name
	made := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, local)
	made = strings.Trim(made, "._-")
	if len(made) < 2 {
		made = "user" + made
	}
	return strings.TrimRight(made[:min(len(made), maxMade)], "._-")
}

// names are names to try, the nicest first; the last has digits that nobody guesses.
func (s Service) names(email string) []string {
	base := nameFrom(email)
	all := []string{base}
	for n := 2; n <= 9; n++ {
		all = append(all, base+strconv.Itoa(n))
	}
	id := s.IDs()
	return append(all, base+strconv.Itoa(100_000+int(binary.BigEndian.Uint32(id[12:])%900_000)))
}

// triesToName is how often an account whose name somebody takes at the same moment is tried.
const triesToName = 3

// add makes an account with a name of our making. Errors: CONFLICT (EMAIL_TAKEN).
func (s Service) add(ctx context.Context, tx Tx, u *User) error {
	u.ID, u.CreatedAt = domain.UserID{UUID: s.IDs()}, s.Clock()
	for range triesToName {
		names := s.names(u.Email)
		taken, err := tx.TakenUsernames(ctx, names)
		if err != nil {
			return err
		}
		u.Username = names[len(names)-1]
		if i := slices.IndexFunc(names, func(name string) bool { return !slices.Contains(taken, name) }); i >= 0 {
			u.Username = names[i]
		}
		if ok, err := tx.AddUser(ctx, u); err != nil || ok {
			return err
		}
		address, err := domain.ParseAddress(u.Email)
		if err != nil {
			return err
		}
		if known, err := tx.Known(ctx, address.Key); err != nil || known != nil {
			return emailTaken(err)
		}
	}
	return domain.Errorf(domain.CodeOverloaded, "too many accounts are being made at the same time; try again in a moment")
}

func emailTaken(err error) error {
	if err != nil {
		return err
	}
	return domain.Errorf(domain.CodeConflict, "another account has this email address").Because("EMAIL_TAKEN").At("email")
}
