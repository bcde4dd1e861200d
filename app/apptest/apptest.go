// Package apptest gives a test the whole app on a database of its own in one line: apptest.New(t). Requests go through
// real HTTP; callers sign in like anybody else.
package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/crypto/bcrypt"

	"lyceum/app"
	"lyceum/db/dbtest"
	"lyceum/graph/rows"
	"lyceum/store/storetest"
)

// App is a running server.
type App struct {
	*storetest.Builder
	DB  *dbtest.Database
	URL string // of the graph
	// Close waits for the requests that are running and takes no more. It is called at the end of the test at the latest.
	Close func()

	config     *app.Config
	built      *app.App
	mu         sync.Mutex
	statements []string
	counting   bool
	written    map[string]bool // root fields, and whether their rows were written at once
	ways       map[rows.Way]int
	log        logged
}

// logged is what the app has written to its log.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// Logged returns what the app has written to its log so far.
func (h *App) Logged() string {
	h.log.mu.Lock()
	defer h.log.mu.Unlock()
	return h.log.text.String()
}

// Headers of tests: with fieldByField gqlgen answers every field itself, with wholeRows all columns of rows are read.
const (
	fieldByField = "Test-Field-By-Field"
	wholeRows    = "Test-Whole-Rows"
)

func asked(header string) func(context.Context) bool {
	return func(ctx context.Context) bool { return graphql.GetOperationContext(ctx).Headers.Get(header) != "" }
}

// hooks note how root fields are answered.
func (h *App) hooks() app.Hooks {
	return app.Hooks{
		HashCost:     bcrypt.MinCost,
		Log:          slog.New(slog.NewTextHandler(&h.log, nil)),
		FieldByField: asked(fieldByField), WholeRows: asked(wholeRows),
		Answered: func(_ context.Context, field string, way rows.Way) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.ways[way]++
			if way != rows.Skipped {
				h.written[field] = way == rows.Written
			}
		},
	}
}

// Written reports whether the rows of a root field were written at once when it was last asked.
func (h *App) Written(field string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.written[field]
}

// Ways counts how root fields were answered so far.
func (h *App) Ways() map[rows.Way]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.ways)
}

// Option changes a setting of the app.
type Option func(*app.Config)

// Production makes the app strict.
func Production(c *app.Config) { c.Env = "production" }

// NoBackups makes an app that takes none.
func NoBackups(c *app.Config) { c.Backup = "" }

// Origins lists single-page apps that may call with cookies.
func Origins(origins ...string) Option { return func(c *app.Config) { c.Origins = origins } }

// New starts an app.
func New(t *testing.T, options ...Option) *App {
	t.Helper()
	d := dbtest.New(t)
	h := &App{Builder: storetest.New(t, d.Owner), DB: d, written: map[string]bool{}, ways: map[rows.Way]int{}}
	server := httptest.NewUnstartedServer(nil)
	server.Listener = app.Steady(server.Listener)
	c := &app.Config{
		DatabaseURL: d.URL, DatabaseAppURL: d.AppURL, DatabasePool: 8, Listen: server.Listener.Addr().String(), OpsListen: "127.0.0.1:0",
		Backup: "file://" + t.TempDir(), BackupAt: "02:30", BackupDays: 7, BackupWeeks: 4,
		DataDir: t.TempDir(), Env: "development", AnswerMB: 4, AnswersMB: 16, GraceDays: 7,
	}
	for _, option := range options {
		option(c)
	}
	built, err := app.Build(t.Context(), c, d.DB, h.hooks())
	if err != nil {
		t.Fatal(err)
	}
	h.config, h.built = c, built
	server.Config = app.NewServer(built.Handler())
	server.Config.ErrorLog = log.New(&h.log, "net/http: ERROR: ", 0) // panics that nobody caught
	server.Start()
	h.Close = server.Close
	t.Cleanup(h.Close)
	h.URL = server.URL + "/graphql"
	d.Watch(func(sql string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.counting {
			h.statements = append(h.statements, sql)
		}
	})
	return h
}

