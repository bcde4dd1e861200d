package app_test

import (
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const squatters = "the squatter's own"

// opensNothing reports that a password opens nothing.
func opensNothing(t *testing.T, h *apptest.App, email, password string) {
	t.Helper()
	if a := h.Anonymous(t).Must(signIn, vars{"email": email, "password": password}); codes(a, "signIn") != "INVALID_CREDENTIALS" {
		t.Errorf("%s opens %s: %s", password, email, a.Raw)
	}
}

func TestARoleIsOpenedByTheReaderOfTheAddressAlone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss, visitor := h.As(t, "boss@test.example"), h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example", "password": squatters})
	h.Work(t)
	first := last(t, h, "grace@test.example", 1).Token
	var id domain.UserID
	h.Get(&id, `select id from users where email = 'grace@test.example'`)
	if a := boss.Must(assign, vars{"id": domain.FormatID(id), "role": "editor"}); codes(a, "assignRole") != "" {
		t.Fatal(a.Raw)
	}
	if a := visitor.Must(verifyEmail, vars{"token": first}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Errorf("the link of the registration: %s", a.Raw)
	}
	if m := last(t, h, "grace@test.example", 2); m.Template != "users.invitation" {
		t.Fatalf("%+v", m)
	}
	h.Later(t, "2 minutes")
	visitor.Must(register, vars{"email": "grace@test.example", "password": squatters})
	h.Work(t)
	m := last(t, h, "grace@test.example", 3)
	if a := visitor.Must(acceptInvitation, vars{"token": m.Token}); codes(a, "acceptInvitation") != "" {
		t.Fatal(a.Raw)
	}
	opensNothing(t, h, "grace@test.example", squatters)
	h.SignIn(t, "grace@test.example", "correct horse battery")
}

func TestRegisteringAgainChoosesNoPasswordOfAPendingAccountThatHoldsRoles(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	held := h.UserWithRole("held", "admin")
	h.Exec(`update users set account_status = 'pending' where id = $1`, held)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "held@test.example", "password": squatters})
	h.Work(t)
	m := last(t, h, "held@test.example", 1)
	if m.Template != "users.invitation" {
		t.Errorf("%+v", m)
	}
	if a := visitor.Must(acceptInvitation, vars{"token": m.Token, "password": "a new moon rises"}); codes(a, "acceptInvitation") != "" {
		t.Fatal(a.Raw)
	}
	opensNothing(t, h, "held@test.example", squatters)
	opensNothing(t, h, "held@test.example", storetest.Password)
}

func TestALinkOfARegistrationOpensNoRoleWithItsPassword(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example", "password": squatters})
	h.Work(t)
	h.Exec(`insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r where r.name = 'admin'`)
	if a := visitor.Must(verifyEmail, vars{"token": last(t, h, "grace@test.example", 1).Token}); codes(a, "verifyEmail") != "" {
		t.Fatal(a.Raw)
	}
	opensNothing(t, h, "grace@test.example", squatters)
	if a := visitor.Must(reset, vars{"token": last(t, h, "grace@test.example", 2).Token, "password": "a new moon rises"}); codes(a, "resetPassword") != "" {
		t.Error(a.Raw)
	}
	h.SignIn(t, "grace@test.example", "a new moon rises")
}

func TestNobodyInvitesAnewWhoHoldsMoreRightsThanThey(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	held := h.UserWithRole("held", "admin")
	h.Exec(`update users set account_status = 'pending' where id = $1`, held)
	withRole(h, "clerk", domain.UsersWrite)
	if a := h.As(t, "clerk@test.example").Must(createUser, vars{"email": "held@test.example"}); codes(a, "createUser") != "MORE_RIGHTS" {
		t.Error(a.Raw)
	}
}
