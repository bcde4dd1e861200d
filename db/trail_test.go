package db_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// fromAfar is a request of a signed-in user.
func fromAfar(actor domain.UserID) db.Origin {
	return db.Origin{
		Actor: actor.String(), Request: "request-1", Session: "01900000-0000-7000-8000-00000000005e", Address: "203.0.113.77", UserAgent: "Browser/1.0",
	}
}

func rename(t *testing.T, d *dbtest.Database, from db.Origin, id domain.UserID) {
	t.Helper()
	err := d.InTx(t.Context(), from, func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), dbtest.SQL("update users set first_name = first_name || 'x' where id = $1"), id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheTrailNamesSessionAddressAndAgentAndCanForgetThem(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.User("ada")
	rename(t, d, fromAfar(ada), ada)
	var sealed string
	b.Get(&sealed, `select session_id || ' ' || request_values from audit_trail where action = 'update'`)
	if !strings.Contains(sealed, "00000000005e") || strings.Count(sealed, "digest:") != 2 || strings.Contains(sealed, "203.0.113") || strings.Contains(sealed, "Browser") {
		t.Errorf("the sealed row: %s", sealed)
	}
	read := `select coalesce(r.ip_address, '-') || ' ' || coalesce(r.user_agent, '-') from audit_trail t left join audit_requests r on r.audit_id = t.id where action = 'update'`
	var shown string
	if err := d.Get(t.Context(), &shown, dbtest.SQL(read)); err != nil || shown != "203.0.113.77 Browser/1.0" {
		t.Errorf("what the serving role reads: %s %v", shown, err)
	}
	seal(t, d)
	if found := verify(t, d); len(found) != 0 {
		t.Errorf("sealed: %+v", found)
	}
	b.Exec(`delete from audit_personal_values where subject_id = $1`, ada)
	if found := verify(t, d); len(found) != 0 {
		t.Errorf("erased: %+v", found)
	}
	if b.Get(&shown, read); shown != "- -" {
		t.Errorf("after erasing: %s", shown)
	}
}

func TestAnAddressOfNobodyBelongsToWhomTheRowIsAbout(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.User("ada")
	rename(t, d, db.Origin{Request: "r", Address: "203.0.113.77"}, ada)
	rename(t, d, db.Origin{}, ada)
	var values []string
	if err := d.Owner.SelectContext(t.Context(), &values, `select column_name || ' ' || subject_id from audit_personal_values where side = 'request'`); err != nil ||
		!slices.Equal(values, []string{"ip_address " + ada.String()}) {
		t.Errorf("%v %v", values, err)
	}
}

func TestVerifyNoticesAForgedOrigin(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]string{
		"another session":      `update audit_trail set session_id = gen_random_uuid() where action = 'update'`,
		"no session":           `update audit_trail set session_id = null where action = 'update'`,
		"a session put in":     `update audit_trail set session_id = gen_random_uuid() where action = 'insert' and table_name = 'users'`,
		"digests taken out":    `update audit_trail set request_values = null where action = 'update'`,
		"digests put in":       `update audit_trail set request_values = '{"ip_address": "digest:00"}' where action = 'insert' and table_name = 'users'`,
		"another address":      `update audit_personal_values set value = '10.0.0.1' where column_name = 'ip_address'`,
		"an address put in":    `insert into audit_personal_values select id, 'request', 'ip_address', null, 'x', '10.0.0.1' from audit_trail where action = 'insert' and table_name = 'users'`,
		"an agent of another":  `update audit_personal_values set value = 'curl' where column_name = 'user_agent'`,
		"an address elsewhere": `update audit_personal_values set side = 'new' where column_name = 'ip_address'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			b := storetest.New(t, d.Owner)
			ada := b.User("ada")
			rename(t, d, fromAfar(ada), ada)
			seal(t, d)
			b.Exec(tamper)
			if found := verify(t, d); len(found) == 0 || found[0].Log != "audit_trail" || found[0].Problem == "unsealed" {
				t.Errorf("got %+v", found)
			}
		})
	}
}

func TestRowsThatWereSealedBeforeTheTrailGrewStillVerify(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	u, _ := url.Parse(at)
	run := func(args ...string) string {
		t.Helper()
		return strings.TrimSpace(psql(t, at, "psql", append([]string{"-1", "-At", "-v", "ON_ERROR_STOP=1", "-d", strings.TrimPrefix(u.Path, "/")}, args...)...))
	}
	later := false
	for _, name := range migrationNames(t) {
		if strings.HasPrefix(name, "021_") {
			later = true
			run("-c", `insert into users (email, username, password_hash) values ('ada@test.example', 'ada', 'x')`)
			run("-c", `update users set first_name = 'Augusta'`)
			run("-c", `insert into security_audit_log (event, severity, session_id) values ('a', 'info', null), ('b', 'info', gen_random_uuid())`)
			run("-c", `select track_login_attempt('ada@test.example', 'failed', '203.0.113.9', 'agent', 'device', 'wrong_password')`)
			if n := run("-c", `select seal_audit()`); n == "0" {
				t.Fatal("nothing was sealed")
			}
		}
		run("-f", "migrations/"+name)
	}
	run("-c", `select seal_audit()`) // what later files changed in a school that was in use
	if found := run("-c", `select * from verify_audit()`); !later || found != "" {
		t.Errorf("got %s", found)
	}
	run("-c", `update users set first_name = 'Ada'`)
	run("-c", `select seal_audit()`)
	if found := run("-c", `select * from verify_audit()`); found != "" {
		t.Errorf("with newer rows: %s", found)
	}
}

func TestUnlocksBodiesFilesAndSourcesHaveATrail(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada, item := b.User("ada"), b.Item(b.Category("c"), "one", 0)
	b.Exec(`delete from audit_trail`)
	b.Exec(`insert into content_unlocks (user_id, content_id, opens_at) values ($1, $2, clock_now())`, ada, item)
	b.Exec(`update content_bodies set body = 'a private sentence' where content_id = $1`, item)
	b.Exec(`update content_bodies set body = 'a private sentence' where content_id = $1`, item) // nothing changed
	b.Exec(`update content_items set title = 'Two' where id = $1`, item)                        // writes the search vectors of the body's row
	b.Exec(`insert into content_files (content_id, sha256, name, media_type, bytes) values ($1, repeat('0', 64), 'a.txt', 'text/plain', 1)`, item)
	b.Exec(`delete from content_files`)
	b.Exec(`insert into content_sources (content_id, source, path, document, checksum) values ($1, 's', 'p', 'd', sha256('x'))`, item)
	b.Exec(`update content_sources set imported_at = clock_now() + interval '1 hour'`) // no change of the source
	var entries []string
	if err := d.Owner.SelectContext(t.Context(), &entries, `select table_name || ' ' || action || ' ' || row_id || ' ' || coalesce(subject_id::text, '-') || ' ' || coalesce(new_values::text, '')
		from audit_trail where table_name <> 'content_items' order by id`); err != nil {
		t.Fatal(err)
	}
	want := []string{
		fmt.Sprintf("content_unlocks insert %s:%s %s ", ada, item, ada), fmt.Sprintf("content_bodies update %s - {\"body\": \"sha256:", item),
		fmt.Sprintf("content_files insert %s:%064d - ", item, 0), fmt.Sprintf("content_files delete %s:%064d - ", item, 0),
		fmt.Sprintf("content_sources insert %s - ", item),
	}
	if len(entries) != len(want) {
		t.Fatalf("%d entries: %s", len(entries), strings.Join(entries, "\n"))
	}
	for i, entry := range entries {
		if !strings.HasPrefix(entry, want[i]) || strings.Contains(entry, "private") || strings.Contains(entry, "body_search") {
			t.Errorf("%d: %s, want %s…", i, entry, want[i])
		}
	}
}
