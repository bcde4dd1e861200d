package serve

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
)

func TestAnErrorListThatCannotBeWrittenIsLogged(t *testing.T) {
	t.Parallel()
	broken := &graphql.Response{
		Data:   []byte(`{"a":1}`),
		Errors: gqlerror.List{{Message: "m", Extensions: map[string]any{"limit": func() {}}}},
	}
	const want = `{"errors":null,"data":{"a":1}}`
	for name, write := range map[string]func(encoder) string{
		"at once": func(e encoder) string {
			w := httptest.NewRecorder()
			e.write(t.Context(), w, http.StatusOK, broken)
			return w.Body.String()
		},
		"in pieces": func(e encoder) string { return string(bytes.Join(e.pieces(t.Context(), broken), nil)) },
	} {
		var log bytes.Buffer
		if got := write(encoder{slog.New(slog.NewTextHandler(&log, nil))}); got != want {
			t.Errorf("%s: %s", name, got)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "unsupported type") {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}

func TestThatSessionsCannotBeReadIsSaidOnceInAWhileForAllStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		answer := error(domain.Errorf(domain.CodeUnavailable, "the database is away"))
		l := &lookout{lasts: func(context.Context) error { return answer }, log: slog.New(slog.NewTextHandler(&log, nil))}
		for range 150 { // two and a half minutes
			if err := l.ended(t.Context()); err != nil {
				t.Fatalf("streams are ended: %v", err)
			}
			time.Sleep(time.Second)
		}
		if n := strings.Count(log.String(), "the database is away"); n != 3 {
			t.Errorf("it was said %d times", n)
		}
		answer = domain.Errorf(domain.CodeUnauthenticated, "it has ended")
		if err := l.ended(t.Context()); !errors.Is(err, answer) {
			t.Errorf("an ended session: %v", err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if l.ended(over) != nil {
			t.Error("a stream that is over has an ended session")
		}
	})
}
