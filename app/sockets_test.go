package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/graph/serve"
)

// closed takes the table of plans away until opened is called, so that an operation that asks for plans stays where it is.
func closed(t *testing.T, h *apptest.App) (opened func()) {
	t.Helper()
	tx, err := h.DB.Owner.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `lock table subscription_plans in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	opened = func() { _ = tx.Rollback() }
	t.Cleanup(opened)
	return opened
}

const askPlans = `{ plans { name } }`

// awaited waits until something is so.
func awaited(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func TestASocketAnswersOperationsAndFreesTheirIDs(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.User("ada")
	s := h.As(t, "ada@test.example").Socket()
	for range 3 {
		s.Subscribe("1", `{ viewer { id } }`)
		if m := s.Next(); m.Type != "next" || m.ID != "1" || !strings.Contains(string(m.Payload), domain.FormatID(user)) {
			t.Errorf("%+v %s", m, m.Payload)
		}
		if m := s.Next(); m.Type != "complete" || m.ID != "1" {
			t.Errorf("%+v", m)
		}
	}
	s.Subscribe("2", `{ nothing }`)
	var errs []apptest.Error
	if m := s.Next(); m.Type != "error" || m.ID != "2" || json.Unmarshal(m.Payload, &errs) != nil || len(errs) != 1 || errs[0].Code() != "VALIDATION_FAILED" {
		t.Errorf("%+v %s", m, m.Payload)
	}
	s.Send(`{"type":"ping","payload":{"a":1}}`)
	if m := s.Next(); m.Type != "pong" {
		t.Errorf("%+v", m)
	}
	s.Send(`{"type":"pong"}`)
	s.Send(`{"type":"complete","id":"never begun"}`)
	s.Subscribe("3", `mutation { signIn(input: {email: "a@b.c", password: "x"}) { userErrors { code } } }`)
	if m := s.Next(); !strings.Contains(string(m.Payload), "REFUSED") {
		t.Errorf("a socket signs somebody in: %+v %s", m, m.Payload)
	}
}

func TestALargeAnswerArrivesWholeOverASocket(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	query, words := largeAnswer(h, 20)
	s := h.Anonymous(t).Socket()
	s.Subscribe("1", query)
	var payload struct {
		Data map[string]struct{ Body string }
	}
	if m := s.Next(); json.Unmarshal(m.Payload, &payload) != nil || len(payload.Data) != 20 || payload.Data["a7"].Body != words {
		t.Errorf("%d bytes of %s", len(m.Payload), m.Type)
	}
}

// largeAnswer is a query that is answered with so many times 200 KB.
func largeAnswer(h *apptest.App, times int) (query, words string) {
	words = strings.Repeat("words ", 200<<10/6)
	item := h.Item(h.Category("c"), "large", 0)
	h.Exec(`update content_bodies set body = $1 where content_id = $2`, words, item)
	var b strings.Builder
	for n := range times {
		fmt.Fprintf(&b, "a%d: contentItem(id: %q) { body } ", n, domain.FormatID(item))
	}
	return "{ " + b.String() + "}", words
}

func TestEachFaultOfASocketHasItsCloseCode(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	opened := closed(t, h)
	for name, c := range map[string]struct {
		ready bool
		send  []string
		want  websocket.StatusCode
	}{
		"not JSON":                      {true, []string{`not json`}, 4400},
		"no message of the protocol":    {true, []string{`{"type":"no-such-type"}`}, 4400},
		"complete without an id":        {true, []string{`{"type":"complete"}`}, 4400},
		"a message of the server":       {true, []string{`{"type":"next","id":"1"}`}, 4400},
		"no type":                       {true, []string{`{}`}, 4400},
		"a list":                        {true, []string{`[]`}, 4400},
		"a number as id":                {true, []string{`{"type":"subscribe","id":1,"payload":{"query":"{__typename}"}}`}, 4400},
		"no id":                         {true, []string{`{"type":"subscribe","payload":{"query":"{__typename}"}}`}, 4400},
		"no payload":                    {true, []string{`{"type":"subscribe","id":"1"}`}, 4400},
		"no query":                      {true, []string{`{"type":"subscribe","id":"1","payload":{}}`}, 4400},
		"variables that are none":       {true, []string{`{"type":"subscribe","id":"1","payload":{"query":"{__typename}","variables":[1]}}`}, 4400},
		"init with a payload of text":   {false, []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		"an operation before init":      {false, []string{`{"type":"subscribe","id":"1","payload":{"query":"{__typename}"}}`}, 4401},
		"a credential in init":          {false, []string{`{"type":"connection_init","payload":{"Authorization":"Bearer anything"}}`}, 4401},
		"a credential under headers":    {false, []string{`{"type":"connection_init","payload":{"headers":{"authorization":"Basic YTpi"}}}`}, 4401},
		"a token in init":               {false, []string{`{"type":"connection_init","payload":{"access_token":"anything"}}`}, 4401},
		"an empty credential":           {false, []string{`{"type":"connection_init","payload":{"authToken":""}}`}, 4401},
		"silence":                       {false, nil, 4408},
		"pings alone":                   {false, []string{`{"type":"ping"}`}, 4408},
		"an id that is running":         {true, []string{subscribe("1", askPlans), subscribe("1", askPlans)}, 4409},
		"a second init":                 {true, []string{`{"type":"connection_init"}`}, 4429},
		"a message of more than 64 KB":  {true, []string{`{"type":"ping","payload":"` + strings.Repeat("x", 64<<10) + `"}`}, websocket.StatusMessageTooBig},
		"two inits before the first":    {false, []string{`{"type":"connection_init"}`, `{"type":"connection_init"}`}, 4429},
		"a credential that is null, ok": {false, []string{`{"type":"connection_init","payload":{"authToken":null}}`, `no`}, 4400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s *apptest.Socket
			if c.ready {
				s = h.Anonymous(t).Socket()
			} else {
				s = h.Anonymous(t).Handshake()
			}
			for _, text := range c.send {
				s.Send(text)
			}
			if got := s.Code(); got != c.want {
				t.Errorf("closed with %d, want %d", got, c.want)
			}
		})
	}
	t.Run("bytes", func(t *testing.T) {
		t.Parallel()
		s := h.Anonymous(t).Socket()
		if err := s.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		if got := s.Code(); got != 4400 {
			t.Errorf("closed with %d", got)
		}
	})
	_ = opened // the table comes back with the end of the test, after all of these
}

func subscribe(id, query string) string {
	return fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%q}}`, id, query)
}

