package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// requestMessages are those of lines that every request writes. They are kept apart, so that a test can look for what nobody expects.
var requestMessages = []string{"request", "operation", "stream opened", "stream closed"}

// splitting is the log of a test: lines of requests as JSON, all else as text.
type splitting struct{ requests, others slog.Handler }

func newLog(requests, others *logged) *slog.Logger {
	return slog.New(splitting{slog.NewJSONHandler(requests, nil), slog.NewTextHandler(others, nil)})
}

func (s splitting) Enabled(ctx context.Context, level slog.Level) bool {
	return s.others.Enabled(ctx, level)
}

func (s splitting) Handle(ctx context.Context, r slog.Record) error {
	if slices.Contains(requestMessages, r.Message) {
		return s.requests.Handle(ctx, r)
	}
	return s.others.Handle(ctx, r)
}

func (s splitting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return splitting{s.requests.WithAttrs(attrs), s.others.WithAttrs(attrs)}
}

func (s splitting) WithGroup(name string) slog.Handler {
	return splitting{s.requests.WithGroup(name), s.others.WithGroup(name)}
}

// Line is one of the log's, as its reader sees it.
type Line map[string]any

// RequestLog is all that requests have written to the log so far.
func (h *App) RequestLog() string { return h.requests.String() }

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(bytes.Clone(l.text.Bytes()))
}

// Lines are those that requests have written so far and that have a field of a value.
func (h *App) Lines(t *testing.T, field, value string) (found []Line) {
	t.Helper()
	for text := range strings.Lines(h.RequestLog()) {
		var line Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if line[field] == value {
			found = append(found, line)
		}
	}
	return found
}

// Line waits for the line of the request with an id, or of a kind of message. A line is written once the answer has gone out, so that
// its client may be faster.
func (h *App) Line(t *testing.T, field, value string) Line {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if found := h.Lines(t, field, value); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	t.Fatalf("no line has %s=%s:\n%s", field, value, h.RequestLog())
	return nil
}

// LineOf waits for the line of an answer.
func (h *App) LineOf(t *testing.T, a Answer) Line {
	t.Helper()
	return h.Line(t, "request", a.Header.Get("X-Request-Id"))
}

// Metrics is what the operators' address shows.
func (h *App) Metrics(t *testing.T) string {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Host = "127.0.0.1"
	shown := httptest.NewRecorder()
	h.ops.ServeHTTP(shown, request)
	if shown.Code != http.StatusOK {
		t.Fatalf("%d %s", shown.Code, shown.Body)
	}
	return shown.Body.String()
}
