//go:build e2e

package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// mailpit is a real mail server that shows what it took.
type mailpit struct {
	t              *testing.T
	program        string
	smtp, api, dir string
	roots          *x509.CertPool
}

// newMailpit finds the program and its addresses; it does not run yet.
func newMailpit(t *testing.T) *mailpit {
	t.Helper()
	program, err := exec.LookPath("mailpit")
	if err != nil {
		t.Fatal("no Mailpit was found; install it (go install github.com/axllent/mailpit@v1.27.11)")
	}
	m := &mailpit{t: t, program: program, smtp: dbtest.FreeAddress(t), api: dbtest.FreeAddress(t), dir: t.TempDir(), roots: x509.NewCertPool()}
	m.makeCertificate()
	return m
}

func (m *mailpit) makeCertificate() {
	m.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail of the test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		m.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		m.t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	m.roots.AppendCertsFromPEM(certificate)
	for name, text := range map[string][]byte{"cert.pem": certificate, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(m.dir, name), text, 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
}

// run starts the server, with more arguments, and waits until it answers. It ends with the test.
func (m *mailpit) run(more ...string) {
	m.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, m.program, append([]string{"--smtp", m.smtp, "--listen", m.api, "--disable-version-check", "--quiet"}, more...)...)
	if err := cmd.Start(); err != nil {
		cancel()
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := (&net.Dialer{}).DialContext(m.t.Context(), "tcp", m.smtp)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(end) {
			m.t.Fatalf("Mailpit does not answer: %v", err)
		}
	}
}

// withTLS are the arguments for a certificate of the test's own.
func (m *mailpit) withTLS(require string) []string {
	return []string{"--smtp-tls-cert", filepath.Join(m.dir, "cert.pem"), "--smtp-tls-key", filepath.Join(m.dir, "key.pem"), require}
}

// received counts how often each Message-ID was taken.
func (m *mailpit) received() map[string]int {
	m.t.Helper()
	request, err := http.NewRequestWithContext(m.t.Context(), http.MethodGet, fmt.Sprintf("http://%s/api/v1/messages?limit=500", m.api), nil)
	if err != nil {
		m.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	defer response.Body.Close()
	var list struct {
		Messages []struct{ MessageID string } `json:"messages"`
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		m.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, message := range list.Messages {
		counts[message.MessageID]++
	}
	return counts
}