func TestAHandshakeWithoutTheProtocolIsRefusedAndNothingIsCompressed(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for _, offer := range [][]string{nil, {"graphql-ws"}, {"not-a-graphql-protocol"}} {
		if _, response, err := h.Anonymous(t).Dial(nil, offer...); err == nil || response.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %v %v", offer, response, err)
		}
	}
	_, response, err := h.Anonymous(t).Dial(nil, "graphql-ws", "graphql-transport-ws")
	if err != nil || response.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Errorf("%v %v", response, err)
	}
}

func TestASocketRunsFiftyOperationsAtATimeAndSixOfThemAtOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	opened := closed(t, h)
	s := h.Anonymous(t).Socket()
	for n := range 60 {
		s.Subscribe(fmt.Sprint(n), askPlans)
	}
	for range 10 { // the first fifty wait for the table
		m := s.Next()
		if m.Type != "error" || !strings.Contains(string(m.Payload), "OVERLOADED") || !strings.Contains(string(m.Payload), `"maximum":50`) {
			t.Fatalf("%+v %s", m, m.Payload)
		}
	}
	if waiting := lockWaits(h); waiting > 6 {
		t.Errorf("%d operations of one socket are in the database, 6 may be", waiting)
	}
	if m := h.Anonymous(t).Ask(`{ contentItems { totalCount } }`); m.Status != http.StatusOK || len(m.Errors) > 0 {
		t.Errorf("others are hurt: %s", m.Raw)
	}
	opened()
	complete := 0
	for complete < 50 {
		switch m := s.Next(); m.Type {
		case "complete":
			complete++
		case "next":
		default:
			t.Fatalf("%+v %s", m, m.Payload)
		}
	}
	s.Subscribe("again", askPlans)
	if m := s.Next(); m.Type != "next" {
		t.Errorf("the places were not freed: %+v %s", m, m.Payload)
	}
}

// lockWaits counts the statements that wait for the table of plans. Databases that are copies of one have tables of the same oid.
func lockWaits(h *apptest.App) (n int) {
	h.Get(&n, `select count(*) from pg_locks where relation = 'subscription_plans'::regclass and database = (select oid from pg_database where datname = current_database()) and not granted`)
	return n
}

func TestCanceledOperationsCountUntilTheyHaveEnded(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	closed(t, h)
	s := h.Anonymous(t).Socket()
	for n := range 300 {
		s.Subscribe(fmt.Sprint(n), askPlans)
		s.Send(fmt.Sprintf(`{"type":"complete","id":"%d"}`, n))
	}
	s.Send(`{"type":"ping"}`)
	for s.Next().Type != "pong" { // what is beyond fifty was refused, the others are silent
	}
	awaited(t, "canceled statements are gone", func() bool { return lockWaits(h) == 0 })
	s.Subscribe("after", `{ contentItems { totalCount } }`)
	if m := s.Next(); m.Type != "next" || m.ID != "after" {
		t.Errorf("%+v %s", m, m.Payload)
	}
}

func TestAClientThatHangsUpEndsItsOperations(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	closed(t, h)
	s := h.Anonymous(t).Socket()
	s.Subscribe("1", askPlans)
	awaited(t, "the operation is in the database", func() bool { return lockWaits(h) == 1 })
	_ = s.CloseNow()
	awaited(t, "its statement is gone", func() bool { return lockWaits(h) == 0 })
}

