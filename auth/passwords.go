package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"lyceum/domain"
)

// Passwords hashes with bcrypt. Hashing is slow on purpose, so only as many run at a time as there are processors.
type Passwords struct {
	cost  int
	dummy []byte // what an unknown account is compared with, so that it takes as long as a known one
	slots chan struct{}
}

// DefaultCost is the bcrypt cost of new hashes; tests use bcrypt.MinCost.
const DefaultCost = 12

// hashWait is how long a sign-in waits for its turn before it is told that the house is full.
const hashWait = 5 * time.Second

// NewPasswords hashes with a cost.
func NewPasswords(cost int) (*Passwords, error) {
	p := &Passwords{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	var err error
	p.dummy, err = bcrypt.GenerateFromPassword([]byte("nobody's password"), cost)
	return p, err
}

// Hash makes the hash that is stored.
func (p *Passwords) Hash(password string) (string, error) {
	h, err := bcrypt.GenerateFromPassword(whole(password), p.cost)
	return string(h), err
}

// Matches implements security.Passwords: an empty hash takes as long as a real one and never matches.
// Errors: OVERLOADED.
func (p *Passwords) Matches(ctx context.Context, hash, password string) (bool, error) {
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-timer.C:
		return false, domain.Errorf(domain.CodeOverloaded, "too many people sign in right now; try again in a moment")
	case <-ctx.Done():
		return false, ctx.Err()
	}
	stored := []byte(hash)
	if hash == "" {
		stored = p.dummy
	}
	err := bcrypt.CompareHashAndPassword(stored, whole(password))
	if err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	return err == nil && hash != "", nil
}

const digested = "sha256:"

// whole keeps what bcrypt would cut off: beyond 72 bytes it looks at nothing, so a longer password is digested first. So
// is one that looks like a digest, else the digest of a long password would be a password too.
func whole(password string) []byte {
	if len(password) <= 72 && !strings.HasPrefix(password, digested) {
		return []byte(password)
	}
	sum := sha256.Sum256([]byte(password))
	return []byte(digested + base64.StdEncoding.EncodeToString(sum[:]))
}
