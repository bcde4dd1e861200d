package commands_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"lyceum/db/dbtest"
	"lyceum/db/embedded"
)

func TestTheProgramServesHTTPSAndSendsHTTPThere(t *testing.T) {
	t.Parallel()
	dir, authority := t.TempDir(), dbtest.NewAuthority(t)
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	authority.Issue(cert, key, time.Now().Add(24*time.Hour), "localhost", "127.0.0.1")
	address, plain, ops := dbtest.FreeAddress(t), dbtest.FreeAddress(t), dbtest.FreeAddress(t)
	h := launch(t, dir, "LYCEUM_ENV=production", "LYCEUM_LISTEN="+address, "LYCEUM_OPS_LISTEN="+ops, "LYCEUM_REDIRECT_LISTEN="+plain,
		"LYCEUM_TLS_CERT="+cert, "LYCEUM_TLS_KEY="+key)
	h.url = "https://" + address
	h.client = &http.Client{
		Transport:     &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: authority.Roots}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	h.ready(t)
	fetch := func(url string) *http.Response {
		response, err := h.client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		response.Header.Set("X-Test-Body", string(text))
		return response
	}
	if r := fetch(h.url + "/livez"); r.Proto != "HTTP/2.0" || r.Header.Get("Strict-Transport-Security") != "max-age=31536000" {
		t.Errorf("%s %v", r.Proto, r.Header)
	}
	if a := h.ask(`{ plans { name } }`); !strings.Contains(a, `"plans":[]`) {
		t.Errorf("the graph: %s", a)
	}
	events, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/graphql", strings.NewReader(`{"query":"{ plans { name } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	events.Header.Set("Content-Type", "application/json")
	events.Header.Set("Accept", "text/event-stream")
	stream, err := h.client.Do(events)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if text, err := io.ReadAll(stream.Body); err != nil || stream.ProtoMajor != 2 || !strings.Contains(string(text), "event: next") || !strings.Contains(string(text), "event: complete") {
		t.Errorf("events: %s %v %s", stream.Proto, err, text)
	}
	if r := fetch("http://" + plain + "/playground?x=1"); r.StatusCode != http.StatusPermanentRedirect || r.Header.Get("Location") != h.url+"/playground?x=1" {
		t.Errorf("%s %v", r.Status, r.Header)
	}
	if r := fetch("http://" + address + "/livez"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP is answered with %s", r.Status)
	}
	if r := fetch("http://" + ops + "/metrics"); !strings.Contains(r.Header.Get("X-Test-Body"), "\nlyceum_certificate_expiry_timestamp_seconds 1.") {
		t.Error("the metric does not say when the certificate ends")
	}
	socket, _, err := websocket.Dial(t.Context(), "wss://"+address+"/graphql", &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Roots}}},
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {h.url}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := socket.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		t.Fatal(err)
	}
	if _, text, err := socket.Read(t.Context()); err != nil || !strings.Contains(string(text), "connection_ack") {
		t.Errorf("the socket: %s %v", text, err)
	}
	if err := h.stop(t); err != nil {
		t.Errorf("it ended with %v: %s", err, h.log)
	}
}

