package doctor_test

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lyceum/app/doctor"
	"lyceum/db"
	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store"
)

// patient is a school on a PostgreSQL of its own, with settings as an operator's, so that nothing is wrong with it.
type patient struct {
	t      *testing.T
	server *embedded.Server
	owner  *db.DB // of the database
	super  *db.DB // of the server, in the school's database
	doctor doctor.Doctor
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	dir := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Cache: dir, Settings: map[string]string{
		"archive_mode": "on", "autovacuum": "off", // what is set here cannot be changed by alter system
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	p := &patient{t: t, server: server}
	cluster := p.open(server.SuperuserURL())
	for _, statement := range []string{
		"create role lyceum_owner login createrole password 'test'", "create database lyceum owner lyceum_owner",
	} {
		p.do(cluster, statement)
	}
	p.super = p.open(server.SuperuserURLOf("lyceum"))
	p.reloaded("archive_command", "'true'")
	p.do(p.super, "revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public")
	owner := db.Config{URL: server.URL("lyceum_owner", "test", "lyceum")}
	if _, err := db.Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if err := db.EnableApp(t.Context(), owner, "test"); err != nil {
		t.Fatal(err)
	}
	p.owner = p.open(owner.URL)
	p.do(p.owner, "select seal_audit()")
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	p.doctor = doctor.Doctor{
		Program: doctor.Program{Production: true, HTTPS: true, Proxies: true, Mail: true, Pool: 26, DataDir: dir},
		Store:   store.NewMaintenance(p.open(server.URL(db.AppRole, "test", "lyceum"))), Now: time.Now, Expected: names,
	}
	return p
}

func (p *patient) open(url string) *db.DB {
	p.t.Helper()
	d, err := db.Open(p.t.Context(), db.Config{URL: url, Pool: 3, Patience: 20 * time.Second})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = d.Close() })
	return d
}

