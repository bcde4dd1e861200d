package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/store/storetest"
)

// originTransports are the ways to send an operation, as headers of a request beside its body.
var originTransports = map[string]struct {
	method  string
	headers map[string]string
}{
	"POST": {http.MethodPost, map[string]string{"Content-Type": "application/json"}},
	"GET":  {http.MethodGet, nil},
	"SSE":  {http.MethodPost, map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}},
	"websocket": {http.MethodGet, map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "graphql-transport-ws",
	}},
}

func TestAReboundHostOrAForeignOriginRunsNothingOnAnyTransport(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Origins("http://127.0.0.1:3000"))
	h.User("ada")
	ada := h.As(t, "ada@test.example")
	at, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	var before, after int
	count := "select count(*) from login_attempts"
	if err := h.DB.Owner.GetContext(t.Context(), &before, count); err != nil {
		t.Fatal(err)
	}
	signIn := `{"query":"mutation { signIn(input: {email: \"ada@test.example\", password: \"` + storetest.Password + `\"}) { viewer { username } } }"}`
	for name, transport := range originTransports {
		for _, c := range []struct {
			host, origin string
			status       int // 0: it passes
		}{
			{"", "", 0},
			{"", "http://" + at.Host, 0},
			{"", "http://127.0.0.1:3000", 0},
			{"localhost:" + at.Port(), "http://localhost:" + at.Port(), 0},
			{"evil.example:" + at.Port(), "", http.StatusMisdirectedRequest},
			{"evil.example:" + at.Port(), "http://evil.example:" + at.Port(), http.StatusMisdirectedRequest},
			{"evil.example", "http://" + at.Host, http.StatusMisdirectedRequest},
			{"", "https://" + at.Host, http.StatusForbidden},
			{"", "https://127.0.0.1:3000", http.StatusForbidden},
			{"", "https://evil.example", http.StatusForbidden},
			{"", "http://evil.example:" + at.Port(), http.StatusForbidden},
			{"", "http://localhost:" + at.Port(), http.StatusForbidden}, // own name, other origin
			{"", "null", http.StatusForbidden},
		} {
			headers := map[string]string{}
			for key, value := range transport.headers {
				headers[key] = value
			}
			if c.origin != "" {
				headers["Origin"] = c.origin
			}
			address, body := h.URL, signIn
			switch {
			case c.status == 0:
				body = `{"query":"{ viewer { username } }"}`
				address += "?query=" + url.QueryEscape("{ viewer { username } }")
			case transport.method == http.MethodGet:
				address += "?query=" + url.QueryEscape("{ viewer { username email } }")
			}
			if transport.method == http.MethodGet {
				body = ""
			}
			r := request(t, transport.method, address, body, headers)
			r.Host = c.host
			a := ada.Opening(r)
			if c.status != 0 && (a.Status != c.status || strings.Contains(a.Raw, `"ada`) || a.Header.Get("Access-Control-Allow-Origin") != "") {
				t.Errorf("%s, host %q, origin %q: %d %s", name, c.host, c.origin, a.Status, a.Raw)
			}
			if c.status == 0 && a.Status != http.StatusOK && a.Status != http.StatusSwitchingProtocols {
				t.Errorf("%s, host %q, origin %q is refused: %d %s", name, c.host, c.origin, a.Status, a.Raw)
			}
		}
	}
	if err := h.DB.Owner.GetContext(t.Context(), &after, count); err != nil || after != before {
		t.Errorf("%d mutations ran, %v", after-before, err)
	}
}

func TestEverythingButHealthAnswersForTheOwnHostAlone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	root := strings.TrimSuffix(h.URL, "/graphql")
	for path, status := range map[string]int{
		"/playground": http.StatusMisdirectedRequest, "/schema.graphql": http.StatusMisdirectedRequest, "/": http.StatusMisdirectedRequest,
		"/files/item_00000000000000000000000000000001/x": http.StatusMisdirectedRequest, "/playground/assets/x": http.StatusMisdirectedRequest,
		"/livez": http.StatusOK, "/readyz": http.StatusOK,
	} {
		r := request(t, http.MethodGet, root+path, "", nil)
		r.Host = "evil.example"
		if a := h.Anonymous(t).Do(r); a.Status != status {
			t.Errorf("%s: %d %s", path, a.Status, a.Raw)
		}
	}
}
