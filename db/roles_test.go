package db_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lyceum/db"
	"lyceum/db/embedded"
)

// ownCluster is a server of the test's own, for what roles are, which all databases of a server share.
func ownCluster(t *testing.T, settings map[string]string) (server *embedded.Server, dir string) {
	t.Helper()
	dir = t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Cache: dir, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server, dir
}

// say runs statements as the owner of a URL.
func say(t *testing.T, at string, statements ...string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, statement := range statements {
		if _, err := d.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// plainOwner makes a database whose owner is an ordinary role, as hosted PostgreSQL gives it, and migrates it.
func plainOwner(t *testing.T, server *embedded.Server, database string) db.Config {
	t.Helper()
	say(t, server.SuperuserURL(), "create role "+database+"_owner login nosuperuser nocreaterole password 'test'", "create database "+database+" owner "+database+"_owner")
	c := db.Config{URL: server.URL(database+"_owner", "test", database)}
	if _, err := db.Migrate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

// advised is what a refusal tells a superuser to say, and sets the password that it has psql ask for.
func advised(t *testing.T, err error, password string) []string {
	t.Helper()
	if !errors.Is(err, db.ErrAppRole) {
		t.Fatalf("it is not said: %v", err)
	}
	found := regexp.MustCompile(`say in psql: (.*?); \\password (\w+);`).FindStringSubmatch(err.Error())
	if found == nil {
		t.Fatalf("it is not said what to do: %v", err)
	}
	return []string{found[1], "alter role " + found[2] + " password '" + password + "'"}
}

func TestAnOwnerWithoutRightsOverRolesFollowsWhatIsSaidAndServes(t *testing.T) {
	t.Parallel()
	server, _ := ownCluster(t, nil)
	c := plainOwner(t, server, "school")
	appURL := server.URL(db.AppRole, "chosen", "school")
	if missing, err := db.MissingRoles(t.Context(), c); err != nil || strings.Join(missing, " ") != "lyceum_app lyceum_report" {
		t.Errorf("missing: %v, %v", missing, err)
	}
	// The same is said whatever is known of the role's password.
	advice := advised(t, db.EnableApp(t.Context(), c, "made-up"), "chosen")
	for _, given := range []string{"", appURL} {
		if also := advised(t, db.CheckApp(t.Context(), c, given), "chosen"); strings.Join(also, ";") != strings.Join(advice, ";") {
			t.Errorf("%v is said, and %v", advice, also)
		}
	}
	say(t, server.SuperuserURL(), advice...)
	say(t, server.SuperuserURL(), "create role lyceum_report login password 'test'")
	if ran, err := db.Migrate(t.Context(), c); err != nil || len(ran) > 0 {
		t.Fatalf("ran %v, %v", ran, err)
	}
	if err := db.CheckApp(t.Context(), c, appURL); err != nil {
		t.Error(err)
	}
	say(t, appURL, "select clock_now()", "select count(*) from user_content_access", "select seal_audit()", "select count(*) from river.river_job")
	say(t, server.URL("lyceum_report", "test", "school"), "select * from report.user_activity")

	// The next school of the same server meets the roles as they are; the privileges are its own.
	second := plainOwner(t, server, "second")
	if err := db.CheckApp(t.Context(), second, server.URL(db.AppRole, "chosen", "second")); err != nil {
		t.Error(err)
	}
	say(t, server.URL(db.AppRole, "chosen", "second"), "select clock_now()")
	if err := db.EnableApp(t.Context(), second, "made-up"); !errors.Is(err, db.ErrAppRole) || !strings.Contains(err.Error(), "set DATABASE_APP_URL") {
		t.Errorf("another password: %v", err)
	}
}

// ways are the ways to an own PostgreSQL, as the documents say them: what a superuser says in psql, and the settings below it.
func ways(t *testing.T) map[string][2]string {
	t.Helper()
	found := map[string][2]string{}
	for page, want := range map[string]int{"../docs/running.md": 1, "../deploy/own-postgresql/README.md": 3} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(text), "```sql\n")[1:]
		if len(parts) != want {
			t.Fatalf("%s has %d blocks of SQL, not %d", page, len(parts), want)
		}
		for n, part := range parts {
			lines, rest, _ := strings.Cut(part, "```")
			settings := "DATABASE_URL=postgres://lyceum_owner:PASSWORD@"
			if _, block, has := strings.Cut(rest, "```bash\n"); has {
				settings, _, _ = strings.Cut(block, "```")
			}
			found[fmt.Sprintf("%s, block %d", page, n+1)] = [2]string{lines, settings}
		}
	}
	return found
}

var (
	signsIn = regexp.MustCompile(`(?m)^create role (\w+) login`)
	ownerIs = regexp.MustCompile(`DATABASE_URL=postgres://(\w+):`)
	appIs   = regexp.MustCompile(`DATABASE_APP_URL=postgres://(\w+):`)
)

func TestTheDocumentedLinesMakeADatabaseThatServes(t *testing.T) {
	t.Parallel()
	for name, way := range ways(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := ownCluster(t, nil)
			at := server.SuperuserURL()
			for line := range strings.Lines(way[0]) {
				if database, connects := strings.CutPrefix(strings.TrimSpace(line), `\connect `); connects {
					at = server.SuperuserURLOf(database)
					continue
				}
				say(t, at, line)
			}
			for _, role := range signsIn.FindAllStringSubmatch(way[0], -1) {
				say(t, at, "alter role "+role[1]+" password 'test'") // as psql's \password does
			}
			c := db.Config{URL: server.URL(ownerIs.FindStringSubmatch(way[1])[1], "test", "lyceum")}
			if _, err := db.Migrate(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			appURL := server.URL(db.AppRole, "test", "lyceum")
			if appIs.MatchString(way[1]) {
				if err := db.CheckApp(t.Context(), c, appURL); err != nil {
					t.Fatal(err)
				}
			} else if err := db.EnableApp(t.Context(), c, "test"); err != nil {
				t.Fatal(err)
			}
			if missing, err := db.MissingRoles(t.Context(), c); err != nil || len(missing) > 0 {
				t.Errorf("missing: %v, %v", missing, err)
			}
			serving, err := db.Open(t.Context(), db.Config{URL: appURL, Pool: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer serving.Close()
			if _, err := serving.ExecContext(t.Context(), "select clock_now()"); err != nil {
				t.Error(err)
			}
			for _, forbidden := range []string{"select lo_create(0)", "create temporary table mine (id int)"} {
				if _, err := serving.ExecContext(t.Context(), forbidden); err == nil {
					t.Errorf("the serving role may %s", forbidden)
				}
			}
		})
	}
}

func TestAServingRoleThatCannotServeIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	server, _ := ownCluster(t, nil)
	say(t, server.SuperuserURL(), "create role lyceum_app nologin", "create role other login password 'test'", "create role member login password 'test' in role lyceum_app")
	c := plainOwner(t, server, "school")
	check := func(role, password string) error {
		t.Helper()
		return db.CheckApp(t.Context(), c, server.URL(role, password, "school"))
	}
	says := func(err error, words string) {
		t.Helper()
		if !errors.Is(err, db.ErrAppRole) || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q is not said: %v", words, err)
		}
	}
	says(check(db.AppRole, "test"), "may not sign in; let a superuser say in psql: alter role lyceum_app login")
	says(db.CheckApp(t.Context(), c, ""), "may not sign in")
	say(t, server.SuperuserURL(), advised(t, db.EnableApp(t.Context(), c, "test"), "test")...)
	if err := check(db.AppRole, "test"); err != nil {
		t.Error(err)
	}
	says(check(db.AppRole, "canary"), "signs in with another password")
	says(check("nobody", "test"), "the role nobody does not exist")
	says(check("school_owner", "test"), "owns the tables")
	says(check("postgres", "test"), "owns the tables or is a superuser")
	says(check("other", "test"), "lacks the privileges of lyceum_app")
	if err := check("member", "test"); err != nil {
		t.Errorf("a member of the serving role: %v", err)
	}
	say(t, server.SuperuserURL(), "alter role lyceum_app connection limit 0")
	if err := check(db.AppRole, "test"); err == nil {
		t.Error("it cannot sign in, and nobody says so")
	}
}

