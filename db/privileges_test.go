package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

func TestTheServingRoleCanDoWhatItMustAndNothingMore(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	storetest.New(t, d.Owner).User("ada")
	for _, forbidden := range []string{
		"create table mine (id int)", "create schema mine", "drop table users", "alter table users add column x int", "truncate users",
		"delete from users", "delete from audit_trail", "update audit_trail set action = 'update'", "insert into audit_trail (table_name, row_id, action) values ('x', 'x', 'insert')",
		"update security_audit_log set severity = 'info'", "delete from security_audit_log", "update login_attempts set status = 'success'",
		"insert into login_attempts (status) values ('success')", "update audit_seals set log = 'audit_trail'", "delete from audit_seals", "delete from audit_unsealed",
		"select * from audit_personal_values", "update clock set shift = '1 year'", "update role_grants set privileges = 'all'", "set role lyceum_owner",
		"create role mine", "alter role lyceum_app superuser", "copy users to program 'cat'", "copy users from '/etc/passwd'", "select pg_read_file('/etc/passwd')",
		"select * from migration.versions", "select apply_grants()", "refresh materialized view content_popularity", "select * from report.user_activity",
		"update content_category_paths set depth = 0", "select * from audit_unsealed", "vacuum full users; create table x()",
		"insert into backups (reason) values ('request')", "update restore_drills set state = 'failed'",
	} {
		_, err := d.ExecContext(t.Context(), forbidden)
		var e *pq.Error
		if !errors.As(err, &e) || e.Code != "42501" && e.Code != "42P01" && e.Code != "25001" {
			t.Errorf("%s: %v", forbidden, err)
		}
	}
	for _, allowed := range []string{
		"select * from user_content_access limit 1", "update users set first_name = 'x'", "select ensure_partitions(3)", "select refresh_analytics()",
		"select seal_audit()", "select * from verify_audit()", "select track_login_attempt('a@b.c', 'started', '10.0.0.1', '', '', '')",
		"insert into security_audit_log (event, severity) values ('x', 'info')", "insert into content_consumption (user_id, content_id, event, progress) values (new_id(), new_id(), 'opened', 0)",
	} {
		if _, err := d.ExecContext(t.Context(), allowed); err != nil {
			t.Errorf("%s: %v", allowed, err)
		}
	}
}

