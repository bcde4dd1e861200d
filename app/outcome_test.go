package app_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"lyceum/app"
	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestAWriteWhoseCommitWasLostIsFoundAgainByItsKey(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	cutter := dbtest.NewCutter(t, d.AppURL)
	s := &served{Builder: storetest.New(t, d.Owner)}
	s.UserWithRole("ada", "admin")
	person := s.User("bob")
	s.item = s.Item(s.Category("c"), "one", 3)
	pool, err := db.Open(t.Context(), db.Config{URL: cutter.URL(d.AppURL), Pool: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	built, err := app.Build(t.Context(), &app.Config{
		DatabaseURL: d.URL, DatabaseAppURL: d.AppURL, DatabasePool: 4, Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", DataDir: t.TempDir(), Env: "development",
		AnswerMB: 4, AnswersMB: 16,
	}, pool, app.Hooks{HashCost: bcrypt.MinCost, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(built.Handler())
	t.Cleanup(server.Close)
	s.base = server.URL
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar}
	if _, text := s.post(t, s.client, signInAda, ""); !strings.Contains(text, `"username":"ada"`) {
		t.Fatal(text)
	}

	grant := `mutation { grantContentAccess(input: {idempotencyKey: "k1", userId: "` + domain.FormatID(person) + `", itemId: "` + domain.FormatID(s.item) +
		`"}) { grant { id } userErrors { code } } }`
	cutter.CutAfter("COMMIT")
	if _, text := s.post(t, s.client, grant, ""); !strings.Contains(text, `"UNAVAILABLE"`) || !strings.Contains(text, `"OUTCOME_UNKNOWN"`) || !strings.Contains(text, "same key") {
		t.Errorf("the answer to COMMIT was lost, and the client hears %s", text)
	}
	var grants int
	s.Get(&grants, "select count(*) from user_content_permissions")
	if grants != 1 {
		t.Errorf("there are %d grants", grants)
	}
	_, first := s.post(t, s.client, grant, "")
	_, again := s.post(t, s.client, grant, "")
	s.Get(&grants, "select count(*) from user_content_permissions")
	if grants != 1 || !strings.Contains(first, `"userErrors":[]`) || first != again {
		t.Errorf("the repeats say %s and %s, and there are %d grants", first, again, grants)
	}

	// Without a key there is nothing to find it by, and nothing is said of one.
	cutter.CutAfter("COMMIT")
	rename := `mutation { updateProfile(input: {firstName: "Ada"}) { user { firstName } userErrors { code } } }`
	if _, text := s.post(t, s.client, rename, ""); !strings.Contains(text, `"OUTCOME_UNKNOWN"`) || strings.Contains(text, "same key") {
		t.Errorf("the answer to COMMIT was lost, and the client hears %s", text)
	}
}
