package upkeep_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lyceum/app/upkeep"
	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/gateways/archives"
	"lyceum/store"
	"lyceum/store/storetest"
)

// school is a database with the upkeep of its owner, whose archives are in a folder.
type school struct {
	*storetest.Builder
	d      *dbtest.Database
	upkeep *upkeep.Upkeep
	folder string
}

func newSchool(t *testing.T) *school {
	t.Helper()
	d := dbtest.New(t)
	s := &school{Builder: storetest.New(t, d.Owner), d: d, folder: filepath.Join(t.TempDir(), "archives")}
	at, err := archives.FolderURL(s.folder)
	if err != nil {
		t.Fatal(err)
	}
	s.upkeep = upkeep.New(
		func(ctx context.Context) (*db.DB, error) {
			return db.Open(ctx, db.Config{URL: d.URL, Pool: 2, Name: t.Name()})
		},
		func(ctx context.Context) (operations.ArchiveStore, error) { return archives.Open(ctx, at) }, slog.New(slog.DiscardHandler))
	return s
}

// oldLogs writes a month of rows of each log, as they were written then, and seals them.
func (s *school) oldLogs(attempts int) {
	s.Exec(`insert into login_attempts (created_at, user_id, email, status, reason, ip_address, user_agent, device)
		select '2020-05-01'::timestamptz + n * interval '7 minutes 3.000001 seconds', case when n % 3 = 0 then new_id() end, 'ada' || n || '@test.example',
			case n % 2 when 0 then 'failed' else 'success' end, case n % 2 when 0 then 'wrong_password' else '' end, ('203.0.113.' || n % 250)::inet,
			case when n % 5 > 0 then 'Mozilla "5.0" ü' end, 'd' || n from generate_series(1, $1::int) n`, attempts)
	s.Exec(`insert into security_audit_log (created_at, event, severity, user_id, details, ip_address)
		select '2020-05-31 23:59:00Z'::timestamptz + n * interval '1 second', 'sign_in_failed', 'warning', new_id(),
			case when n % 2 = 0 then jsonb_build_object('n', n, 'é', null, 'list', array[1.50, 2]) else '{}' end, '2001:db8::1' from generate_series(1, 119) n`)
	s.Exec(`select ensure_partitions(3)`)
	s.seal()
	for _, log := range []string{"login_attempts", "security_audit_log"} {
		s.Exec(`create table kept_` + log + ` as select * from ` + log + ` where created_at < '2021-01-01'`)
	}
}

func (s *school) seal() {
	for n := 1; n > 0; {
		s.Get(&n, `select seal_audit()`)
	}
}

// differ counts the rows of a log that are not those it had.
func (s *school) differ(log string) (n int) {
	s.Get(&n, `select count(*) from ((select * from kept_`+log+` except select * from `+log+` where created_at < '2021-01-01') union all
		(select * from `+log+` where created_at < '2021-01-01' except select * from kept_`+log+`)) x`)
	return n
}

// whole fails unless the audit logs verify.
func (s *school) whole(t *testing.T, when string) {
	t.Helper()
	s.seal()
	found, err := store.NewMaintenance(s.d.Owner).VerifyAudit(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("%s: %+v, %v", when, found, err)
	}
}

func (s *school) archive(t *testing.T) upkeep.Archived {
	t.Helper()
	done, err := s.upkeep.Archive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func may2020(log string) operations.LogMonth {
	return operations.LogMonth{Log: log, Month: time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC)}
}

