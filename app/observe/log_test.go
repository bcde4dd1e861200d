package observe

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/graph/serve"
)

func record(name string, kind ast.Operation) serve.Record {
	return serve.Record{Name: name, Kind: kind}
}

// sink may be read while it grows.
type sink struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// lineIn writes the line of a request in a format.
func lineIn(t *testing.T, format string, r *request) string {
	t.Helper()
	var to sink
	log, err := NewLog(&to, format, "info")
	if err != nil {
		t.Fatal(err)
	}
	r.began, r.seen = time.Now().Add(-time.Second), t.Context()
	New(Options{Log: log.Logger, Slow: time.Millisecond}).write(r, requestLine, 200, 7)
	log.Flush()
	return to.String()
}

func TestAClientCannotForgeALine(t *testing.T) {
	t.Parallel()
	const evil = "x\nlevel=ERROR msg=forged\r\n{\"msg\":\"forged\"}\u2028\x1b[2J\" status=200"
	for _, format := range []string{Text, JSON} {
		r := &request{Record: record(evil, ast.Query), method: evil, path: "/graphql" + evil, agent: evil, address: evil}
		text := lineIn(t, format, r)
		if strings.Count(text, "\n") != 1 || strings.ContainsAny(strings.TrimSuffix(text, "\n"), "\r\x1b\u2028") {
			t.Errorf("%s: the line is not one: %q", format, text)
		}
		if strings.Contains(text, "\nlevel") || format == Text && strings.Contains(text, ` msg=forged`) && !strings.Contains(text, `\nlevel=ERROR msg=forged`) {
			t.Errorf("%s: %q", format, text)
		}
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); format == JSON && (err != nil || line["msg"] != requestLine || line["operation"] != evil) {
			t.Errorf("%v: %v", err, line)
		}
	}
}

func TestWhatAClientSendsDoesNotMakeALineLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 100_000)
	r := &request{Record: record(long, ast.Query), method: long, path: long, agent: long}
	if text := lineIn(t, JSON, r); len(text) > 2000 || !strings.Contains(text, "é") {
		t.Errorf("%d bytes", len(text))
	}
}

func TestALogHasTheLevelAndTheFormatOfTheSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, level, says, silent string }{
		{Text, "debug", "level=DEBUG msg=d", "\x00"},
		{Text, "info", "level=INFO msg=i", "msg=d"},
		{JSON, "warn", `"level":"WARN","msg":"w"`, `"msg":"i"`},
		{JSON, "error", `"level":"ERROR","msg":"e","k":1`, `"msg":"w"`},
	} {
		var to sink
		log, err := NewLog(&to, c.format, c.level)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("d")
		log.Info("i")
		log.Warn("w")
		log.With("k", 1).Error("e")
		if text := to.String(); !strings.Contains(text, c.says) || strings.Contains(text, c.silent) {
			t.Errorf("%+v: %s", c, text)
		}
	}
	if _, err := NewLog(&sink{}, "xml", "info"); err == nil {
		t.Error("xml is no format")
	}
	if _, err := NewLog(&sink{}, Text, "loud"); err == nil {
		t.Error("loud is no level")
	}
}

// Lines of requests may wait a moment; what somebody must see does not, and takes along what waits, in order.
func TestOnlyLinesOfRequestsThatWentWellAreGathered(t *testing.T) {
	t.Parallel()
	var to sink
	log, err := NewLog(&to, Text, "info")
	if err != nil {
		t.Fatal(err)
	}
	log.Info(requestLine)
	waiting := to.String()
	log.Warn(requestLine)
	if text := to.String(); waiting != "" || strings.Count(text, "msg=request") != 2 || strings.Index(text, "INFO") > strings.Index(text, "WARN") {
		t.Errorf("%q, then %q", waiting, text)
	}
	log.Info(requestLine)
	for end := time.Now().Add(time.Minute); strings.Count(to.String(), "msg=request") < 3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what waits is never written")
		}
	}
	for range 2 * gatherMost / 50 {
		log.Info(requestLine)
	}
	if len(to.String()) < gatherMost {
		t.Error("what waits grows without bound")
	}
}

func TestARefusalOutsideTheGraphIsNotedThroughEveryWriter(t *testing.T) {
	t.Parallel()
	r := &request{}
	a := &answer{ResponseWriter: httptest.NewRecorder(), request: r}
	Refused(wrapping{a}, "FORBIDDEN")
	Refused(httptest.NewRecorder(), "FORBIDDEN") // nobody listens
	if len(r.Errors) != 1 || r.Errors[0] != (serve.CodeCount{Code: "FORBIDDEN", Count: 1}) {
		t.Error(r.Errors)
	}
}

type wrapping struct{ http.ResponseWriter }

func (w wrapping) Unwrap() http.ResponseWriter { return w.ResponseWriter }
