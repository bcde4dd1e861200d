package db_test

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// specStatements are the SQL statements of the document that the project started from, to the letter; ? are its
// placeholders, filled in order.
var specStatements = []struct {
	name, sql string
	args      []string
}{
	{"user login validation", `SELECT u.*, uss.* FROM users u
LEFT JOIN user_security_settings uss ON u.id = uss.user_id
WHERE u.email = ? AND u.account_status = 'active';`, []string{"'ada@test.example'"}},
	{"track login attempt", `SELECT track_login_attempt(?, ?, ?, ?, ?, ?);`, []string{"'ada@test.example'", "'failed'", "'203.0.113.7'", "'psql'", "'device'", "'wrong_password'"}},
	{"check user content access", `SELECT has_access FROM user_content_access
WHERE user_id = ? AND content_id = ?;`, []string{anyID, anyID}},
	{"get user's accessible content", `SELECT * FROM content_items ci
JOIN user_content_access uca ON ci.id = uca.content_id
WHERE uca.user_id = ? AND uca.has_access = true;`, []string{anyID}},
	{"get active subscription", `SELECT * FROM active_user_subscriptions
WHERE user_id = ?;`, []string{anyID}},
	{"check subscription status", `SELECT status, current_period_end FROM user_subscriptions
WHERE user_id = ? AND status = 'active';`, []string{anyID}},
	{"check active sessions", `SELECT COUNT(*) FROM user_sessions WHERE is_active = true;`, nil},
	{"recent login attempts", `SELECT COUNT(*) FROM login_attempts WHERE created_at > NOW() - INTERVAL '1 hour';`, nil},
	{"subscription metrics", `SELECT * FROM subscription_metrics;`, nil},
	{"failed login attempts", `SELECT COUNT(*) FROM login_attempts
WHERE status = 'failed' AND created_at > NOW() - INTERVAL '1 hour';`, nil},
	{"suspicious activity", `SELECT * FROM security_audit_log
WHERE severity IN ('warning', 'error', 'critical')
AND created_at > NOW() - INTERVAL '1 day';`, nil},
}

const anyID = "'01900000-0000-7000-8000-000000000001'"

// specTables are the tables it names.
var specTables = strings.Fields(`users roles user_roles user_verifications password_history user_security_settings subscription_plans
	user_subscriptions payments subscription_changes content_categories content_items user_content_permissions content_consumption
	learning_analytics login_attempts user_sessions api_tokens refresh_tokens security_audit_log audit_trail`)

// psql runs a program of PostgreSQL in db/, as the document's shell lines do.
func psql(t *testing.T, at string, program string, args ...string) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "PGHOST="+u.Hostname(), "PGPORT="+u.Port(), "PGUSER="+u.User.Username(), "PGPASSWORD="+password, "PGOPTIONS=-c client_min_messages=error")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, problems.String())
	}
	return out.String()
}

func TestTheShellLinesAndStatementsOfTheSpecificationWorkAsWritten(t *testing.T) {
	t.Parallel()
	server, _ := dbtest.Server(t)
	for _, name := range []string{"ai_training_platform_dev", "ai_training_platform_prod"} {
		psql(t, server, "dropdb", "--if-exists", "--force", name)
		psql(t, server, "createdb", name)
		t.Cleanup(func() {
			u, _ := url.Parse(server)
			password, _ := u.User.Password()
			drop := exec.CommandContext(context.Background(), "dropdb", "--force", name)
			drop.Env = append(os.Environ(), "PGHOST="+u.Hostname(), "PGPORT="+u.Port(), "PGUSER="+u.User.Username(), "PGPASSWORD="+password)
			if out, err := drop.CombinedOutput(); err != nil {
				t.Errorf("dropdb: %v %s", err, out)
			}
		})
		for _, file := range []string{"001_initial_setup", "002_security_enhancements", "003_content_and_payments"} {
			psql(t, server, "psql", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", "migrations/"+file+".sql")
		}
		for _, table := range specTables {
			psql(t, server, "psql", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", "select * from "+table+" limit 0")
		}
		for _, s := range specStatements {
			sql := s.sql
			for _, arg := range s.args {
				sql = strings.Replace(sql, "?", arg, 1)
			}
			psql(t, server, "psql", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", sql)
		}
	}
}

// dump is `pg_dump -s` without the runner's own schemas, the monthly partitions and what differs from run to run.
func dump(t *testing.T, at string) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	text := psql(t, at, "pg_dump", "-s", "-O", "-N", "migration", "-N", "river", "-T", "*_y????m??", "-d", strings.TrimPrefix(u.Path, "/"))
	text = regexp.MustCompile(`(?m)^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*)\n`).ReplaceAllString(text, "")
	return regexp.MustCompile(`\n{3,}`).ReplaceAllString(text, "\n\n")
}

func TestBothWaysOfMigratingGiveTheSameSchema(t *testing.T) {
	t.Parallel()
	byRunner := dbtest.Empty(t)
	if _, err := db.Migrate(t.Context(), db.Config{URL: byRunner}); err != nil {
		t.Fatal(err)
	}
	byPsql := dbtest.Empty(t)
	u, _ := url.Parse(byPsql)
	for _, name := range migrationNames(t) {
		psql(t, byPsql, "psql", "-1", "-v", "ON_ERROR_STOP=1", "-d", strings.TrimPrefix(u.Path, "/"), "-f", "migrations/"+name)
	}
	if a, b := dump(t, byRunner), dump(t, byPsql); a != b {
		t.Errorf("the schemas differ:\n%s", firstDifference(a, b))
	}
	schema, err := os.ReadFile("schema.sql")
	if fresh := dump(t, byRunner); err != nil || string(schema) != fresh {
		if os.Getenv("UPDATE") == "" {
			t.Fatalf("db/schema.sql is stale (make schema writes it): %v\n%s", err, firstDifference(string(schema), fresh))
		}
		if err := os.WriteFile("schema.sql", []byte(fresh), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatabaseThatPsqlMigratedIsAdopted(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	u, _ := url.Parse(at)
	for _, name := range migrationNames(t)[:3] {
		psql(t, at, "psql", "-v", "ON_ERROR_STOP=1", "-d", strings.TrimPrefix(u.Path, "/"), "-f", "migrations/"+name)
	}
	if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err == nil || !strings.Contains(err.Error(), "--adopt") {
		t.Fatalf("the runner must refuse and say how to go on, got %v", err)
	}
	ran, err := db.Adopt(t.Context(), db.Config{URL: at})
	if err != nil || len(ran) != len(migrationNames(t))-3 {
		t.Fatalf("adopted, then ran %v, %v", ran, err)
	}
}

func firstDifference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return "- " + left[i] + "\n+ " + right[i]
		}
	}
	return "one has more lines"
}
