package apptest

import (
	"testing"
	"time"

	"lyceum/domain/plans"
	"lyceum/store"
)

// Sweep applies what time has brought to subscriptions, by the clock of the database.
func (h *App) Sweep(t *testing.T) (plans.Swept, error) {
	t.Helper()
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	ahead, err := store.NewReader(h.DB.DB).ClockShift(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return plans.Service{
		Store: store.Plans{Writer: store.Writer{DB: h.DB.DB, Outbox: outbox}}, GraceDays: h.config.GraceDays,
		Clock: func() time.Time { return time.Now().Add(ahead).UTC().Truncate(time.Microsecond) },
	}.Sweep(t.Context())
}
