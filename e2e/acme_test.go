//go:build e2e

package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lyceum/db/dbtest"
)

// pebble is the test server of Let's Encrypt: a real ACME authority that looks names up where we say.
type pebble struct {
	t                     *testing.T
	own                   *dbtest.Authority // of its own TLS
	directory, management string
	said                  said
	stop                  func()
}

// runProgram starts one that ends with the test.
func runProgram(t *testing.T, log io.Writer, env []string, name string, args ...string) (stop func()) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("no %s was found; install it (go install github.com/letsencrypt/pebble/v2/cmd/%s@v2.10.1)", name, name)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	t.Cleanup(stop)
	return stop
}

// startPebble starts an authority that proves a name on these ports of 127.0.0.1, and whose certificates live that long.
func startPebble(t *testing.T, httpAddress, tlsAddress string, life time.Duration) *pebble {
	t.Helper()
	dir := t.TempDir()
	p := &pebble{t: t, own: dbtest.NewAuthority(t), directory: dbtest.FreeAddress(t), management: dbtest.FreeAddress(t)}
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	p.own.Issue(cert, key, time.Now().Add(24*time.Hour), "127.0.0.1")
	config := filepath.Join(dir, "pebble.json")
	text := fmt.Sprintf(`{"pebble": {"listenAddress": %q, "managementListenAddress": %q, "certificate": %q, "privateKey": %q, "httpPort": %s, "tlsPort": %s,
		"profiles": {"default": {"description": "the test's", "validityPeriod": %d}}}}`,
		p.directory, p.management, cert, key, portOf(httpAddress), portOf(tlsAddress), int(life.Seconds()))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.stop = runProgram(t, &p.said, []string{"PEBBLE_VA_NOSLEEP=1"}, "pebble", "-config", config, "-dnsserver", names(t))
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", p.management); err == nil {
			_ = c.Close()
			return p
		}
		if time.Now().After(end) {
			t.Fatalf("pebble does not answer: %s", p.said.String())
		}
	}
}

// names is a name server that says of every name that it is this machine. pebble asks over TCP.
func names(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answerNames(conn)
		}
	}()
	return l.Addr().String()
}

// answerNames answers until the other side has no more questions.
func answerNames(conn net.Conn) {
	defer conn.Close()
	for {
		var size uint16
		if binary.Read(conn, binary.BigEndian, &size) != nil {
			return
		}
		question := make([]byte, size)
		var m dnsmessage.Message
		if _, err := io.ReadFull(conn, question); err != nil || m.Unpack(question) != nil || len(m.Questions) != 1 {
			return
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		if asked := m.Questions[0]; asked.Type == dnsmessage.TypeA {
			head := dnsmessage.ResourceHeader{Name: asked.Name, Type: asked.Type, Class: asked.Class, TTL: 1}
			m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		}
		answer, err := m.AppendPack(make([]byte, 2))
		if err != nil {
			return
		}
		binary.BigEndian.PutUint16(answer, uint16(len(answer)-2))
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// roots are those of the certificates that it gives.
func (p *pebble) roots() *x509.CertPool {
	p.t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: p.own.Roots}}}
	response, err := client.Get("https://" + p.management + "/roots/0")
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	roots := x509.NewCertPool()
	if _, err := text.ReadFrom(response.Body); err != nil || !roots.AppendCertsFromPEM(text.Bytes()) {
		p.t.Fatalf("pebble has no root: %v %s", err, text.String())
	}
	return roots
}

// shake makes handshakes until one succeeds, and returns the certificate.
func shake(t *testing.T, address, name string, roots *x509.CertPool, log, authority fmt.Stringer) *x509.Certificate {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		c, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, RootCAs: roots})
		if err == nil {
			defer c.Close()
			return c.ConnectionState().PeerCertificates[0]
		}
		if time.Now().After(end) {
			t.Fatalf("no handshake: %v\n%s\n%s", err, log, authority)
		}
	}
}

func TestAnAuthorityGivesTheCertificateAndARestartKeepsIt(t *testing.T) {
	t.Parallel()
	for name, withHTTP := range map[string]bool{"by a handshake": false, "by HTTP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, plain, data := dbtest.FreeAddress(t), dbtest.FreeAddress(t), filepath.Join(t.TempDir(), "data")
			atHandshake := address
			if withHTTP {
				atHandshake = dbtest.FreeAddress(t) // where nobody is: the handshake proves nothing
			}
			p := startPebble(t, plain, atHandshake, 24*time.Hour)
			settings := []string{
				"LYCEUM_LISTEN=" + address, "LYCEUM_DATA_DIR=" + data, "LYCEUM_PUBLIC_URL=https://school.localhost:" + portOf(address),
				"LYCEUM_ACME_EMAIL=head@school.example", "LYCEUM_ACME_URL=https://" + p.directory + "/dir", "SSL_CERT_FILE=" + p.own.File,
			}
			if withHTTP {
				settings = append(settings, "LYCEUM_REDIRECT_LISTEN="+plain)
			}
			first := startSchool(t, settings...)
			roots := p.roots()
			given := shake(t, address, "school.localhost", roots, &first.said, &p.said)
			if withHTTP {
				client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
				response, err := client.Get("http://" + plain + "/x")
				if err != nil {
					t.Fatal(err)
				}
				defer response.Body.Close()
				if got := response.Header.Get("Location"); response.StatusCode != http.StatusPermanentRedirect || !strings.HasPrefix(got, "https://school.localhost:") {
					t.Errorf("%s to %s", response.Status, got)
				}
			}
			first.stop()
			if info, err := os.Stat(filepath.Join(data, "acme")); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the folder of certificates: %v %v", info, err)
			}
			p.stop() // whoever starts again needs nobody
			second := startSchool(t, settings...)
			if kept := shake(t, address, "school.localhost", roots, &second.said, &p.said); kept.SerialNumber.Cmp(given.SerialNumber) != 0 {
				t.Errorf("after the restart another certificate is shown: %v instead of %v", kept.SerialNumber, given.SerialNumber)
			}
		})
	}
}

func TestACertificateIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	address := dbtest.FreeAddress(t)
	p := startPebble(t, dbtest.FreeAddress(t), address, 45*time.Second)
	s := startSchool(t, "LYCEUM_LISTEN="+address, "LYCEUM_PUBLIC_URL=https://school.localhost:"+portOf(address),
		"LYCEUM_ACME_EMAIL=head@school.example", "LYCEUM_ACME_URL=https://"+p.directory+"/dir", "SSL_CERT_FILE="+p.own.File)
	roots := p.roots()
	first := shake(t, address, "school.localhost", roots, &s.said, &p.said)
	for next := first; next.SerialNumber.Cmp(first.SerialNumber) == 0; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(first.NotAfter) || first.NotAfter.Sub(first.NotBefore) > time.Minute {
			t.Fatalf("it ends and no other has come: %s", s.said.String())
		}
		next = shake(t, address, "school.localhost", roots, &s.said, &p.said)
	}
}
