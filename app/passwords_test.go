package app_test

import (
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const (
	reset    = `mutation ($token: String!, $password: String!) { resetPassword(input: {token: $token, password: $password}) { user { username } userErrors { code path } } }`
	changePW = `mutation ($now: String!, $new: String!, $key: String! = "k") {
		changePassword(input: {idempotencyKey: $key, currentPassword: $now, newPassword: $new}) { user { username } userErrors { code path } } }`
)

func TestAForgottenPasswordIsResetByMailOnly(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	id := h.User("ada")
	ada, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	for range 11 { // throttled by now
		visitor.Ask(signIn, vars{"email": "ada@test.example", "password": "wrong"})
	}
	visitor.Must(requestReset, vars{"email": "Ada@Test.example"})
	h.Work(t)
	mail := last(t, h, "ada@test.example", 1)
	if mail.Template != "users.reset_password" || mail.Action != "reset" {
		t.Fatalf("%+v", mail)
	}
	for password, want := range map[string]string{storetest.Password: "PASSWORD_REUSED", "short": "PASSWORD_TOO_SHORT", "ada@test.example": "PASSWORD_LIKE_IDENTITY"} {
		if a := visitor.Must(reset, vars{"token": mail.Token, "password": password}); codes(a, "resetPassword") != want || a.String("resetPassword.userErrors.0.path.0") != "password" {
			t.Errorf("%s: %s", want, a.Raw)
		}
	}
	if a := visitor.Must(reset, vars{"token": mail.Token, "password": "a new moon rises"}); a.String("resetPassword.user.username") != "ada" {
		t.Fatal(a.Raw)
	}
	if a := visitor.Must(reset, vars{"token": mail.Token, "password": "yet another moon"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Errorf("twice: %s", a.Raw)
	}
	if a := ada.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("an old session is still open")
	}
	if m := last(t, h, "ada@test.example", 2); m.Template != "users.password_changed" || !strings.Contains(string(m.Values), `"at"`) {
		t.Errorf("%+v", m)
	}
	if a := h.SignIn(t, "ada@test.example", "a new moon rises").Must(`{ viewer { id emailVerified } }`); a.String("viewer.id") != domain.FormatID(id) || a.String("viewer.emailVerified") != "true" {
		t.Error(a.Raw)
	}
	// The link of an hour ago, and one that a newer one has replaced.
	h.Later(t, "1 day")
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	old := last(t, h, "ada@test.example", 3).Token
	h.Later(t, "61 seconds")
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	newer := last(t, h, "ada@test.example", 4).Token
	h.Later(t, "1 hour")
	for _, token := range []string{old, newer} {
		if a := visitor.Must(reset, vars{"token": token, "password": "one more moon rises"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
			t.Error(a.Raw)
		}
	}
}

func TestAPasswordIsChangedForTheOneBefore(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada, elsewhere := h.As(t, "ada@test.example"), h.As(t, "ada@test.example")
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"a wrong one": {vars{"now": "not it", "new": "a new moon rises"}, "PASSWORD_WRONG", "currentPassword"},
		"the same":    {vars{"now": storetest.Password, "new": storetest.Password}, "PASSWORD_REUSED", "newPassword"},
		"a weak one":  {vars{"now": storetest.Password, "new": "Summer2026!"}, "PASSWORD_WEAK", "newPassword"},
		"no key":      {vars{"now": storetest.Password, "new": "a new moon rises", "key": ""}, "INVALID", "idempotencyKey"},
	} {
		if a := ada.Must(changePW, c.given); codes(a, "changePassword") != c.code || a.String("changePassword.userErrors.0.path.0") != c.path {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := elsewhere.Must(`{ viewer { id } }`); a.At("viewer") == nil {
		t.Fatal("the other session ended too early")
	}
	change := vars{"now": storetest.Password, "new": "a new moon rises"}
	if a := ada.Must(changePW, change); a.String("changePassword.user.username") != "ada" || !strings.Contains(a.Header.Get("Set-Cookie"), "lyceum_session") {
		t.Fatalf("no new cookie: %s", a.Raw)
	}
	if a := ada.Must(changePW, change); a.String("changePassword.user.username") != "ada" {
		t.Errorf("sent again: %s", a.Raw)
	}
	if a := ada.Must(`{ viewer { username } }`); a.String("viewer.username") != "ada" {
		t.Errorf("this session has ended: %s", a.Raw)
	}
	if a := elsewhere.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the other session is still open")
	}
	last(t, h, "ada@test.example", 1)
	h.SignIn(t, "ada@test.example", "a new moon rises")
	var kept, hashed int
	h.Get(&kept, `select count(*) from password_history`)
	h.Get(&hashed, `select count(*) from idempotency_keys where payload::text like '%moon%'`)
	if kept != 1 || hashed != 0 {
		t.Errorf("%d passwords remembered, %d told", kept, hashed)
	}
}

func TestAskingForThePasswordIsThrottledLikeSigningIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada := h.As(t, "ada@test.example")
	h.Exec(`delete from login_throttles`) // the device that signed in is trusted by now
	for n := range 11 {
		if a := ada.Must(changePW, vars{"now": "guess", "new": "a new moon rises"}); codes(a, "changePassword") != "PASSWORD_WRONG" {
			t.Fatalf("%d: %s", n, a.Raw)
		}
	}
	if a := ada.Must(changePW, vars{"now": storetest.Password, "new": "a new moon rises"}); codes(a, "changePassword") != "PASSWORD_WRONG" {
		t.Errorf("the right one is judged although there were too many tries: %s", a.Raw)
	}
	var failed, throttled int
	h.Get(&failed, `select count(*) from login_attempts where status = 'failed' and reason = 'password_asked_again'`)
	h.Get(&throttled, `select count(*) from login_attempts where status = 'throttled'`)
	if failed != 10 || throttled != 2 {
		t.Errorf("%d failed, %d throttled", failed, throttled)
	}
	h.Later(t, "20 minutes")
	if a := ada.Must(changePW, vars{"now": storetest.Password, "new": "a new moon rises"}); codes(a, "changePassword") != "" {
		t.Errorf("a while later: %s", a.Raw)
	}
}
