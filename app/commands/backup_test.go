package commands_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/db"
)

// ledger is what was acknowledged. A writer holds quiet while a write is under way, so that at a moment that is taken under its lock
// no write is half done.
type ledger struct {
	mu                sync.Mutex
	quiet             sync.RWMutex
	progress, granted []string
}

func (l *ledger) note(list *[]string, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*list = append(*list, key)
}

const (
	reportMutation = `mutation ($item: ID!, $key: UUID!) { reportProgress(input: {itemId: $item, eventKey: $key, percent: 40}) { progress { percent } userErrors { code } } }`
	grantMutation  = `mutation ($key: String!, $user: ID!, $item: ID!) { grantContentAccess(input: {idempotencyKey: $key, userId: $user, itemId: $item, reason: $key}) { grant { id } userErrors { code } } }`
)

// write reports progress and grants with 32 writers until stop is closed, and keeps the ledger.
func write(t *testing.T, h *running, l *ledger, stop <-chan struct{}) (done *sync.WaitGroup) {
	t.Helper()
	admin := h.signIn(t, "admin@demo.test")
	var found struct {
		Data struct {
			ContentItems struct{ Nodes []struct{ ID string } }
			Viewer       struct{ ID string }
		}
	}
	if err := json.Unmarshal([]byte(admin.ask(t, `{ viewer { id } contentItems(first: 32) { nodes { id } } }`, nil)), &found); err != nil || len(found.Data.ContentItems.Nodes) < 32 {
		t.Fatal(err, found)
	}
	learners := []browser{admin}
	for _, email := range []string{"editor@demo.test", "pro@demo.test"} {
		learners = append(learners, h.signIn(t, email))
	}
	done = &sync.WaitGroup{}
	for i := range 32 {
		item := found.Data.ContentItems.Nodes[i].ID
		done.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				l.quiet.RLock()
				if i%2 == 0 {
					key := uuid.NewString()
					if a := learners[i%len(learners)].ask(t, reportMutation, map[string]any{"item": item, "key": key}); strings.Contains(a, `"progress":{`) {
						l.note(&l.progress, key)
					}
				} else {
					key := fmt.Sprintf("ledger %d/%d/%s", i, n, uuid.NewString()[:8])
					if a := admin.ask(t, grantMutation, map[string]any{"key": key, "user": found.Data.Viewer.ID, "item": item}); strings.Contains(a, `"grant":{`) {
						l.note(&l.granted, key)
					}
				}
				l.quiet.RUnlock()
			}
		})
	}
	return done
}

// moment lets what is under way end, and returns the time of the server and the ledger at that time.
func (l *ledger) moment(t *testing.T, d *db.DB) (at time.Time, progress, granted []string) {
	t.Helper()
	l.quiet.Lock()
	defer l.quiet.Unlock()
	if err := d.GetContext(t.Context(), &at, `select clock_timestamp()`); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * time.Millisecond) // what comes next is later
	return at, slices.Sorted(slices.Values(l.progress)), slices.Sorted(slices.Values(l.granted))
}

const (
	progressKeys = `select k.event_key::text from consumption_keys k where k.created_at >= $1 order by 1`
	grantKeys    = `select p.reason from user_content_permissions p where p.reason like 'ledger %' order by p.reason collate "C"`
)

func TestARestoreHasWhatWasAcknowledgedUpToItsMomentAndNothingElse(t *testing.T) {
	t.Parallel()
	school := newKept(t, t.TempDir())
	h := school.serve()
	const month = ".lyceum/archives/login_attempts/2020-01.parquet"
	began := time.Now().Add(-time.Second)
	before := school.super("lyceum")
	var l ledger
	stop := make(chan struct{})
	done := write(t, h, &l, stop)
	old := h.signIn(t, "free@demo.test")
	if err := os.MkdirAll(filepath.Join(school.dir, month, ".."), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(school.dir, month), []byte("an archived month"), 0o600); err != nil {
		t.Fatal(err)
	}
	school.backup() // while they write
	time.Sleep(500 * time.Millisecond)
	at, progress, granted := l.moment(t, before)
	time.Sleep(500 * time.Millisecond)
	close(stop)
	done.Wait()
	school.archived(before)
	if len(progress) == 0 || len(granted) == 0 || len(l.progress) == len(progress) {
		t.Fatalf("%d and %d writes before the moment, %d and %d in all", len(progress), len(granted), len(l.progress), len(l.granted))
	}
	h.kill() // the machine is gone

	second := school.machine()
	out := second.must("restore", "--to", at.UTC().Format(time.RFC3339Nano))
	if !strings.Contains(out, "sign in again") {
		t.Errorf("it does not say what is left to do: %s", out)
	}
	h = open(t, second.dir, second.settings...)
	after := second.super("lyceum")
	if found := texts(t, after, progressKeys, began); !slices.Equal(found, progress) {
		t.Errorf("%d reports instead of the %d of the ledger", len(found), len(progress))
	}
	if found := texts(t, after, grantKeys); !slices.Equal(found, granted) {
		t.Errorf("%d grants instead of the %d of the ledger", len(found), len(granted))
	}
	if text, err := os.ReadFile(filepath.Join(second.dir, month)); err != nil || string(text) != "an archived month" {
		t.Errorf("the archived month is %q: %v", text, err)
	}
	old.url = h.url + "/graphql"
	if a := old.ask(t, `{ viewer { id } }`, nil); !strings.Contains(a, `"viewer":null`) {
		t.Errorf("a session of before is still one: %s", a)
	}

	// What is written on the new timeline is restored, too, from a backup that was taken on the old one.
	stop = make(chan struct{})
	done = write(t, h, &l, stop)
	time.Sleep(300 * time.Millisecond)
	close(stop)
	done.Wait()
	all, allGrants := texts(t, after, progressKeys, began), texts(t, after, grantKeys)
	second.archived(after)
	h.kill()
	if len(all) <= len(progress) || len(allGrants) <= len(granted) {
		t.Fatal("nothing was written after the restore")
	}
	third := second.machine()
	third.must("restore", "--to", "latest")
	h = open(t, third.dir, third.settings...)
	found := third.super("lyceum")
	if got := texts(t, found, progressKeys, began); !slices.Equal(got, all) {
		t.Errorf("%d reports instead of %d", len(got), len(all))
	}
	if got := texts(t, found, grantKeys); !slices.Equal(got, allGrants) {
		t.Errorf("%d grants instead of %d", len(got), len(allGrants))
	}
	// And once more, from a backup of the newest timeline.
	third.backup()
	third.archived(found)
	h.kill()
	fourth := third.machine()
	if out := fourth.must("restore", "--to", "latest"); strings.Count(fourth.must("backup", "list"), "timeline 3") != 1 {
		t.Errorf("%s", out)
	}
	comesBack(t, school, second)
}

