package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"lyceum/app"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// served is the whole program, jobs included, behind a line to its database that can fall silent.
type served struct {
	*storetest.Builder
	line    *dbtest.Proxy
	config  *app.Config
	log     *logged
	base    string
	client  *http.Client // signed in
	visitor *http.Client
	item    domain.ItemID
	ada     domain.UserID
	stop    context.CancelFunc
	ended   chan error
}

type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newServed(t *testing.T) *served {
	t.Helper()
	d := dbtest.New(t)
	s := &served{Builder: storetest.New(t, d.Owner), line: dbtest.NewProxy(t, d.AppURL), log: &logged{}, ended: make(chan error, 1), visitor: &http.Client{}}
	s.ada = s.User("ada")
	s.item = s.Item(s.Category("c"), "one", 0)
	var err error
	s.config, err = app.Checked(&app.Config{
		AnswerMB: 4, AnswersMB: 16,
		DatabaseURL: d.URL, DatabaseAppURL: s.line.URL(d.AppURL), DatabasePool: 20, Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir(),
		Env: "development",
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	a, err := app.New(ctx, s.config, &app.Database{OwnerURL: d.URL, AppURL: s.config.DatabaseAppURL}, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan net.Addr, 1)
	go func() { s.ended <- a.Serve(ctx, func(at net.Addr) { ready <- at }) }()
	t.Cleanup(func() {
		stop()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		_ = a.Close()
	})
	s.base = "http://" + (<-ready).String()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar}
	if _, text := s.post(t, s.client, signInAda, ""); !strings.Contains(text, `"username":"ada"`) {
		t.Fatal(text)
	}
	return s
}

const (
	signInAda = `mutation { signIn(input: {email: "ada@test.example", password: "` + storetest.Password + `"}) { viewer { username } userErrors { code } } }`
	readOne   = `{ viewer { username } contentItems(first: 3) { nodes { title body } totalCount } }`
)

func (s *served) do(t *testing.T, c *http.Client, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

func (s *served) post(t *testing.T, c *http.Client, query, accept string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Error(err)
	}
	return s.do(t, c, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", accept)
}

// socket opens a websocket and says hello.
func (s *served) socket(t *testing.T) (*websocket.Conn, error) {
	t.Helper()
	c, response, err := websocket.Dial(t.Context(), s.base+"/graphql", &websocket.DialOptions{HTTPClient: s.client, Subprotocols: []string{"graphql-transport-ws"}})
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		return nil, err
	}
	_, _, err = c.Read(t.Context())
	return c, err
}

// over asks on a websocket and returns all that it hears.
func over(t *testing.T, c *websocket.Conn, query string) string {
	t.Helper()
	message, err := json.Marshal(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]string{"query": query}})
	if err != nil {
		t.Error(err)
	}
	if err := c.Write(t.Context(), websocket.MessageText, message); err != nil {
		return err.Error()
	}
	heard := ""
	for {
		_, text, err := c.Read(t.Context())
		if err != nil {
			return heard + err.Error()
		}
		heard += string(text)
		if bytes.Contains(text, []byte(`"type":"complete"`)) || bytes.Contains(text, []byte(`"type":"error"`)) {
			return heard
		}
	}
}

