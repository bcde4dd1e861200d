package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/store/storetest"
)

const askShelf = `query Shelf($first: Int!) { contentItems(first: $first) { nodes { title body category { name } } } }`

func TestARequestHasALineThatSaysWhatWasAskedByWhomAndHowItWent(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 3)
	user := h.User("ada")
	ada := h.As(t, "ada@test.example")
	a := ada.Ask(askShelf, vars{"first": 3})
	line := h.LineOf(t, a)
	for field, want := range map[string]any{
		"level": "INFO", "msg": "request", "method": "POST", "path": "/graphql", "operation": "Shelf", "type": "query", "status": 200.0,
		"bytes": float64(len(a.Raw)), "viewer": user.String(), "address": "127.0.0.1", "agent": "Go-http-client/1.1", "way": "written",
	} {
		if line[field] != want {
			t.Errorf("%s is %v and not %v", field, line[field], want)
		}
	}
	statements, took := line["statements"].(float64), line["duration_ms"].(float64)
	if inDatabase := line["database_ms"].(float64); statements < 2 || took <= 0 || inDatabase <= 0 {
		t.Errorf("%v statements of %v ms in %v ms", statements, inDatabase, took)
	}
	if len(a.Errors) > 0 {
		if codes := line["errors"].(map[string]any); codes["CONTENT_LOCKED"] != float64(len(a.Errors)) {
			t.Errorf("%v for %s", codes, a.Raw)
		}
	}
	sent := h.Statements(func() { a = ada.Must(`{ viewer { id } }`) })
	if line := h.LineOf(t, a); line["statements"] != float64(len(sent)) || line["operation"] != nil || line["errors"] != nil {
		t.Errorf("%d statements were sent: %v", len(sent), line)
	}
	if n := len(h.Lines(t, "request", a.Header.Get("X-Request-Id"))); n != 1 {
		t.Errorf("%d lines", n)
	}
}

// A client chooses the name of its operation, and what it says of itself: none of it can make a line of its own.
func TestAClientCannotWriteALineOfItsOwn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	const forged = "x\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\n"
	visitor := h.Anonymous(t)
	h.LineOf(t, visitor.Named(`query A { viewer { id } }`, forged))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(h.URL, "/graphql")+"/%0A%7B%22msg%22:%22forged%22%7D%0A", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", `" msg=forged {"msg":"forged"}`)
	h.LineOf(t, visitor.Do(r))
	if lines := h.Lines(t, "msg", "request"); len(lines) != 2 || len(h.Lines(t, "msg", "forged")) > 0 || strings.Count(h.RequestLog(), "\n") != 2 {
		t.Error(h.RequestLog())
	}
}

// What a client sends, and what it is answered, is nowhere in the log: neither of operations that go well nor of others.
func TestTheLogHoldsNoSecretsDocumentsVariablesOrBodies(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.SlowMS = 1 })
	school(h, 3)
	h.User("ada")
	h.UserWithRole("boss", "admin")
	ada := h.As(t, "ada@test.example")
	ada.Ask(`mutation { signIn(input: {email: "ada@test.example", password: "wrong horse secret"}) { userErrors { code } } }`)
	ada.Ask(`query Find($words: String!) { search(query: $words) { nodes { title } } }`, vars{"words": "secret words"})
	ada.Ask(`query Broken($words: String!) { secretField(query: $words) }`, vars{"words": "secret words"})
	ada.Ask(`{ "secret syntax`)
	ada.Must(askShelf, vars{"first": 1})
	get, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+"?query=%7Bviewer%7Bid%7D%7D&variables=%7B%22a%22:%22secret%22%7D", nil)
	if err != nil {
		t.Fatal(err)
	}
	get.Header.Set("Cookie", "other=secret")
	last := ada.Do(get)
	get.Header.Set("Authorization", "Bearer secret")
	h.LineOf(t, last)
	h.LineOf(t, ada.Do(get))
	text := h.RequestLog()
	for _, secret := range []string{storetest.Password, "secret", "ada@test.example", "viewer{", "contentItems(", "nodes {", "lyceum_session"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q: %s", secret, text)
		}
	}
	if !strings.Contains(text, `"operation":"Find"`) || !strings.Contains(text, "slow_statements") {
		t.Error("the test has looked at the wrong log:", text)
	}
}

