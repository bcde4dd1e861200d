package security

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

var (
	thisOne = domain.SessionID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000002")}
	another = domain.SessionID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000003")}
	viewer  = domain.Viewer{UserID: ada, SessionID: thisOne, Request: home}
)

func TestEndingSessionsIsRemembered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*testing.T, Service) error
		want NewEvent
	}{
		"sign-out": {
			func(t *testing.T, s Service) error { return s.SignedOut(t.Context(), viewer) },
			NewEvent{Name: "sign_out", Severity: Info, UserID: ada, ActorID: ada, SessionID: thisOne, From: home},
		},
		"one session": {
			func(t *testing.T, s Service) error {
				got, err := s.RevokeSession(t.Context(), viewer, RevokeSessionCommand{SessionID: another})
				if err == nil && (got.ID != another || got.UserID != ada) {
					t.Errorf("ended %+v", got)
				}
				return err
			},
			NewEvent{Name: "session_revoked", Severity: Info, UserID: ada, ActorID: ada, SessionID: another, From: home},
		},
		"all others": {
			func(t *testing.T, s Service) error {
				n, err := s.RevokeOtherSessions(t.Context(), viewer)
				if err == nil && n != 3 {
					t.Errorf("ended %d", n)
				}
				return err
			},
			NewEvent{Name: "other_sessions_revoked", Severity: Info, UserID: ada, ActorID: ada, SessionID: thisOne, From: home},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &fake{ended: 3}
			if err := c.do(t, serviceIn(h)); err != nil {
				t.Fatal(err)
			}
			if len(h.events) != 1 || h.events[0] != c.want {
				t.Errorf("logged %+v, want %+v", h.events, c.want)
			}
		})
	}
}

func TestASessionThatCouldNotBeEndedIsNotLogged(t *testing.T) {
	t.Parallel()
	h := &fake{broken: map[string]error{"end": domain.Errorf(domain.CodeNotFound, "the session does not exist")}}
	if _, err := serviceIn(h).RevokeSession(t.Context(), viewer, RevokeSessionCommand{SessionID: another}); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("got %v", err)
	}
	if _, err := serviceIn(h).RevokeOtherSessions(t.Context(), viewer); !errors.Is(err, h.broken["end"]) {
		t.Errorf("got %v", err)
	}
	if len(h.events) != 0 {
		t.Errorf("logged %+v", h.events)
	}
}

func TestWhatHadEndedBeforeIsAnsweredAndNotLoggedAgain(t *testing.T) {
	t.Parallel()
	h := &fake{}
	if got, err := serviceIn(h).RevokeSession(t.Context(), viewer, RevokeSessionCommand{SessionID: another}); err != nil || got.ID != another {
		t.Errorf("got %+v, %v", got, err)
	}
	if n, err := serviceIn(h).RevokeOtherSessions(t.Context(), viewer); err != nil || n != 0 {
		t.Errorf("ended %d, %v", n, err)
	}
	if len(h.events) != 0 {
		t.Errorf("logged %+v", h.events)
	}
}

func TestTheIDOfALogRowLeadsBackToItsKey(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 15, 12, 0, 0, 123456000, time.UTC)
	for name, id := range map[string]uuid.UUID{
		"attempt": (&Attempt{Number: 7, CreatedAt: at}).ID().UUID,
		"event":   (&Event{Number: 7, CreatedAt: at}).ID().UUID,
		"entry":   (&AuditEntry{Number: 7, CreatedAt: at}).ID().UUID,
	} {
		if gotAt, n := domain.LogKey(id); !gotAt.Equal(at) || n != 7 {
			t.Errorf("%s: got %v, %d", name, gotAt, n)
		}
	}
}
