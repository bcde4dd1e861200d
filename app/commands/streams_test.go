package commands_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lyceum/db/dbtest"

	"github.com/coder/websocket"
)

// socket opens a websocket of an anonymous user that is ready for operations.
func (h *running) socket(t *testing.T) *websocket.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, h.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		t.Fatal(err)
	}
	if _, text, err := conn.Read(ctx); err != nil || !strings.Contains(string(text), "connection_ack") {
		t.Fatalf("%v %s", err, text)
	}
	return conn
}

// measured reads a figure of the program.
func measured(t *testing.T, ops, name string) (value float64) {
	t.Helper()
	response, err := http.Get("http://" + ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(text), "\n"+name+" ")
	if _, err := fmt.Sscan(line, &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

func TestThreeThousandOperationsThatNobodyReadsAreNotKept(t *testing.T) {
	t.Parallel()
	ops := dbtest.FreeAddress(t)
	h := open(t, t.TempDir(), "LYCEUM_OPS_LISTEN="+ops)
	reader := h.socket(t)
	var names strings.Builder
	for n := range 30 {
		fmt.Fprintf(&names, " s%d: summary", n)
	}
	large := `{ contentItems(first: 50) { nodes {` + names.String() + ` } } }`
	if a := h.ask(large); len(a) < 100<<10 || strings.Contains(a, `"errors"`) {
		t.Fatalf("the answer should be large: %d bytes, %.200s", len(a), a)
	}
	goroutines, memory := measured(t, ops, "go_goroutines"), measured(t, ops, "process_resident_memory_bytes")
	mostGoroutines, mostMemory := goroutines, memory

	silent := h.socket(t)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		var err error
		for n := 0; err == nil; n++ {
			message := `{"type":"pong"}`
			if n < 3000 {
				message = fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":%q}}`, n, large)
			} else {
				time.Sleep(50 * time.Millisecond)
			}
			err = silent.Write(ctx, websocket.MessageText, []byte(message))
		}
		close(gone)
	}()
	for open := true; open; {
		select {
		case <-gone:
			open = false
		case <-time.After(100 * time.Millisecond):
			mostGoroutines = max(mostGoroutines, measured(t, ops, "go_goroutines"))
			mostMemory = max(mostMemory, measured(t, ops, "process_resident_memory_bytes"))
		}
	}
	if ctx.Err() != nil {
		t.Error("the socket stays open for whoever reads nothing")
	}
	t.Logf("%.0f goroutines at most, %.0f before; %.0f MB at most, %.0f before", mostGoroutines, goroutines, mostMemory/(1<<20), memory/(1<<20))
	if mostGoroutines > goroutines+150 || mostMemory > memory+150<<20 {
		t.Errorf("%.0f goroutines at most, %.0f before; %.0f MB at most, %.0f before", mostGoroutines, goroutines, mostMemory/(1<<20), memory/(1<<20))
	}
	if a := h.ask(`{ plans { name } }`); !strings.Contains(a, "Lifetime") {
		t.Errorf("others: %s", a)
	}

	closed := make(chan websocket.StatusCode, 1)
	go func() {
		_, _, err := reader.Read(ctx)
		closed <- websocket.CloseStatus(err)
	}()
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
	if code := <-closed; code != websocket.StatusGoingAway {
		t.Errorf("a socket is closed with %d when the program stops", code)
	}
}
