package app_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"lyceum/app"
	"lyceum/app/apptest"
)

func TestBrowsersAreToldToStayWithHTTPS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env, public, want string
	}{
		"a school behind a proxy that speaks TLS": {"production", "https://school.example", "max-age=31536000"},
		"production on this machine without TLS":  {"production", "http://localhost", ""},
		"development":                             {"development", "http://localhost", ""},
	} {
		h := apptest.New(t, func(s *app.Config) { s.Env, s.PublicURL = c.env, c.public })
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(h.URL, "graphql")+"livez", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Anonymous(t).Do(request).Header.Get("Strict-Transport-Security"); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// streams is a client of HTTP/2 that takes 100 bytes of each answer and no more.
func streams(t *testing.T, h http.Handler) (*http2.Framer, func(stream uint32)) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(conn, conn)
	if err := f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 100}); err != nil {
		t.Fatal(err)
	}
	return f, func(stream uint32) {
		var block strings.Builder
		encoder := hpack.NewEncoder(&block)
		for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "localhost"}} {
			_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
		}
		if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: []byte(block.String()), EndStream: true, EndHeaders: true}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAStreamOfHTTP2ThatNobodyTakesIsResetAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 2)
	f, ask := streams(t, app.SteadyStreamsWithin(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, 1<<20))
		ended <- err
	}), 300*time.Millisecond))
	for _, stream := range []uint32{1, 3} {
		ask(stream)
		for reset := false; !reset; {
			frame, err := f.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			if r, ok := frame.(*http2.RSTStreamFrame); ok && r.StreamID == stream {
				reset = true
			}
		}
		if err := <-ended; err == nil {
			t.Error("the handler was told that all was taken")
		}
	}
}

// What is left in net/http's buffer when the handler ends counts as well.
func TestTheEndOfAnAnswerOfHTTP2IsTakenInTimeToo(t *testing.T) {
	t.Parallel()
	f, ask := streams(t, app.SteadyStreamsWithin(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 1000))
	}), 300*time.Millisecond))
	ask(1)
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := frame.(*http2.RSTStreamFrame); ok {
			return
		}
	}
}

func TestAStreamOfHTTP2MayBeSilentBetweenItsEvents(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(app.SteadyStreamsWithin(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "event\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(errors.Join(err, http.ErrAbortHandler))
			}
			time.Sleep(300 * time.Millisecond)
		}
	}), 100*time.Millisecond))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || string(text) != "event\nevent\nevent\n" || response.ProtoMajor != 2 {
		t.Errorf("%q %v %s", text, err, response.Proto)
	}
}
