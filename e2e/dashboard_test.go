//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/db/demo"
)

// prometheus is a real one that reads the metrics of a school, as deploy/prometheus.yml has it but for the address and the pace.
type prometheus struct {
	t   *testing.T
	api string
}

func startPrometheus(t *testing.T, operators string) *prometheus {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatal("no Prometheus was found; install it (apt-get install prometheus)")
	}
	config, err := os.ReadFile("../deploy/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("127.0.0.1:8081", operators, "15s", "1s").Replace(string(config))
	if !strings.Contains(text, operators) || !strings.Contains(text, "1s") {
		t.Fatalf("deploy/prometheus.yml is not what the test knows: %s", config)
	}
	dir, address := t.TempDir(), dbtest.FreeAddress(t)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=error")
	out := &said{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("Prometheus ended with %v: %s", err, out)
		}
	})
	return &prometheus{t: t, api: "http://" + address + "/api/v1/"}
}

// values asks a query and returns the values of its series that are numbers; NaN is what a quotient of nothing comes to.
func (p *prometheus) values(query string) (values []string, err error) {
	response, err := http.Get(p.api + "query?" + url.Values{"query": {query}}.Encode())
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Status, Error string
		Data          struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" {
		p.t.Fatalf("%s: %s", query, answer.Error)
	}
	for _, series := range answer.Data.Result {
		if value, _ := series.Value[1].(string); value != "NaN" {
			values = append(values, value)
		}
	}
	return values, nil
}

// queries are those of the dashboard's panels, by title and place.
func queries(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../deploy/grafana/lyceum.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, panel := range dashboard.Panels {
		if len(panel.Targets) == 0 && panel.Type != "row" {
			t.Errorf("the panel %s asks nothing", panel.Title)
		}
		for i, target := range panel.Targets {
			all[fmt.Sprintf("%s %d", panel.Title, i+1)] = strings.ReplaceAll(target.Expr, "$__rate_interval", "30s")
		}
	}
	return all
}

// bustle does what makes the rarer metrics move: errors, people who mistype, requests for accounts, which are jobs.
func (s *school) bustle(client *http.Client, n int) {
	s.t.Helper()
	for _, operation := range []string{
		`query Shelf { contentItems(first: 20) { nodes { title body category { name } } } }`,
		`query Wrong { nothing }`,
		`mutation SignIn { signIn(input: {email: "nobody@demo.test", password: "mistyped"}) { userErrors { code } } }`,
		fmt.Sprintf(`mutation SignIn { signIn(input: {email: %q, password: %q}) { userErrors { code } } }`, demo.SignIns[0][0], demo.Password),
		fmt.Sprintf(`mutation Register { register(input: {email: "somebody%d@demo.test", password: "a long enough password", firstName: "A", lastName: "B"}) `+
			`{ userErrors { code } } }`, n),
	} {
		body, err := json.Marshal(map[string]string{"query": operation})
		if err != nil {
			s.t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
		if err != nil {
			s.t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = response.Body.Close()
	}
}

// Every panel shows something of a school in which something happens: no query names a metric or a label that there is not.
func TestEveryQueryOfTheDashboardHasDataOfARealSchool(t *testing.T) {
	operators := dbtest.FreeAddress(t)
	authority, dir := dbtest.NewAuthority(t), t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	authority.Issue(cert, key, time.Now().Add(24*time.Hour), "127.0.0.1")
	s := startSchool(t, "LYCEUM_ENV=development", "LYCEUM_OPS_LISTEN="+operators, "LYCEUM_TLS_CERT="+cert, "LYCEUM_TLS_KEY="+key)
	s.url = "https://" + strings.TrimPrefix(s.url, "http://")
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Roots}}}
	p := startPrometheus(t, operators)
	missing := queries(t)
	if len(missing) < 40 {
		t.Fatalf("the dashboard has %d queries", len(missing))
	}
	asked := len(missing)
	for n, end := 0, time.Now().Add(2*time.Minute); len(missing) > 0; n++ {
		s.bustle(client, n)
		for panel, query := range missing {
			if values, err := p.values(query); err == nil && len(values) > 0 {
				delete(missing, panel)
			}
		}
		if time.Now().After(end) {
			break
		}
		time.Sleep(300 * time.Millisecond)
	}
	for panel, query := range missing {
		t.Errorf("%s shows nothing: %s", panel, query)
	}
	t.Logf("%d of %d queries have data", asked-len(missing), asked)
}