// comesBack has the first machine and the second one start again, after a third has gone on with their school.
func comesBack(t *testing.T, first, second kept) {
	t.Helper()
	for old, knows := range map[*kept]string{&first: "timeline 1", &second: "timeline 2"} {
		old.refused("was restored somewhere else, and goes on there: the backups have timeline", "serve")
		old.refused("this data folder ends with "+knows, "migrate")
		// One that ran through it all, cut off from the place, is not let in either.
		data := old.data("postgres", "data")
		push := command(t, data, append(old.settings[:len(old.settings):len(old.settings)], "LYCEUM_DATA_DIR="+old.data()), "wal", "push",
			"PG_VERSION", "000000010000000000000099")
		if out, err := push.CombinedOutput(); err == nil || !strings.Contains(string(out), "goes on there") {
			t.Errorf("its log is archived: %v\n%s", err, out)
		}
	}
	// What it has may be looked at.
	h := open(t, first.dir)
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestABackupThatIsDamagedIsNoticed(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	school := newKept(t, place)
	h := school.serve()
	d := school.super("lyceum")
	t.Run("refusals", func(t *testing.T) { refusals(t, school) })
	school.must("backup", "verify")
	for _, part := range []string{"*/backups/*/cluster", "*/backups/*/files", "*/wal/00000001/????????????????????????"} {
		found, err := filepath.Glob(filepath.Join(place, part))
		if err != nil || len(found) == 0 {
			t.Fatal(part, found, err)
		}
		path := found[len(found)-1]
		good := spoil(t, path, -100)
		school.refused("damaged", "backup", "verify")
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(good)-1)); err != nil {
			t.Fatal(err)
		}
		school.refused("damaged", "backup", "verify")
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	school.must("backup", "verify")

	// A page of the database itself: neither is the copy of it called whole.
	var file string
	if err := d.GetContext(t.Context(), &file, `select pg_relation_filepath('mail_messages_cause_key')`); err != nil {
		t.Fatal(err)
	}
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	page := school.data("postgres", "data", file)
	good := spoil(t, page, 8000)
	school.refused("pages are damaged", "backup")
	if out := school.must("backup", "list"); strings.Count(out, "whole") != 1 {
		t.Errorf("what is damaged is listed: %s", out)
	}
	if err := os.WriteFile(page, good, 0o600); err != nil {
		t.Fatal(err)
	}
	school.must("backup")
}

// spoil turns a bit of a file, counted from the end if at is negative, and returns what it was.
func spoil(t *testing.T, path string, at int) []byte {
	t.Helper()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(good)
	if at < 0 {
		at = max(0, len(bad)+at)
	}
	bad[at] ^= 0x40
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	return good
}

func refusals(t *testing.T, school kept) {
	t.Helper()
	school.refused("has a database", "restore", "--to", "latest")
	bare := school.machine()
	for to, want := range map[string]string{
		time.Now().Add(time.Hour).UTC().Format(time.RFC3339): "in the future",
		"2026-01-01T00:00:00Z":                               "the oldest moment that can be restored is",
		"2026-01-01 00:00:00":                                "with its zone",
		"yesterday":                                          "with its zone",
		"20260101T000000Z-abcd":                              "no whole one has the id",
		time.Now().UTC().Format(time.RFC3339Nano):            "say --to latest",
	} {
		bare.refused(want, "restore", "--to", to)
	}
	bare.refused("there is no timeline 7", "restore", "--to", "latest", "--timeline", "7")
	keyless := kept{t: t, dir: t.TempDir(), settings: school.settings}
	keyless.refused("put the copy there that lyceum keys export has made", "restore", "--to", "latest")
	other := newKept(t, t.TempDir()).dir
	if err := os.MkdirAll(filepath.Join(other, ".lyceum"), 0o700); err != nil {
		t.Fatal(err)
	}
	wrong := kept{t: t, dir: other, settings: school.settings}
	if out, err := command(t, other, []string{"LYCEUM_BACKUP=file://" + t.TempDir()}, "keys", "export", "-").CombinedOutput(); err == nil {
		t.Errorf("keys that are not there are exported: %s", out)
	}
	if _, err := os.Stat(bare.data("postgres")); err == nil {
		t.Error("a restore that was refused left a cluster")
	}
	wrong.refused("keyset", "restore", "--to", "latest")
}