// requests are every way to ask something of the database. Each returns what it heard.
func (s *served) requests(t *testing.T, socket *websocket.Conn) map[string]func() string {
	t.Helper()
	link, err := app.LinkMadeAt(s.config, time.Now(), s.ada, s.item, strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	link = "/files/" + strings.SplitN(link, "/files/", 2)[1]
	report := `mutation { reportProgress(input: {itemId: "` + domain.FormatID(s.item) + `", eventKey: "` + uuid.NewString() + `", progress: 10, seconds: 5}) { progress { percent } } }`
	second := func(_ int, text string) string { return text }
	return map[string]func() string{
		"a query of a visitor's":    func() string { return second(s.post(t, s.visitor, `{ plans { name } }`, "")) },
		"a query of a person's":     func() string { return second(s.post(t, s.client, readOne, "")) },
		"a query by GET":            func() string { return second(s.do(t, s.visitor, http.MethodGet, "/graphql?query={plans{name}}", "")) },
		"a mutation":                func() string { return second(s.post(t, s.client, report, "")) },
		"a sign-in":                 func() string { return second(s.post(t, s.visitor, signInAda, "")) },
		"a query as an event":       func() string { return second(s.post(t, s.visitor, `{ plans { name } }`, "text/event-stream")) },
		"a person's, as an event":   func() string { return second(s.post(t, s.client, readOne, "text/event-stream")) },
		"a query on a socket":       func() string { return over(t, socket, readOne) },
		"a new socket of a visitor": func() string { return s.overNew(t) },
		"a file":                    func() string { return second(s.do(t, s.visitor, http.MethodGet, link, "")) },
		"the playground":            func() string { return second(s.do(t, s.client, http.MethodGet, "/playground", "")) },
		"readiness":                 func() string { return second(s.do(t, s.visitor, http.MethodGet, "/readyz", "")) },
	}
}

func (s *served) overNew(t *testing.T) string {
	t.Helper()
	anonymous := *s
	anonymous.client = s.visitor
	c, err := anonymous.socket(t)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = c.CloseNow() }()
	return over(t, c, `{ plans { name } }`)
}

// says waits until the log says something.
func (s *served) says(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(s.log.String(), text); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say %q: %s", text, s.log)
		}
	}
}

// typed reports whether an answer says in a code of ours that the database is to blame.
func typed(answer string) bool {
	return strings.Contains(answer, `"UNAVAILABLE"`) || strings.Contains(answer, `"TIMEOUT"`) || strings.Contains(answer, `"OVERLOADED"`) ||
		strings.Contains(answer, "the database does not answer")
}

func TestASilentDatabaseEndsEveryRequestInTimeAndIsForgottenWhenItIsBack(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	socket, err := s.socket(t)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.CloseNow() }()
	requests := s.requests(t, socket)
	for name, ask := range requests {
		if answer := ask(); typed(answer) {
			t.Fatalf("%s before the silence: %s", name, answer)
		}
	}
	s.line.Silence()
	var all sync.WaitGroup
	for name, ask := range requests {
		times := 3
		if name == "a query on a socket" {
			times = 1
		}
		for range times {
			all.Go(func() {
				began := time.Now()
				answer := ask()
				// The deadline is 10 s, and what ends later than a second after it is a fault; the rest is for busy machines.
				if took := time.Since(began); took > 16*time.Second || !typed(answer) {
					t.Errorf("%s took %s: %s", name, took, answer)
				}
			})
		}
	}
	s.Exec(`insert into security_audit_log (event, severity) values ('in the dark', 'info')`)
	all.Wait()
	s.says(t, "audit rows cannot be sealed")
	s.says(t, "the clock of the database cannot be read")

	s.line.Heal()
	healed := time.Now()
	for name, ask := range requests {
		for answer := ask(); typed(answer); answer = ask() {
			if time.Since(healed) > 8*time.Second {
				t.Fatalf("%s, %s after healing: %s", name, time.Since(healed), answer)
			}
		}
	}
	var waiting int
	for s.Get(&waiting, "select count(*) from audit_unsealed"); waiting > 0; s.Get(&waiting, "select count(*) from audit_unsealed") {
		if time.Since(healed) > 15*time.Second {
			t.Fatalf("%d audit rows are not sealed %s after healing", waiting, time.Since(healed))
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.says(t, "audit rows are sealed again")
	if strings.Contains(s.log.String(), "masked error") {
		t.Errorf("something was taken for the program's fault: %s", s.log)
	}
}

func TestTheProgramEndsWhenToldThoughItsDatabaseIsSilent(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	s.line.Silence()
	began := time.Now()
	s.stop()
	err := <-s.ended
	s.ended <- err
	if took := time.Since(began); took > time.Minute { // 20 s to drain, 5 s to cancel, and a busy machine
		t.Errorf("it took %s: %v", took, err)
	}
}
