package app_test

import (
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestWhoIsRestoredCanComeIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss, visitor := h.As(t, "boss@test.example"), h.Anonymous(t)
	known := h.User("known") // never proved, but has signed in
	h.As(t, "known@test.example")
	visitor.Must(register, vars{"email": "grace@test.example"})
	h.Work(t)
	var grace domain.UserID
	h.Get(&grace, `select id from users where email = 'grace@test.example'`)
	held := h.UserWithRole("held", "editor")
	for i, c := range []struct {
		id   domain.UserID
		want string
	}{{known, "ACTIVE"}, {grace, "PENDING"}, {held, "PENDING"}} {
		key := strings.Repeat("k", i+1)
		boss.Must(suspend, vars{"key": key, "id": domain.FormatID(c.id)})
		if a := boss.Must(restore, vars{"key": key, "id": domain.FormatID(c.id)}); a.String("restoreUser.user.accountStatus") != c.want {
			t.Errorf("%s: %s", c.want, a.Raw)
		}
	}
	h.As(t, "known@test.example")
	m := last(t, h, "grace@test.example", 4)
	if a := visitor.Must(verifyEmail, vars{"token": m.Token}); codes(a, "verifyEmail") != "" {
		t.Errorf("%+v: %s", m, a.Raw)
	}
	h.SignIn(t, "grace@test.example", "correct horse battery")
	m = last(t, h, "held@test.example", 3)
	if a := visitor.Must(acceptInvitation, vars{"token": m.Token, "password": "a new moon rises"}); codes(a, "acceptInvitation") != "" {
		t.Errorf("%+v: %s", m, a.Raw)
	}
}

func TestTheCleanUpEndsForgottenRegistrationsAlone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	pending := storetest.Values{"account_status": "pending"}
	h.User("forgotten", pending)
	h.User("seen", storetest.Values{"account_status": "pending", "last_login_at": "2026-01-01T00:00:00Z"})
	h.Subscription(h.User("holder", pending), h.Plan(2))
	h.Seat(h.Subscription(h.User("owner"), h.Plan(3)), h.User("seated", pending))
	h.Exec(`insert into user_roles (user_id, role_id) select $1, id from roles where name = 'editor'`, h.User("editor", pending))
	h.Later(t, "8 days")
	h.CleanUp(t)
	var left string
	if h.Get(&left, `select string_agg(username, ' ' order by username) from users where deleted_at is null`); left != "editor holder owner seated seen" {
		t.Error(left)
	}
}

func TestALinkEndsWithTheTenthRefusedPassword(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	visitor := h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	token := last(t, h, "ada@test.example", 1).Token
	for range 10 {
		if a := visitor.Must(reset, vars{"token": token, "password": storetest.Password}); codes(a, "resetPassword") != "PASSWORD_REUSED" {
			t.Fatal(a.Raw)
		}
	}
	if a := visitor.Must(reset, vars{"token": token, "password": "a new moon rises"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Error(a.Raw)
	}
	var tries int
	if h.Get(&tries, `select tries from user_verifications`); tries != 10 {
		t.Error(tries)
	}
}

func TestAFloodOfRegistrationsCostsNoHashes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Exec(`insert into account_limits (place, taken) values ('net:registration:127.0.0.1', 1000)`)
	// A password that the policy refuses shows whether it was looked at.
	a := h.Anonymous(t).Must(register, vars{"email": "grace@test.example", "password": "password1"})
	if codes(a, "register") != "TOO_MANY_REQUESTS" {
		t.Error(a.Raw)
	}
}
