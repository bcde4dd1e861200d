package app_test

import (
	"fmt"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/store/storetest"
)

const (
	register = `mutation ($email: String!, $password: String! = "correct horse battery", $first: String! = "Grace", $locale: String! = "en") {
		register(input: {email: $email, password: $password, firstName: $first, lastName: "Hopper", locale: $locale}) { accepted userErrors { code message path } } }`
	verifyEmail  = `mutation ($token: String!) { verifyEmail(input: {token: $token}) { user { username } userErrors { code path } } }`
	resend       = `mutation ($email: String!) { resendVerification(input: {email: $email}) { accepted userErrors { code } } }`
	requestReset = `mutation ($email: String!) { requestPasswordReset(input: {email: $email}) { accepted userErrors { code } } }`
)

type vars = map[string]any

// codes are those of the errors in the input of a mutation's answer.
func codes(a apptest.Answer, field string) string {
	return strings.Join(a.Strings(field+".userErrors", "code"), " ")
}

// last is the newest mail to an address.
func last(t *testing.T, h *apptest.App, address string, count int) apptest.Mail {
	t.Helper()
	mails := h.Mails(t, address)
	if len(mails) != count {
		t.Fatalf("%s has %d mails, not %d: %+v", address, len(mails), count, mails)
	}
	return mails[count-1]
}