// Statements runs fn and returns the statements that the app sent meanwhile.
func (h *App) Statements(fn func()) []string {
	h.mu.Lock()
	h.statements, h.counting = nil, true
	h.mu.Unlock()
	fn()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counting = false
	return h.statements
}

// Caller is somebody with a browser.
type Caller struct {
	t      *testing.T
	url    string
	client *http.Client
	header string
}

// Anonymous is somebody who has not signed in.
func (h *App) Anonymous(t *testing.T) *Caller {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Caller{t: t, url: h.URL, client: &http.Client{Jar: jar}}
}

// As signs a user of the builder's in.
func (h *App) As(t *testing.T, email string) *Caller {
	t.Helper()
	return h.SignIn(t, email, storetest.Password)
}

// SignIn signs anybody in.
func (h *App) SignIn(t *testing.T, email, password string) *Caller {
	t.Helper()
	c := h.Anonymous(t)
	a := c.Ask(`mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { viewer { id } userErrors { code } } }`,
		map[string]any{"email": email, "password": password})
	if a.String("signIn.viewer.id") == "" {
		t.Fatalf("%s cannot sign in: %s", email, a.Raw)
	}
	return c
}

// Answer is what the graph said.
type Answer struct {
	Status int
	Header http.Header
	Raw    string
	Data   map[string]any
	Errors []Error
}

// Error is one of an answer's errors.
type Error struct {
	Message    string
	Locations  []struct{ Line, Column int }
	Path       []any
	Extensions map[string]any
}

// Code is the error's stable code.
func (e Error) Code() string { c, _ := e.Extensions["code"].(string); return c }

// Codes are those of all errors.
func (a Answer) Codes() []string {
	codes := []string{}
	for _, e := range a.Errors {
		codes = append(codes, e.Code())
	}
	return codes
}

// Ask posts an operation; variables may be left out.
func (c *Caller) Ask(query string, variables ...map[string]any) Answer {
	c.t.Helper()
	body := map[string]any{"query": query}
	if len(variables) > 0 {
		body["variables"] = variables[0]
	}
	return c.post(body)
}

// Named posts a document and asks for one of its operations.
func (c *Caller) Named(document, operation string) Answer {
	c.t.Helper()
	return c.post(map[string]any{"query": document, "operationName": operation})
}

func (c *Caller) post(body map[string]any) Answer {
	c.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url, bytes.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.header != "" {
		request.Header.Set(c.header, "yes")
	}
	return c.Do(request)
}

// AskFieldByField is Ask with every field answered by gqlgen itself.
func (c *Caller) AskFieldByField(query string, variables ...map[string]any) Answer {
	c.t.Helper()
	slow := *c
	slow.header = fieldByField
	return slow.Ask(query, variables...)
}

// AskWholeRows is Ask with rows read whole.
func (c *Caller) AskWholeRows(query string, variables ...map[string]any) Answer {
	c.t.Helper()
	whole := *c
	whole.header = wholeRows
	return whole.Ask(query, variables...)
}

// Must asks and fails the test on any error.
func (c *Caller) Must(query string, variables ...map[string]any) Answer {
	c.t.Helper()
	a := c.Ask(query, variables...)
	if len(a.Errors) > 0 || a.Status != http.StatusOK {
		c.t.Fatalf("%s\n→ %d %s", query, a.Status, a.Raw)
	}
	return a
}

// Opening is Do for a request that may open a stream, which is closed at once.
func (c *Caller) Opening(r *http.Request) Answer {
	c.t.Helper()
	response, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	a := Answer{Status: response.StatusCode, Header: response.Header}
	if response.StatusCode != http.StatusSwitchingProtocols {
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			c.t.Fatal(err)
		}
		a.Raw = string(raw)
	}
	return a
}

// Do sends any request with the caller's cookies.
func (c *Caller) Do(r *http.Request) Answer {
	c.t.Helper()
	response, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := Answer{Status: response.StatusCode, Header: response.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &a) // an answer that is not JSON has neither data nor errors
	return a
}