func TestTheReportingRoleReadsEveryReportView(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	b.Item(b.Category("c"), "one", 0)
	b.UserWithRole("ada", "admin") // with rows, so that what a view calls for each is called
	if _, err := d.Owner.ExecContext(t.Context(), "select refresh_analytics()"); err != nil {
		t.Fatal(err)
	}
	report, err := db.Open(t.Context(), db.Config{URL: d.As(t, "lyceum_report"), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	var views []string
	if err := d.Owner.Select(t.Context(), &views, dbtest.SQL("select c.oid::regclass::text from pg_class c where c.relnamespace = 'report'::regnamespace and c.relkind in ('v', 'm', 'r')")); err != nil || len(views) < 3 {
		t.Fatalf("%v, %v", views, err)
	}
	for _, view := range views {
		if _, err := report.ExecContext(t.Context(), "select * from "+view); err != nil {
			t.Errorf("%s: %v", view, err)
		}
	}
}

// granted lists by the catalogue what a role (or public) may do with anything that is not PostgreSQL's own, and what it
// may do to PostgreSQL's own that not everybody may.
const granted = `
	select 'table ' || c.oid::regclass as thing from pg_class c join pg_namespace n on n.oid = c.relnamespace
	 where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f')
	   and (has_table_privilege($1, c.oid, 'insert, update, delete, truncate, references, trigger, select') or has_any_column_privilege($1, c.oid, 'select, insert, update, references'))
	union select 'write to ' || c.oid::regclass from pg_class c
	 where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname <> 'pg_settings'
	   and (has_table_privilege($1, c.oid, 'insert, update, delete, truncate, references, trigger') or has_any_column_privilege($1, c.oid, 'insert, update, references'))
	union select 'sequence ' || c.oid::regclass from pg_class c where case when c.relkind = 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') end
	union select 'schema ' || n.nspname from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege($1, n.oid, 'usage')
	union select 'create in ' || n.nspname from pg_namespace n where has_schema_privilege($1, n.oid, 'create')
	union select 'function ' || p.oid::regprocedure from pg_proc p where p.prosecdef and has_function_privilege($1, p.oid, 'execute')
	union select 'function ' || p.proname from pg_proc p where has_function_privilege($1, p.oid, 'execute')
	   and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_export', 'pg_read_file', 'pg_ls_dir', 'apply_grants', 'grant_to', 'audit_table')
	union select lower(p) || ' on the database' from unnest(array['connect', 'create', 'temporary']) p where has_database_privilege($1, current_database(), p)
	order by 1`

func TestTheReportingRoleAndEveryoneHaveNothingElse(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t) // a clone has no privileges on the database: those are no part of a template
	if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for role, want := range map[string][]string{
		"public": {},
		"lyceum_report": {
			"connect on the database", "schema public", "schema report",
			"table clock", "table report.content_popularity", "table report.subscription_metrics", "table report.user_activity",
		},
	} {
		have := []string{}
		if err := d.Select(t.Context(), &have, dbtest.SQL(granted), role); err != nil || !slices.Equal(have, want) {
			t.Errorf("%s has %q, %v", role, have, err)
		}
	}
	var app []string
	if err := d.Select(t.Context(), &app, dbtest.SQL(granted), db.AppRole); err != nil {
		t.Fatal(err)
	}
	for _, thing := range app {
		if strings.HasPrefix(thing, "create") || strings.HasPrefix(thing, "temporary") || strings.Contains(thing, "migration.") || strings.Contains(thing, "lo_") ||
			strings.Contains(thing, "_locks") || strings.Contains(thing, "audit_personal_values") {
			t.Errorf("the serving role has %s", thing)
		}
	}
	for _, role := range []string{"lyceum_owner", "lyceum_app", "lyceum_report"} {
		var connects bool
		if err := d.GetContext(t.Context(), &connects, "select has_database_privilege($1, current_database(), 'connect')", role); err != nil || !connects {
			t.Errorf("%s cannot connect, %v", role, err)
		}
	}
}

func TestWhatWasGrantedIsComparedWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	missing := func() []string {
		t.Helper()
		var all []string
		if err := d.Select(t.Context(), &all, dbtest.SQL("select m from missing_grants() m order by 1")); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if left := missing(); len(left) > 0 {
		t.Fatalf("after the migrations: %v", left)
	}
	for _, change := range []string{
		"revoke insert on users from lyceum_app", "revoke usage on schema report from lyceum_report", "revoke execute on function seal_audit() from lyceum_app",
		"do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$", "grant execute on function lo_create(oid) to public",
		"do $$ begin execute format('revoke connect on database %I from lyceum_app', current_database()); end $$",
	} {
		if _, err := d.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if found := missing(); len(found) != 1 {
			t.Errorf("%s: found %v", change, found)
		}
		if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err != nil {
			t.Fatal(err)
		}
		if left := missing(); len(left) > 0 {
			t.Errorf("%s: left %v", change, left)
		}
	}
}

func TestFunctionsWithTheOwnersRightsPinTheirSearchPathAndAreNotForEveryone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var loose []string
	err := d.Owner.Select(t.Context(), &loose, dbtest.SQL(`select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
		and (not coalesce(p.proconfig::text like '%search_path=public, pg_temp%', false) or has_function_privilege('public', p.oid, 'execute'))`))
	if err != nil || len(loose) > 0 {
		t.Errorf("%v, %v", loose, err)
	}
}

func TestEveryForeignKeyHasAnIndex(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var bare []string
	err := d.Owner.Select(t.Context(), &bare, dbtest.SQL(`select c.conname from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
		select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey and (i.indkey::int2[])[0] = any(c.conkey))`))
	if err != nil || len(bare) > 0 {
		t.Errorf("without an index: %v, %v", bare, err)
	}
}

func TestEveryConstraintAndReferenceIsSpelledOut(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var silent []string
	err := d.Owner.Select(t.Context(), &silent, dbtest.SQL(`select conrelid::regclass || '.' || conname from pg_constraint where connamespace = 'public'::regnamespace and (
		contype = 'f' and confdeltype = 'a' or conname ~ '_check\d*$' or contype = 'f' and conname !~ '_fkey$') and conrelid <> 0`))
	if err != nil || len(silent) > 0 {
		t.Errorf("no ON DELETE, or a name that nobody chose: %v, %v", silent, err)
	}
}
