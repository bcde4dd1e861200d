package app_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"lyceum/app/apptest"
)

// gqlgen answers nil once the context of an operation has ended; a transport that writes it panics.
func TestAClientThatHangsUpLeavesNeitherPanicNorErrorInTheLog(t *testing.T) {
	t.Parallel()
	for name, do := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := apptest.New(t)
			school(h, 20)
			// It takes its time to be validated, and is too long to be known the next time: many go before it begins to run.
			slow := " plans { " + strings.Repeat("id ", 440) + "} " + strings.Repeat(" ", 4<<10)
			operation := map[string]any{"query": `{ contentItems(first: 20) { nodes { title category { name } access { hasAccess reason } } } search(query: "item") { nodes { id body } }` + slow + "}"}
			began := time.Now()
			if raw, err := do(t.Context(), h.URL, operation); err != nil || !strings.Contains(raw, "contentItems") {
				t.Fatalf("%v: %s", err, raw)
			}
			usual := time.Since(began)
			var wg sync.WaitGroup
			for i := range 200 {
				wg.Go(func() { // at every moment from the first byte to the last
					ctx, cancel := context.WithTimeout(t.Context(), usual*time.Duration(i+1)/150)
					defer cancel()
					_, _ = do(ctx, h.URL, operation)
				})
				if i%10 == 9 {
					wg.Wait()
				}
			}
			wg.Wait()
			if raw, err := do(t.Context(), h.URL, operation); err != nil || !strings.Contains(raw, "contentItems") || strings.Contains(raw, "INTERNAL") {
				t.Errorf("afterwards: %v: %s", err, raw)
			}
			h.Close()
			if log := h.Logged(); strings.Contains(log, "panic") || strings.Contains(log, "ERROR") {
				t.Errorf("the log holds: %.3000s", log)
			}
		})
	}
}