func TestWhoRegistersVerifiesTheAddressAndSignsIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	if a := visitor.Must(register, vars{"email": " Grace@Example.ORG ", "locale": "de"}); a.String("register.accepted") != "true" {
		t.Fatal(a.Raw)
	}
	if len(h.Mails(t, "grace@example.org")) > 0 {
		t.Error("the request itself looked at the account")
	}
	h.Work(t)
	mail := last(t, h, "Grace@example.org", 1)
	if mail.Template != "users.verify_email" || mail.Recipient != "Grace@example.org" || mail.Locale != "de" || mail.Action != "verify" || !strings.Contains(string(mail.Values), "Grace") {
		t.Errorf("%+v", mail)
	}
	if a := visitor.Must(signIn, vars{"email": "grace@example.org", "password": "correct horse battery"}); codes(a, "signIn") != "INVALID_CREDENTIALS" {
		t.Errorf("before the address is proved: %s", a.Raw)
	}
	for token, name := range map[string]string{"": "none", "x": "short", strings.Repeat("a", 43): "unknown", mail.Token + "a": "longer", "\x00" + mail.Token[1:]: "NUL"} {
		if a := visitor.Must(verifyEmail, vars{"token": token}); codes(a, "verifyEmail") != "TOKEN_INVALID" || a.At("verifyEmail.user") != nil {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := visitor.Must(reset, vars{"token": mail.Token, "password": "another horse battery"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Errorf("the link serves another purpose: %s", a.Raw)
	}
	if a := visitor.Must(verifyEmail, vars{"token": mail.Token}); a.String("verifyEmail.user.username") != "grace" {
		t.Fatal(a.Raw)
	}
	if a := visitor.Must(verifyEmail, vars{"token": mail.Token}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Errorf("a link works twice: %s", a.Raw)
	}
	grace := h.SignIn(t, "GRACE@EXAMPLE.org", "correct horse battery")
	a := grace.Must(`{ viewer { email firstName lastName locale timeZone phone emailVerified accountStatus } }`)
	if got := fmt.Sprint(a.At("viewer")); got != "map[accountStatus:ACTIVE email:Grace@example.org emailVerified:true firstName:Grace lastName:Hopper locale:de phone:<nil> timeZone:UTC]" {
		t.Error(got)
	}
	var events string
	h.Get(&events, `select string_agg(event, ' ' order by id) from security_audit_log where event <> 'sign_in_failed'`)
	if events != "registered email_verified sign_in" {
		t.Errorf("logged: %s", events)
	}
}

func TestAKnownAddressGetsTheSameAnswerAndItsOwnerAMail(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	h.User("rex", storetest.Values{"account_status": "suspended"})
	h.User("bo", storetest.Values{"account_status": "closed"})
	visitor := h.Anonymous(t)
	for _, ask := range []string{register, resend, requestReset} {
		raw, sent := "", -1
		for _, email := range []string{"nobody@test.example", "ADA@test.example", "rex@test.example", "bo@test.example"} {
			var a apptest.Answer
			statements := h.Statements(func() { a = visitor.Must(ask, vars{"email": email}) })
			if raw == "" {
				raw, sent = a.Raw, len(statements)
			}
			if a.Raw != raw || len(statements) != sent || strings.Contains(strings.Join(statements, "\n"), "from users") {
				t.Errorf("%s: %s after %d statements, not %s after %d", email, a.Raw, len(statements), raw, sent)
			}
		}
	}
	h.Work(t)
	if m := h.Mails(t, "ada@test.example"); len(m) != 2 || m[0].Template != "users.already_registered" || m[1].Template != "users.reset_password" {
		t.Errorf("the owner gets %+v", m)
	}
	if m := last(t, h, "rex@test.example", 1); m.Template != "users.already_registered" {
		t.Errorf("a suspended user gets %+v", m)
	}
	if m := h.Mails(t, "nobody@test.example"); len(m) != 2 || m[0].Template != "users.verify_email" || m[1].Template != "users.reset_password" {
		t.Errorf("who registers gets %+v", m) // the resend came within the minute
	}
	if m := last(t, h, "bo@test.example", 2); m.Template != "users.reset_password" {
		t.Errorf("a closed account has given its address back: %+v", m)
	}
	var same, rows int
	h.Get(&same, `select count(*) from users where email = 'ada@test.example' and first_name = 'First'`)
	h.Get(&rows, `select count(*) from account_requests`)
	if same != 1 || rows != 0 {
		t.Errorf("%d accounts untouched, %d requests left", same, rows)
	}
}

func TestEachRegistrationIsOpenedByItsOwnLinkWithItsOwnPassword(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example", "password": "somebody else chose", "first": "Mallory"})
	h.Work(t)
	first := last(t, h, "grace@test.example", 1)
	h.Later(t, "2 minutes")
	visitor.Must(register, vars{"email": "Grace@test.example"})
	h.Work(t)
	second := last(t, h, "grace@test.example", 2)
	h.Later(t, "2 minutes")
	visitor.Must(register, vars{"email": "grace@test.example", "password": "a third one chose", "first": "Eve"})
	h.Work(t)
	if a := visitor.Must(verifyEmail, vars{"token": second.Token}); a.String("verifyEmail.user.username") != "grace" {
		t.Fatal(a.Raw)
	}
	for name, token := range map[string]string{"the first link": first.Token, "the third link": last(t, h, "grace@test.example", 3).Token} {
		if a := visitor.Must(verifyEmail, vars{"token": token}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	opensNothing(t, h, "grace@test.example", "a third one chose")
	if a := visitor.Must(signIn, vars{"email": "grace@test.example", "password": "somebody else chose"}); codes(a, "signIn") != "INVALID_CREDENTIALS" {
		t.Errorf("the first password: %s", a.Raw)
	}
	a := h.SignIn(t, "grace@test.example", "correct horse battery").Must(`{ viewer { firstName username } }`)
	if a.String("viewer.firstName") != "Grace" || a.String("viewer.username") != "grace" {
		t.Error(a.Raw)
	}
	var people int
	if h.Get(&people, `select count(*) from users`); people != 1 {
		t.Errorf("%d accounts", people)
	}
	if h.Get(&people, `select count(*) from user_verifications where password_hash is not null`); people != 0 {
		t.Errorf("%d hashes are left with links", people)
	}
}

func TestAForgottenPasswordOpensWhatWasRegisteredForItsReader(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example", "password": squatters})
	visitor.Must(requestReset, vars{"email": "grace@test.example"})
	h.Work(t)
	mail := last(t, h, "grace@test.example", 2)
	if a := visitor.Must(reset, vars{"token": mail.Token, "password": "a new moon rises"}); codes(a, "resetPassword") != "" {
		t.Fatalf("%+v: %s", mail, a.Raw)
	}
	opensNothing(t, h, "grace@test.example", squatters)
	a := h.SignIn(t, "grace@test.example", "a new moon rises").Must(`{ viewer { accountStatus emailVerified } }`)
	if a.String("viewer.accountStatus") != "ACTIVE" || a.String("viewer.emailVerified") != "true" {
		t.Error(a.Raw)
	}
}

func TestALinkThatIsAskedForAgainIsMailedAgainAndNotReplaced(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	visitor := h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	visitor.Must(register, vars{"email": "grace@test.example"})
	h.Work(t)
	h.Later(t, "50 minutes")
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	visitor.Must(resend, vars{"email": "grace@test.example"})
	h.Work(t)
	for _, address := range []string{"ada@test.example", "grace@test.example"} {
		last(t, h, address, 2)
		if m := h.Mails(t, address); m[0].Token == "" || m[0].Token != m[1].Token {
			t.Errorf("%+v", m)
		}
	}
	first := h.Mails(t, "ada@test.example")[0].Token
	h.Later(t, "10 minutes 1 second")
	if a := visitor.Must(reset, vars{"token": first, "password": "a new moon rises"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Errorf("asking again extended it: %s", a.Raw)
	}
}

func TestAnAddressGetsOneMailAMinuteAndTwentyADay(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	ask := func() {
		visitor.Must(register, vars{"email": "grace@test.example"})
		h.Work(t)
	}
	ask()
	ask() // too soon
	last(t, h, "grace@test.example", 1)
	for range 22 {
		h.Later(t, "61 seconds")
		ask()
	}
	last(t, h, "grace@test.example", 20)
	h.Later(t, "1 day")
	ask()
	last(t, h, "grace@test.example", 21)
	h.Later(t, "2 minutes")
	visitor.Must(resend, vars{"email": "GRACE@test.example"})
	h.Work(t)
	if m := last(t, h, "grace@test.example", 22); m.Template != "users.verify_email" {
		t.Errorf("%+v", m)
	}
	for range 3 {
		visitor.Must(resend, vars{"email": "nobody@test.example"})
	}
	h.Work(t)
	if m := h.Mails(t, "nobody@test.example"); len(m) > 0 {
		t.Errorf("nobody gets %+v", m)
	}
}

func TestANetworkIsToldWhenItAsksTooOften(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	h.Exec(`insert into account_limits (place, taken) values ('net:verification:127.0.0.1', 999)`)
	if a := visitor.Must(resend, vars{"email": "a@test.example"}); a.String("resendVerification.accepted") != "true" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(resend, vars{"email": "b@test.example"}); codes(a, "resendVerification") != "TOO_MANY_REQUESTS" || a.String("resendVerification.accepted") != "false" {
		t.Error(a.Raw)
	}
	h.Later(t, "1 hour")
	if a := visitor.Must(resend, vars{"email": "b@test.example"}); a.String("resendVerification.accepted") != "true" {
		t.Error(a.Raw)
	}
	h.Exec(`insert into account_requests (kind, email) select 'verification', n || '@test.example' from generate_series(1, 10000) n`)
	if a := visitor.Ask(resend, vars{"email": "c@test.example"}); len(a.Codes()) != 1 || a.Codes()[0] != "OVERLOADED" {
		t.Error(a.Raw)
	}
}

func TestAPendingAccountExpiresAfterSevenDaysAndItsLinkAfterOne(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example"})
	h.Work(t)
	token := last(t, h, "grace@test.example", 1).Token
	h.Later(t, "24 hours 1 second")
	if a := visitor.Must(verifyEmail, vars{"token": token}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Errorf("a link of yesterday: %s", a.Raw)
	}
	var left int
	for _, c := range []struct {
		later string
		want  int
	}{{"5 days", 1}, {"2 days", 0}} {
		h.Later(t, c.later)
		h.CleanUp(t)
		if h.Get(&left, `select count(*) from users where deleted_at is null`); left != c.want {
			t.Errorf("%s on: %d accounts", c.later, left)
		}
	}
	visitor.Must(register, vars{"email": "grace@test.example"})
	h.Work(t)
	last(t, h, "grace@test.example", 2)
}

func TestBadRegistrationsGetOneTypedErrorEach(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"no address":             {vars{"email": "grace"}, "EMAIL_INVALID", "email"},
		"a header break":         {vars{"email": "grace@test.example\r\nBcc: all@test.example"}, "EMAIL_INVALID", "email"},
		"NUL in an address":      {vars{"email": "gr\x00ace@test.example"}, "EMAIL_INVALID", "email"},
		"a lone surrogate":       {vars{"email": "gr\ufffdace@test.example"}, "EMAIL_INVALID", "email"},
		"an address without end": {vars{"email": strings.Repeat("a", 100_000) + "@test.example"}, "EMAIL_INVALID", "email"},
		"markup in a name":       {vars{"email": "g@test.example", "first": "<b>Grace</b>"}, "NAME_INVALID", "firstName"},
		"a link in a name":       {vars{"email": "g@test.example", "first": "see https://evil.example"}, "NAME_INVALID", "firstName"},
		"NUL in a name":          {vars{"email": "g@test.example", "first": "Gr\x00ace"}, "NAME_INVALID", "firstName"},
		"a long name":            {vars{"email": "g@test.example", "first": strings.Repeat("ü", 101)}, "NAME_INVALID", "firstName"},
		"no language":            {vars{"email": "g@test.example", "locale": "klingon!"}, "LOCALE_INVALID", "locale"},
		"a short password":       {vars{"email": "g@test.example", "password": "kx7Vq-m"}, "PASSWORD_TOO_SHORT", "password"},
		"a long password":        {vars{"email": "g@test.example", "password": strings.Repeat("kx7Vq-m ", 40)}, "PASSWORD_TOO_LONG", "password"},
		"a common password":      {vars{"email": "g@test.example", "password": "password1"}, "PASSWORD_COMMON", "password"},
		"a weak password":        {vars{"email": "g@test.example", "password": "qwertyuiop[]"}, "PASSWORD_WEAK", "password"},
		"the address":            {vars{"email": "mooncake@test.example", "password": "Mooncake@test.example"}, "PASSWORD_LIKE_IDENTITY", "password"},
		"NUL in a password":      {vars{"email": "g@test.example", "password": "correct\x00horse battery"}, "INVALID", "password"},
	} {
		a := visitor.Must(register, c.given)
		if codes(a, "register") != c.code || a.String("register.userErrors.0.path.0") != c.path || a.String("register.accepted") != "false" {
			t.Errorf("%s: want %s at %s, got %s", name, c.code, c.path, a.Raw)
		}
	}
	raw := request(t, "POST", h.URL, `{"query":"mutation { register(input: {email: \"a@test.example\", password: \"correct \\ud800 horse\"}) { accepted userErrors { code } } }"}`,
		map[string]string{"Content-Type": "application/json"})
	if a := visitor.Do(raw); a.Status >= 500 || a.String("register.accepted") == "true" {
		t.Errorf("half a surrogate: %d %s", a.Status, a.Raw)
	}
	var n int
	if h.Get(&n, `select (select count(*) from account_requests) + (select count(*) from river.river_job)`); n != 0 {
		t.Errorf("%d requests were stored all the same", n)
	}
}

func TestAddressesThatOnlyLookAlikeAreDifferentPeople(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	addresses := []string{"INFO@test.example", "İNFO@test.example", "ınfo@test.example", "іnfo@test.example"} // the last begins in Cyrillic
	for _, email := range addresses {
		visitor.Must(register, vars{"email": email})
		h.Work(t)
		var mails []apptest.Mail
		if mails = h.Mails(t, email); len(mails) == 0 {
			t.Fatalf("%s gets no mail", email)
		}
		visitor.Must(verifyEmail, vars{"token": mails[len(mails)-1].Token})
	}
	seen := map[string]bool{}
	for _, email := range append(addresses, "info@TEST.example", "Info@test.example") {
		a := h.SignIn(t, email, "correct horse battery").Must(`{ viewer { id email } }`)
		if seen[a.String("viewer.id")] = true; !strings.EqualFold(a.String("viewer.email"), email) {
			t.Errorf("%s signs in to %s", email, a.Raw)
		}
	}
	if len(seen) != len(addresses) {
		t.Errorf("%d accounts", len(seen))
	}
	visitor.Must(register, vars{"email": "grace@Bücher.example"})
	h.Work(t)
	visitor.Must(verifyEmail, vars{"token": last(t, h, "grace@xn--bcher-kva.example", 1).Token})
	h.SignIn(t, "Grace@bücher.example", "correct horse battery")
}
