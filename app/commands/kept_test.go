package commands_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/demo"
)

// kept is a school whose backups go to a place of the test's own.
type kept struct {
	t        *testing.T
	dir      string
	settings []string
}

func newKept(t *testing.T, place string) kept {
	t.Helper()
	return kept{t: t, dir: t.TempDir(), settings: []string{"LYCEUM_BACKUP=file://" + place}}
}

// serve starts the server and waits until the backup is whole that it takes at its first start, and the drill is over.
func (k kept) serve() *running {
	k.t.Helper()
	h := open(k.t, k.dir, k.settings...)
	d := k.super("lyceum")
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var done bool
		if err := d.GetContext(k.t.Context(), &done, `select exists (select from backups where state = 'whole') and not exists (
			select from river.river_job where kind in ('take_backup', 'restore_drill') and finalized_at is null and state <> 'scheduled')`); err != nil {
			k.t.Fatal(err)
		}
		if done {
			return h
		}
		if time.Now().After(end) {
			k.t.Fatalf("the server takes no backup: %s", h.log)
		}
	}
}

// machine is another one with the keyset, and nothing else.
func (k kept) machine() kept {
	k.t.Helper()
	other := kept{t: k.t, dir: k.t.TempDir(), settings: k.settings}
	keyset, err := os.ReadFile(k.data("keys.json"))
	if err == nil {
		err = os.Mkdir(other.data(), 0o700)
	}
	if err == nil {
		err = os.WriteFile(other.data("keys.json"), keyset, 0o600)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	return other
}

func (k kept) data(names ...string) string {
	return filepath.Join(append([]string{k.dir, ".lyceum"}, names...)...)
}

// run runs a command and returns what it says.
func (k kept) run(args ...string) (string, error) {
	out, err := command(k.t, k.dir, k.settings, args...).CombinedOutput()
	return string(out), err
}

func (k kept) must(args ...string) string {
	k.t.Helper()
	out, err := k.run(args...)
	if err != nil {
		k.t.Fatalf("lyceum %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// backup takes one, when the server's own or its drill has ended.
func (k kept) backup() {
	k.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		out, err := k.run("backup")
		if err == nil {
			return
		}
		if !strings.Contains(out, "another backup, restore or drill is running") || time.Now().After(end) {
			k.t.Fatalf("lyceum backup: %v\n%s", err, out)
		}
	}
}

func (k kept) refused(want string, args ...string) {
	k.t.Helper()
	if out, err := k.run(args...); err == nil || !strings.Contains(out, want) {
		k.t.Errorf("lyceum %s: %v\n%s\ninstead of a refusal that says %q", strings.Join(args, " "), err, out, want)
	}
}

// super is the superuser of the running server.
func (k kept) super(database string) *db.DB {
	k.t.Helper()
	password, err := os.ReadFile(k.data("postgres", "postgres.password"))
	if err != nil {
		k.t.Fatal(err)
	}
	port, err := os.ReadFile(k.data("postgres", "port"))
	if err != nil {
		k.t.Fatal(err)
	}
	url := fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%s/%s?sslmode=disable", bytes.TrimSpace(password), bytes.TrimSpace(port), database)
	d, err := db.Open(k.t.Context(), db.Config{URL: url, Pool: 2, Patience: 10 * time.Second})
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = d.Close() })
	return d
}

// whole waits until there are so many whole backups.
func (k kept) whole(d *db.DB, n int) {
	k.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var found int
		if err := d.GetContext(k.t.Context(), &found, `select count(*) from backups where state = 'whole'`); err != nil {
			k.t.Fatal(err)
		}
		if found >= n {
			return
		}
		if time.Now().After(end) {
			k.t.Fatalf("%d backups are whole instead of %d", found, n)
		}
	}
}

// kill ends a copy without asking it.
func (h *running) kill() {
	_ = h.cmd.Process.Kill()
	err := <-h.ended
	_ = err // it was killed
}

// archived waits until all that was written so far is in the place.
func (k kept) archived(d *db.DB) {
	k.t.Helper()
	var segment string
	if err := d.GetContext(k.t.Context(), &segment, `select pg_walfile_name(pg_switch_wal())`); err != nil {
		k.t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var done bool
		if err := d.GetContext(k.t.Context(), &done, `select coalesce(last_archived_wal, '') >= $1 from pg_stat_archiver`, segment); err != nil {
			k.t.Fatal(err)
		}
		if done {
			return
		}
		if time.Now().After(end) {
			k.t.Fatal("the log is not archived")
		}
	}
}

func texts(t *testing.T, d *db.DB, query string, args ...any) []string {
	t.Helper()
	var found []string
	if err := d.SelectContext(t.Context(), &found, query, args...); err != nil {
		t.Fatal(err)
	}
	return found
}

// browser is somebody who has signed in.
type browser struct {
	*http.Client
	url string
}

func (h *running) signIn(t *testing.T, email string) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := browser{Client: &http.Client{Jar: jar, Timeout: 30 * time.Second}, url: h.url + "/graphql"}
	answer := b.ask(t, `mutation ($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) { viewer { id } userErrors { code } } }`,
		map[string]any{"e": email, "p": demo.Password})
	if !strings.Contains(answer, `"userErrors":[]`) {
		t.Fatalf("%s cannot sign in: %s", email, answer)
	}
	return b
}

func (b browser) ask(t *testing.T, query string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.Post(b.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
