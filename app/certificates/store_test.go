package certificates_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lyceum/app/certificates"
	"lyceum/db/dbtest"
)

// said is a log.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) count(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), text)
}

// host is a server with a pair of files.
type host struct {
	t         *testing.T
	authority *dbtest.Authority
	dir       string
	said      said
	store     *certificates.Store
	address   string
}

func (h *host) cert() string { return filepath.Join(h.dir, "cert.pem") }
func (h *host) key() string  { return filepath.Join(h.dir, "key.pem") }

func (h *host) options() certificates.Options {
	return certificates.Options{Host: "school.example", Log: slog.New(slog.NewTextHandler(&h.said, nil)), CertFile: h.cert(), KeyFile: h.key()}
}

func (h *host) issue(until time.Duration) {
	h.authority.Issue(h.cert(), h.key(), time.Now().Add(until), "school.example")
}

// serve starts a server whose certificate is valid for some time yet.
func serve(t *testing.T, until time.Duration) *host {
	t.Helper()
	h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
	h.issue(until)
	h.open()
	return h
}

func (h *host) open() {
	h.t.Helper()
	var err error
	if h.store, err = certificates.Open(h.options()); err != nil {
		h.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	server.Config.TLSConfig, h.address = h.store.TLS(), l.Addr().String()
	go func() { _ = server.Config.ServeTLS(l, "", "") }()
	h.t.Cleanup(func() { _ = server.Config.Close() })
}

// shown makes a handshake and returns the serial number of the certificate.
func (h *host) shown() int64 {
	h.t.Helper()
	c, err := h.shake(&tls.Config{})
	if err != nil {
		h.t.Fatal(err)
	}
	return c.PeerCertificates[0].SerialNumber.Int64()
}

func (h *host) shake(c *tls.Config) (tls.ConnectionState, error) {
	c.RootCAs = h.authority.Roots
	if c.ServerName == "" {
		c.ServerName = "school.example"
	}
	conn, err := (&tls.Dialer{Config: c}).DialContext(h.t.Context(), "tcp", h.address)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState(), nil
}

func TestACertificateFromFilesIsShownAndHTTP2IsSpoken(t *testing.T) {
	t.Parallel()
	h := serve(t, 24*time.Hour)
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: h.authority.Roots, ServerName: "school.example"},
	}}
	response, err := client.Get("https://" + h.address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || string(text) != "HTTP/2.0" || response.TLS.Version != tls.VersionTLS13 {
		t.Errorf("%s %v %x", text, err, response.TLS.Version)
	}
	if until, known := h.store.Expiry(); !known || time.Until(until) > 24*time.Hour || time.Until(until) < 23*time.Hour {
		t.Errorf("it ends at %v, known %v", until, known)
	}
	if got := h.said.count("WARN"); got != 0 {
		t.Errorf("%d warnings", got)
	}
}

