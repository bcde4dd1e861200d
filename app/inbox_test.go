package app_test

import (
	"io"
	"log/slog"
	"net/http"
	netmail "net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/gateways/mail"
)

// visit asks for a page and returns its status, headers and body.
func visit(t *testing.T, url string, headers ...string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

func TestTheInboxShowsMailInDevelopmentOnly(t *testing.T) {
	t.Parallel()
	var dir string
	h := apptest.New(t, func(c *app.Config) { dir = c.DataDir })
	base := strings.TrimSuffix(h.URL, "/graphql")
	if status, _, body := visit(t, base+"/inbox"); status != http.StatusOK || !strings.Contains(body, "Nothing was sent yet") {
		t.Errorf("an empty inbox: %d %s", status, body)
	}
	courier := mail.Courier{
		From: &netmail.Address{Name: "Lyceum", Address: "no-reply@localhost"}, AccountURL: base + "/account",
		Sender: mail.Folder{Dir: filepath.Join(dir, "inbox"), Log: slog.New(slog.DiscardHandler)},
	}
	action, verification := domain.LinkVerify, domain.VerificationID{UUID: uuid.New()}
	for _, name := range []string{"first", "<script>alert(1)</script>"} {
		err := courier.Deliver(t.Context(), &integration.Letter{
			ID: domain.MailID{UUID: uuid.Must(uuid.NewV7())}, Template: "users.invitation", Recipient: "ada@test.example", Locale: "en",
			Values: []byte(`{"name": "Ada", "inviter": "` + name + `"}`), Action: &action, VerificationID: &verification, CreatedAt: time.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	status, header, list := visit(t, base+"/inbox")
	first, second := strings.Index(list, "first invites you"), strings.Index(list, "alert(1)")
	if status != http.StatusOK || first < second || second < 0 || strings.Contains(list, "<script") ||
		!strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("%d %v %s", status, header, list)
	}
	at := list[strings.Index(list, `href="/inbox/0`)+len(`href="`):]
	one := base + at[:strings.IndexByte(at, '"')]
	status, _, page := visit(t, one)
	link := base + "/account#verify=" + courier.Key.Token(verification)
	if status != http.StatusOK || !strings.Contains(page, `<a href="`+link) || strings.Contains(page, "<script") {
		t.Errorf("%d %s", status, page)
	}
	status, header, frame := visit(t, one+"/html")
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox allow-popups") || header.Get("X-Frame-Options") != "SAMEORIGIN" ||
		strings.Contains(header.Get("Content-Security-Policy"), "allow-scripts") || strings.Contains(frame, "<script") || !strings.Contains(frame, `<base target="_blank">`) {
		t.Errorf("%d %v %s", status, header, frame)
	}
	for _, path := range []string{"/inbox/..%2f..%2flinks.key", "/inbox/" + strings.Repeat("0", 32), "/inbox/x/html"} {
		if status, _, _ := visit(t, base+path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, _ := visit(t, base+"/inbox", "Host", "evil.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", status)
	}
	for name, option := range map[string]apptest.Option{
		"production":  apptest.Production,
		"exposed":     func(c *app.Config) { c.PublicURL, c.ExposeDemo = "https://school.example", true },
		"mail server": func(c *app.Config) { c.SMTPURL = "smtp://127.0.0.1:1025?tls=none" },
	} {
		closed := apptest.New(t, option)
		host := []string{}
		if name == "exposed" {
			host = []string{"Host", "school.example"}
		}
		if status, _, _ := visit(t, strings.TrimSuffix(closed.URL, "/graphql")+"/inbox", host...); status != http.StatusNotFound {
			t.Errorf("%s: %d", name, status)
		}
	}
}
