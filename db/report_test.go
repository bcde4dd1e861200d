package db_test

import (
	"errors"
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

func TestTheReportingRoleReadsNothingButItsSchema(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	report, err := db.Open(t.Context(), db.Config{URL: d.As(t, db.ReportRole), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	var tables []string
	if err := d.Owner.SelectContext(t.Context(), &tables, `select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname not in ('report', 'information_schema') and n.nspname not like 'pg\_%' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')`); err != nil || len(tables) < 40 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	for _, table := range tables {
		_, err := report.ExecContext(t.Context(), "select * from "+table)
		if open := table == "clock"; (err == nil) != open { // its one number is what the views' times are made of
			t.Errorf("select from %s: %v", table, err)
		}
		for _, write := range []string{"delete from ", "insert into ", "update "} {
			rest := map[string]string{"insert into ": " default values", "update ": " set xmin = xmin"}[write]
			if _, err := report.ExecContext(t.Context(), write+table+rest); err == nil {
				t.Errorf("%s%s", write, table)
			}
		}
	}
	// What runs with the owner's rights is refused. Whatever else PUBLIC may call runs with the role's own, and so reads nothing.
	var functions []string
	if err := d.Owner.SelectContext(t.Context(), &functions, `select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where n.nspname not like 'pg\_%' and p.prosecdef and has_function_privilege('lyceum_report', p.oid, 'execute')
		and p.prorettype <> 'trigger'::regtype`); err != nil || len(functions) > 0 {
		t.Errorf("may call with the owner's rights: %v %v", functions, err)
	}
	for _, statement := range []string{
		"select seal_audit()", "select refresh_analytics()", "select ensure_partitions(1)", "select track_login_attempt('a@b.c', 'failed', '10.0.0.1', '', '', '')",
		"create table mine (id int)", "create table report.mine (id int)", "create schema mine", "set role lyceum_app",
		"set role lyceum_owner", "create role another", "select pg_read_file('/etc/passwd')", "copy (select 1) to program 'true'",
	} {
		if _, err := report.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s is not refused", statement)
		}
	}
}

func TestTheReportingRoleSignsInWithAPasswordThatIsMadeUpOnce(t *testing.T) {
	t.Parallel()
	server, _ := ownCluster(t, nil)
	say(t, server.SuperuserURL(), "create role school_owner login createrole password 'test'", "create database school owner school_owner")
	c := db.Config{URL: server.URL("school_owner", "test", "school")}
	if _, err := db.EnableReport(t.Context(), c, "made-up"); !errors.Is(err, db.ErrReportRole) || !strings.Contains(err.Error(), "lyceum migrate") {
		t.Errorf("before migrating: %v", err)
	}
	if _, err := db.Migrate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		at, err := db.EnableReport(t.Context(), c, "made-up")
		if err != nil {
			t.Fatal(err)
		}
		say(t, at, "select * from report.user_activity")
	}
	if _, err := db.EnableReport(t.Context(), c, "another"); !errors.Is(err, db.ErrReportRole) || !strings.Contains(err.Error(), "another password") {
		t.Errorf("another password: %v", err)
	}
}

func TestAnOwnerWithoutRightsOverRolesIsToldHowReportsAreRead(t *testing.T) {
	t.Parallel()
	server, _ := ownCluster(t, nil)
	c := plainOwner(t, server, "school")
	if _, err := db.EnableReport(t.Context(), c, "made-up"); !errors.Is(err, db.ErrReportRole) || !strings.Contains(err.Error(), "create role lyceum_report login") {
		t.Errorf("no role: %v", err)
	}
	say(t, server.SuperuserURL(), "create role lyceum_report")
	if _, err := db.Migrate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := db.EnableReport(t.Context(), c, "made-up"); !errors.Is(err, db.ErrReportRole) || !strings.Contains(err.Error(), "alter role lyceum_report login") {
		t.Errorf("a role that may not sign in: %v", err)
	}
	say(t, server.SuperuserURL(), "alter role lyceum_report login password 'made-up'")
	if at, err := db.EnableReport(t.Context(), c, "made-up"); err != nil {
		t.Error(err)
	} else {
		say(t, at, "select * from report.user_activity")
	}
}
