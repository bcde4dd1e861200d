//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// school is the program itself, built and started as an operator does it: in production, on a PostgreSQL of its own.
type school struct {
	t       *testing.T
	program string
	url     string
	env     []string
	said    said
	stop    func() // at the end of the test at the latest
}

// said is what the program has printed.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// startSchool starts a school with nothing in it but its owner. It ends with the test.
func startSchool(t *testing.T, settings ...string) *school {
	t.Helper()
	dir, address := t.TempDir(), dbtest.FreeAddress(t)
	s := &school{t: t, program: filepath.Join(dir, "lyceum"), url: "http://" + address}
	s.env = append(os.Environ(), "LYCEUM_ENV=production", "LYCEUM_LISTEN="+address, "LYCEUM_OPS_LISTEN=127.0.0.1:0", "LYCEUM_DATA_DIR="+filepath.Join(dir, "data"))
	s.env = append(s.env, settings...)
	if text, err := exec.Command("go", "build", "-o", s.program, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	cmd := exec.Command(s.program)
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, &s.said, &s.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program ended with %v: %s", err, s.said.String())
		}
	})
	t.Cleanup(s.stop)
	for end := time.Now().Add(2 * time.Minute); !strings.Contains(s.said.String(), "Lyceum is open"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the school does not open: %s", s.said.String())
		}
	}
	return s
}

// advance lets time pass by the command for that, which only development has; the server follows within a second.
func (s *school) advance(by string) {
	s.t.Helper()
	cmd := exec.Command(s.program, "clock", "advance", by)
	cmd.Env = append(s.env[:len(s.env):len(s.env)], "LYCEUM_ENV=development")
	if text, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, text)
	}
	time.Sleep(1500 * time.Millisecond)
}

// message is one that Mailpit took.
type message struct {
	ID, Subject string
	To          []struct{ Address string }
}

// messages are those to an address; empty stands for all.
func (m *mailpit) messages(address string) (found []message) {
	m.t.Helper()
	var list struct {
		Messages []message `json:"messages"`
	}
	m.get("/api/v1/messages?limit=500", &list)
	for _, one := range list.Messages {
		for _, to := range one.To {
			if address == "" || strings.EqualFold(to.Address, address) {
				found = append(found, one)
			}
		}
	}
	return found
}

// text is the plain part of a message.
func (m *mailpit) text(id string) string {
	m.t.Helper()
	var whole struct{ Text string }
	m.get("/api/v1/message/"+id, &whole)
	return whole.Text
}

func (m *mailpit) get(path string, into any) {
	m.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, fmt.Sprintf("http://%s%s", m.api, path), nil)
	if err != nil {
		m.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		m.t.Fatal(err)
	}
}
