package app

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lyceum/app/observe"
	"lyceum/auth"
	"lyceum/db/dbtest"
	"lyceum/db/demo"
	"lyceum/store/storetest"
)

// faultsOf are those of settings that are otherwise good.
func faultsOf(change func(*Config)) (*Config, string) {
	c := &Config{
		DatabasePool: 1, Listen: "127.0.0.1:8080", OpsListen: "127.0.0.1:8081", DataDir: "x", Env: production, PublicURL: "https://school.example",
		AnswerMB: 4, AnswersMB: 8,
	}
	change(c)
	var said strings.Builder
	for _, fault := range c.check() {
		said.WriteString(fault.Error() + "\n")
	}
	return c, said.String()
}

func TestAnOriginIsOneExactOrigin(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		"*", "https://*", "http://*", "https://*.school.example", "https://app.*", "https://a?p.school.example", "https://[a-z].school.example", "null", "",
		"app.school.example", "//app.school.example", "ftp://app.school.example", "file:///", "https://", "https://user@app.school.example",
		"https://user:secret@app.school.example", "https://@app.school.example", "https://app.school.example/path", "https://app.school.example//", "https://app.school.example?",
		"https://app.school.example#", "https://app.school.example.", "https://.school.example", "https://app..school.example", "https://-app.school.example",
		"https://app.school.example:", "https://app.school.example:0", "https://app.school.example:99999", "https://app.school.example:x", "https://app.school.example:0443",
		"https://bücher.example", "https://app school.example", "https://127.1", "https://0x7f.0.0.1", "https://2130706433", "https://[::1%25eth0]", "https://[::ffff:127.0.0.1]",
		"https:app.school.example", `https://app.school.example\@evil.example`, "https://app.school.example\n", "https://a.example,https://b.example", "http://app.school.example",
	} {
		for name, set := range map[string]func(*Config){
			"LYCEUM_ORIGINS":    func(c *Config) { c.Origins = []string{wrong} },
			"LYCEUM_PUBLIC_URL": func(c *Config) { c.PublicURL = wrong },
		} {
			if wrong == "" && name == "LYCEUM_PUBLIC_URL" || strings.HasSuffix(wrong, "\n") { // unset; space around is no fault
				continue
			}
			if _, faults := faultsOf(set); !strings.Contains(faults, name) {
				t.Errorf("%s=%q is taken: %s", name, wrong, faults)
			}
		}
	}
	for given, want := range map[string]string{
		"https://app.school.example": "https://app.school.example", "HTTPS://App.School.EXAMPLE:443/": "https://app.school.example",
		" https://app.school.example:8443": "https://app.school.example:8443", "https://[0:0::1]": "https://[::1]", "http://localhost:80": "http://localhost",
		"http://127.0.0.1:3000": "http://127.0.0.1:3000", "https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
	} {
		c, faults := faultsOf(func(c *Config) { c.Origins, c.PublicURL = []string{given}, given })
		if faults != "" || c.Origins[0] != want || c.PublicURL != want {
			t.Errorf("%q becomes %q, %q: %s", given, c.Origins[0], c.PublicURL, faults)
		}
	}
}

func TestWhatIsKnownToEverybodyIsNotServedToOthersUnlessThatIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, public string
		exposed        bool
	}{
		{"127.0.0.1:8080", "", false},
		{"localhost:8080", "", false},
		{"[::1]:8080", "", false},
		{"127.9.9.9:8080", "", false},
		{"127.0.0.1:8080", "http://lyceum.localhost:9000", false},
		{":8080", "", true},
		{"0.0.0.0:8080", "", true},
		{"[::]:8080", "", true},
		{"192.168.1.5:8080", "", true},
		{"myhost:8080", "", true},
		{"0.0.0.0:8080", "http://localhost:8080", true},
		{"127.0.0.1:8080", "https://school.example", true},
		{"localhost.evil.example:8080", "", true},
		{"127.0.0.1.evil.example:80", "", true},
	} {
		for _, said := range []bool{false, true} {
			_, faults := faultsOf(func(g *Config) { g.Env, g.Listen, g.PublicURL, g.ExposeDemo = development, c.listen, c.public, said })
			if refused := strings.Contains(faults, "LYCEUM_EXPOSE_DEMO"); refused != (c.exposed && !said) {
				t.Errorf("%s as %q, said %v: %s", c.listen, c.public, said, faults)
			}
		}
	}
	if _, faults := faultsOf(func(c *Config) { c.Listen, c.PublicURL = "0.0.0.0:8080", "" }); !strings.Contains(faults, "LYCEUM_PUBLIC_URL") {
		t.Errorf("production on all addresses without a public one: %s", faults)
	}
}