func TestWrongSettingsOfTLSAreOneSentenceEach(t *testing.T) {
	t.Parallel()
	for says, settings := range map[string][]string{
		"LYCEUM_PUBLIC_URL must begin with https://": {"LYCEUM_TLS_CERT=a", "LYCEUM_TLS_KEY=b", "LYCEUM_PUBLIC_URL=http://localhost:8080"},
		"must be set both or neither":                {"LYCEUM_TLS_CERT=a"},
		"exclude each other":                         {"LYCEUM_TLS_CERT=a", "LYCEUM_TLS_KEY=b", "LYCEUM_ACME_EMAIL=a@b.example", "LYCEUM_PUBLIC_URL=https://a.localhost"},
		"LYCEUM_ACME_EMAIL must be an address":       {"LYCEUM_ACME_EMAIL=nobody", "LYCEUM_PUBLIC_URL=https://a.localhost"},
		"with the host name that the certificate":    {"LYCEUM_ACME_EMAIL=a@b.example", "LYCEUM_PUBLIC_URL=https://127.0.0.1"},
		"LYCEUM_ACME_URL needs LYCEUM_ACME_EMAIL":    {"LYCEUM_ACME_URL=https://ca.example/directory"},
		"LYCEUM_ACME_URL must look like":             {"LYCEUM_ACME_URL=http://ca.example/directory", "LYCEUM_ACME_EMAIL=a@b.example", "LYCEUM_PUBLIC_URL=https://a.localhost"},
		"LYCEUM_REDIRECT_LISTEN needs":               {"LYCEUM_REDIRECT_LISTEN=127.0.0.1:0"},
		"DATABASE_URL: it must say sslmode=verify-full": {
			"LYCEUM_ENV=production", "DATABASE_URL=postgres://u:geheim@db.example/lyceum?sslmode=verify-ca",
		},
		"DATABASE_APP_URL: it must say sslmode=verify-full": {
			"LYCEUM_ENV=production", "DATABASE_URL=postgres://u:geheim@db.example/lyceum?sslmode=verify-full",
			"DATABASE_APP_URL=postgres://u:geheim@db.example/lyceum?sslmode=require",
		},
		"LYCEUM_DATABASE_UNVERIFIED must say why, in 10 to 200 characters": {"LYCEUM_DATABASE_UNVERIFIED=because"},
	} {
		text, err := command(t, t.TempDir(), settings, "migrate").CombinedOutput()
		if err == nil || !strings.Contains(string(text), says) || strings.Count(strings.TrimSpace(string(text)), "\n") != 1 || strings.Contains(string(text), "geheim") {
			t.Errorf("%v: %v %s", settings, err, text)
		}
	}
}

// The reason is told at each start: whoever reads the log years later can judge it.
func TestAnUnverifiedDatabaseIsServedForAReasonThatIsLogged(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	h := launch(t, t.TempDir(), "LYCEUM_ENV=production", "DATABASE_URL="+d.URL, "DATABASE_APP_URL="+d.AppURL,
		"LYCEUM_DATABASE_UNVERIFIED=the network is a cable between two machines")
	h.ready(t)
	if err := h.stop(t); err != nil || !strings.Contains(h.log.String(), "a cable between two machines") {
		t.Errorf("%v %s", err, h.log)
	}
}

func TestASchoolIsServedOverTLSFromTheServerThatItKnowsAlone(t *testing.T) {
	t.Parallel()
	dir, authority := t.TempDir(), dbtest.NewAuthority(t)
	cert, key := filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key")
	authority.Issue(cert, key, time.Now().Add(24*time.Hour), "localhost")
	server, err := embedded.Start(t.Context(), embedded.Options{
		Dir: filepath.Join(dir, "postgres"), Cache: dir, Settings: map[string]string{"ssl": "on", "ssl_cert_file": cert, "ssl_key_file": key},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	u, err := url.Parse(server.SuperuserURL())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	at := func(host, root string) string {
		u.Host, u.RawQuery = host+":"+u.Port(), url.Values{"sslmode": {"verify-full"}, "sslrootcert": {root}}.Encode()
		return "DATABASE_URL=" + u.String()
	}
	h := launch(t, dir, "LYCEUM_ENV=production", at("localhost", authority.File))
	h.ready(t)
	if a := h.ask(`{ plans { name } }`); !strings.Contains(a, `"plans":[]`) {
		t.Errorf("the graph: %s", a)
	}
	if err := h.stop(t); err != nil {
		t.Errorf("it ended with %v: %s", err, h.log)
	}
	for says, setting := range map[string]string{
		"of an authority that is not known here": at("localhost", dbtest.NewAuthority(t).File), "for another name than the host": at("127.0.0.1", authority.File),
	} {
		text, err := command(t, dir, []string{"LYCEUM_ENV=production", setting}, "migrate").CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(text)), "\n") // the first names the database
		if err == nil || len(lines) != 2 || !strings.Contains(lines[1], says) || strings.Contains(string(text), password) {
			t.Errorf("%s: %v %s", says, err, text)
		}
	}
}