func TestAnAddressHasAHundredSocketsAndAUserTen(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.0/8"} })
	h.User("ada")
	h.User("ben")
	from := func(n int) http.Header { return http.Header{"X-Forwarded-For": {fmt.Sprintf("203.0.113.%d", n)}} }
	visitor, ada, ben := h.Anonymous(t), h.As(t, "ada@test.example"), h.As(t, "ben@test.example")
	refused := func(c *apptest.Caller, from http.Header) string {
		_, response, err := c.Dial(from, "graphql-transport-ws")
		if err == nil {
			return ""
		}
		text := make([]byte, 1<<10)
		n, _ := response.Body.Read(text)
		return fmt.Sprint(response.StatusCode, string(text[:n]))
	}
	var first *apptest.Socket
	for n := range 100 {
		s, _, err := visitor.Dial(from(1), "graphql-transport-ws")
		if err != nil {
			t.Fatalf("socket %d of an address: %v", n, err)
		}
		if n == 0 {
			first = s
			first.Send(`{"type":"connection_init"}`)
		}
	}
	for _, c := range []*apptest.Caller{visitor, ada} {
		if said := refused(c, from(1)); !strings.HasPrefix(said, "429") || !strings.Contains(said, "OVERLOADED") || !strings.Contains(said, `"maximum":100`) {
			t.Errorf("the 101st socket of an address: %q", said)
		}
	}
	for n := range 10 {
		if said := refused(ada, from(2+n%3)); said != "" {
			t.Fatalf("socket %d of a user: %s", n, said)
		}
	}
	if said := refused(ada, from(9)); !strings.HasPrefix(said, "429") || !strings.Contains(said, `"maximum":10`) {
		t.Errorf("the 11th socket of a user: %q", said)
	}
	for name, c := range map[string]*apptest.Caller{"a visitor": visitor, "another user": ben} {
		if said := refused(c, from(2)); said != "" {
			t.Errorf("%s is refused too: %s", name, said)
		}
	}
	if m := first.Next(); m.Type != "connection_ack" {
		t.Errorf("%+v", m)
	}
	_ = first.CloseNow()
	awaited(t, "the place of a socket that has ended is free", func() bool { return refused(visitor, from(1)) == "" })
}

func TestEventStreamsHaveTheirShareAndEndWithTheirReader(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.Streams = serve.DefaultStreams(); c.Streams.Operations = 3 })
	h.User("ada")
	h.User("ben")
	opened := closed(t, h)
	ada, ben := h.As(t, "ada@test.example"), h.As(t, "ben@test.example")
	stream := func(ctx context.Context) *http.Request {
		return request(t, http.MethodPost, h.URL, `{"query":"{ plans { name } }"}`, map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}).WithContext(ctx)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	ended := make(chan error, 3)
	for range 3 {
		go func() { ended <- ada.Wait(stream(ctx)) }()
	}
	awaited(t, "three streams are in the database", func() bool { return lockWaits(h) == 3 })
	if a := ada.Do(stream(t.Context())); a.Status != http.StatusTooManyRequests || fmt.Sprint(a.Codes()) != "[OVERLOADED]" {
		t.Errorf("a fourth: %d %s", a.Status, a.Raw)
	}
	hangUp()
	for range 3 {
		if err := <-ended; err == nil {
			t.Error("a stream came to its end although its table is locked")
		}
	}
	awaited(t, "their statements are gone", func() bool { return lockWaits(h) == 0 })
	opened()
	for name, caller := range map[string]*apptest.Caller{"the same user": ada, "another": ben} {
		if a := caller.Do(stream(t.Context())); a.Status != http.StatusOK || !strings.HasSuffix(a.Raw, "event: complete\n\n") || !strings.Contains(a.Raw, `data: {"data":{"plans":`) {
			t.Errorf("%s afterwards: %d %s", name, a.Status, a.Raw)
		}
	}
}

func TestAnEndedSessionEndsTheSocketAndItsOperations(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	end := `update user_sessions set is_active = false, ended_at = now(), end_reason = 'revoked'`
	t.Run("at its next operation", func(t *testing.T) {
		s := h.As(t, "ada@test.example").Socket()
		h.Exec(end)
		s.Subscribe("1", `{ __typename }`)
		if got := s.Code(); got != 4401 {
			t.Errorf("closed with %d", got)
		}
	})
	t.Run("while one runs", func(t *testing.T) {
		opened := closed(t, h)
		s := h.As(t, "ada@test.example").Socket()
		s.Subscribe("1", askPlans)
		awaited(t, "the operation is in the database", func() bool { return lockWaits(h) == 1 })
		h.Exec(end)
		if got := s.Code(); got != 4401 {
			t.Errorf("closed with %d", got)
		}
		awaited(t, "its statement is gone", func() bool { return lockWaits(h) == 0 })
		opened()
	})
	t.Run("before it begins", func(t *testing.T) {
		ada := h.As(t, "ada@test.example")
		h.Exec(end)
		s := ada.Handshake()
		s.Send(`{"type":"connection_init"}`)
		if got := s.Code(); got != 4401 {
			t.Errorf("closed with %d", got)
		}
	})
}
