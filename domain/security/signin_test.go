package security

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

var (
	ada  = domain.UserID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000001")}
	home = domain.Request{ID: "r1", IP: "192.0.2.1", Device: "d"}
)

func TestEveryCombinationIsJudged(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{false, true} {
		for _, known := range []bool{false, true} {
			for _, matches := range []bool{false, true} {
				for _, active := range []bool{false, true} {
					for _, second := range []bool{false, true} {
						var c *Credentials
						if known {
							c = &Credentials{UserID: ada, Active: active, TwoFactorEnabled: second}
						}
						want := ""
						switch {
						case !allowed:
							want = "throttled"
						case !known:
							want = "unknown_account"
						case !matches:
							want = "wrong_password"
						case !active:
							want = "account_inactive"
						case second:
							want = "second_factor_unavailable"
						}
						if got := judge(Verdict{Allowed: allowed}, c, matches); got != want {
							t.Errorf("allowed %t, known %t, matches %t, active %t, second factor %t: got %q, want %q",
								allowed, known, matches, active, second, got, want)
						}
					}
				}
			}
		}
	}
}

func (h *fake) CredentialsOf(context.Context, domain.UserID) (*Credentials, error) {
	return h.credentials, nil
}

// fake is a Store, its Tx and Passwords, and notes what is asked of it in order.
type fake struct {
	steps       []string
	verdict     Verdict
	credentials *Credentials
	password    string // the right one; compared when there is a hash
	fresh       string // what its hash is renewed to
	overloaded  error
	broken      map[string]error
	attempts    []AttemptRecord
	events      []NewEvent
	ended       int64
}

func (h *fake) InTx(_ context.Context, _ domain.Actor, fn func(Tx) error) error {
	err := fn(h)
	h.steps = append(h.steps, "commit")
	return err
}

func (h *fake) TrackAttempt(_ context.Context, a AttemptRecord) (Verdict, error) {
	h.steps = append(h.steps, a.Status)
	h.attempts = append(h.attempts, a)
	return h.verdict, h.broken[a.Status]
}

func (h *fake) Credentials(context.Context, string) (*Credentials, error) {
	h.steps = append(h.steps, "credentials")
	return h.credentials, h.broken["credentials"]
}

func (h *fake) AddEvent(_ context.Context, e NewEvent) error {
	h.steps = append(h.steps, e.Name)
	h.events = append(h.events, e)
	return h.broken["event"]
}

func (h *fake) Matches(_ context.Context, hash, password string) (bool, error) {
	h.steps = append(h.steps, fmt.Sprintf("hash %q", hash))
	return hash != "" && password == h.password, h.overloaded
}

func (h *fake) Renewed(_ context.Context, hash, _ string) (string, error) {
	if h.fresh != "" {
		h.steps = append(h.steps, fmt.Sprintf("renew %q", hash))
	}
	return h.fresh, h.broken["renew"]
}

func (h *fake) RenewHash(_ context.Context, _ domain.UserID, old, fresh string) error {
	h.steps = append(h.steps, fmt.Sprintf("replace %q by %q", old, fresh))
	return nil
}

func (h *fake) EndSession(_ context.Context, id domain.SessionID, owner domain.UserID) (*Session, bool, error) {
	return &Session{ID: id, UserID: owner}, h.ended > 0, h.broken["end"]
}

func (h *fake) EndOtherSessions(context.Context, domain.UserID, domain.SessionID) (int64, error) {
	return h.ended, h.broken["end"]
}

func serviceIn(h *fake) Service { return Service{Store: h, Passwords: h} }

func adasCredentials() *Credentials {
	return &Credentials{UserID: ada, PasswordHash: new("#"), Active: true}
}

func TestATryIsCountedBeforeItIsJudgedAndTakesTheSameWorkWhateverItsEnd(t *testing.T) {
	t.Parallel()
	inactive, second, passwordless := adasCredentials(), adasCredentials(), adasCredentials()
	inactive.Active, second.TwoFactorEnabled, passwordless.PasswordHash = false, true, nil
	for name, c := range map[string]struct {
		allowed     bool
		credentials *Credentials
		password    string
		hash        string
		end         []string
		reason      string
	}{
		"right":            {true, adasCredentials(), "right", `hash "#"`, []string{"success", "sign_in"}, ""},
		"wrong password":   {true, adasCredentials(), "wrong", `hash "#"`, []string{"failed", "sign_in_failed"}, "wrong_password"},
		"unknown":          {true, nil, "right", `hash ""`, []string{"failed", "sign_in_failed"}, "unknown_account"},
		"no password set":  {true, passwordless, "right", `hash ""`, []string{"failed", "sign_in_failed"}, "wrong_password"},
		"inactive":         {true, inactive, "right", `hash "#"`, []string{"failed", "sign_in_failed"}, "account_inactive"},
		"second factor":    {true, second, "right", `hash "#"`, []string{"failed", "sign_in_failed"}, "second_factor_unavailable"},
		"throttled":        {false, adasCredentials(), "right", `hash ""`, []string{"sign_in_throttled"}, "throttled"},
		"throttled nobody": {false, nil, "right", `hash ""`, []string{"sign_in_throttled"}, "throttled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &fake{verdict: Verdict{Allowed: c.allowed}, credentials: c.credentials, password: "right"}
			who, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: " ada@example.org ", Password: c.password})
			want := slices.Concat([]string{"started", "credentials", "commit", c.hash}, c.end, []string{"commit"})
			if !slices.Equal(h.steps, want) {
				t.Errorf("did %q, want %q", h.steps, want)
			}
			for _, a := range h.attempts {
				if a.Email != "ada@example.org" || a.From != home {
					t.Errorf("logged %+v", a)
				}
			}
			if c.reason == "" {
				if err != nil || who.UserID != ada || h.events[0].ActorID != ada {
					t.Errorf("got %v, %v", who, err)
				}
				return
			}
			own, ok := domain.AsUserError(err)
			if !ok || who.UserID != domain.Anonymous || h.events[0].ActorID != domain.Anonymous || h.events[0].Severity != Warning {
				t.Fatalf("got %v, %v, logged %+v", who, err, h.events)
			}
			if last := h.attempts[len(h.attempts)-1]; last.Status == "failed" && last.Reason != c.reason {
				t.Errorf("logged %q, want %q", last.Reason, c.reason)
			}
			// The client hears one and the same, whatever the reason.
			if own.Code != domain.CodeRefused || own.Reason != "INVALID_CREDENTIALS" || own.Path != nil ||
				own.Message != "email or password is wrong, or there were too many tries: check both, or wait a while" {
				t.Errorf("told %+v", *own)
			}
		})
	}
}