func TestAMonthLeavesForAnArchiveAndComesBackEqual(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(6000)
	s.whole(t, "before")
	done := s.archive(t)
	if len(done.Months) != 3 || done.Rows != 6119 || len(done.Dropped) > 0 { // the events run over the turn of the month
		t.Fatalf("%+v", done)
	}
	var left int
	if s.Get(&left, `select (select count(*) from login_attempts where created_at < '2021-01-01') + (select count(*) from security_audit_log where created_at < '2021-01-01')`); left != 0 {
		t.Errorf("%d rows are still there", left)
	}
	s.whole(t, "detached")
	if again := s.archive(t); len(again.Months)+len(again.Dropped) > 0 {
		t.Errorf("a second run did %+v", again)
	}

	// The detached tables are dropped when their time is over, and all there is then is the files.
	s.Exec(`update clock set shift = '31 days'`)
	if done = s.archive(t); len(done.Dropped) != 3 {
		t.Fatalf("%+v", done)
	}
	var tables int
	if s.Get(&tables, `select count(*) from pg_class where relnamespace = 'archived'::regnamespace`); tables != 0 {
		t.Errorf("%d relations are left", tables)
	}
	s.whole(t, "dropped")
	checked, err := s.upkeep.Verify(t.Context())
	if err != nil || len(checked) != 3 {
		t.Fatalf("%+v, %v", checked, err)
	}
	for _, c := range checked {
		if c.Err != nil {
			t.Errorf("%s: %v", c.Archive.LogMonth, c.Err)
		}
	}

	for _, m := range []operations.LogMonth{
		may2020("login_attempts"), may2020("security_audit_log"), {Log: "security_audit_log", Month: time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if err := s.upkeep.Restore(t.Context(), m); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
	for _, log := range []string{"login_attempts", "security_audit_log"} {
		if n := s.differ(log); n != 0 {
			t.Errorf("%s: %d rows are not as they were", log, n)
		}
	}
	s.whole(t, "restored")
	if err := s.upkeep.Restore(t.Context(), may2020("login_attempts")); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("restored twice: %v", err)
	}
	// It stays for its time, and leaves again after that.
	if done = s.archive(t); len(done.Months) > 0 {
		t.Errorf("%+v", done)
	}
	s.Exec(`update clock set shift = '62 days'`)
	if done = s.archive(t); len(done.Months) != 3 {
		t.Errorf("%+v", done)
	}
	s.whole(t, "archived again")
	if files, err := filepath.Glob(filepath.Join(s.folder, "*", "*")); err != nil || len(files) != 3 {
		t.Errorf("the older files are still there: %v, %v", files, err)
	}
}

func TestOfTwoRunsAtOnceOneTakesEachMonth(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(500)
	var both sync.WaitGroup
	var months [2]int
	for i := range months {
		both.Go(func() {
			done, _ := s.upkeep.Archive(t.Context()) // of what the other has taken it says that it cannot
			months[i] = len(done.Months)
		})
	}
	both.Wait()
	files, err := filepath.Glob(filepath.Join(s.folder, "*", "*"))
	if err != nil || months[0]+months[1] != 3 || len(files) != 3 {
		t.Errorf("%v months, %v, %v", months, files, err)
	}
	s.whole(t, "after both")
	if checked, err := s.upkeep.Verify(t.Context()); err != nil || len(checked) != 3 || checked[0].Err != nil || checked[1].Err != nil || checked[2].Err != nil {
		t.Errorf("%+v, %v", checked, err)
	}
}

func TestAReaderOfALogIsNotCutOffAndTheMonthLeavesLater(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(20)
	reader, err := s.d.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.GetContext(t.Context(), &n, `select count(*) from login_attempts`); err != nil {
		t.Fatal(err)
	}
	done, err := s.upkeep.Archive(t.Context())
	if err == nil || len(done.Months) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	if files, err := filepath.Glob(filepath.Join(s.folder, "login_attempts", "*")); err != nil || len(files) > 0 {
		t.Errorf("%v was left behind, %v", files, err)
	}
	if err := reader.Rollback(); err != nil {
		t.Error(err)
	}
	if done = s.archive(t); len(done.Months) != 1 {
		t.Errorf("%+v", done)
	}
	s.whole(t, "later")
}

func TestAMonthThatWasTamperedWithStays(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(20)
	s.Exec(`update login_attempts set status = 'success' where status = 'failed' and created_at < '2021-01-01'`)
	done, err := s.upkeep.Archive(t.Context())
	if err == nil || !strings.Contains(err.Error(), "was changed: see lyceum audit verify") || len(done.Months) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	if found, err := store.NewMaintenance(s.d.Owner).VerifyAudit(t.Context()); err != nil || len(found) != 1 || found[0].Problem != "the row was changed" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestAMonthWithoutRowsLeavesLikeAnyOther(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.Exec(`create table login_attempts_y2019m01 (like login_attempts including defaults including constraints)`)
	s.Exec(`alter table login_attempts attach partition login_attempts_y2019m01 for values from ('2019-01-01') to ('2019-02-01')`)
	if done := s.archive(t); len(done.Months) != 1 || done.Rows != 0 {
		t.Errorf("%+v", done)
	}
	s.Exec(`update clock set shift = '31 days'`)
	if done := s.archive(t); len(done.Dropped) != 1 {
		t.Errorf("%+v", done)
	}
	if err := s.upkeep.Restore(t.Context(), operations.LogMonth{Log: "login_attempts", Month: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Error(err)
	}
}

func TestAMonthThatIsOnlyDetachedComesBackWithoutItsFile(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(50)
	s.archive(t)
	if err := os.RemoveAll(s.folder); err != nil {
		t.Fatal(err)
	}
	s.Exec(`update clock set shift = '31 days'`)
	if _, err := s.upkeep.Archive(t.Context()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("what has no file was dropped: %v", err)
	}
	if err := s.upkeep.Restore(t.Context(), may2020("login_attempts")); err != nil {
		t.Fatal(err)
	}
	if n := s.differ("login_attempts"); n != 0 {
		t.Errorf("%d rows are not as they were", n)
	}
	s.whole(t, "attached again")
}

func TestAFlippedByteOfAnArchiveIsNoticedAndNothingIsDroppedForIt(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(50)
	s.archive(t)
	files, err := filepath.Glob(filepath.Join(s.folder, "login_attempts", "2020-05-*.parquet"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte{}, whole...)
	damaged[len(damaged)/2] ^= 1
	if err := os.WriteFile(files[0], damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	checked, err := s.upkeep.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked {
		if damaged := c.Archive.Log == "login_attempts"; (c.Err != nil) != damaged {
			t.Errorf("%s: %v", c.Archive.LogMonth, c.Err)
		}
	}
	s.Exec(`update clock set shift = '31 days'`)
	if done, err := s.upkeep.Archive(t.Context()); err == nil || len(done.Dropped) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	s.Exec(`drop table archived.login_attempts_y2020m05`)
	if err := s.upkeep.Restore(t.Context(), may2020("login_attempts")); err == nil {
		t.Error("a damaged file was brought back")
	}
	if err := os.WriteFile(files[0], whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.upkeep.Restore(t.Context(), may2020("login_attempts")); err != nil {
		t.Error(err)
	}
	s.whole(t, "restored")
}

// A file with a sum that fits, of rows that were never sealed, is not taken for the archive.
func TestRowsThatWereNotSealedAreNotArchivedAndOthersAreNotBelieved(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(20)
	s.Exec(`insert into login_attempts (created_at, email, status) values ('2020-05-20', 'late@test.example', 'failed')`)
	done, err := s.upkeep.Archive(t.Context())
	if domain.CodeOf(err) == "" || !strings.Contains(err.Error(), "are sealed") || len(done.Months) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.folder, "login_attempts", "*")); err != nil || len(left) > 0 {
		t.Errorf("%v was left behind, %v", left, err)
	}
	s.seal()
	if done = s.archive(t); len(done.Months) != 1 || done.Rows != 21 {
		t.Errorf("%+v", done)
	}
	// Somebody with the owner's rights changes what proves a row.
	s.Exec(`update sealed_proofs set content_hashes[1] = sha256('x') where log = 'login_attempts'`)
	if found, err := store.NewMaintenance(s.d.Owner).VerifyAudit(t.Context()); err != nil || len(found) != 1 || found[0].Log != "login_attempts" {
		t.Errorf("%+v, %v", found, err)
	}
	checked, err := s.upkeep.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked {
		if c.Archive.Log == "login_attempts" && (c.Err == nil || !strings.Contains(c.Err.Error(), "not what was sealed")) {
			t.Errorf("%v", c.Err)
		}
	}
}

func TestNothingThatIsYoungerThanItsRuleLeaves(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	s.oldLogs(10)
	s.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2020-05-05', new_id(), new_id(), 'opened', 0)`)
	if err := s.upkeep.SetRetention(t.Context(), "login_attempts", 36500); err != nil {
		t.Fatal(err)
	}
	for _, m := range s.archive(t).Months {
		if m.Log != "security_audit_log" {
			t.Errorf("%s left", m)
		}
	}
	var consumption int
	if s.Get(&consumption, `select count(*) from content_consumption where created_at < '2021-01-01'`); consumption != 1 {
		t.Error("consumption left; progress and analytics read it")
	}
}
