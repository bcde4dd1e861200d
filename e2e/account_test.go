//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lyceum/app/account"
)

// asked is what the page has sent to the graph.
type asked struct {
	mu     sync.Mutex
	bodies []map[string]any
	answer string
}

// accounts serves the page, and a graph that answers as told.
func accounts(t *testing.T) (string, *asked) {
	t.Helper()
	a, mux := &asked{}, http.NewServeMux()
	account.Open(mux)
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		a.bodies = append(a.bodies, body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(a.answer))
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, a
}

func (a *asked) last() (query string, variables map[string]any, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.bodies) == 0 {
		return "", nil, 0
	}
	body := a.bodies[len(a.bodies)-1]
	query, _ = body["query"].(string)
	variables, _ = body["variables"].(map[string]any)
	return query, variables, len(a.bodies)
}

func (a *asked) answers(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = text
}

const aToken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_-"

func TestALinkFromAMailIsFollowedInABrowser(t *testing.T) {
	t.Parallel()
	at, graph := accounts(t)
	b := browse(t, at, 800, 800)
	b.open("/account")
	b.sees("#lead", "opened by a link")

	graph.answers(`{"data": {"verifyEmail": {"userErrors": [{"code": "LINK_EXPIRED", "message": "x"}]}}}`)
	b.open("/account#verify=" + aToken)
	b.sees("#title", "Confirm your email address")
	b.until("the token is out of the address", `location.hash === ""`)
	b.click("#send")
	b.sees("#problem", "has expired or was used")
	graph.answers(`{"data": {"verifyEmail": {"userErrors": []}}}`)
	b.click("#send")
	b.sees("#done", "You can sign in now")
	if query, variables, n := graph.last(); n != 2 || !strings.Contains(query, "verifyEmail(input: {token: $token})") || variables["token"] != aToken {
		t.Errorf("%s %v %d", query, variables, n)
	}
}

func TestAPasswordIsChosenTwiceBeforeItIsSent(t *testing.T) {
	t.Parallel()
	at, graph := accounts(t)
	b := browse(t, at, 800, 800)
	b.open("/account#invitation=" + aToken)
	b.sees("#title", "Accept the invitation")
	for _, c := range []struct{ password, again, says string }{
		{"", "", "choose a password"}, {"short", "short", "at least 8"}, {"a long sentence", "another sentence", "are different"},
	} {
		if c.password != "" {
			b.write("#password", c.password)
			b.write("#again", c.again)
		}
		b.click("#send")
		b.sees("#problem", c.says)
	}
	if _, _, n := graph.last(); n != 0 {
		t.Errorf("%d were sent", n)
	}
	graph.answers(`{"data": {"acceptInvitation": {"userErrors": []}}}`)
	b.write("#password", "a long sentence")
	b.write("#again", "a long sentence")
	b.write("#first", "Ada")
	b.click("#send")
	b.sees("#done", "Welcome")
	if query, variables, _ := graph.last(); !strings.Contains(query, "acceptInvitation(") || variables["password"] != "a long sentence" || variables["firstName"] != "Ada" || variables["lastName"] != nil {
		t.Errorf("%s %v", query, variables)
	}
}
