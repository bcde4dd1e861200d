package auth

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestEveryComparisonIsTheSameWork(t *testing.T) {
	t.Parallel()
	const cost = 10
	p, err := NewPasswords(cost)
	if err != nil {
		t.Fatal(err)
	}
	work := 0
	p.compare = func(hash, _ []byte) error {
		c, err := bcrypt.Cost(hash)
		if err != nil {
			t.Errorf("%s is not compared at all: %v", hash, err)
		}
		if strings.Contains(string(hash), "!") { // bcrypt does nothing with what is no salt
			return bcrypt.CompareHashAndPassword(hash, nil)
		}
		work += 1 << c
		return bcrypt.ErrMismatchedHashAndPassword
	}
	hashOf := func(cost int) string {
		h, err := bcrypt.GenerateFromPassword([]byte("right"), cost)
		if err != nil {
			t.Fatal(err)
		}
		return string(h)
	}
	hashes := map[string]string{
		"no account": "", "not a hash": "secret", "no salt": "$2a$10$!" + hashOf(bcrypt.MinCost)[8:], "a cut hash": hashOf(bcrypt.MinCost)[:30], "a cost that would take years": "$2a$31" + hashOf(bcrypt.MinCost)[6:],
	}
	for c := bcrypt.MinCost; c <= cost; c++ {
		hashes[string(rune('a'+c))+" cost below or ours"] = hashOf(c)
	}
	compare := func(want int) {
		t.Helper()
		for name, hash := range hashes {
			work = 0
			if _, err := p.Matches(t.Context(), hash, "typed"); err != nil || work != want {
				t.Errorf("%s: %d units of work, not %d: %v", name, work, want, err)
			}
		}
	}
	compare(1 << cost)
	hashes["a dearer hash"] = hashOf(cost + 1)
	work = 0
	if _, err := p.Matches(t.Context(), hashes["a dearer hash"], "typed"); err != nil {
		t.Fatal(err)
	}
	compare(1 << (cost + 1))
}

func TestNobodysHashIsWorkedThroughByBcryptItself(t *testing.T) {
	t.Parallel()
	p, err := NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	var said error
	p.compare = func(hash, password []byte) error { said = bcrypt.CompareHashAndPassword(hash, password); return said }
	if matches, err := p.Matches(t.Context(), "", "typed"); matches || err != nil || !errors.Is(said, bcrypt.ErrMismatchedHashAndPassword) {
		t.Errorf("%t, %v: bcrypt said %v", matches, err, said)
	}
}

func TestAHashOfAnotherCostIsRenewed(t *testing.T) {
	t.Parallel()
	p, err := NewPasswords(bcrypt.MinCost + 1)
	if err != nil {
		t.Fatal(err)
	}
	for cost, renewed := range map[int]bool{bcrypt.MinCost: true, bcrypt.MinCost + 1: false, bcrypt.MinCost + 2: true} {
		hash, err := bcrypt.GenerateFromPassword([]byte("right"), cost)
		if err != nil {
			t.Fatal(err)
		}
		if matches, err := p.Matches(t.Context(), string(hash), "right"); !matches || err != nil {
			t.Errorf("cost %d: %t, %v", cost, matches, err)
		}
		fresh, err := p.Renewed(t.Context(), string(hash), "right")
		if err != nil || (fresh != "") != renewed {
			t.Errorf("cost %d: renewed as %q, %v", cost, fresh, err)
		}
		if !renewed {
			continue
		}
		if c, err := bcrypt.Cost([]byte(fresh)); err != nil || c != bcrypt.MinCost+1 || bcrypt.CompareHashAndPassword([]byte(fresh), []byte("right")) != nil {
			t.Errorf("cost %d became %d, %v", cost, c, err)
		}
	}
}
