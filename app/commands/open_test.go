package commands_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyceum/db"
)

// given are the arguments of commands that take no folder, in their order.
var given = map[string][]string{
	"clock advance": {"1d"}, "archive restore": {"login_attempts", "2025-01"}, "retention set": {"audit_trail", "400"}, "maintenance window": {"2", "5"},
}

// withoutDatabase are the beginnings of commands that open none: what they are for may be all that is left of a school.
var withoutDatabase = []string{"version", "keys", "wal", "restore", "backup list", "backup verify", "backup pgbackrest"}

// commandsWithDatabase are the command lines of all commands that open the database and are not the server.
func commandsWithDatabase(t *testing.T) [][]string {
	t.Helper()
	var all [][]string
	for _, leaf := range model(t).Leaves(false) {
		words := strings.Fields(leaf.Path())
		if words[0] == "serve" || slices.ContainsFunc(withoutDatabase, func(p string) bool { return strings.HasPrefix(leaf.Path()+" ", p+" ") }) {
			continue
		}
		if arguments, ok := given[strings.Join(words[:min(2, len(words))], " ")]; ok {
			words = append(words[:2:2], arguments[:len(leaf.Positional)]...)
		} else {
			for range leaf.Positional {
				words = append(words, "course")
			}
		}
		all = append(all, words)
	}
	return all
}

func TestNoCommandButTheServerMakesADatabaseUnasked(t *testing.T) {
	t.Parallel()
	for _, words := range commandsWithDatabase(t) {
		t.Run(strings.Join(words, " "), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "course"), 0o700); err != nil {
				t.Fatal(err)
			}
			cmd := command(t, dir, []string{"LYCEUM_ADMIN_EMAIL=head@school.test"}, words...)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "lyceum: using the built-in database in "+dir) ||
				!strings.Contains(string(out), "LYCEUM_DATA_DIR") {
				t.Errorf("%v: %s", err, out)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("it left %v, %v", entries, err)
			}
		})
	}
}

func TestEveryCommandSaysWhichDatabaseItMeansWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, words := range commandsWithDatabase(t) {
		t.Run(strings.Join(words, " "), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "course"), 0o700); err != nil {
				t.Fatal(err)
			}
			cmd := command(t, dir, []string{
				"LYCEUM_ADMIN_EMAIL=head@school.test", "DATABASE_URL=postgres://owner:secret-canary@127.0.0.1:1/school?sslmode=disable&password=secret-canary",
			}, words...)
			var problems strings.Builder
			cmd.Stderr = &problems
			_ = cmd.Run() // nothing listens there; printing the address succeeds all the same
			if said := problems.String(); !strings.Contains(said, `lyceum: using the database "school" on 127.0.0.1:1`) || strings.Contains(said, "secret-canary") {
				t.Error(said)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("it left %v, %v", entries, err)
			}
		})
	}
}

func TestADatabaseIsMadeWhereThatIsAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := command(t, dir, nil, "migrate", "--create").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the database is up to date") {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := command(t, dir, nil, "migrate").CombinedOutput(); err != nil {
		t.Errorf("without the flag, on what is there: %v: %s", err, out)
	}
}

func TestEveryCommandThatMayMakeADatabaseHasTheSameFlag(t *testing.T) {
	t.Parallel()
	for _, leaf := range model(t).Leaves(false) {
		has := false
		for _, flag := range leaf.Flags {
			has = has || flag.Name == "create"
		}
		word, _, _ := strings.Cut(leaf.Path(), " ")
		without := []string{
			"serve", "version", "audit", "clock", "archive", "retention", "maintenance", "backup", "restore", "restored", "keys", "wal", "doctor",
		}
		if want := !slices.Contains(without, word); has != want {
			t.Errorf("%s has the flag --create: %v", leaf.Path(), has)
		}
	}
}

func TestTheAdministratorOfTheSettingsIsGivenNothingBackAtALaterStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	settings := []string{"LYCEUM_ENV=production", "LYCEUM_ADMIN_EMAIL=head@school.test", "LYCEUM_ADMIN_PASSWORD=a-long-first-password"}
	admin := func(args ...string) string {
		t.Helper()
		out, err := command(t, dir, settings[:2], append([]string{"admin"}, args...)...).CombinedOutput() // without the password
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	h := open(t, dir, settings...)
	roles := func(h *running) string {
		t.Helper()
		return h.ask(`mutation { signIn(input: {email: "head@school.test", password: "a-long-first-password"}) { viewer { roles { name } } } }`)
	}
	if a := roles(h); !strings.Contains(a, `"admin"`) {
		t.Fatalf("the first administrator: %s", a)
	}
	if out := admin(); !strings.Contains(out, "was an administrator already") || !strings.Contains(out, "the password was not changed") {
		t.Errorf("a second time: %s", out)
	}
	again := command(t, dir, settings, "admin")
	if out, err := again.CombinedOutput(); err == nil || again.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "--reset-password") {
		t.Errorf("a password for an account that is there: %v %s", err, out)
	}
	url, err := command(t, dir, nil, "db", "url").Output()
	if err != nil {
		t.Fatal(err)
	}
	owner, err := db.Open(t.Context(), db.Config{URL: strings.TrimSpace(string(url)), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owner.ExecContext(t.Context(), "delete from user_roles"); err != nil {
		t.Fatal(err)
	}
	_ = owner.Close()
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	h = open(t, dir, settings...)
	if a := roles(h); !strings.Contains(a, `"roles":[]`) {
		t.Errorf("a later start gave the role back: %s", a)
	}
	if !strings.Contains(h.log.String(), "no administrator can sign in") {
		t.Errorf("it is not said: %s", h.log)
	}
	if out := admin(); !strings.Contains(out, "the role was given to the existing account") {
		t.Errorf("the explicit way: %s", out)
	}
	if a := roles(h); !strings.Contains(a, `"admin"`) {
		t.Errorf("after lyceum admin: %s", a)
	}
	out := admin("--reset-password")
	password := regexp.MustCompile(`the password is (\S+) now \(shown this once\)`).FindStringSubmatch(out)
	if password == nil || strings.Contains(roles(h), `"admin"`) {
		t.Fatalf("a new password: %s", out)
	}
	if a := h.ask(`mutation { signIn(input: {email: "head@school.test", password: "` + password[1] + `"}) { viewer { roles { name } } } }`); !strings.Contains(a, `"admin"`) {
		t.Errorf("with the new password: %s", a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestAReportingToolGetsAURLThatSeesTheReportsAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	var urls []string
	for range 2 {
		out, err := command(t, dir, nil, "db", "url", "--report").Output()
		if err != nil {
			t.Fatal(err)
		}
		urls = append(urls, strings.TrimSpace(string(out)))
	}
	if urls[0] != urls[1] || !strings.Contains(urls[0], "lyceum_report:") {
		t.Errorf("%q", urls)
	}
	report, err := db.Open(t.Context(), db.Config{URL: urls[0], Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := report.ExecContext(t.Context(), "select * from report.subscription_metrics"); err != nil {
		t.Error(err)
	}
	if _, err := report.ExecContext(t.Context(), "select * from users"); err == nil {
		t.Error("it reads users")
	}
	_ = report.Close()
	both := command(t, dir, nil, "db", "url", "--report", "--app")
	if out, err := both.CombinedOutput(); err == nil || both.ProcessState.ExitCode() != 2 {
		t.Errorf("two roles at once: %v %s", err, out)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
