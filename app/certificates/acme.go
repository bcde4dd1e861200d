package certificates

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// authority gets the certificate of one host from an ACME authority, keeps it in a folder, and renews it when a third of its life is left.
type authority struct {
	manager *autocert.Manager
	host    string
	log     *slog.Logger

	mu     sync.Mutex
	last   *tls.Certificate
	failed error         // why the last attempt brought none
	next   time.Time     // when the next may be made
	pause  time.Duration // before it
}

// How long the next attempt waits after one that failed; it doubles. Authorities count failures, and stop listening: Let's Encrypt after
// five in an hour.
const (
	firstPause = 2 * time.Minute
	longPause  = time.Hour
	askTimeout = 30 * time.Second // of one request to the authority
)

var errOtherName = errors.New("no certificate for this name")

func openACME(o Options) (*authority, error) {
	if err := os.MkdirAll(o.Cache, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of certificates cannot be made: %w", err)
	}
	if err := os.Chmod(o.Cache, 0o700); err != nil { //nolint:gosec // a folder must be entered
		return nil, fmt.Errorf("the folder of certificates cannot be closed to others: %w", err)
	}
	a := &authority{host: o.Host, log: o.Log}
	a.manager = &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(o.Cache), HostPolicy: a.allow, Email: o.Email,
		Client: &acme.Client{DirectoryURL: directory(o), UserAgent: "lyceum", HTTPClient: &http.Client{Timeout: askTimeout}},
	}
	a.last = a.fromCache(o.Cache)
	return a, nil
}

func directory(o Options) string {
	if o.Directory != "" {
		return o.Directory
	}
	return acme.LetsEncryptURL
}

// fromCache is the certificate that an earlier start has left; nil when there is none that can be read.
func (a *authority) fromCache(folder string) *tls.Certificate {
	text, err := autocert.DirCache(folder).Get(context.Background(), a.host)
	if err != nil {
		return nil
	}
	pair, err := tls.X509KeyPair(text, text) // autocert keeps key and certificate in one file
	if err != nil {
		return nil
	}
	return &pair
}

func (a *authority) kept() *tls.Certificate { return a.last }

// allow lets the authority ask for the one host, whatever the port: requests for others would use up what it grants us.
func (a *authority) allow(_ context.Context, host string) error {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !a.isHost(host) {
		return errOtherName
	}
	return nil
}

func (a *authority) isHost(name string) bool {
	return strings.EqualFold(strings.TrimSuffix(name, "."), a.host)
}

// asksForProof reports whether the authority is asking, in a handshake of its own, for proof that the host is ours.
func asksForProof(hello *tls.ClientHelloInfo) bool {
	return slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto})
}

// certificate is the host's, also for a client that names none. The same one goes to every client: all that speak TLS 1.2 with the suites
// of Store.TLS know ECDSA, and a second certificate would be asked for in the handshake of the first that did not.
func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if asksForProof(hello) {
		return a.manager.GetCertificate(hello)
	}
	if hello.ServerName != "" && !a.isHost(hello.ServerName) {
		return nil, errOtherName
	}
	if err := a.mayAsk(); err != nil {
		return nil, err
	}
	c, err := a.manager.GetCertificate(&tls.ClientHelloInfo{
		ServerName: a.host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	})
	a.judge(err)
	return c, err
}

// mayAsk returns why the last attempt failed as long as it is too early for the next.
func (a *authority) mayAsk() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed != nil && time.Now().Before(a.next) {
		return a.failed
	}
	return nil
}

// judge counts failures, and logs the first of those that waited for the same attempt.
func (a *authority) judge(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	switch {
	case err == nil:
		a.failed, a.pause = nil, 0
	case a.failed == nil || !now.Before(a.next):
		a.pause = min(max(2*a.pause, firstPause), longPause)
		a.failed, a.next = err, now.Add(a.pause)
		a.log.Warn("the authority gave no certificate; handshakes fail until it does", "host", a.host, "authority", a.manager.Client.DirectoryURL,
			"error", err, "next", a.next)
	}
}