func (p *patient) do(d *db.DB, statements ...string) {
	p.t.Helper()
	for _, statement := range statements {
		if _, err := d.ExecContext(p.t.Context(), statement); err != nil {
			p.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// says are the lines of an examination, without their remedies, which only must be there.
func (p *patient) says(d doctor.Doctor, depth operations.Depth) (lines []string) {
	p.t.Helper()
	h, err := d.Examine(p.t.Context(), depth)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range h.Findings {
		if f.Remedy == "" || strings.Contains(f.What+f.Remedy, "\n") {
			p.t.Errorf("%+v is no line that says what to do", f)
		}
		lines = append(lines, string(f.Level)+" "+f.Check+": "+f.What)
	}
	return lines
}

// slowly makes the checks of the jobs.
func (p *patient) slowly(d doctor.Doctor) {
	p.t.Helper()
	if err := errors.Join(d.ExamineOutside(p.t.Context()), d.VerifySeals(p.t.Context(), 0)); err != nil {
		p.t.Fatal(err)
	}
}

// reloaded waits until the server has taken a changed setting.
func (p *patient) reloaded(name, value string) {
	p.t.Helper()
	p.do(p.super, "alter system set "+name+" = "+value)
	p.do(p.super, "select pg_reload_conf()")
	p.until("select current_setting('" + name + "') = '" + strings.Trim(value, "'") + "'")
}

func (p *patient) until(question string) {
	p.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var yes bool
		if err := p.super.GetContext(p.t.Context(), &yes, question); err == nil && yes {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("it does not come to %s", question)
		}
	}
}

// ill is a thing that is broken, the one line that speaks, and how it is mended.
type ill struct {
	name  string
	does  func(p *patient)       // in the database
	knows func(d *doctor.Doctor) // of the program and the world outside
	depth operations.Depth       // at which it is seen
	line  string                 // how it begins
	mends func(p *patient)       // so that the next one is alone
}

func sql(who func(*patient) *db.DB, statements ...string) func(*patient) {
	return func(p *patient) { p.t.Helper(); p.do(who(p), statements...) }
}

func owner(p *patient) *db.DB { return p.owner }
func super(p *patient) *db.DB { return p.super }

func expiresIn(d time.Duration) func(context.Context) (*doctor.Expiry, error) {
	return func(context.Context) (*doctor.Expiry, error) {
		return &doctor.Expiry{What: "school.example", At: time.Now().Add(d)}, nil
	}
}

var ills = []ill{
	{
		name: "a restore behind the program's back", does: sql(owner, "update known_timeline set timeline = 7"),
		line: "critical timeline: the database is on timeline 1 and the school knows 7", mends: sql(owner, "select note_timeline()"),
	},
	{
		name: "a dump that was read back", does: sql(owner, "update known_timeline set system_identifier = 7"),
		line: "critical timeline: the database is in another cluster", mends: sql(owner, "select note_timeline()"),
	},
	{name: "fsync", does: func(p *patient) { p.reloaded("fsync", "off") }, line: "critical durability: fsync is off", mends: func(p *patient) { p.reloaded("fsync", "on") }},
	{
		name: "full page writes", does: func(p *patient) { p.reloaded("full_page_writes", "off") }, line: "critical durability: full_page_writes is off",
		mends: func(p *patient) { p.reloaded("full_page_writes", "on") },
	},
	{name: "synchronous commit", does: func(p *patient) { p.reloaded("synchronous_commit", "off") }, line: "warning durability: synchronous_commit is off", mends: func(p *patient) { p.reloaded("synchronous_commit", "on") }},
	{name: "more connections than there are", knows: func(d *doctor.Doctor) { d.Program.Pool = 95 }, line: "critical connections: the program takes up to 95 connections, and the server gives 97"},
	{name: "archiving that fails", does: func(p *patient) {
		p.reloaded("archive_command", "'false'")
		p.do(p.super, "select pg_switch_wal()", "create table switched (id int)", "select pg_switch_wal()")
		p.until("select failed_count > 0 from pg_stat_archiver")
	}, line: "critical wal-archive: the write-ahead log is not archived: ", mends: func(p *patient) {
		p.reloaded("archive_command", "'true'")
		p.do(p.super, "drop table switched", "select pg_switch_wal()")
		p.until("select last_archived_time > last_failed_time from pg_stat_archiver")
	}},
	{
		name: "a migration that waits", knows: func(d *doctor.Doctor) { d.Expected = append(slices.Clone(d.Expected), "999_later.sql") },
		line: "critical migrations: 1 migration was not run: 999_later.sql",
	},
	{name: "a program that is too old", knows: func(d *doctor.Doctor) { d.Expected = d.Expected[:len(d.Expected)-1] }, line: "warning migrations: the database is newer than this program: it has 0"},
	{
		name: "a serving role that may change a log", does: sql(owner, "grant update, delete on login_attempts to lyceum_app"), line: "critical roles: the role lyceum_app may change login_attempts",
		mends: sql(owner, "revoke update, delete on login_attempts from lyceum_app", "select apply_grants()"),
	},
	{
		name: "a serving role that may write proofs", does: sql(owner, "grant insert on sealed_proofs to lyceum_app", "grant update on clock to lyceum_app"),
		line:  "critical roles: the role lyceum_app may change sealed_proofs, clock",
		mends: sql(owner, "revoke insert on sealed_proofs from lyceum_app", "revoke update on clock from lyceum_app", "select apply_grants()"),
	},
	{
		name: "a serving role that may make tables", does: sql(super, "grant create on schema public to lyceum_app"), line: "critical roles: the role lyceum_app may make tables",
		mends: sql(super, "revoke create on schema public from lyceum_app"),
	},
	{
		name: "a serving role that is a superuser", does: sql(super, "alter role lyceum_report superuser"), line: "critical roles: the role lyceum_report may do whatever the owner may",
		mends: sql(super, "alter role lyceum_report nosuperuser"),
	},
	{
		name: "a role that is not there", does: sql(super, "alter role lyceum_report rename to gone"), line: "warning roles: the role lyceum_report does not exist",
		mends: sql(super, "alter role gone rename to lyceum_report"),
	},
	{
		name: "a privilege that was taken away", does: sql(owner, "revoke select on subscription_plans from lyceum_app"), line: "critical grants: 1 privilege is missing: select on table subscription_plans for lyceum_app",
		mends: sql(owner, "select apply_grants()"),
	},
	{
		name: "a database that is everybody's", does: sql(super, "grant connect on database lyceum to public"), line: "warning public-rights: every role of the server may connect to the database",
		mends: sql(super, "revoke connect on database lyceum from public"),
	},
	{
		name: "a schema that is everybody's", does: sql(super, "grant create on schema public to public"), line: "warning public-rights: every role of the server may make tables in it",
		mends: sql(super, "revoke create on schema public from public"),
	},
	{
		name: "a clock that is ahead", knows: func(d *doctor.Doctor) { d.Now = func() time.Time { return time.Now().Add(time.Minute) } },
		line: "critical clock: the clocks of the program and of the database differ by 1m0s",
	},
	{
		name: "a clock that is a little behind", knows: func(d *doctor.Doctor) { d.Now = func() time.Time { return time.Now().Add(-5 * time.Second) } },
		line: "warning clock: the clocks of the program and of the database differ by 5s",
	},
	{
		name: "rows in a default partition", does: sql(owner, `insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2021-03-15', new_id(), new_id(), 'opened', 0)`),
		line: "warning partitions: 1 row stands in the default partition of content_consumption", mends: sql(owner, "select ensure_partitions(3)", "drop table content_consumption_y2021m03"),
	},
	{
		name: "months that are not prepared", does: sql(owner, `do $$ begin
			execute 'alter table login_attempts rename to held_attempts';
			execute format('alter table login_attempts_y%s rename to held_month', to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY"m"MM'));
			execute 'alter table held_attempts rename to login_attempts';
		end $$`), line: "critical partitions: login_attempts has no partition for the next month",
		mends: sql(owner, `do $$ begin
			execute format('alter table held_month rename to login_attempts_y%s', to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY"m"MM'));
		end $$`),
	},
	{
		name: "rows that are not sealed", does: sql(owner, "insert into login_attempts (email, status, created_at) values ('ada@test.example', 'failed', clock_now() - interval '1 hour')"),
		line: "critical seals: 1 row waits for a seal of the logs, the oldest for 60 minutes", mends: sql(owner, "select seal_audit()"),
	},
	{
		name: "a log that was changed", depth: operations.Thorough, does: sql(super, "alter table login_attempts disable trigger user", "update login_attempts set reason = 'forged'", "alter table login_attempts enable trigger user"),
		line: "critical seals: a log was changed: login_attempts, row 1", mends: sql(super, "alter table login_attempts disable trigger user", "update login_attempts set reason = ''", "alter table login_attempts enable trigger user"),
	},
	{
		name: "mail that was given up", does: sql(owner, "insert into mail_messages (cause, template, recipient, status) values ('t', 't', 'a@b.example', 'failed')"),
		line: "warning mail: 1 message was given up in the last days", mends: sql(owner, "delete from mail_messages"),
	},
	{
		name: "mail that waits", does: sql(owner, "insert into mail_messages (cause, template, recipient, created_at) values ('t', 't', 'a@b.example', clock_now() - interval '3 hours')"),
		line: "warning mail: 1 message waits, the oldest for 3 hours", mends: sql(owner, "delete from mail_messages"),
	},
	{name: "no mail server", knows: func(d *doctor.Doctor) { d.Program.Mail = false }, line: "critical mail: no mail server is set"},
	{name: "a mail server that refuses", depth: operations.Usual, knows: func(d *doctor.Doctor) {
		d.PingMail = func(context.Context) error { return errors.New("535 who are you?") }
	}, line: "critical mail-server: the mail server does not let the program in: 535 who are you?"},
	{
		name: "a collation that has changed", does: sql(super, "update pg_database set datcollversion = '1.0' where datname = 'lyceum'"), line: "critical collations: the collation the database's own was version 1.0",
		mends: sql(super, "update pg_database set datcollversion = pg_database_collation_actual_version(oid) where datname = 'lyceum'"),
	},
	{
		name: "jobs that failed", does: sql(owner, `insert into river.river_job (kind, args, state, finalized_at, max_attempts) values ('clean_up', '{}', 'discarded', now(), 25)`),
		line: "warning jobs: 1 job of the kind clean_up failed: it is not known why", mends: sql(owner, "delete from river.river_job"),
	},
	{
		name: "a job whose error has lines and an address",
		does: sql(owner, `insert into river.river_job (kind, args, state, finalized_at, max_attempts) values ('clean_up', '{}', 'discarded', now(), 25)`,
			`insert into job_runs (kind, last_started_at, last_finished_at, last_duration_us, last_error)
				values ('clean_up', now(), now(), 1, E'Get "https://a.example/b?secret=c":\nrefused')`),
		line: `warning jobs: 1 job of the kind clean_up failed: Get "…": refused`, mends: sql(owner, "delete from river.river_job", "delete from job_runs"),
	},
	{
		name: "jobs that do not run", does: sql(owner, `insert into job_runs (kind, last_started_at, last_finished_at, last_duration_us) values ('clean_up', now() - interval '5 hours', now(), 1)`),
		line: "warning jobs: the job clean_up was to run 4 hours ago", mends: sql(owner, "delete from job_runs"),
	},
	{name: "dead rows", does: func(p *patient) {
		p.do(p.owner, "create table bloated as select generate_series(1, 30000) n", "delete from bloated where n > 5000")
		p.until("select n_dead_tup > 20000 from pg_stat_user_tables where relname = 'bloated'")
	}, line: "warning dead-rows: public.bloated has 25000 dead rows beside 5000 live ones", mends: sql(owner, "drop table bloated")},
	{name: "a certificate that has expired", knows: func(d *doctor.Doctor) { d.Certificate = expiresIn(-time.Hour) }, line: "critical certificate: the certificate of school.example expired at "},
	{name: "a certificate that soon expires", knows: func(d *doctor.Doctor) { d.Certificate = expiresIn(10 * 24 * time.Hour) }, line: "warning certificate: the certificate of school.example expires at "},
	{name: "what the public sees has expired", depth: operations.Thorough, knows: func(d *doctor.Doctor) { d.PublicCertificate = expiresIn(-time.Hour) }, line: "critical certificate: the certificate of school.example expired at "},
	{name: "passwords that everybody knows", depth: operations.Usual, knows: func(d *doctor.Doctor) {
		d.KnownPasswords = func(context.Context) (bool, error) { return true, nil }
	}, line: "critical known-passwords: everybody knows the password"},
	{name: "no backup", knows: func(d *doctor.Doctor) {
		d.Backup = func(context.Context) (*doctor.Expiry, error) { return &doctor.Expiry{}, nil }
	}, line: "critical backup: there is no backup that is whole"},
	{name: "backups that are not set up", knows: func(d *doctor.Doctor) {
		d.Backup = func(context.Context) (*doctor.Expiry, error) { return &doctor.Expiry{NotSetUp: true}, nil }
	}, line: "critical backup: no backup is set up"},
	{name: "an old backup", knows: func(d *doctor.Doctor) { d.Backup = expiresIn(-30 * time.Hour) }, line: "warning backup: the newest backup is of "},
	{name: "a very old backup", knows: func(d *doctor.Doctor) { d.Backup = expiresIn(-100 * time.Hour) }, line: "critical backup: the newest backup is of "},
	{name: "an old drill", knows: func(d *doctor.Doctor) { d.Drill = expiresIn(-16 * 24 * time.Hour) }, line: "warning restore-drill: a restore was last tried at "},
	{name: "a password in the settings", knows: func(d *doctor.Doctor) { d.Program.AdminPassword = true }, line: "warning settings: LYCEUM_ADMIN_PASSWORD still stands"},
	{name: "development for others", knows: func(d *doctor.Doctor) { d.Program.Production, d.Program.Exposed = false, true }, line: "critical settings: others can reach this development server"},
	{name: "a proxy that nobody trusts", knows: func(d *doctor.Doctor) { d.Program.Proxies = false }, line: "warning proxy: people come by https"},
}

func TestEachThingThatIsBrokenSpeaksInItsOwnLineAlone(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	if said := p.says(p.doctor, operations.Thorough); len(said) > 0 {
		t.Fatalf("nothing is wrong, and it says %q", said)
	}
	for _, i := range ills {
		if i.does != nil {
			i.does(p)
		}
		d := p.doctor
		if i.knows != nil {
			i.knows(&d)
		}
		if said := p.says(d, i.depth); len(said) != 1 || !strings.HasPrefix(said[0], i.line) {
			t.Errorf("%s: it says %q, not %q", i.name, said, i.line)
		}
		if i.depth > operations.Brief {
			if said := p.says(d, operations.Brief); len(said) > 0 {
				t.Errorf("%s: a brief look says %q", i.name, said)
			}
			p.slowly(d)
			if said := p.says(d, operations.Brief); len(said) != 1 || !strings.HasPrefix(said[0], i.line) {
				t.Errorf("%s: once the jobs have looked, a brief look says %q, not %q", i.name, said, i.line)
			}
			if said := p.says(d, i.depth); len(said) != 1 {
				t.Errorf("%s: it is said twice: %q", i.name, said)
			}
		}
		if i.mends != nil {
			i.mends(p)
		}
		if i.depth > operations.Brief {
			p.slowly(p.doctor)
		}
		if said := p.says(p.doctor, operations.Usual); len(said) > 0 {
			t.Fatalf("%s: after it was mended, it says %q", i.name, said)
		}
	}
}

// A disk that is full is a real one: a small file system of memory in the place of the data folder.
func TestADiskThatFillsUpSpeaks(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatalf("a file system of memory is wanted, which needs root: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	p.doctor.Program.DataDir = dir
	if said := p.says(p.doctor, operations.Brief); len(said) > 0 {
		t.Errorf("an empty disk: %q", said)
	}
	fill := func(mb, name string) {
		if out, err := exec.CommandContext(t.Context(), "fallocate", "-l", mb+"M", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	fill("175", "a")
	if said := p.says(p.doctor, operations.Brief); len(said) != 1 || !strings.HasPrefix(said[0], "critical disk: the disk of "+dir+" has 25 MB free, 12 of 100") {
		t.Errorf("25 MB: %q", said)
	}
}

func TestADatabaseThatIsAwayIsSaidOnceAndEndsNoAlert(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.do(p.owner, `insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2021-03-15', new_id(), new_id(), 'opened', 0)`)
	rule := operations.AlertRule{Reads: "doctor.partitions", Enabled: true}
	var alert *operations.Alert
	follows := func(at time.Time, want operations.News) {
		t.Helper()
		h, err := p.doctor.Examine(t.Context(), operations.Brief)
		if err != nil {
			t.Fatal(err)
		}
		var news operations.News
		alert, news = rule.Follow(at, alert, rule.Measure(nil, h), func() domain.AlertID { return domain.AlertID{} })
		if news != want || alert == nil || alert.EndedAt != nil {
			t.Fatalf("%q, not %q: %+v", news, want, alert)
		}
	}
	follows(time.Now(), "")
	follows(time.Now().Add(time.Minute), operations.NewsOpened)
	p.do(p.super, "alter role lyceum_app nologin", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lyceum_app'")
	if said := p.says(p.doctor, operations.Usual); len(said) != 1 || !strings.HasPrefix(said[0], "critical postgresql: it cannot be examined: ") {
		t.Errorf("it says %q", said)
	}
	follows(time.Now().Add(time.Hour), "")
}