func TestATrustedProxyIsNotEverybody(t *testing.T) {
	t.Parallel()
	for network, taken := range map[string]bool{
		"0.0.0.0/0": false, "::/0": false, "0.0.0.0/1": false, "128.0.0.0/1": false, "2000::/3": false, "::ffff:0.0.0.0/96": false, "10.0.0.1": false,
		"10.0.0.0/8": true, "127.0.0.1/32": true, "fc00::/7": true, "172.16.0.0/12": true, " 192.168.0.0/16": true,
	} {
		if _, faults := faultsOf(func(c *Config) { c.TrustedProxies = []string{network} }); (faults == "") != taken {
			t.Errorf("%s: %s", network, faults)
		}
	}
}

func TestTheHostDecidesWhoseRequestItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env, public, host string
		own               bool
	}{
		{production, "https://school.example", "school.example", true},
		{production, "https://school.example", "SCHOOL.example:443", true},
		{production, "https://school.example", "school.example:8080", false},
		{production, "https://school.example", "school.example.", false},
		{production, "https://school.example", "app.school.example", false}, // a listed origin's
		{production, "https://school.example", "evil.example", false},
		{production, "https://school.example", "evil.example:8080", false},
		{production, "https://school.example", "localhost:8080", false},
		{production, "https://school.example", "10.1.2.3:8080", false},
		{production, "https://school.example", "", false},
		{production, "https://school.example", "school.example@evil.example", false},
		{production, "", "localhost:8080", true},
		{production, "", "evil.example:8080", false},
		{development, "", "127.0.0.1:8080", true},
		{development, "", "localhost:9000", true}, // through a forwarded port
		{development, "", "lyceum.localhost", true},
		{development, "", "[::1]:8080", true},
		{development, "", "192.168.1.5:8080", true}, // an address is no name
		{development, "", "evil.example:8080", false},
		{development, "", "localhost.evil.example:8080", false},
		{development, "", "127.0.0.1.evil.example", false},
	} {
		built, faults := faultsOf(func(g *Config) {
			g.Env, g.PublicURL, g.Origins = c.env, c.public, nil
			if c.public != "" {
				g.Origins = []string{"https://app.school.example"}
			}
		})
		if faults != "" {
			t.Fatal(faults)
		}
		if got := built.isOwnHost(c.host); got != c.own {
			t.Errorf("%s for %q, asked as %q: own %v", c.env, c.public, c.host, got)
		}
	}
}

func TestTheOriginDecidesWhoCalls(t *testing.T) {
	t.Parallel()
	c, faults := faultsOf(func(c *Config) { c.Origins = []string{"https://app.school.example"} })
	if faults != "" {
		t.Fatal(faults)
	}
	for _, r := range []struct {
		method, origin, site, mode string
		own                        bool
	}{
		{"POST", "", "", "", true}, // no browser
		{"POST", "https://school.example", "same-origin", "cors", true},
		{"POST", "https://school.example", "", "", true},
		{"POST", "https://app.school.example", "same-site", "cors", true},
		{"GET", "https://app.school.example", "", "", true},
		{"POST", "http://school.example", "", "", false}, // another scheme: whoever is on the way can write its pages
		{"POST", "http://app.school.example", "", "", false},
		{"GET", "http://app.school.example", "", "", false},
		{"POST", "https://school.example:8443", "", "", false},
		{"POST", "https://evil.example", "", "", false},
		{"GET", "https://evil.example", "", "", false},
		{"POST", "https://SCHOOL.example.evil.example", "", "", false},
		{"POST", "null", "", "", false},
		{"GET", "null", "", "", false},
		{"POST", "", "cross-site", "no-cors", false},
		{"POST", "", "same-site", "", false},
		{"POST", "", "cross-site", "navigate", false}, // a form
		{"GET", "", "cross-site", "no-cors", false},   // a picture
		{"GET", "", "cross-site", "navigate", true},   // a link
		{"GET", "", "none", "navigate", true},
	} {
		request := httptest.NewRequest(r.method, "http://school.example/graphql", nil)
		for name, value := range map[string]string{"Origin": r.origin, "Sec-Fetch-Site": r.site, "Sec-Fetch-Mode": r.mode} {
			if value != "" {
				request.Header.Set(name, value)
			}
		}
		if got := c.isOwnRequest(request); got != r.own {
			t.Errorf("%+v: %v", r, got)
		}
	}
	twice := httptest.NewRequest(http.MethodPost, "http://school.example/graphql", nil)
	twice.Header["Origin"] = []string{"https://school.example", "https://evil.example"}
	if c.isOwnRequest(twice) {
		t.Error("two origins at once")
	}
}

