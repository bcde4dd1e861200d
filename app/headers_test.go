package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

// raw sends a sign-in with headers as they stand: Go's client would refuse some of them.
func raw(t *testing.T, at, headers string) (status int, answer string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := `{"query": "mutation { signIn(input: {email: \"ada@test.example\", password: \"` + storetest.Password + `\"}) { viewer { username } userErrors { code } } }"}`
	if _, err := fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", u.Host, len(body), headers, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestWhateverBytesAHeaderHoldsTheirSenderSignsIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.0/8"} })
	h.User("ada")
	for name, headers := range map[string]string{
		"a User-Agent of Latin-1":            "User-Agent: Caf\xe9/1.0\r\n",
		"a User-Agent of other bytes":        "User-Agent: \xff\xfe\x80\xf0\x28\r\n",
		"a surrogate in UTF-8":               "User-Agent: \xed\xa0\x80\r\n",
		"a long one that is cut in a letter": "User-Agent: " + strings.Repeat("x", 399) + "\u00e9\r\n",
		"a long one of other bytes":          "User-Agent: " + strings.Repeat("\xff", 20_000) + "\r\n",
		"a request id":                       "X-Request-Id: \xff\xfe\r\n",
		"a device":                           "Cookie: lyceum_device=\xff\xfe012345678901234567890123456789\r\n",
		"a session":                          "Cookie: lyceum_session=\xff\xfe012345678901234567890123456789\r\n",
		"an address":                         "X-Forwarded-For: \xff\xfe, 10.0.0.1%\xff\r\n",
		"a language and a referrer":          "Accept-Language: \xff\r\nReferer: \xff\r\n",
	} {
		if status, answer := raw(t, h.URL, headers); status != http.StatusOK || !strings.Contains(answer, `"username":"ada"`) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	// A foreign origin is refused, and not by the database.
	if status, answer := raw(t, h.URL, "Origin: http://\xff\xfe\r\n"); status != http.StatusForbidden || strings.Contains(answer, "INTERNAL") {
		t.Errorf("an origin: %d %s", status, answer)
	}
	// No HTTP header holds a NUL.
	if status, _ := raw(t, h.URL, "User-Agent: a\x00b\r\n"); status != http.StatusBadRequest {
		t.Errorf("a NUL: %d", status)
	}
	var kept []string
	if err := h.DB.Owner.Select(t.Context(), &kept, dbtest.SQL("select distinct user_agent from login_attempts where user_agent is not null")); err != nil {
		t.Fatal(err)
	}
	for _, text := range kept {
		if len(text) > 400 || !utf8.ValidString(text) {
			t.Errorf("%d bytes are kept: %.60q", len(text), text)
		}
	}
}
