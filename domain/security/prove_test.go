package security

import (
	"errors"
	"slices"
	"testing"

	"lyceum/domain"
)

func TestAPasswordThatIsAskedAgainIsCountedBeforeItIsLookedAt(t *testing.T) {
	t.Parallel()
	hash := "hash"
	for name, c := range map[string]struct {
		allowed    bool
		typed      string
		overloaded error
		reason     string
		closed     string // how the try was closed
		event      bool
	}{
		"right":      {true, "right", nil, "", "proved", false},
		"wrong":      {true, "wrong", nil, "PASSWORD_WRONG", "failed", true},
		"too many":   {false, "right", nil, "PASSWORD_WRONG", "", true},
		"overloaded": {true, "right", errors.New("full"), "", "failed", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &fake{
				verdict: Verdict{Allowed: c.allowed}, password: "right", overloaded: c.overloaded,
				credentials: &Credentials{UserID: ada, Email: "ada@example.org", PasswordHash: &hash, Active: true},
			}
			err := serviceIn(h).Prove(t.Context(), viewer, c.typed)
			own, _ := domain.AsUserError(err)
			if c.reason == "" && c.overloaded == nil && err != nil || c.reason != "" && (own == nil || own.Reason != c.reason) || c.overloaded != nil && !errors.Is(err, c.overloaded) {
				t.Errorf("got %v", err)
			}
			want := []string{"started"}
			if c.closed != "" {
				want = append(want, c.closed)
			}
			var got []string
			for _, a := range h.attempts {
				got = append(got, a.Status)
			}
			if !slices.Equal(got, want) || len(h.events) > 0 != c.event {
				t.Errorf("attempts %v, events %+v", got, h.events)
			}
		})
	}
	if err := serviceIn(&fake{}).Prove(t.Context(), domain.Viewer{}, "right"); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Errorf("a visitor: %v", err)
	}
}
