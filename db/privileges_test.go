package db_test

import (
	"errors"
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

func TestTheReportingRoleSeesTheReportSchemaAlone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	report, err := db.Open(t.Context(), db.Config{URL: d.As(t, "lyceum_report"), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	for _, view := range []string{"subscription_metrics", "content_popularity", "user_activity"} {
		if _, err := report.ExecContext(t.Context(), "select * from report."+view); err != nil {
			t.Errorf("report.%s: %v", view, err)
		}
	}
	for _, table := range []string{"users", "payments", "user_content_access", "login_attempts", "subscription_metrics", "river.river_job"} {
		if _, err := report.ExecContext(t.Context(), "select * from "+table); err == nil {
			t.Errorf("the reporting role reads %s", table)
		}
	}
}

func TestFunctionsWithTheOwnersRightsPinTheirSearchPathAndAreNotForEveryone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var loose []string
	err := d.Owner.Select(t.Context(), &loose, `select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
		and (not coalesce(p.proconfig::text like '%search_path=public, pg_temp%', false) or has_function_privilege('public', p.oid, 'execute'))`)
	if err != nil || len(loose) > 0 {
		t.Errorf("%v, %v", loose, err)
	}
}

func TestEveryForeignKeyHasAnIndex(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var bare []string
	err := d.Owner.Select(t.Context(), &bare, `select c.conname from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
		select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey and (i.indkey::int2[])[0] = any(c.conkey))`)
	if err != nil || len(bare) > 0 {
		t.Errorf("without an index: %v, %v", bare, err)
	}
}

func TestEveryConstraintAndReferenceIsSpelledOut(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var silent []string
	err := d.Owner.Select(t.Context(), &silent, `select conrelid::regclass || '.' || conname from pg_constraint where connamespace = 'public'::regnamespace and (
		contype = 'f' and confdeltype = 'a' or conname ~ '_check\d*$' or contype = 'f' and conname !~ '_fkey$') and conrelid <> 0`)
	if err != nil || len(silent) > 0 {
		t.Errorf("no ON DELETE, or a name that nobody chose: %v, %v", silent, err)
	}
}
