package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lyceum/app"
	"lyceum/db"
	"lyceum/db/embedded"
)

func TestTheBuiltInServerKeepsTheOwnersPasswordToItselfAndIsClosedToEveryone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Cache: dir, Settings: map[string]string{"log_statement": "all", "log_min_duration_statement": "0"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	for range 2 { // as at every start
		if err := app.MakeSchool(t.Context(), server, "cleartextcanary"); err != nil {
			t.Fatal(err)
		}
	}
	owner := db.Config{URL: server.URL("lyceum_owner", "cleartextcanary", "lyceum"), Pool: 1}
	if _, err := db.Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if err := db.EnableApp(t.Context(), owner, "anothercanary"); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil || !strings.Contains(string(log), "SCRAM-SHA-256$") {
		t.Fatalf("the log does not show the statements: %v", err)
	}
	if strings.Contains(string(log), "canary") {
		t.Error("a password stands in the log")
	}
	serving, err := db.Open(t.Context(), db.Config{URL: server.URL(db.AppRole, "anothercanary", "lyceum"), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer serving.Close()
	for _, forbidden := range []string{"select lo_create(0)", "select lo_creat(-1)", "select lo_from_bytea(0, '')", "create temporary table mine (id int)"} {
		if _, err := serving.ExecContext(t.Context(), forbidden); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", forbidden, err)
		}
	}
	for _, database := range []string{"postgres", "template1"} {
		if d, err := db.Open(t.Context(), db.Config{URL: server.URL(db.AppRole, "anothercanary", database), Pool: 1}); err == nil {
			_ = d.Close()
			t.Errorf("the serving role connects to %s", database)
		}
	}
}