func TestProfilesAreForThisMachineAlone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, c := range []struct {
		listen, host, path string
		status             int
	}{
		{"127.0.0.1:8081", "127.0.0.1:8081", "/debug/pprof/heap", http.StatusOK},
		{"127.0.0.1:8081", "localhost:8081", "/debug/pprof/", http.StatusOK},
		{"127.0.0.1:8081", "evil.example:8081", "/debug/pprof/heap", http.StatusMisdirectedRequest},
		{"127.0.0.1:8081", "evil.example:8081", "/metrics", http.StatusMisdirectedRequest},
		{"127.0.0.1:8081", "[::1]:8081", "/metrics", http.StatusOK},
		{"0.0.0.0:8081", "127.0.0.1:8081", "/debug/pprof/heap", http.StatusNotFound},
		{"0.0.0.0:8081", "10.0.0.7:8081", "/debug/pprof/", http.StatusNotFound},
		{":8081", "localhost:8081", "/debug/pprof/profile?seconds=1", http.StatusNotFound},
		{"0.0.0.0:8081", "lyceum-0.monitoring:8081", "/metrics", http.StatusOK},
		{"0.0.0.0:8081", "lyceum-0.monitoring:8081", "/livez", http.StatusOK},
		{"127.0.0.1:8081", "anything", "/readyz", http.StatusOK},
	} {
		config, _ := faultsOf(func(g *Config) { g.OpsListen = c.listen })
		a := &App{config: config, log: slog.New(slog.DiscardHandler), pool: d.DB, jobPool: d.Owner, observer: observe.New(observe.Options{})}
		request := httptest.NewRequest(http.MethodGet, c.path, nil)
		request.Host = c.host
		answer := httptest.NewRecorder()
		a.OpsHandler().ServeHTTP(answer, request)
		if answer.Code != c.status {
			t.Errorf("%+v: %d", c, answer.Code)
		}
	}
}

func TestDemoAccountsInProductionAreNotShownToOthersUnlessThatIsSaid(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	builder := storetest.New(t, d.Owner)
	builder.User("ada")
	passwords, err := auth.NewPasswords(4)
	if err != nil {
		t.Fatal(err)
	}
	known, err := passwords.Hash(demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(change func(*Config)) bool {
		t.Helper()
		config, _ := faultsOf(change)
		err := (&App{config: config, pool: d.DB}).RefuseKnownPasswords(t.Context())
		if err != nil && !errors.Is(err, ErrKnownPasswords) {
			t.Fatal(err)
		}
		return err != nil
	}
	exposed := func(*Config) {}
	if refused(exposed) {
		t.Error("a database without demo accounts is refused")
	}
	builder.User("admin", storetest.Values{"email": "admin@demo.test", "password_hash": known})
	if !refused(exposed) {
		t.Error("a known password is served to everybody")
	}
	if refused(func(c *Config) { c.ExposeDemo = true }) || refused(func(c *Config) { c.PublicURL = "" }) {
		t.Error("it is refused though it was asked for, or is for this machine alone")
	}
	builder.Exec("update users set account_status = 'suspended' where username = 'admin'")
	if refused(exposed) {
		t.Error("a suspended account is no reason to refuse")
	}
}
