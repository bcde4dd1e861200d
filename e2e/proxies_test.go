//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"lyceum/db/dbtest"
)

// proxied is a school behind a real proxy that runs with the configuration of deploy/behind-proxy.
type proxied struct {
	t       *testing.T
	db      *dbtest.Database
	address string // of the proxy's TLS
	plain   string // of its HTTP
	roots   *tls.Config
	log     func() string // all that the proxy has logged
}

// host is the name that the examples have.
const host = "school.example"

// exchange replaces what an operator replaces, and the ports, which a test cannot have. Each word must be there.
func exchange(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the example has no %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../deploy/behind-proxy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// startProxy starts a program that ends with the test, and returns what it says.
func startProxy(t *testing.T, dir, hint string, args ...string) *said {
	t.Helper()
	path, err := exec.LookPath(args[0])
	if err != nil {
		t.Fatalf("no %s was found; install it (%s)", args[0], hint)
	}
	var output said
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // nginx ends its workers; killed, it would leave them
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to end
		if t.Failed() {
			t.Logf("%s said: %s", args[0], &output)
		}
	})
	return &output
}

// newProxied opens a school as deploy/behind-proxy says, and a proxy in front of it.
func newProxied(t *testing.T, proxy string) *proxied {
	t.Helper()
	d, dir := dbtest.New(t), t.TempDir()
	certificate, key, roots := certificateFor(t, dir, host)
	address := dbtest.FreeAddress(t)
	startSchool(t, "DATABASE_URL="+d.URL, "DATABASE_APP_URL="+d.AppURL, "LYCEUM_LISTEN="+address, "LYCEUM_PUBLIC_URL=https://"+host,
		"LYCEUM_TRUSTED_PROXIES=127.0.0.1/32,::1/128", "LYCEUM_ADMIN_EMAIL=owner@school.example", "LYCEUM_ADMIN_PASSWORD=a sentence of your own")
	p := &proxied{t: t, db: d, address: dbtest.FreeAddress(t), plain: dbtest.FreeAddress(t), roots: roots}
	_, port, _ := net.SplitHostPort(p.address)
	_, plainPort, _ := net.SplitHostPort(p.plain)
	switch proxy {
	case "nginx":
		site := exchange(t, example(t, "nginx.conf"), "127.0.0.1:8080", address, "listen 80;", "listen 127.0.0.1:"+plainPort+";", "listen [::]:80;", "",
			"listen 443 ssl", "listen 127.0.0.1:"+port+" ssl", "listen [::]:443 ssl http2;", "",
			"/var/log/nginx/", dir+"/", "/etc/letsencrypt/live/school.example/fullchain.pem", certificate, "/etc/letsencrypt/live/school.example/privkey.pem", key)
		whole := "daemon off; pid nginx.pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			whole += kind + "_temp_path " + dir + "/" + kind + ";\n"
		}
		conf := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(conf, []byte(whole+site+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		startProxy(t, dir, "apt-get install nginx-light", "nginx", "-p", dir, "-c", conf, "-e", "stderr")
		p.log = func() string {
			var all []byte
			for _, name := range []string{"lyceum.log", "lyceum-error.log"} {
				text, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, text...)
			}
			return string(all)
		}
	case "caddy":
		site := exchange(t, example(t, "Caddyfile"), "127.0.0.1:8080", address, "\nschool.example {\n", "\nschool.example {\n\ttls "+certificate+" "+key+"\n")
		conf := filepath.Join(dir, "Caddyfile")
		text := exchange(t, site, "\n{\n\t#", "\n{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttp_port "+plainPort+"\n\thttps_port "+port+"\n\t#")
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p.log = startProxy(t, dir, "apt-get install caddy", "caddy", "run", "--config", conf, "--adapter", "caddyfile").String
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		response, err := p.client("127.0.0.1").Get("https://" + host + "/readyz")
		if err == nil {
			_ = response.Body.Close()
			return p
		}
		if time.Now().After(end) {
			t.Fatalf("the proxy does not answer: %v", err)
		}
	}
}

// client asks the proxy for the school's name, from an address of this machine.
func (p *proxied) client(from string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: p.roots.Clone(),
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasSuffix(address, ":80") {
					return dialer.DialContext(ctx, network, p.plain)
				}
				return dialer.DialContext(ctx, network, p.address)
			},
		},
	}
}

