package apptest

import (
	"testing"

	"lyceum/domain"
	"lyceum/store"
)

// Work works off the requests for accounts that wait, the oldest first, as the queue would.
func (h *App) Work(t *testing.T) {
	t.Helper()
	var waiting []domain.AccountRequestID
	if err := h.DB.Owner.SelectContext(t.Context(), &waiting, `select id from account_requests order by created_at, id`); err != nil {
		t.Fatal(err)
	}
	for _, id := range waiting {
		if err := h.built.HandleAccountRequest(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

// Later moves the school's clock on.
func (h *App) Later(t *testing.T, interval string) {
	t.Helper()
	h.Exec(`update clock set shift = shift + $1::interval`, interval)
	if err := h.built.ReadClock(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// CleanUp ends what ran out, as the job does.
func (h *App) CleanUp(t *testing.T) {
	t.Helper()
	if _, err := store.NewMaintenance(h.DB.DB).CleanUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// VerifySeals verifies the seals of all logs, as the job does once a day.
func (h *App) VerifySeals(t *testing.T) {
	t.Helper()
	if err := h.built.VerifySeals(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// EvaluateAlerts looks whether anything is wrong, as the job does, and returns how many messages that made.
func (h *App) EvaluateAlerts(t *testing.T) int {
	t.Helper()
	told, err := h.built.EvaluateAlerts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return told
}
