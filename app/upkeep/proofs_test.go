package upkeep_test

import (
	"strings"
	"sync"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/store"
)

// problems does something with the owner's rights, asks for what is wrong then, and undoes it.
func (s *school) problems(t *testing.T, does ...string) (found []string) {
	t.Helper()
	tx, err := s.d.Owner.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range does {
		done, err := tx.ExecContext(t.Context(), statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s did nothing: %v", statement, err)
		}
	}
	err = tx.SelectContext(t.Context(), &found, `select v.log || ': ' || v.problem from verify_audit() v where v.problem <> 'unsealed'
		union all select r.log || ': ' || r.problem from verify_rows() r`)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAProofCountsOnlyForWhatMayHaveLeft(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(200)
	s.archive(t)
	s.User("ada")
	s.Exec(`insert into security_audit_log (event, severity) select 'fresh', 'info' from generate_series(1, 3)`)
	s.seal()
	const forge = `insert into sealed_proofs (seal_id, log, month, row_ids, content_hashes) select s.id, s.log, `
	const freshEvent = ` from audit_seals s join security_audit_log t on t.id = any(s.row_ids) and t.created_at between s.first_at and s.last_at
		where s.log = 'security_audit_log' and t.event = 'fresh' order by t.id limit 1`
	const deleteFresh = `delete from security_audit_log where id = (select min(id) from security_audit_log where event = 'fresh')`
	for name, c := range map[string]struct {
		does []string
		want string
	}{
		"a row change of today": {[]string{
			forge + `null, array[t.id], array[t.content_hash] from audit_seals s join audit_trail t on t.id = any(s.row_ids) where s.log = 'audit_trail' order by t.id desc limit 1`,
			`delete from audit_trail where id = (select row_ids[1] from sealed_proofs where log = 'audit_trail')`,
		}, "audit_trail: the row was deleted"},
		"an event of today, by a month that left long ago": {[]string{
			forge + `'2020-05-01', array[t.id], array[t.content_hash]` + freshEvent, deleteFresh,
		}, "security_audit_log: the row was deleted"},
		"an event of today, by this month": {[]string{
			`insert into log_archives (log, month, file, bytes, sha256, row_count, rows_digest)
				values ('security_audit_log', date_trunc('month', clock_now()), 'none', 1, sha256('1'), 1, sha256('1'))`,
			forge + `date_trunc('month', clock_now()), array[t.id], array[t.content_hash]` + freshEvent, deleteFresh,
		}, "security_audit_log: the row was deleted"},
		"more rows than the archive has": {[]string{
			`update log_archives set row_count = row_count - 1 where log = 'login_attempts'`,
		}, "login_attempts: the row was deleted"},
	} {
		if found := s.problems(t, c.does...); len(found) != 1 || found[0] != c.want {
			t.Errorf("%s: %q", name, found)
		}
	}

	// The proofs of a month that came back prove nothing any more: its rows do.
	if err := s.upkeep.Restore(t.Context(), may2020("security_audit_log")); err != nil {
		t.Fatal(err)
	}
	found := s.problems(t, `delete from security_audit_log where id = (select min(id) from security_audit_log where created_at < '2020-06-01')`)
	if len(found) != 1 || found[0] != "security_audit_log: the row was deleted" {
		t.Errorf("restored: %q", found)
	}
	s.whole(t, "restored")
}

func TestRowsThatWerePutPastTheSealsAreFound(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.User("ada")
	s.Exec(`insert into security_audit_log (created_at, event, severity) select clock_now() - n * interval '1 second', 'fresh', 'info' from generate_series(0, 2) n`)
	if found := s.problems(t); len(found) != 0 {
		t.Errorf("rows that wait to be sealed: %q", found)
	}
	s.seal()
	const past = `delete from audit_unsealed`
	for name, c := range map[string]struct {
		does []string
		want string
	}{
		"a whole month that never was": {[]string{
			`insert into login_attempts (created_at, email, status) select '2019-03-05', 'ada@test.example', 'success' from generate_series(1, 5)`, past,
		}, "login_attempts: the row was never sealed"},
		"a row of today": {
			[]string{`insert into audit_trail (table_name, row_id, action) values ('users', 'x', 'update')`, past},
			"audit_trail: the row was never sealed",
		},
		"a row of then, with the number of one that was sealed": {[]string{
			`insert into security_audit_log (id, created_at, event, severity) overriding system value
				select min(id), '2019-03-05', 'forged', 'info' from security_audit_log`, past,
		}, "security_audit_log: the row was never sealed"},
		"the same number twice within a seal": {[]string{
			`insert into security_audit_log (id, created_at, event, severity) overriding system value
				select min(id), max(created_at) - interval '500 milliseconds', 'forged', 'info' from security_audit_log where event = 'fresh'`, past,
		}, "security_audit_log: the rows are not those that were sealed"},
	} {
		if found := s.problems(t, c.does...); len(found) != 1 || found[0] != c.want {
			t.Errorf("%s: %q", name, found)
		}
	}
}

// A false alarm about a log is worse than none: whoever verifies sees rows, what waits and seals as of one moment.
func TestLogsThatAreWrittenAndSealedMeanwhileAreWhole(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for _, statement := range []string{
		`insert into security_audit_log (event, severity) select 'fresh', 'info' from generate_series(1, 3)`,
		`insert into login_attempts (email, status) values ('ada@test.example', 'failed')`, `select seal_audit()`,
	} {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.d.Owner.ExecContext(t.Context(), statement); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 12 {
		found, err := store.NewMaintenance(s.d.Owner).VerifyAudit(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, p := range found {
			if p.Problem != "unsealed" {
				t.Errorf("%+v", p)
			}
		}
	}
	close(stop)
	writers.Wait()
	var seals int
	if s.Get(&seals, `select count(*) from audit_seals`); seals < 5 {
		t.Errorf("only %d seals were made meanwhile", seals)
	}
}

// Rows that were tampered with stay, and keep nothing else: however many of their seals come first, what is behind them is forgotten.
func TestSealsWhoseRowsStayKeepNoOthersFromBeingForgotten(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.seal()
	s.Exec(`do $$ begin
		for n in 1..1100 loop
			insert into audit_trail (created_at, table_name, row_id, action) values ('2015-01-01', 'users', n, 'update');
			perform seal_audit();
		end loop;
	end $$`)
	s.Exec(`alter table audit_trail disable trigger user`)
	s.Exec(`update audit_trail set row_id = 'forged' where created_at < '2016-01-01' and row_id::int <= 1050`)
	s.Exec(`alter table audit_trail enable trigger user`)
	if _, err := s.upkeep.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left, forged int
	s.Get(&left, `select count(*) from audit_trail where created_at < '2016-01-01'`)
	if s.Get(&forged, `select count(*) from audit_trail where row_id = 'forged'`); left != 1050 || forged != 1050 {
		t.Errorf("%d rows are left, %d of them forged", left, forged)
	}
}

func TestWhatLeavesIsAnEvent(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(20)
	s.Exec(`insert into audit_trail (created_at, table_name, row_id, action) select '2015-01-01', 'users', n, 'update' from generate_series(1, 9) n`)
	s.seal()
	s.archive(t)
	if _, err := s.upkeep.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	var said string
	s.Get(&said, `select string_agg(concat_ws(' ', event, details ->> 'log', details ->> 'month', details ->> 'seals', details ->> 'rows'), ', ' order by id)
		from security_audit_log where event in ('log_month_archived', 'row_changes_forgotten')`)
	if said != "log_month_archived login_attempts 2020-05-01 20, log_month_archived security_audit_log 2020-05-01 59, "+
		"log_month_archived security_audit_log 2020-06-01 60, row_changes_forgotten 1 9" {
		t.Error(said)
	}
	var sums int
	s.Get(&sums, `select count(*) from security_audit_log e join log_archives a on a.log = e.details ->> 'log' and a.month::text = e.details ->> 'month'
		where a.file = e.details ->> 'file' and encode(a.sha256, 'hex') = e.details ->> 'sha256'`)
	if sums != 3 {
		t.Errorf("%d of the events name their file", sums)
	}
	s.whole(t, "with events")
}

func TestAMonthWithPersonalValuesThatWereNotSealedStays(t *testing.T) {
	t.Parallel()
	for log, changes := range map[string][]string{
		"login_attempts": {
			`update login_attempts set email = 'other@test.example' where id = 2`, `update login_attempts set ip_address = '203.0.113.251' where id = 2`,
			`update login_attempts set device = 'other', personal_salt = null where id = 2`,
		},
		"security_audit_log": {`update security_audit_log set user_agent = 'put there' where id = 2`},
	} {
		s := newSchool(t)
		s.oldLogs(20)
		for _, change := range changes {
			tx, err := s.d.Owner.BeginTxx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			_, err = tx.ExecContext(t.Context(), `select close_month($1, '2020-05-01', 'f', 1, sha256('1'), (select digest from month_digest(month_name($1, '2020-05-01')::regclass)))`, log)
			if err == nil || !strings.Contains(err.Error(), "was changed: see lyceum audit verify") {
				t.Errorf("%s: %v", change, err)
			}
			_ = tx.Rollback()
		}
		// A value that was erased is none that was changed.
		s.Exec(`update ` + log + ` set ip_address = null, user_agent = null, personal_salt = null` + map[string]string{"login_attempts": ", email = null, device = null"}[log] + ` where id = 3`)
		s.archive(t)
		s.whole(t, "with an erased row")
		// Of a row of a file, personal values are compared like all others.
		var as, changed, whole *int64
		s.Get(&as, `select min(id) from kept_`+log)
		s.Get(&whole, `select changed_row($1, '2020-05-01', (select jsonb_agg(to_jsonb(k)) from kept_`+log+` k where k.created_at < '2020-06-01'))`, log)
		s.Get(&changed, `select changed_row($1, '2020-05-01', (select jsonb_agg(to_jsonb(k) || '{"user_agent": "put there"}') from kept_`+log+` k where k.created_at < '2020-06-01'))`, log)
		if whole != nil || changed == nil || *changed != *as {
			t.Errorf("%s: %v, %v", log, whole, changed)
		}
	}
}

// Only the owner can write a row of a month that has left. It neither takes the place of the archive nor keeps the month from coming back.
func TestALateRowComesBackWithItsMonth(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(20)
	s.archive(t)
	s.Exec(`insert into login_attempts (created_at, email, status) values ('2020-05-20', 'late@test.example', 'failed')`)
	var made []string
	if err := s.d.Owner.Select(t.Context(), &made, dbtest.SQL(`select ensure_partitions(3)`)); err != nil || len(made) > 0 {
		t.Errorf("%v, %v", made, err)
	}
	s.seal()
	if done := s.archive(t); len(done.Months) > 0 {
		t.Errorf("%+v", done)
	}
	s.whole(t, "with a late row")
	if err := s.upkeep.Restore(t.Context(), may2020("login_attempts")); err != nil {
		t.Fatal(err)
	}
	if n := s.differ("login_attempts"); n != 1 {
		t.Errorf("%d rows are new", n)
	}
	s.whole(t, "restored")
	s.Exec(`update clock set shift = '31 days'`)
	if done := s.archive(t); len(done.Months) != 1 || done.Rows != 21 {
		t.Errorf("%+v", done)
	}
	s.whole(t, "archived again")
	checked, err := s.upkeep.Verify(t.Context())
	if err != nil || len(checked) != 3 {
		t.Fatalf("%+v, %v", checked, err)
	}
	for _, c := range checked {
		if c.Err != nil {
			t.Errorf("%s: %v", c.Archive.LogMonth, c.Err)
		}
	}
}