// Several programs, and several schools of one server, set the role's password at the same moment.
func TestManyStartsAtOnceEnableTheServingRoleOnce(t *testing.T) {
	t.Parallel()
	server, _ := ownCluster(t, nil)
	say(t, server.SuperuserURL(), "create database one", "create database two")
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			u, _ := url.Parse(server.SuperuserURLOf([]string{"one", "two"}[n%2]))
			c := db.Config{URL: u.String()}
			_, err := db.Migrate(t.Context(), c)
			if err == nil {
				err = db.EnableApp(t.Context(), c, "the-same")
			}
			if err != nil {
				t.Errorf("start %d: %v", n, err)
			}
		})
	}
	wait.Wait()
	say(t, server.URL(db.AppRole, "the-same", "two"), "select clock_now()")
}

func TestNoPasswordOfARoleStandsInALogOrInTheStatistics(t *testing.T) {
	t.Parallel()
	server, dir := ownCluster(t, map[string]string{"log_statement": "all", "log_min_duration_statement": "0", "shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track_utility": "on"})
	say(t, server.SuperuserURL(), "create extension pg_stat_statements")
	c := db.Config{URL: server.SuperuserURL()}
	if _, err := db.Migrate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := db.EnableApp(t.Context(), c, "cleartextcanary"); err != nil {
		t.Fatal(err)
	}
	say(t, server.URL(db.AppRole, "cleartextcanary", "postgres"), "select clock_now()")
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil || !strings.Contains(string(log), "SCRAM-SHA-256$") {
		t.Fatalf("the log does not show the statement: %v", err)
	}
	if strings.Contains(string(log), "canary") {
		t.Error("the password stands in the log")
	}
	d, err := db.Open(t.Context(), db.Config{URL: server.SuperuserURL(), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var seen int
	if err := d.GetContext(t.Context(), &seen, "select count(*) from pg_stat_statements where query like '%cleartext'||'canary%'"); err != nil || seen > 0 {
		t.Errorf("the password stands in %d statistics, %v", seen, err)
	}
}
