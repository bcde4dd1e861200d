package app_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/graph/serve"
)

// rawSocket is an initialised websocket without a client that answers anything.
func rawSocket(t *testing.T, h *apptest.App) net.Conn {
	t.Helper()
	conn := dial(t, h)
	fmt.Fprintf(conn, "GET /graphql HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n", conn.RemoteAddr())
	if head := make([]byte, 4<<10); readSome(conn, head) != nil || !strings.HasPrefix(string(head), "HTTP/1.1 101") {
		t.Fatalf("%s", head)
	}
	sendFrame(t, conn, 0x81, `{"type":"connection_init"}`)
	if ack := make([]byte, 4<<10); readSome(conn, ack) != nil || !strings.Contains(string(ack), "connection_ack") {
		t.Fatalf("%q", ack)
	}
	return conn
}

func readSome(r io.Reader, b []byte) error { _, err := r.Read(b); return err }

// sendFrame writes a frame of at most 125 bytes, masked with zeros.
func sendFrame(t *testing.T, conn net.Conn, head byte, payload string) {
	t.Helper()
	if _, err := conn.Write(append([]byte{head, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)); err != nil {
		t.Fatal(err)
	}
}

func TestAMessageThatNeverEndsEndsTheSocket(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for name, rest := range map[string]string{"empty fragments": "\x00\x80\x00\x00\x00\x00", "silence": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := rawSocket(t, h)
			sendFrame(t, conn, 0x01, "{") // more is to follow
			awaited(t, "the socket is gone", func() bool {
				_, err := conn.Write([]byte(rest))
				_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
				readErr := readSome(conn, make([]byte, 100))
				return err != nil || readErr != nil && !errors.Is(readErr, os.ErrDeadlineExceeded)
			})
		})
	}
}

func TestASocketThatDoesNothingOrAnswersNoPingIsClosed(t *testing.T) {
	t.Parallel()
	short := func(change func(*serve.Streams)) apptest.Option {
		return func(c *app.Config) { c.Streams = serve.DefaultStreams(); change(&c.Streams) }
	}
	t.Run("idle", func(t *testing.T) {
		t.Parallel()
		h := apptest.New(t, short(func(s *serve.Streams) { s.Watch, s.Idle = 50*time.Millisecond, 500*time.Millisecond }))
		if got := h.Anonymous(t).Socket().Code(); got != websocket.StatusNormalClosure {
			t.Errorf("closed with %d", got)
		}
	})
	t.Run("not idle while an operation runs", func(t *testing.T) {
		t.Parallel()
		h := apptest.New(t, short(func(s *serve.Streams) { s.Watch, s.Idle = 20*time.Millisecond, 100*time.Millisecond }))
		opened := closed(t, h)
		s := h.Anonymous(t).Socket()
		s.Subscribe("1", askPlans)
		awaited(t, "the operation is in the database", func() bool { return lockWaits(h) == 1 })
		time.AfterFunc(time.Second, opened)
		if m := s.Next(); m.Type != "next" {
			t.Errorf("%+v", m)
		}
	})
	t.Run("no pong", func(t *testing.T) {
		t.Parallel()
		h := apptest.New(t, short(func(s *serve.Streams) { s.Ping, s.Pong = 100*time.Millisecond, 500*time.Millisecond }))
		conn := rawSocket(t, h)
		if _, err := io.ReadAll(conn); err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the socket stays open")
		}
	})
	t.Run("pongs keep it", func(t *testing.T) {
		t.Parallel()
		h := apptest.New(t, short(func(s *serve.Streams) { s.Ping, s.Pong = 10*time.Millisecond, 20*time.Second }))
		s := h.Anonymous(t).Socket()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := s.Read(ctx); !errors.Is(err, context.DeadlineExceeded) { // it answers pings meanwhile
			t.Errorf("%v", err)
		}
	})
}

// dial opens a connection to an app.
func dial(t *testing.T, h *apptest.App) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(h.URL, "http://"), "/graphql"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

func TestAReaderThatStopsIsLetGo(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.AnswersMB = 64 }) // for both readers at a time
	query, _ := largeAnswer(h, 20)                                // 4 MB
	for name, accept := range map[string]string{"JSON": "application/json", "events": "text/event-stream"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, h)
			_ = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
			body := fmt.Sprintf(`{"query":%q}`, query)
			fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: %s\r\nContent-Length: %d\r\n\r\n%s",
				conn.RemoteAddr(), accept, len(body), body)
			first := make([]byte, 64<<10)
			if _, err := io.ReadFull(conn, first); err != nil || !strings.HasPrefix(string(first), "HTTP/1.1 200") {
				t.Fatalf("%v %.500s", err, first)
			}
			awaited(t, "the connection is gone", func() bool { _, err := conn.Write([]byte("x")); return err != nil })
		})
	}
}

func TestABodyThatDoesNotArriveIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	conn := dial(t, apptest.New(t))
	fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusRequestTimeout || !bytes.Contains(text, []byte("BAD_REQUEST")) || !response.Close {
		t.Errorf("%d %s", response.StatusCode, text)
	}
}

func TestASlowReaderThatGoesOnGetsEverything(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 16<<20)) }))
	server.Listener = app.SteadyWithin(server.Listener, 3*time.Second)
	server.Start()
	t.Cleanup(server.Close)
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	began, read := time.Now(), 0
	for part := make([]byte, 256<<10); ; time.Sleep(100 * time.Millisecond) {
		n, err := io.ReadFull(response.Body, part)
		if read += n; err != nil {
			break
		}
	}
	if read != 16<<20 || time.Since(began) < 4*time.Second {
		t.Errorf("%d bytes in %s", read, time.Since(began))
	}
}