func TestASlowOperationIsAWarningWithItsStatements(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.SlowMS = 30 })
	open := closed(t, h)
	answer := make(chan apptest.Answer)
	visitor := h.Anonymous(t)
	go func() { answer <- visitor.Ask(`query Prices { plans { name } }`) }()
	awaited(t, "the operation is in the database", func() bool { return lockWaits(h) == 1 })
	time.Sleep(40 * time.Millisecond)
	open()
	line := h.LineOf(t, <-answer)
	statements, _ := line["slow_statements"].([]any)
	if line["level"] != "WARN" || line["slow"] != true || line["operation"] != "Prices" || len(statements) == 0 {
		t.Fatal(line)
	}
	longest := statements[0].(map[string]any)
	if sql := longest["sql"].(string); !strings.HasPrefix(sql, "select ") || !strings.Contains(sql, "subscription_plans") || strings.Contains(sql, "\n") ||
		longest["ms"].(float64) < 30 || longest["times"] != 1.0 {
		t.Error(longest)
	}
}

func TestWhatIsRefusedHasALineToo(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	request := func(method, path string, change func(*http.Request)) apptest.Answer {
		r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(h.URL, "/graphql")+path, strings.NewReader(`{"query": "{ viewer { id } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if change != nil {
			change(r)
		}
		return visitor.Do(r)
	}
	for name, c := range map[string]struct {
		answer apptest.Answer
		status float64
		code   string
		fields map[string]any
	}{
		"a document that does not fit": {answer: visitor.Ask(`query Wrong { nothing }`), status: 200, code: "VALIDATION_FAILED"},
		"an operation that is not there": {
			answer: visitor.Named(`query A { viewer { id } }`, "B\nlevel=ERROR"), status: 200, code: "VALIDATION_FAILED", fields: map[string]any{"operation": "B\nlevel=ERROR"},
		},
		"no GraphQL":                     {answer: visitor.Ask(`{`), status: 200, code: "PARSE_FAILED"},
		"a credential that is not one":   {answer: request("POST", "/graphql", func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }), status: 401, code: "UNAUTHENTICATED"},
		"another method":                 {answer: request("PUT", "/graphql", nil), status: 405, code: "BAD_REQUEST", fields: map[string]any{"method": "PUT"}},
		"a body that is not JSON":        {answer: request("POST", "/graphql", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), status: 415, code: "BAD_REQUEST"},
		"another origin":                 {answer: request("POST", "/graphql", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }), status: 403, code: "FORBIDDEN"},
		"another host":                   {answer: request("POST", "/graphql", func(r *http.Request) { r.Host = "evil.example" }), status: 421, code: "FORBIDDEN"},
		"an address at which nothing is": {answer: request("GET", "/wp-admin?x=secret", nil), status: 404, code: "NOT_FOUND", fields: map[string]any{"path": "/wp-admin"}},
		"what is not for everybody":      {answer: visitor.Ask(`query Log { users { nodes { id } } }`), status: 200, code: "UNAUTHENTICATED", fields: map[string]any{"operation": "Log", "type": "query"}},
		"a stream that is not to be had": {answer: request("POST", "/graphql", func(r *http.Request) {
			r.Header.Set("Accept", "text/event-stream")
			r.Header.Set("Content-Type", "x/y")
		}), status: 415, code: "BAD_REQUEST"},
		"a handshake without a protocol":  {answer: request("GET", "/graphql", func(r *http.Request) { r.Header.Set("Upgrade", "websocket") }), status: 400, code: "BAD_REQUEST"},
		"a file that nobody was given":    {answer: request("GET", "/files/item_00/00?for=secret", nil), status: 403, code: "FORBIDDEN"},
		"a page that is shown to anybody": {answer: request("GET", "/playground", nil), status: 200, code: ""},
	} {
		line := h.LineOf(t, c.answer)
		codes, _ := line["errors"].(map[string]any)
		if line["msg"] != "request" || line["status"] != c.status || c.code != "" && codes[c.code] != 1.0 {
			t.Errorf("%s: %v\n%s", name, line, c.answer.Raw)
		}
		for field, want := range c.fields {
			if line[field] != want {
				t.Errorf("%s: %s is %v", name, field, line[field])
			}
		}
	}
	if strings.Contains(h.RequestLog(), "secret") {
		t.Error("the query of an address stands in the log")
	}
}

func TestErrorsInTheInputAreCountedApart(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	a := h.Anonymous(t).Ask(`mutation Knock { a: signIn(input: {email: "a@b.example", password: "x"}) { userErrors { code } } }`)
	line := h.LineOf(t, a)
	codes, _ := line["user_errors"].(map[string]any)
	if line["errors"] != nil || line["type"] != "mutation" || len(codes) != 1 || codes[a.String("a.userErrors.0.code")] != 1.0 {
		t.Errorf("%v for %s", line, a.Raw)
	}
	if text := h.Metrics(t); !strings.Contains(text, fmt.Sprintf(`lyceum_sign_ins_total{outcome="%s"}`, a.At("a.userErrors.0.code"))) {
		t.Error("the sign-ins are not counted")
	}
}

func TestHealthChecksAreNotLogged(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for _, path := range []string{"/livez", "/readyz"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(h.URL, "/graphql")+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := h.Anonymous(t).Do(r); a.Status != http.StatusOK {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	h.LineOf(t, h.Anonymous(t).Ask(`{ viewer { id } }`))
	if text := h.RequestLog(); strings.Contains(text, "livez") || strings.Contains(text, "readyz") {
		t.Error(text)
	}
}

func TestAClientThatDoesNotWaitHasStatus499(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	open := closed(t, h)
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		_, _ = transports["POST"](ctx, h.URL, map[string]any{"query": `query Gone { plans { name } }`})
	}()
	awaited(t, "the operation is in the database", func() bool { return lockWaits(h) == 1 })
	hangUp()
	line := h.Line(t, "operation", "Gone")
	open()
	if line["status"] != 499.0 || line["level"] != "INFO" {
		t.Error(line)
	}
}

func TestASessionThatCannotBeReadHasALineWithStatus503(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Exec("revoke select on user_sessions from lyceum_app")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL, strings.NewReader(`{"query": "query Late { viewer { id } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "lyceum_session", Value: "somebody"})
	a := h.Anonymous(t).Do(r)
	line := h.LineOf(t, a)
	if a.Status != http.StatusServiceUnavailable || line["status"] != 503.0 || line["level"] != "WARN" || line["errors"] == nil {
		t.Errorf("%d %s %v", a.Status, a.Raw, line)
	}
}

func TestAStreamHasALineWhenItBeginsAndOneWhenItEnds(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.User("ada")
	s := h.As(t, "ada@test.example").Socket()
	opened := h.Line(t, "msg", "stream opened")
	if opened["stream"] != "websocket" || opened["viewer"] != user.String() || opened["status"] != nil {
		t.Error(opened)
	}
	if text := h.Metrics(t); !strings.Contains(text, `lyceum_streams_open{kind="websocket"} 1`) {
		t.Error("the open stream is not counted")
	}
	s.Subscribe("1", `query Mine { viewer { id } }`)
	payload := s.Next().Payload
	line := h.Line(t, "operation", "Mine")
	if line["msg"] != "operation" || line["request"] != opened["request"] || line["viewer"] != user.String() || line["type"] != "query" ||
		line["stream"] != "websocket" || line["bytes"] != float64(len(payload)) || line["statements"].(float64) < 1 {
		t.Errorf("%v for %s", line, payload)
	}
	s.Subscribe("2", `query Wrong { nothing }`)
	awaited(t, "the refused operation is told", func() bool { return len(h.Lines(t, "msg", "operation")) == 2 })
	if codes, _ := h.Line(t, "msg", "operation")["errors"].(map[string]any); codes["VALIDATION_FAILED"] != 1.0 {
		t.Error(h.RequestLog())
	}
	_ = s.CloseNow()
	if closed := h.Line(t, "msg", "stream closed"); closed["request"] != opened["request"] || closed["status"] != 101.0 || closed["bytes"] != nil {
		t.Error(closed)
	}
}

func TestAnEventStreamHasItsTwoLines(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	if _, err := transports["events"](t.Context(), h.URL, map[string]any{"query": `query Mine { viewer { id } }`}); err != nil {
		t.Fatal(err)
	}
	opened, ended := h.Line(t, "msg", "stream opened"), h.Line(t, "msg", "stream closed")
	if opened["stream"] != "events" || ended["request"] != opened["request"] || ended["status"] != 200.0 || ended["operation"] != "Mine" || ended["bytes"].(float64) < 20 {
		t.Errorf("%v\n%v", opened, ended)
	}
	if text := h.Metrics(t); !strings.Contains(text, `lyceum_streams_open{kind="events"} 0`) {
		t.Error("the stream that has ended is counted")
	}
}