func TestInputThatNoAccountCanHaveIsInvalidAndNotCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		email, password string
		fine            bool
	}{
		"no email":                 {"", "x", false},
		"only spaces":              {" \t\n", "x", false},
		"a NUL in the email":       {"ada\x00@example.org", "x", false},
		"a NUL in the password":    {"ada@example.org", "x\x00y", false},
		"a NUL at the end":         {"ada@example.org\x00", "x", false},
		"an email of broken UTF-8": {"ada\xff@example.org", "x", false},
		"a password of that kind":  {"ada@example.org", "\xc3", false},
		"an email too long":        {strings.Repeat("a", 255), "x", false},
		"a password too long":      {"ada@example.org", strings.Repeat("x", 1025), false},
		"the longest email":        {strings.Repeat("a", 254), "x", true},
		"the longest password":     {"ada@example.org", strings.Repeat("x", 1024), true},
		"no password":              {"ada@example.org", "", true}, // judged like any other wrong one
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &fake{verdict: Verdict{Allowed: true}, password: "right"}
			_, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: c.email, Password: c.password})
			if c.fine && domain.CodeOf(err) != domain.CodeRefused {
				t.Errorf("got %v", err)
			}
			if !c.fine && (domain.CodeOf(err) != domain.CodeInvalid || len(h.steps) != 0) {
				t.Errorf("got %v after %q", err, h.steps)
			}
		})
	}
}

func TestNobodyComesInWhenAStepFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, step := range []string{"started", "credentials", "success", "event"} {
		h := &fake{verdict: Verdict{Allowed: true}, credentials: adasCredentials(), password: "right", broken: map[string]error{step: boom}}
		who, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: "ada@example.org", Password: "right"})
		if !errors.Is(err, boom) || who.UserID != domain.Anonymous {
			t.Errorf("%s fails: got %v, %v", step, who, err)
		}
		if hashed := slices.Contains(h.steps, `hash "#"`); hashed != (step == "success" || step == "event") {
			t.Errorf("%s fails: did %q", step, h.steps)
		}
	}
	h := &fake{verdict: Verdict{Allowed: true}, credentials: adasCredentials(), password: "right", overloaded: domain.Errorf(domain.CodeOverloaded, "full")}
	if who, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: "a", Password: "right"}); domain.CodeOf(err) != domain.CodeOverloaded || who.UserID != domain.Anonymous {
		t.Errorf("at capacity: got %v, %v", who, err)
	}
}

func TestAnOldHashIsRenewedByWhoeverProvesItsPasswordAndByNobodyElse(t *testing.T) {
	t.Parallel()
	inactive := adasCredentials()
	inactive.Active = false
	for name, c := range map[string]struct {
		credentials *Credentials
		password    string
		renewed     bool
	}{
		"the right password": {adasCredentials(), "right", true}, "a wrong one": {adasCredentials(), "wrong", false}, "an inactive account": {inactive, "right", false},
	} {
		h := &fake{verdict: Verdict{Allowed: true}, credentials: c.credentials, password: "right", fresh: "##"}
		_, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: "a", Password: c.password})
		if replaced := slices.Contains(h.steps, `replace "#" by "##"`); replaced != c.renewed || (err == nil) != c.renewed {
			t.Errorf("%s: %v, %v", name, h.steps, err)
		}
	}
	h := &fake{verdict: Verdict{Allowed: true}, credentials: adasCredentials(), password: "right", broken: map[string]error{"renew": errors.New("full")}}
	if who, err := serviceIn(h).SignIn(t.Context(), home, SignInCommand{Email: "a", Password: "right"}); err != nil || who.UserID != ada {
		t.Errorf("a hash that cannot be renewed keeps its owner out: %v", err)
	}
}
