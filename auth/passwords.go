package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/bcrypt"

	"lyceum/domain"
)

// Passwords hashes with bcrypt. Hashing is slow on purpose, so only as many run at a time as there are processors.
type Passwords struct {
	cost    int
	level   atomic.Int64 // the cost that every comparison adds up to
	slots   chan struct{}
	compare func(hash, password []byte) error // bcrypt; tests count the work
}

// DefaultCost is the bcrypt cost of new hashes; tests use bcrypt.MinCost.
const DefaultCost = 12

// maxCost is the highest cost that is compared: one of 14 takes a second. No hash of ours has more.
const maxCost = 14

// hashWait is how long a sign-in waits for its turn before it is refused as too many.
const hashWait = 5 * time.Second

// NewPasswords hashes with a cost.
func NewPasswords(cost int) (*Passwords, error) {
	if cost < bcrypt.MinCost || cost > maxCost {
		return nil, bcrypt.InvalidCostError(cost)
	}
	p := &Passwords{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), compare: bcrypt.CompareHashAndPassword}
	p.level.Store(int64(cost))
	return p, nil
}

// Hash makes the hash that is stored.
func (p *Passwords) Hash(password string) (string, error) {
	h, err := bcrypt.GenerateFromPassword(whole(password), p.cost)
	return string(h), err
}

// Matches implements security.Passwords: an empty hash takes as long as a real one and never matches, and so does one of
// another cost. Errors: OVERLOADED.
func (p *Passwords) Matches(ctx context.Context, hash, password string) (bool, error) {
	release, err := p.acquire(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	typed := whole(password)
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil || cost > maxCost {
		p.spend(int(p.level.Load()), typed)
		return false, nil
	}
	// A hash that is dearer than ours, of another system, makes all comparisons as dear from now on.
	level := p.level.Load()
	for int64(cost) > level && !p.level.CompareAndSwap(level, int64(cost)) {
		level = p.level.Load()
	}
	err = p.compare([]byte(hash), typed)
	if err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) { // not looked at
		p.spend(int(p.level.Load()), typed)
		return false, nil
	}
	// Each cost is twice the work of the one before: 2^c and 2^c + 2^(c+1) + … + 2^(level-1) make 2^level.
	for c := cost; c < int(p.level.Load()); c++ {
		p.spend(c, typed)
	}
	return err == nil, nil
}

// Renewed implements security.Passwords: a hash of another cost than new ones have, of which the password is known to be
// right, is made anew. Errors: OVERLOADED.
func (p *Passwords) Renewed(ctx context.Context, hash, password string) (string, error) {
	if cost, err := bcrypt.Cost([]byte(hash)); err != nil || cost == p.cost {
		return "", nil // what is no hash is not made one
	}
	release, err := p.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return p.Hash(password)
}

// NewHash implements users.Passwords: Hash, in its turn. Errors: OVERLOADED.
func (p *Passwords) NewHash(ctx context.Context, password string) (string, error) {
	release, err := p.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return p.Hash(password)
}

// InTurn implements users.Passwords: work that is as slow as a hash shares their turns. Errors: OVERLOADED.
func (p *Passwords) InTurn(ctx context.Context, work func()) error {
	release, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	work()
	return nil
}

// acquire waits for a turn. Errors: OVERLOADED.
func (p *Passwords) acquire(ctx context.Context) (release func(), err error) {
	timer := time.NewTimer(hashWait)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-timer.C:
		return nil, domain.Errorf(domain.CodeOverloaded, "too many passwords are being handled right now; try again in a moment")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// spend does the work of a comparison with a hash that is nobody's.
func (p *Passwords) spend(cost int, typed []byte) {
	_ = p.compare(fmt.Appendf(nil, nobodys, cost), typed) // it never matches
}

// nobodys has the form of a hash, which is all that a comparison looks at before it has done its work.
var nobodys = "$2a$%02d$" + strings.Repeat("nobody", 9)[:53]

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
