package app_test

import (
	"strings"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// inFlight asks while a transaction of somebody else holds the user's row, and answers once what that one does is committed.
func inFlight(t *testing.T, h *apptest.App, who *apptest.Caller, user domain.UserID, mutation string, meanwhile ...string) apptest.Answer {
	t.Helper()
	held, err := h.DB.Owner.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if _, err := held.ExecContext(t.Context(), `select from users where id = $1 for update`, user); err != nil {
		t.Fatal(err)
	}
	answer := make(chan apptest.Answer, 1)
	go func() { answer <- who.Ask(mutation) }()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var waits bool
		// Whoever is first to wait for a row holds the lock of its tuple.
		h.Get(&waits, `select exists (select from pg_locks where locktype = 'tuple' and relation = 'users'::regclass
			and database = (select oid from pg_database where datname = current_database()))`)
		if waits {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nobody waits for the user")
		}
	}
	for _, statement := range meanwhile {
		if _, err := held.ExecContext(t.Context(), statement, user); err != nil {
			t.Fatal(err)
		}
	}
	if err := held.Commit(); err != nil {
		t.Fatal(err)
	}
	return <-answer
}

const (
	setAnew     = `insert into password_history (user_id, password_hash) select id, password_hash from users where id = $1`
	endSessions = `update user_sessions set is_active = false, ended_at = clock_now(), end_reason = 'revoked' where user_id = $1 and is_active`
	stopAccount = `update users set account_status = 'suspended' where id = $1`
)

func TestASignInThatIsUnderWayEndsWithThePasswordItLookedAt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	const signIn = `mutation { signIn(input: {email: "USER@test.example", password: "` + storetest.Password + `"}) { viewer { id } userErrors { code } } }`
	for name, meanwhile := range map[string][]string{"the password is set anew": {setAnew, endSessions}, "the account is suspended": {stopAccount, endSessions}} {
		t.Run(name, func(t *testing.T) {
			username := "ada"
			if meanwhile[0] == stopAccount {
				username = "bob"
			}
			user, who := h.User(username), h.Anonymous(t)
			inFlight(t, h, who, user, strings.ReplaceAll(signIn, "USER", username), meanwhile...)
			if a := who.Must(`{ viewer { id } }`); a.At("viewer") != nil {
				t.Errorf("a session was begun all the same: %s", a.Raw)
			}
			if a := h.Anonymous(t).Ask(strings.ReplaceAll(signIn, "USER", username)); meanwhile[0] != stopAccount && a.String("signIn.viewer.id") == "" {
				t.Errorf("the next sign-in fails: %s", a.Raw)
			}
		})
	}
}

func TestAChangeThatIsUnderWayEndsWithItsSession(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	const again = `password: "` + storetest.Password + `"`
	for username, mutation := range map[string]string{
		"ada": `changePassword(input: {idempotencyKey: "k", currentPassword: "` + storetest.Password + `", newPassword: "a thief reads by lamplight"}) { userErrors { code } }`,
		"bob": `changeEmail(input: {idempotencyKey: "k", newEmail: "thief@test.example", ` + again + `}) { userErrors { code } }`,
		"eve": `closeAccount(input: {idempotencyKey: "k", ` + again + `}) { closed userErrors { code } }`,
	} {
		t.Run(username, func(t *testing.T) {
			user := h.User(username)
			who := h.As(t, username+"@test.example")
			a := inFlight(t, h, who, user, `mutation { `+mutation+` }`, setAnew, endSessions)
			if codes := a.Codes(); len(codes) != 1 || codes[0] != "UNAUTHENTICATED" {
				t.Errorf("it is answered: %s", a.Raw)
			}
			if a := who.Must(`{ viewer { id } }`); a.At("viewer") != nil {
				t.Errorf("the session came back: %s", a.Raw)
			}
			h.As(t, username+"@test.example") // by the password that the owner has
		})
	}
}

func TestStaffWhoAreStoppedMeanwhileDoNothingMore(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("owner", "admin")
	rogue, pawn := h.UserWithRole("rogue", "admin"), h.User("pawn")
	for name, meanwhile := range map[string]string{
		"suspended":        `update user_sessions set is_active = false, ended_at = clock_now(), end_reason = 'revoked' where user_id = $1`,
		"without the role": `delete from user_roles where user_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			who := h.As(t, "rogue@test.example")
			held, err := h.DB.Owner.BeginTxx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer held.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
			if _, err := held.ExecContext(t.Context(), `select from roles where name = 'admin' for update`); err != nil {
				t.Fatal(err)
			}
			answer := make(chan apptest.Answer, 1)
			go func() {
				answer <- who.Ask(`mutation { assignRole(input: {idempotencyKey: "` + name + `", userId: "` + domain.FormatID(pawn) + `", role: "admin"}) { assignment { grantedAt } userErrors { code } } }`)
			}()
			time.Sleep(300 * time.Millisecond) // it waits for the lock, or it comes later and is refused at the door
			if _, err := held.ExecContext(t.Context(), meanwhile, rogue); err != nil {
				t.Fatal(err)
			}
			if err := held.Commit(); err != nil {
				t.Fatal(err)
			}
			if a := <-answer; len(a.Codes()) != 1 || a.At("assignRole.assignment") != nil {
				t.Errorf("it is answered: %s", a.Raw)
			}
			var roles int
			if h.Get(&roles, `select count(*) from user_roles where user_id = $1`, pawn); roles != 0 {
				t.Error("the role was given")
			}
		})
	}
}
