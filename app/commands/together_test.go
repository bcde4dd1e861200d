package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// openTogether starts copies of the server at the same moment and waits until each is ready.
func openTogether(t *testing.T, dir string, copies int, settings ...string) []*running {
	t.Helper()
	all := make([]*running, copies)
	for i := range all {
		all[i] = launch(t, dir, settings...)
	}
	for _, h := range all {
		h.ready(t)
	}
	return all
}

func TestThreeFirstStartsAtOnceInOneFolderMakeOneSchool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all := openTogether(t, dir, 3)
	for _, h := range all {
		if a := h.ask(`{ contentItems(first: 1) { totalCount } plans { name } }`); !strings.Contains(a, `"totalCount":43`) || !strings.Contains(a, "Lifetime") {
			t.Errorf("the demo is not whole: %s\n%s", a, h.log)
		}
		if a := h.ask(`mutation { signIn(input: {email: "admin@demo.test", password: "lyceum-demo"}) { viewer { roles { name } } } }`); !strings.Contains(a, `"admin"`) {
			t.Errorf("the administrator: %s", a)
		}
		if strings.Contains(h.out.String(), "first administrator") {
			t.Errorf("a second administrator: %s", h.out)
		}
	}
	for _, h := range all {
		if err := h.stop(t); err != nil {
			t.Errorf("ended with %v: %s", err, h.log)
		}
	}
}

func TestThreeFirstStartsAtOnceOnOneDatabaseMakeOneSchool(t *testing.T) {
	t.Parallel()
	at, appURL := emptyDatabase(t)
	dir := t.TempDir()
	all := openTogether(t, dir, 3, "DATABASE_URL="+at, "DATABASE_APP_URL="+appURL, "LYCEUM_ADMIN_EMAIL=head@school.test")
	announced := 0
	for _, h := range all {
		if a := h.ask(`{ contentItems(first: 1) { totalCount } }`); !strings.Contains(a, `"totalCount":0`) {
			t.Errorf("a copy does not serve: %s\n%s", a, h.log)
		}
		announced += strings.Count(h.out.String(), "first administrator")
	}
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var admins int
	if err := d.GetContext(t.Context(), &admins, "select count(*) from user_roles"); err != nil || admins != 1 || announced != 1 {
		t.Errorf("%d administrators, %d announced, %v", admins, announced, err)
	}
	for _, h := range all {
		if err := h.stop(t); err != nil {
			t.Errorf("ended with %v: %s", err, h.log)
		}
	}
}

func TestOfThreeDemosAtOnceOneIsLoadedWhole(t *testing.T) {
	t.Parallel()
	at, appURL := emptyDatabase(t)
	dir := t.TempDir()
	var wait sync.WaitGroup
	loaded := make([]bool, 3)
	for i := range loaded {
		wait.Go(func() {
			out, err := command(t, dir, []string{"DATABASE_URL=" + at, "DATABASE_APP_URL=" + appURL}, "demo").CombinedOutput()
			loaded[i] = err == nil
			if err != nil && !strings.Contains(string(out), "people already") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wait.Wait()
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var people int
	if err := d.GetContext(t.Context(), &people, "select count(*) from users"); err != nil || people != 122 {
		t.Errorf("%v were loaded, with %d people, %v", loaded, people, err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir)); err != nil || len(entries) > 0 {
		t.Errorf("a command beside a database of another's left %v, %v", entries, err)
	}
}

// emptyDatabase is a database without tables, as its owner and as the serving role.
func emptyDatabase(t *testing.T) (ownerURL, appURL string) {
	t.Helper()
	ownerURL = dbtest.Empty(t)
	appURL, err := db.AppURL(ownerURL, "test")
	if err != nil {
		t.Fatal(err)
	}
	return ownerURL, appURL
}