func TestOldProtocolsAndCiphersAreRefused(t *testing.T) {
	t.Parallel()
	h := serve(t, 24*time.Hour)
	for name, c := range map[string]struct {
		config *tls.Config
		ok     bool
	}{
		"TLS 1.1":            {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"TLS 1.2 with CBC":   {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, false},
		"TLS 1.2 with GCM":   {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, true},
		"TLS 1.3":            {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"HTTP/1.1 by choice": {&tls.Config{NextProtos: []string{"http/1.1"}}, true},
	} {
		if _, err := h.shake(c.config); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReplacedFilesAreShownInTheNextHandshake(t *testing.T) {
	t.Parallel()
	h := serve(t, 24*time.Hour)
	if got := h.shown(); got != 2 {
		t.Fatalf("number %d is shown", got)
	}
	h.issue(30 * time.Hour) // in place
	if got := h.shown(); got != 3 {
		t.Errorf("after writing number %d is shown", got)
	}
	if until, _ := h.store.Expiry(); time.Until(until) < 29*time.Hour {
		t.Errorf("its end is still %v", until)
	}
	h.authority.Issue(h.cert()+".new", h.key()+".new", time.Now().Add(24*time.Hour), "school.example")
	for _, name := range []string{h.cert(), h.key()} {
		if err := os.Rename(name+".new", name); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.shown(); got != 4 {
		t.Errorf("after renaming number %d is shown", got)
	}
}

// Kubernetes and certbot turn a link to a new folder.
func TestATurnedSymbolicLinkIsFollowed(t *testing.T) {
	t.Parallel()
	h := &host{t: t, authority: dbtest.NewAuthority(t)}
	base := t.TempDir()
	h.dir = filepath.Join(base, "data")
	for _, name := range []string{"one", "two"} {
		folder := filepath.Join(base, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		h.authority.Issue(filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"), time.Now().Add(24*time.Hour), "school.example")
	}
	if err := os.Symlink("one", h.dir); err != nil {
		t.Fatal(err)
	}
	h.open()
	if got := h.shown(); got != 2 {
		t.Fatalf("number %d is shown", got)
	}
	if err := os.Symlink("two", filepath.Join(base, "next")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(base, "next"), h.dir); err != nil {
		t.Fatal(err)
	}
	if got := h.shown(); got != 3 {
		t.Errorf("number %d is shown", got)
	}
}

func TestAPairThatDoesNotBelongTogetherIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
	h.issue(time.Hour)
	h.authority.Issue(h.cert(), h.key()+".other", time.Now().Add(time.Hour), "school.example")
	if _, err := certificates.Open(h.options()); err == nil || !strings.Contains(err.Error(), "private key does not match") {
		t.Errorf("%v", err)
	}
	if err := os.Remove(h.key()); err != nil {
		t.Fatal(err)
	}
	if _, err := certificates.Open(h.options()); err == nil || !strings.Contains(err.Error(), h.key()) {
		t.Errorf("%v", err)
	}
}

func TestABrokenNewPairKeepsTheOldOneAndIsLoggedOnce(t *testing.T) {
	t.Parallel()
	h := serve(t, 24*time.Hour)
	h.authority.Issue(h.cert(), h.key()+".other", time.Now().Add(time.Hour), "school.example")
	for range 3 {
		if got := h.shown(); got != 2 {
			t.Errorf("number %d is shown", got)
		}
	}
	if got := h.said.count("the changed certificate is not used"); got != 1 {
		t.Errorf("it is logged %d times", got)
	}
	if err := os.Remove(h.cert()); err != nil {
		t.Fatal(err)
	}
	if got := h.shown(); got != 2 {
		t.Errorf("without the file number %d is shown", got)
	}
	h.issue(24 * time.Hour)
	if got := h.shown(); got != 4 {
		t.Errorf("mended, number %d is shown", got)
	}
}

func TestACertificateThatBrowsersRefuseIsWarnedAbout(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]struct {
		until time.Duration
		name  string
	}{
		"has expired":     {-time.Minute, "school.example"},
		"expires soon":    {time.Hour, "school.example"},
		"for other names": {24 * time.Hour, "shop.example"},
	} {
		h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
		h.authority.Issue(h.cert(), h.key(), time.Now().Add(c.until), c.name)
		h.open()
		for range 2 {
			if _, err := h.shake(&tls.Config{InsecureSkipVerify: true}); err != nil {
				t.Errorf("%s: it is not shown: %v", says, err)
			}
		}
		if h.said.count(says) != 1 || h.said.count("WARN") != 1 {
			t.Errorf("%s: said %s", says, h.said.text.String())
		}
	}
}

// A school that is asked by many while its authority is away must not use up what the authority grants it.
func TestAnAuthorityThatGivesNothingIsAskedOnceForAllHandshakes(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	directory := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, "closed", http.StatusForbidden)
	}))
	t.Cleanup(directory.Close)
	h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
	o := h.options()
	o.CertFile, o.KeyFile, o.Email, o.Directory, o.Cache = "", "", "head@school.example", directory.URL, filepath.Join(h.dir, "acme")
	store, err := certificates.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	get := store.TLS().GetCertificate
	for range 5 {
		if _, err := get(&tls.ClientHelloInfo{ServerName: "school.example"}); err == nil {
			t.Error("there is a certificate")
		}
		if _, err := get(&tls.ClientHelloInfo{ServerName: "stranger.example"}); err == nil {
			t.Error("there is a certificate for another name")
		}
	}
	if got := h.said.count("WARN"); got != 1 {
		t.Errorf("%d warnings", got)
	}
	if _, known := store.Expiry(); known || asked.Load() > 1 {
		t.Errorf("known %v, asked %d times", known, asked.Load())
	}
	if info, err := os.Stat(o.Cache); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
}

func TestAKeyThatEverybodyCanReadIsWarnedAbout(t *testing.T) {
	t.Parallel()
	h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
	h.issue(24 * time.Hour)
	if err := os.Chmod(h.key(), 0o644); err != nil {
		t.Fatal(err)
	}
	h.open()
	if got := h.said.count("every user of this machine can read the key"); got != 1 {
		t.Errorf("it is said %d times", got)
	}
}

func TestTheEndDoesNotWaitForAnAuthorityThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	asked, answer := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(answer) })
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	go func() {
		if c, err := silent.Accept(); err == nil {
			close(asked)
			<-answer
			_ = c.Close()
		}
	}()
	h := &host{t: t, authority: dbtest.NewAuthority(t), dir: t.TempDir()}
	o := h.options()
	o.CertFile, o.KeyFile, o.Email, o.Directory, o.Cache = "", "", "head@school.example", "https://"+silent.Addr().String(), filepath.Join(h.dir, "acme")
	store, err := certificates.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { store.Watch(ctx); close(ended) }()
	<-asked
	cancel()
	<-ended
}

func TestTheRedirectGoesToThePublicHostWhateverIsAsked(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("https://school.example:8443")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(certificates.Redirect(public))
	t.Cleanup(server.Close)
	for request, to := range map[string]string{
		"GET /a/b?c=d HTTP/1.1\r\nHost: evil.example":         "https://school.example:8443/a/b?c=d",
		"POST /graphql HTTP/1.1\r\nHost: school.example":      "https://school.example:8443/graphql",
		"GET //evil.example/x HTTP/1.1\r\nHost: x":            "https://school.example:8443//evil.example/x",
		"GET http://evil.example/x HTTP/1.1\r\nHost: x":       "https://school.example:8443/x",
		"GET http://evil.example HTTP/1.1\r\nHost: x":         "https://school.example:8443",
		"GET /%2e%2e/%0d%0aX-Evil:%20y HTTP/1.1\r\nHost: x":   "https://school.example:8443/%2e%2e/%0d%0aX-Evil:%20y",
		"CONNECT evil.example:80 HTTP/1.1\r\nHost: x":         "https://school.example:8443",
		"GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: b.c": "https://school.example:8443/x",
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, request+"\r\nConnection: close\r\n\r\n")
		answer, err := io.ReadAll(conn)
		_ = conn.Close()
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 308 ") || !strings.Contains(string(answer), "\r\nLocation: "+to+"\r\n") {
			t.Errorf("%q: %v %s", request, err, answer)
		}
	}
}
