package security

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

// desk is a Store, a Tx and the Passwords at once; it writes down what it is asked, in order.
type desk struct {
	Tx
	known   *Credentials
	allowed bool
	matches bool
	calls   []string
}

func (d *desk) InTx(_ context.Context, _ domain.Actor, fn func(Tx) error) error { return fn(d) }

func (d *desk) TrackAttempt(_ context.Context, a AttemptRecord) (Verdict, error) {
	d.calls = append(d.calls, a.Status)
	return Verdict{Allowed: d.allowed}, nil
}

func (d *desk) Credentials(context.Context, string) (*Credentials, error) { return d.known, nil }

func (d *desk) AddEvent(_ context.Context, e NewEvent) error {
	d.calls = append(d.calls, e.Name)
	return nil
}

func (d *desk) Matches(_ context.Context, hash, _ string) (bool, error) {
	d.calls = append(d.calls, "hash")
	return d.matches && hash != "", nil
}

func TestEveryTryIsCountedThenHashedAndFailuresCannotBeToldApart(t *testing.T) {
	t.Parallel()
	hash := "a hash"
	active := &Credentials{UserID: domain.UserID{UUID: uuid.Max}, PasswordHash: &hash, Active: true}
	idle, twoFactor, bare := *active, *active, *active
	idle.Active, twoFactor.TwoFactorEnabled, bare.PasswordHash = false, true, nil
	texts := map[string]bool{}
	for name, c := range map[string]struct {
		desk desk
		in   bool
	}{
		"the right password":       {desk{known: active, allowed: true, matches: true}, true},
		"a wrong password":         {desk{known: active, allowed: true}, false},
		"an unknown account":       {desk{allowed: true, matches: true}, false},
		"a throttled try":          {desk{known: active, matches: true}, false},
		"an idle account":          {desk{known: &idle, allowed: true, matches: true}, false},
		"an account without one":   {desk{known: &bare, allowed: true, matches: true}, false},
		"an unproven second proof": {desk{known: &twoFactor, allowed: true, matches: true}, false},
	} {
		d := c.desk
		user, err := Service{Store: &d, Passwords: &d}.SignIn(t.Context(), domain.Request{}, SignInCommand{"ada@test.example", "x"})
		if (err == nil) != c.in || c.in != (user == active.UserID) {
			t.Errorf("%s: %v, %v", name, user, err)
		}
		if err != nil {
			texts[err.Error()] = true
		}
		if len(d.calls) < 3 || d.calls[0] != "started" || d.calls[1] != "hash" {
			t.Errorf("%s: %v", name, d.calls)
		}
		if slices.Contains(d.calls, "success") != c.in {
			t.Errorf("%s was closed as %v", name, d.calls)
		}
	}
	if len(texts) != 1 {
		t.Errorf("failures can be told apart: %v", texts)
	}
}

func TestWhatCannotBeAnAccountIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []SignInCommand{{"", "x"}, {"a\x00@b", "x"}, {"a@b", "x\x00"}, {"a@b\xff", "x"}, {strings.Repeat("a", 255), "x"}, {"a@b", strings.Repeat("x", 1025)}} {
		d := &desk{}
		if _, err := (Service{Store: d, Passwords: d}).SignIn(t.Context(), domain.Request{}, c); domain.CodeOf(err) != domain.CodeInvalid || len(d.calls) > 0 {
			t.Errorf("%.20q: %v, %v", c.Email, err, d.calls)
		}
	}
}