func (p *proxied) post(from, query string, headers map[string]string) (*http.Response, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "https://"+host+"/graphql", strings.NewReader(`{"query":`+quoted(query)+`}`))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	response, err := p.client(from).Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response, string(text)
}

func TestASchoolBehindARealProxyIsReachedAsThePageSays(t *testing.T) {
	t.Parallel()
	for _, proxy := range []string{"nginx", "caddy"} {
		t.Run(proxy, func(t *testing.T) {
			t.Parallel()
			p := newProxied(t, proxy)

			// People are sent to HTTPS, and told to stay there.
			response, err := p.client("127.0.0.1").Get("http://" + host + "/playground?a=b")
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusPermanentRedirect || !strings.HasPrefix(response.Header.Get("Location"), "https://"+host+"/playground") &&
				!strings.HasPrefix(response.Header.Get("Location"), "https://"+host+":") {
				t.Errorf("HTTP is answered with %d to %q", response.StatusCode, response.Header.Get("Location"))
			}

			// What opens a file is in none of the proxy's logs, which has the path.
			for _, scheme := range []string{"http", "https"} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, scheme+"://"+host+"/files/nothing?signature=itopens", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Referer", "https://"+host+"/?token=itopens")
				response, err := p.client("127.0.0.1").Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
			}
			for end := time.Now().Add(10 * time.Second); !strings.Contains(p.log(), "/files/nothing") && time.Now().Before(end); {
				time.Sleep(50 * time.Millisecond)
			}
			if log := p.log(); !strings.Contains(log, "/files/nothing") || strings.Contains(log, "itopens") {
				t.Errorf("the proxy logs %s", log)
			}

			// Who asks is who the proxy saw, whatever they say of themselves; a session's cookie travels.
			wrong := `mutation { signIn(input: { email: "owner@school.example", password: "wrong" }) { userErrors { code } } }`
			_, answer := p.post("127.0.0.5", wrong, map[string]string{"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
			var seen string
			if err := p.db.Owner.GetContext(t.Context(), &seen, `select host(ip_address) from login_attempts order by created_at desc limit 1`); err != nil || seen != "127.0.0.5" {
				t.Errorf("the attempt came from %q, %v: %s", seen, err, answer)
			}
			response, answer = p.post("127.0.0.6", `mutation { signIn(input: { email: "owner@school.example", password: "a sentence of your own" }) { viewer { email } } }`, nil)
			if !strings.Contains(answer, "owner@school.example") || response.Header.Get("Strict-Transport-Security") == "" {
				t.Errorf("%s %v", answer, response.Header)
			}
			var cookies []string
			for _, one := range response.Cookies() {
				cookies = append(cookies, one.Name+"="+one.Value)
				if !one.Secure || !one.HttpOnly {
					t.Errorf("a cookie may be read or sent in clear: %v", one)
				}
			}
			cookie := map[string]string{"Cookie": strings.Join(cookies, "; ")}

			// A stream of events begins before it ends.
			cookie["Accept"] = "text/event-stream"
			response, answer = p.post("127.0.0.6", `{ viewer { email } }`, cookie)
			if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") || !strings.Contains(answer, "event: next") ||
				!strings.Contains(answer, "event: complete") || !strings.Contains(answer, "owner@school.example") {
				t.Errorf("events: %s: %s", response.Header.Get("Content-Type"), answer)
			}

			// A websocket is opened, used, and stays.
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			socket, _, err := websocket.Dial(ctx, "wss://"+host+"/graphql", &websocket.DialOptions{
				HTTPClient: p.client("127.0.0.7"), Subprotocols: []string{"graphql-transport-ws"},
				HTTPHeader: http.Header{"Cookie": {cookie["Cookie"]}, "Origin": {"https://" + host}},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer socket.CloseNow() //nolint:errcheck // the test is over
			for _, message := range []string{`{"type":"connection_init"}`, `{"id":"1","type":"subscribe","payload":{"query":"{ viewer { email } }"}}`} {
				if err := socket.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
					t.Fatal(err)
				}
			}
			var heard bytes.Buffer
			for !strings.Contains(heard.String(), `"complete"`) {
				_, text, err := socket.Read(ctx)
				if err != nil {
					t.Fatalf("%v after %s", err, &heard)
				}
				heard.Write(text)
			}
			if !strings.Contains(heard.String(), "connection_ack") || !strings.Contains(heard.String(), "owner@school.example") {
				t.Errorf("the socket says %s", &heard)
			}
		})
	}
}
