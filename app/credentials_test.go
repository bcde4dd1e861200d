package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const typename = `{"query":"{ __typename }"}`

func TestACredentialThatIsNotAcceptedIsRefusedAndNeverIgnored(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Origins("http://127.0.0.1:3000"))
	h.User("ada")
	callers := map[string]*apptest.Caller{"a visitor": h.Anonymous(t), "a user with a session": h.As(t, "ada@test.example")}
	credentials := map[string][]string{
		"a bearer token": {"Bearer anything"}, "in lower case": {"bearer anything"}, "a password": {"Basic YTpi"}, "another scheme": {"Digest a=b"},
		"no scheme": {"anything"}, "no token": {"Bearer "}, "nothing": {""}, "two": {"Bearer a", "Bearer b"}, "two with an empty one": {"", "Bearer b"},
	}
	base := strings.TrimSuffix(h.URL, "/graphql")
	ways := map[string]func() *http.Request{
		"POST": func() *http.Request {
			return request(t, http.MethodPost, h.URL, typename, map[string]string{"Content-Type": "application/json"})
		},
		"GET": func() *http.Request { return request(t, http.MethodGet, h.URL+"?query=%7B__typename%7D", "", nil) },
		"events": func() *http.Request {
			return request(t, http.MethodPost, h.URL, typename, map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"})
		},
		"websocket": func() *http.Request {
			return request(t, http.MethodGet, h.URL, "", map[string]string{
				"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
				"Sec-WebSocket-Protocol": "graphql-transport-ws",
			})
		},
		"the Playground": func() *http.Request { return request(t, http.MethodGet, base+"/playground", "", nil) },
		"a file":         func() *http.Request { return request(t, http.MethodGet, base+"/files/item/sum?for=a", "", nil) },
	}
	refused := func(what string, a apptest.Answer) {
		t.Helper()
		if a.Status != http.StatusUnauthorized || len(a.Errors) != 1 || a.Codes()[0] != "UNAUTHENTICATED" || a.Errors[0].Extensions["requestId"] == "" ||
			a.Data != nil || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: %d %s", what, a.Status, a.Raw)
		}
	}
	for who, caller := range callers {
		for way, make := range ways {
			for name, values := range credentials {
				r := make()
				r.Header["Authorization"] = values
				refused(who+", "+way+", "+name, caller.Do(r))
			}
			r := make()
			r.URL.RawQuery += "&access_token=anything"
			refused(who+", "+way+", in the address", caller.Do(r))
		}
	}
	r := ways["POST"]()
	r.Header.Set("Authorization", "Bearer anything")
	r.Header.Set("Accept", "application/graphql-response+json")
	if a := callers["a visitor"].Do(r); a.Header.Get("Content-Type") != "application/graphql-response+json; charset=utf-8" {
		t.Errorf("the media type that was asked for: %v", a.Header)
	}
	r = ways["POST"]()
	r.Header.Set("Authorization", "Bearer anything")
	r.Header.Set("Origin", "http://127.0.0.1:3000")
	if a := callers["a visitor"].Do(r); a.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("an app of a listed origin cannot read the refusal: %v", a.Header)
	}
	named := request(t, http.MethodGet, h.URL+"?query="+url.QueryEscape(`{ access_token: __typename }`), "", nil)
	if a := callers["a visitor"].Do(named); a.Status != http.StatusOK {
		t.Errorf("a query that names access_token: %d %s", a.Status, a.Raw)
	}
}

func TestACookieWhoseSessionHasEndedMakesAVisitorWhoIsToldAndCanSignIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Origins("http://127.0.0.1:3000"))
	user := h.User("ada")
	for name, end := range map[string]string{
		"revoked": `update user_sessions set is_active = false, ended_at = now(), end_reason = 'revoked'`,
		"expired": `update user_sessions set expires_at = now() - interval '1 minute', created_at = now() - interval '2 minutes'`,
		"unknown": `delete from user_sessions`,
	} {
		ada := h.As(t, "ada@test.example")
		if a := ada.Must(`{ viewer { id } }`); a.Header.Get("X-Session-Ended") != "" {
			t.Errorf("%s: told while the session is alive", name)
		}
		h.Exec(end)
		for range 2 { // told again with each request that still sends the cookie
			a := ada.Do(request(t, http.MethodPost, h.URL, `{"query":"{ viewer { id } }"}`, map[string]string{"Content-Type": "application/json", "Origin": "http://127.0.0.1:3000"}))
			if a.Status != http.StatusOK || a.At("viewer") != nil || a.Header.Get("X-Session-Ended") != "true" || a.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %d %s %v", name, a.Status, a.Raw, a.Header)
			}
			if !strings.Contains(a.Header.Get("Access-Control-Expose-Headers"), "X-Session-Ended") {
				t.Errorf("an app of another origin cannot see it: %v", a.Header)
			}
		}
		if a := ada.Ask(`{ sessions { id } }`); fmt.Sprint(a.Codes()) != "[UNAUTHENTICATED]" {
			t.Errorf("%s: %s", name, a.Raw)
		}
		a := ada.Do(request(t, http.MethodPost, h.URL, `{"query":"{ viewer { id } }"}`, map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}))
		if a.Status != http.StatusUnauthorized || fmt.Sprint(a.Codes()) != "[UNAUTHENTICATED]" {
			t.Errorf("%s: an event stream: %d %s", name, a.Status, a.Raw)
		}
		if a := ada.Must(signIn, map[string]any{"email": "ada@test.example", "password": storetest.Password}); a.String("signIn.viewer.id") != domain.FormatID(user) || a.Header.Get("X-Session-Ended") != "" {
			t.Errorf("%s: signing in with the old cookie: %s %v", name, a.Raw, a.Header)
		}
		if a := ada.Must(`{ viewer { id } }`); a.String("viewer.id") != domain.FormatID(user) || a.Header.Get("X-Session-Ended") != "" {
			t.Errorf("%s: after signing in: %s", name, a.Raw)
		}
		h.Exec(end)
		if a := ada.Must(`mutation { signOut { signedOut } }`); a.String("signOut.signedOut") != "false" {
			t.Errorf("%s: signing out: %s", name, a.Raw)
		}
		if a := ada.Must(`{ viewer { id } }`); a.Header.Get("X-Session-Ended") != "" {
			t.Errorf("%s: signing out leaves the cookie: %v", name, a.Header)
		}
	}
}
