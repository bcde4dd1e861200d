package certificates

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
)

// Options say where the certificate comes from: CertFile and KeyFile, or else ACME.
type Options struct {
	Host string // the name that users type
	Log  *slog.Logger

	CertFile, KeyFile string // PEM; the first holds the certificate and those between it and the authority's root

	Email     string // of the ACME account
	Directory string // of the ACME authority; empty: Let's Encrypt
	Cache     string // the folder that keeps the account's key and the certificate
}

// source gives the certificate for a handshake.
type source interface {
	certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
	// kept is the certificate that is at hand without asking anybody; nil when there is none.
	kept() *tls.Certificate
}

// Store is the server's certificate, as it is now.
type Store struct {
	host   string
	log    *slog.Logger
	source source

	mu    sync.Mutex
	shown *tls.Certificate // the last that was at hand
}

// Open reads the pair of files, or prepares to ask an authority: that happens in Watch, or in the first handshake. A pair that does not
// belong together, and a folder that cannot be written, is an error; a certificate that has expired or is for another name is logged.
func Open(o Options) (*Store, error) {
	s := &Store{host: o.Host, log: o.Log}
	var err error
	if o.CertFile != "" {
		s.source, err = openFiles(o.CertFile, o.KeyFile, o.Log)
	} else {
		s.source, err = openACME(o)
	}
	if err != nil {
		return nil, err
	}
	if c := s.source.kept(); c != nil {
		s.note(c)
	}
	return s, nil
}

// TLS is the server's side of handshakes: TLS 1.2 with forward secrecy and authenticated encryption, or newer; HTTP/2 where the client
// knows it.
func (s *Store) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of TLS 1.2; those of 1.3 are all good
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos:     []string{"h2", "http/1.1", acme.ALPNProto},
		GetCertificate: s.certificate,
	}
}

func (s *Store) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c, err := s.source.certificate(hello)
	if err == nil && !asksForProof(hello) {
		s.note(c)
	}
	return c, err
}

// Challenges answers what an authority asks over HTTP, and leaves the rest to next.
func (s *Store) Challenges(next http.Handler) http.Handler {
	if a, ok := s.source.(*authority); ok {
		return a.manager.HTTPHandler(next)
	}
	return next
}

// Expiry is when the certificate that is shown ends. It is not known while an authority has not given one.
func (s *Store) Expiry() (until time.Time, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown == nil {
		return time.Time{}, false
	}
	return s.shown.Leaf.NotAfter, true
}

// Fits reports whether the certificate that is shown is for the host of the school; true while there is none.
func (s *Store) Fits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown == nil || s.shown.Leaf.VerifyHostname(s.host) == nil
}

// note keeps what is shown and says what is wrong with it, once for each certificate.
func (s *Store) note(c *tls.Certificate) {
	s.mu.Lock()
	fresh := s.shown == nil || !s.shown.Leaf.Equal(c.Leaf)
	s.shown = c
	s.mu.Unlock()
	if !fresh {
		return
	}
	if err := c.Leaf.VerifyHostname(s.host); err != nil {
		s.log.Warn("browsers will refuse the server's certificate: it is for other names than LYCEUM_PUBLIC_URL", "host", s.host, "error", err)
	}
	s.warn(time.Now())
}

// How long before its end a certificate is warned about: what renews it should have done so by then. A short-lived one has a sixth of
// its life.
const (
	warnBefore = 14 * 24 * time.Hour
	warnPart   = 6
)

// warn says that the certificate has expired or soon will.
func (s *Store) warn(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown == nil {
		return
	}
	leaf := s.shown.Leaf
	left, life := leaf.NotAfter.Sub(now), leaf.NotAfter.Sub(leaf.NotBefore)
	switch {
	case left <= 0:
		s.log.Warn("the server's certificate has expired: browsers refuse it", "host", s.host, "expired", leaf.NotAfter)
	case left < min(warnBefore, life/warnPart):
		s.log.Warn("the server's certificate expires soon", "host", s.host, "expires", leaf.NotAfter)
	}
}

// How often the certificate is looked at where no handshake does, and how often what is wrong is said again.
const (
	watchEvery = time.Minute
	sayEvery   = 24 * time.Hour
)

// Watch asks an authority for the certificate before the first visitor comes, reads changed files although nobody comes, and warns once a
// day of one that expires. It returns when ctx ends.
func (s *Store) Watch(ctx context.Context) {
	said := time.Now()
	for {
		looked := make(chan struct{})
		go func() { // an authority may take minutes, which the program's end does not wait for
			defer close(looked)
			_, _ = s.certificate(&tls.ClientHelloInfo{ServerName: s.host}) // the source says what went wrong
		}()
		select {
		case <-ctx.Done():
			return
		case <-looked:
		}
		if now := time.Now(); now.Sub(said) >= sayEvery {
			said = now
			s.warn(now)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(watchEvery):
		}
	}
}
