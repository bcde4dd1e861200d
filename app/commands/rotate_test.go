package commands_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lyceum/db"
)

// runbook is what the runbook has psql say.
func runbook(t *testing.T) (said []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Rotate\n")
	section, _, ends := strings.Cut(section, "\n## ")
	if !found || !ends {
		t.Fatal("the runbook has no section Rotate")
	}
	for _, c := range regexp.MustCompile(`psql "\$\(lyceum db url\)" -c ['"](.*?)['"](?:`+"`"+`|\n)`).FindAllStringSubmatch(section, -1) {
		said = append(said, c[1])
	}
	if len(said) != 3 {
		t.Fatalf("the runbook has psql say %q", said)
	}
	return said
}

// asOwner runs a statement as `psql "$(lyceum db url)"` does, beside the running server.
func asOwner(t *testing.T, dir, statement string) {
	t.Helper()
	url, err := command(t, dir, nil, "db", "url").Output()
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: strings.TrimSpace(string(url)), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func secret(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".lyceum", name))
	if err != nil || len(text) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return string(text)
}

// signedIn is a client with the session of the demo's administrator.
func signedIn(t *testing.T, h *running) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if a := askAs(t, client, h, `mutation { signIn(input: {email: \"admin@demo.test\", password: \"lyceum-demo\"}) { viewer { email } } }`); !strings.Contains(a, "admin@demo.test") {
		t.Fatal(a)
	}
	return client
}

func askAs(t *testing.T, client *http.Client, h *running, query string) string {
	t.Helper()
	response, err := client.Post(h.url+"/graphql", "application/json", strings.NewReader(`{"query": "`+query+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEachSecretOfTheDataFolderIsRotatedAsTheRunbookSays(t *testing.T) {
	t.Parallel()
	said, dir := runbook(t), t.TempDir()
	h := open(t, dir)
	if out, err := command(t, dir, nil, "db", "url", "--report").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names := []string{"app.password", "owner.password", "links.key", "files.key", "report.password"}
	before := map[string]string{}
	for _, name := range names {
		before[name] = secret(t, dir, name)
	}

	// All sessions at once.
	client := signedIn(t, h)
	asOwner(t, dir, said[2])
	if a := askAs(t, client, h, `{ viewer { email } }`); strings.Contains(a, "admin@demo.test") {
		t.Errorf("a session lives on: %s", a)
	}

	// psql, stop, remove, start.
	asOwner(t, dir, said[0])
	asOwner(t, dir, said[1])
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, ".lyceum", name)); err != nil {
			t.Fatal(err)
		}
	}
	h = open(t, dir)
	signedIn(t, h)
	report, err := command(t, dir, nil, "db", "url", "--report").Output()
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: strings.TrimSpace(string(report)), Pool: 1})
	if err != nil {
		t.Fatalf("reporting tools do not get in: %v", err)
	}
	defer d.Close()
	for _, name := range names {
		if now := secret(t, dir, name); now == before[name] {
			t.Errorf("%s is the old one", name)
		}
	}
	for _, role := range []string{"app", "owner"} {
		old := strings.Replace(strings.TrimSpace(string(report)), strings.TrimSpace(secret(t, dir, "report.password")), strings.TrimSpace(before[role+".password"]), 1)
		old = strings.Replace(old, db.ReportRole, "lyceum_"+role, 1)
		if d, err := db.Open(t.Context(), db.Config{URL: old, Pool: 1}); err == nil {
			_ = d.Close()
			t.Errorf("the old password of lyceum_%s still opens", role)
		}
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestThePasswordOfAnOwnPostgreSQLIsRotatedByPsqlSettingAndRestart(t *testing.T) {
	t.Parallel()
	at, appURL := emptyDatabase(t)
	made := strings.Replace(appURL, db.AppRole, "lyceum_rotated", 1)
	super, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer super.Close()
	// The role of all tests keeps its password: this school has one of its own, which has the same privileges.
	t.Cleanup(func() {
		d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
		if err == nil {
			_, _ = d.ExecContext(t.Context(), "drop role if exists lyceum_rotated")
			_ = d.Close()
		}
	})
	for _, statement := range []string{"drop role if exists lyceum_rotated", "create role lyceum_rotated login password 'test' in role lyceum_app"} {
		if _, err := super.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	h := open(t, dir, "DATABASE_URL="+at, "DATABASE_APP_URL="+made)
	if _, err := super.ExecContext(t.Context(), "alter role lyceum_rotated password 'another'"); err != nil { // as \password does
		t.Fatal(err)
	}
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, dir, []string{"DATABASE_URL=" + at, "DATABASE_APP_URL=" + made}, "migrate").CombinedOutput(); err == nil || !strings.Contains(string(out), "another password") {
		t.Errorf("the old setting: %v: %s", err, out)
	}
	h = open(t, dir, "DATABASE_URL="+at, "DATABASE_APP_URL="+strings.Replace(made, ":test@", ":another@", 1))
	if a := h.ask(`{ plans { name } }`); !strings.Contains(a, `"plans"`) {
		t.Error(a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
