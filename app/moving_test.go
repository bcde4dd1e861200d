package app_test

import (
	"fmt"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const (
	changeEmail = `mutation ($key: String! = "k", $password: String! = "` + storetest.Password + `", $email: String!) {
		changeEmail(input: {idempotencyKey: $key, password: $password, newEmail: $email}) { accepted userErrors { code path } } }`
	confirmEmail = `mutation ($token: String!) { confirmEmailChange(input: {token: $token}) { user { username } userErrors { code path } } }`
	undoEmail    = `mutation ($token: String!) { undoEmailChange(input: {token: $token}) { user { username } userErrors { code path } } }`
	closeAccount = `mutation ($password: String! = "` + storetest.Password + `") { closeAccount(input: {idempotencyKey: "k", password: $password}) { closed userErrors { code path } } }`
)

// moved takes a caller to another address and returns the token of the way back.
func moved(t *testing.T, h *apptest.App, who *apptest.Caller, key, from, to string) string {
	t.Helper()
	if a := who.Must(changeEmail, vars{"key": key, "email": to}); a.String("changeEmail.accepted") != "true" {
		t.Fatal(a.Raw)
	}
	h.Work(t)
	mails := h.Mails(t, to)
	m := mails[len(mails)-1]
	if m.Template != "users.confirm_new_email" || m.Action != "email-change" {
		t.Fatalf("%+v", m)
	}
	if a := who.Must(confirmEmail, vars{"token": m.Token}); codes(a, "confirmEmailChange") != "" {
		t.Fatal(a.Raw)
	}
	mails = h.Mails(t, from)
	m = mails[len(mails)-1]
	if m.Template != "users.email_changed" || m.Action != "undo-email-change" || strings.Contains(string(m.Values), to) || !strings.Contains(string(m.Values), "…@") {
		t.Fatalf("%+v %s", m, m.Values)
	}
	return m.Token
}

func TestANewAddressConfirmsAndTheOldOneCanTakeItBack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	link := last(t, h, "ada@test.example", 1).Token
	back := moved(t, h, ada, "k", "ada@test.example", "lovelace@new.example")
	if a := ada.Must(`{ viewer { email emailVerified } }`); a.String("viewer.email") != "lovelace@new.example" || a.String("viewer.emailVerified") != "true" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(reset, vars{"token": link, "password": "a new moon rises"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Errorf("a link from before: %s", a.Raw)
	}
	if a := visitor.Must(signIn, vars{"email": "ada@test.example", "password": storetest.Password}); codes(a, "signIn") == "" {
		t.Error("the old address signs in")
	}
	// Whoever took the account over changes the password too, and moves on: the owner's way back stays.
	if a := ada.Must(changePW, vars{"now": storetest.Password, "new": "the thief's own words"}); codes(a, "changePassword") != "" {
		t.Fatal(a.Raw)
	}
	h.Later(t, "2 minutes")
	ada.Must(changeEmail, vars{"key": "2", "password": "the thief's own words", "email": "thief@other.example"})
	h.Work(t)
	ada.Must(confirmEmail, vars{"token": last(t, h, "thief@other.example", 1).Token})
	mails := h.Mails(t, "lovelace@new.example")
	thiefs := mails[len(mails)-1].Token
	h.Later(t, "71 hours")
	if a := visitor.Must(undoEmail, vars{"token": back}); a.String("undoEmailChange.user.username") != "ada" {
		t.Fatal(a.Raw)
	}
	for name, token := range map[string]string{"twice": back, "the thief's way back": thiefs} {
		if a := visitor.Must(undoEmail, vars{"token": token}); codes(a, "undoEmailChange") != "TOKEN_INVALID" {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := ada.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the thief is still in")
	}
	if a := visitor.Must(signIn, vars{"email": "ada@test.example", "password": "the thief's own words"}); codes(a, "signIn") == "" {
		t.Error("the thief's password opens the account")
	}
	mails = h.Mails(t, "ada@test.example")
	if m := mails[len(mails)-1]; m.Template != "users.reset_password" {
		t.Errorf("%+v", m)
	} else if a := visitor.Must(reset, vars{"token": m.Token, "password": "a new moon rises"}); codes(a, "resetPassword") != "" {
		t.Error(a.Raw)
	}
	h.SignIn(t, "ada@test.example", "a new moon rises")
}

func TestAWayBackEndsAfterThreeDays(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	back := moved(t, h, h.As(t, "ada@test.example"), "k", "ada@test.example", "lovelace@new.example")
	h.Later(t, "72 hours 1 second")
	if a := h.Anonymous(t).Must(undoEmail, vars{"token": back}); codes(a, "undoEmailChange") != "TOKEN_INVALID" {
		t.Error(a.Raw)
	}
}

func TestChangingTheAddressTellsNobodyWhoHasTheNewOne(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	h.User("bob")
	h.User("mallory")
	ada, mallory := h.As(t, "ada@test.example"), h.As(t, "mallory@test.example")
	free, taken := ada.Must(changeEmail, vars{"key": "1", "email": "free@test.example"}), ada.Must(changeEmail, vars{"key": "2", "email": "Bob@test.example"})
	if free.Raw != taken.Raw {
		t.Errorf("%s is not %s", free.Raw, taken.Raw)
	}
	mallory.Must(changeEmail, vars{"email": "FREE@test.example"})
	h.Work(t)
	if m := last(t, h, "bob@test.example", 1); m.Template != "users.already_registered" || m.Token != "" {
		t.Errorf("%+v", m)
	}
	h.Later(t, "2 minutes")
	mallory.Must(changeEmail, vars{"key": "2", "email": "FREE@test.example"})
	h.Work(t)
	mails := h.Mails(t, "free@test.example")
	if len(mails) != 2 {
		t.Fatalf("%+v", mails)
	}
	if a := ada.Must(confirmEmail, vars{"token": mails[0].Token}); codes(a, "confirmEmailChange") != "" {
		t.Error(a.Raw)
	}
	if a := mallory.Must(confirmEmail, vars{"token": mails[1].Token}); codes(a, "confirmEmailChange") != "EMAIL_TAKEN" {
		t.Errorf("who comes second: %s", a.Raw)
	}
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"a wrong password": {vars{"key": "3", "email": "x@test.example", "password": "wrong"}, "PASSWORD_WRONG", "password"},
		"no address":       {vars{"key": "4", "email": "x"}, "EMAIL_INVALID", "newEmail"},
		"a header break":   {vars{"key": "5", "email": "x@test.example\nBcc: y@test.example"}, "EMAIL_INVALID", "newEmail"},
		"a long password":  {vars{"key": "6", "email": "x@test.example", "password": strings.Repeat("p", 20_000)}, "PASSWORD_WRONG", "password"},
	} {
		if a := ada.Must(changeEmail, c.given); codes(a, "changeEmail") != c.code || a.String("changeEmail.userErrors.0.path.0") != c.path {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
}

func TestAUserMayAskForSomeNewAddressesADay(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada := h.As(t, "ada@test.example")
	for n := range 11 {
		want := ""
		if n == 10 {
			want = "TOO_MANY_REQUESTS"
		}
		key := fmt.Sprint(n)
		if a := ada.Must(changeEmail, vars{"key": key, "email": "ada" + key + "@new.example"}); codes(a, "changeEmail") != want {
			t.Errorf("%d: %s", n, a.Raw)
		}
	}
}

func TestWhoClosesTheirAccountLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	ada := h.UserWithRole("ada", "editor")
	owner, guest := h.User("owner"), h.User("guest")
	plan := h.Plan(3)
	sub := h.Subscription(ada, plan)
	h.Seat(sub, guest)
	h.Seat(h.Subscription(owner, plan), ada)
	caller, elsewhere := h.As(t, "ada@test.example"), h.As(t, "ada@test.example")
	if a := caller.Must(closeAccount, vars{"password": "wrong"}); codes(a, "closeAccount") != "PASSWORD_WRONG" || a.String("closeAccount.closed") != "false" {
		t.Error(a.Raw)
	}
	if a := caller.Must(closeAccount); a.String("closeAccount.closed") != "true" {
		t.Fatal(a.Raw)
	}
	for _, c := range []*apptest.Caller{caller, elsewhere} {
		if a := c.Must(`{ viewer { id } }`); a.At("viewer") != nil {
			t.Error("a session is still open")
		}
	}
	var left string
	h.Get(&left, `select concat_ws(' ', (select account_status from users where id = $1), (select count(*) from user_roles where user_id = $1),
		(select status || ' ' || (access_until <= clock_now()) from user_subscriptions where user_id = $1), (select count(*) from subscription_seats where user_id = $1),
		(select count(*) from active_user_subscriptions where user_id = $2), (select kind || ' ' || from_status from subscription_changes where user_id = $1))`, ada, guest)
	if left != "closed 0 canceled t 0 0 canceled active" && left != "closed 0 canceled true 0 0 canceled active" {
		t.Errorf("left: %s", left)
	}
	if m := last(t, h, "ada@test.example", 1); m.Template != "users.account_closed" {
		t.Errorf("%+v", m)
	}
	visitor := h.Anonymous(t)
	if a := visitor.Must(signIn, vars{"email": "ada@test.example", "password": storetest.Password}); codes(a, "signIn") != "INVALID_CREDENTIALS" {
		t.Error(a.Raw)
	}
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	last(t, h, "ada@test.example", 1)
	// The address is free: somebody may begin anew with it, and is somebody else.
	visitor.Must(register, vars{"email": "ada@test.example"})
	h.Work(t)
	visitor.Must(verifyEmail, vars{"token": last(t, h, "ada@test.example", 2).Token})
	a := h.SignIn(t, "ada@test.example", "correct horse battery").Must(`{ viewer { id username subscription { id } roles { name } } }`)
	if a.String("viewer.id") == domain.FormatID(ada) || a.String("viewer.username") != "ada2" || a.At("viewer.subscription") != nil || a.Len("viewer.roles") != 0 {
		t.Error(a.Raw)
	}
}

func TestAProfileHoldsWhatMailsAndCalendarsNeed(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	ada := h.As(t, "ada@test.example")
	const update = `mutation ($phone: String, $locale: String, $zone: String, $first: String) {
		updateProfile(input: {phone: $phone, locale: $locale, timeZone: $zone, firstName: $first}) { user { phone locale timeZone } userErrors { code path } } }`
	if a := ada.Must(update, vars{"phone": "+49 (30) 123-456", "locale": "pt-br", "zone": "America/Sao_Paulo"}); fmt.Sprint(a.At("updateProfile.user")) != "map[locale:pt-BR phone:+4930123456 timeZone:America/Sao_Paulo]" {
		t.Error(a.Raw)
	}
	if a := ada.Must(update, vars{"phone": ""}); a.At("updateProfile.user.phone") != nil || a.String("updateProfile.user.locale") != "pt-BR" {
		t.Error(a.Raw)
	}
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"no country":        {vars{"phone": "030 123456"}, "PHONE_INVALID", "phone"},
		"letters":           {vars{"phone": "+49 CALL ME"}, "PHONE_INVALID", "phone"},
		"too many digits":   {vars{"phone": "+1234567890123456"}, "PHONE_INVALID", "phone"},
		"without end":       {vars{"phone": "+" + strings.Repeat("1", 50_000)}, "PHONE_INVALID", "phone"},
		"no language":       {vars{"locale": "xx-not-a-language-at-all"}, "LOCALE_INVALID", "locale"},
		"an empty one":      {vars{"locale": ""}, "LOCALE_INVALID", "locale"},
		"a language of NUL": {vars{"locale": "d\x00e"}, "LOCALE_INVALID", "locale"},
		"no zone":           {vars{"zone": "Europe/Atlantis"}, "TIME_ZONE_INVALID", "timeZone"},
		"the machine's":     {vars{"zone": "Local"}, "TIME_ZONE_INVALID", "timeZone"},
		"a path":            {vars{"zone": "../../etc/passwd"}, "TIME_ZONE_INVALID", "timeZone"},
		"markup":            {vars{"first": "<script>"}, "NAME_INVALID", "firstName"},
		"turned around":     {vars{"first": "Ada\u202e"}, "NAME_INVALID", "firstName"},
	} {
		if a := ada.Must(update, c.given); codes(a, "updateProfile") != c.code || a.String("updateProfile.userErrors.0.path.0") != c.path {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
}
