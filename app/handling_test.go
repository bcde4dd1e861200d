package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const (
	createUser = `mutation ($key: String! = "k", $email: String!, $role: String, $first: String! = "Grace") {
		createUser(input: {idempotencyKey: $key, email: $email, role: $role, firstName: $first, locale: "de"}) { user { id username accountStatus roles { name } } userErrors { code path } } }`
	inviteUsers = `mutation ($key: String! = "k", $mode: BulkMode! = EACH, $users: [NewUserInput!]!) {
		inviteUsers(input: {idempotencyKey: $key, mode: $mode, users: $users}) { results { index user { email } userErrors { code path } } userErrors { code path } } }`
	acceptInvitation = `mutation ($token: String!, $password: String! = "correct horse battery", $first: String! = "Gracie") {
		acceptInvitation(input: {token: $token, password: $password, firstName: $first, lastName: "H"}) { user { username } userErrors { code path } } }`
	suspend  = `mutation ($key: String! = "k", $id: ID!, $reason: String! = "a reason") { suspendUser(input: {idempotencyKey: $key, userId: $id, reason: $reason}) { user { accountStatus } userErrors { code path } } }`
	restore  = `mutation ($key: String! = "k", $id: ID!) { restoreUser(input: {idempotencyKey: $key, userId: $id, reason: "sorry"}) { user { accountStatus } userErrors { code } } }`
	assign   = `mutation ($key: String! = "k", $id: ID!, $role: String!, $until: DateTime) { assignRole(input: {idempotencyKey: $key, userId: $id, role: $role, expiresAt: $until}) { assignment { role { name } grantedBy { username } expiresAt } userErrors { code path } } }`
	withdraw = `mutation ($key: String! = "k", $id: ID!, $role: String!) { withdrawRole(input: {idempotencyKey: $key, userId: $id, role: $role}) { user { username } userErrors { code path } } }`
)

// withRole makes a role of these permissions and a user who has it.
func withRole(h *apptest.App, name string, permissions ...domain.Permission) domain.UserID {
	list := "{"
	for i, p := range permissions {
		if i > 0 {
			list += ","
		}
		list += string(p)
	}
	h.Exec(`insert into roles (name, permissions) values ($1, $2::text[])`, name, list+"}")
	return h.UserWithRole(name, name)
}

func TestWhoIsInvitedChoosesAPasswordAndHasTheirRole(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss, visitor := h.As(t, "boss@test.example"), h.Anonymous(t)
	a := boss.Must(createUser, vars{"email": "Grace+1@test.example", "role": "editor"})
	if got := fmt.Sprintf("%v %v %v", a.At("createUser.user.username"), a.At("createUser.user.accountStatus"), a.At("createUser.user.roles")); got != "grace PENDING [map[name:editor]]" {
		t.Fatal(a.Raw)
	}
	if again := boss.Must(createUser, vars{"email": "Grace+1@test.example", "role": "editor"}); again.Raw != a.Raw {
		t.Errorf("sent again: %s", again.Raw)
	}
	mail := last(t, h, "Grace+1@test.example", 1)
	if mail.Template != "users.invitation" || mail.Locale != "de" || !strings.Contains(string(mail.Values), `"inviter": "First"`) {
		t.Errorf("%+v %s", mail, mail.Values)
	}
	// A stranger who registers with the address gets nothing of it: the invited user is invited once more.
	visitor.Must(register, vars{"email": "grace+1@test.example", "password": "the stranger's own"})
	h.Work(t)
	if again := last(t, h, "grace+1@test.example", 2); again.Template != "users.invitation" || again.Token != mail.Token {
		t.Errorf("%+v", again)
	}
	if a := visitor.Must(acceptInvitation, vars{"token": mail.Token, "password": "short"}); codes(a, "acceptInvitation") != "PASSWORD_TOO_SHORT" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(acceptInvitation, vars{"token": mail.Token, "first": "<i>"}); codes(a, "acceptInvitation") != "NAME_INVALID" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(acceptInvitation, vars{"token": mail.Token}); a.String("acceptInvitation.user.username") != "grace" {
		t.Fatal(a.Raw)
	}
	if a := h.SignIn(t, "grace+1@test.example", "correct horse battery").Must(`{ viewer { firstName emailVerified roles { name } } }`); a.String("viewer.roles.0.name") != "editor" || a.String("viewer.firstName") != "Gracie" {
		t.Error(a.Raw)
	}
	// Nor does one who has registered before keep the address from being invited.
	visitor.Must(register, vars{"email": "alan@test.example", "password": "the stranger's own"})
	h.Work(t)
	first := last(t, h, "alan@test.example", 1)
	if a := boss.Must(createUser, vars{"key": "alan", "email": "Alan@test.example", "first": "Alan"}); a.String("createUser.user.username") != "alan" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(verifyEmail, vars{"token": first.Token}); codes(a, "verifyEmail") != "TOKEN_INVALID" {
		t.Errorf("the stranger's link: %s", a.Raw)
	}
	if a := visitor.Must(acceptInvitation, vars{"token": last(t, h, "alan@test.example", 2).Token}); a.String("acceptInvitation.user.username") != "alan" {
		t.Error(a.Raw)
	}
	if a := visitor.Must(signIn, vars{"email": "alan@test.example", "password": "the stranger's own"}); codes(a, "signIn") == "" {
		t.Error("the stranger's password opens the account")
	}
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"known":    {vars{"key": "1", "email": "GRACE+1@test.example"}, "EMAIL_TAKEN", "email"},
		"no role":  {vars{"key": "2", "email": "x@test.example", "role": "emperor"}, "NOT_FOUND", "role"},
		"NUL":      {vars{"key": "3", "email": "x\x00@test.example"}, "EMAIL_INVALID", "email"},
		"long key": {vars{"key": strings.Repeat("k", 256), "email": "x@test.example"}, "INVALID", "idempotencyKey"},
		"old key":  {vars{"email": "other@test.example"}, "IDEMPOTENCY_KEY_REUSED", "idempotencyKey"},
	} {
		if a := boss.Must(createUser, c.given); codes(a, "createUser") != c.code || a.String("createUser.userErrors.0.path.0") != c.path {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
}

func TestARowOfAnInvitationIsAnsweredForItself(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	h.User("ada")
	boss := h.As(t, "boss@test.example")
	rows := []vars{{"email": "a.b@test.example"}, {"email": "no address"}, {"email": "ADA@test.example"}, {"email": "a.b@other.example", "role": "support"}, {"email": "A.B@test.example"}}
	count := func() (n int) {
		h.Get(&n, `select (select count(*) from users where account_status = 'pending') + (select count(*) from mail_messages) + (select count(*) from user_roles)`)
		return n
	}
	before := count()
	a := boss.Must(inviteUsers, vars{"mode": "ALL_OR_NOTHING", "users": rows})
	if got := fmt.Sprintf("%q %s %s", a.Strings("inviteUsers.results", "user"), codes(a, "inviteUsers.results.1"), codes(a, "inviteUsers.results.2")); got != `["" "" "" "" ""] EMAIL_INVALID EMAIL_TAKEN` || count() != before {
		t.Errorf("all or nothing: %s", a.Raw)
	}
	a = boss.Must(inviteUsers, vars{"users": rows})
	if a.String("inviteUsers.results.0.user.email") != "a.b@test.example" || a.String("inviteUsers.results.3.user.email") != "a.b@other.example" || a.String("inviteUsers.results.4.userErrors.0.code") != "EMAIL_TAKEN" {
		t.Errorf("each: %s", a.Raw)
	}
	if got := count() - before; got != 5 { // two accounts, two mails, one role
		t.Errorf("%d things were made", got)
	}
	var names string
	if h.Get(&names, `select string_agg(username::text, ' ' order by username) from users where account_status = 'pending'`); names != "a.b a.b2" {
		t.Errorf("names: %s", names)
	}
	if again := boss.Must(inviteUsers, vars{"users": rows}); again.Raw != a.Raw {
		t.Errorf("sent again: %s", again.Raw)
	}
	many := make([]vars, 101)
	for i := range many {
		many[i] = vars{"email": fmt.Sprintf("m%d@test.example", i)}
	}
	for code, list := range map[string][]vars{"EMPTY_LIST": {}, "TOO_MANY_ROWS": many} {
		if a := boss.Must(inviteUsers, vars{"key": code, "users": list}); codes(a, "inviteUsers") != code || a.Len("inviteUsers.results") != 0 {
			t.Errorf("%s: %s", code, a.Raw)
		}
	}
	if a := boss.Must(inviteUsers, vars{"key": "100", "users": many[:100]}); a.Len("inviteUsers.results") != 100 || a.String("inviteUsers.results.99.user.email") != "m99@test.example" {
		t.Errorf("a hundred: %.300s", a.Raw)
	}
}

func TestAStoppedAccountIsOutOnItsNextRequestAndBackWhenItIsRestored(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	ada := h.User("ada", storetest.Values{"email_verified_at": "2026-01-01T00:00:00Z"})
	unproved := h.User("unproved")
	id := domain.FormatID(ada)
	boss, caller, visitor := h.As(t, "boss@test.example"), h.As(t, "ada@test.example"), h.Anonymous(t)
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	link := last(t, h, "ada@test.example", 1).Token
	for reason, code := range map[string]string{"": "INVALID", "a\x00b": "INVALID", strings.Repeat("r", 1001): "TOO_LONG"} {
		if a := boss.Must(suspend, vars{"id": id, "reason": reason}); codes(a, "suspendUser") != code || a.String("suspendUser.userErrors.0.path.0") != "reason" {
			t.Errorf("%.20q: %s", reason, a.Raw)
		}
	}
	socket := caller.Socket()
	if a := boss.Must(suspend, vars{"id": id, "reason": "spam"}); a.String("suspendUser.user.accountStatus") != "SUSPENDED" {
		t.Fatal(a.Raw)
	}
	if a := caller.Must(`{ viewer { id } }`); a.At("viewer") != nil || a.Header.Get("X-Session-Ended") != "true" {
		t.Errorf("still in: %s", a.Raw)
	}
	socket.Subscribe("1", `{ viewer { id } }`)
	if code := socket.Code(); code != 4401 {
		t.Errorf("still in by a socket: %d", code)
	}
	if a := visitor.Must(reset, vars{"token": link, "password": "a new moon rises"}); codes(a, "resetPassword") != "TOKEN_INVALID" {
		t.Errorf("a link from before: %s", a.Raw)
	}
	visitor.Must(requestReset, vars{"email": "ada@test.example"})
	h.Work(t)
	if m := last(t, h, "ada@test.example", 2); m.Template != "users.account_suspended" || !strings.Contains(string(m.Values), "spam") {
		t.Errorf("%+v", m)
	}
	if a := boss.Must(suspend, vars{"key": "2", "id": id}); codes(a, "suspendUser") != "WRONG_STATUS" {
		t.Error(a.Raw)
	}
	if a := boss.Must(restore, vars{"id": id}); a.String("restoreUser.user.accountStatus") != "ACTIVE" {
		t.Fatal(a.Raw)
	}
	if m := last(t, h, "ada@test.example", 3); m.Template != "users.account_restored" {
		t.Errorf("%+v", m)
	}
	if a := caller.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the session from before is open again")
	}
	h.As(t, "ada@test.example")
	if a := boss.Must(restore, vars{"key": "2", "id": id}); codes(a, "restoreUser") != "WRONG_STATUS" {
		t.Error(a.Raw)
	}
	boss.Must(suspend, vars{"key": "3", "id": domain.FormatID(unproved)})
	if a := boss.Must(restore, vars{"key": "3", "id": domain.FormatID(unproved)}); a.String("restoreUser.user.accountStatus") != "PENDING" {
		t.Errorf("who never proved the address: %s", a.Raw)
	}
	if a := boss.Must(suspend, vars{"key": "4", "id": "user_01900000000070008000000000000001"}); codes(a, "suspendUser") != "NOT_FOUND" || a.String("suspendUser.userErrors.0.path.0") != "userId" {
		t.Errorf("nobody: %s", a.Raw)
	}
	if a := boss.Ask(suspend, vars{"key": "5", "id": "item_01900000000070008000000000000001"}); len(a.Codes()) != 1 || a.Codes()[0] != "INVALID" {
		t.Errorf("an id of another type: %s", a.Raw)
	}
}

func TestNobodyHandlesWhoMayDoMoreThanThey(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	boss := domain.FormatID(h.UserWithRole("boss", "admin"))
	h.UserWithRole("deputy", "admin")
	withRole(h, "helper", domain.UsersWrite, domain.SecurityWrite, domain.RolesAssign, domain.UsersRead)
	withRole(h, "clerk", domain.UsersWrite)
	pupil := domain.FormatID(h.User("pupil"))
	helper, clerk := h.As(t, "helper@test.example"), h.As(t, "clerk@test.example")
	for name, c := range map[string]struct {
		who         *apptest.Caller
		ask, field  string
		given       vars
		code, where string
	}{
		"suspend an administrator":   {helper, suspend, "suspendUser", vars{"id": boss}, "MORE_RIGHTS", "userId"},
		"assign more than they have": {helper, assign, "assignRole", vars{"id": pupil, "role": "admin"}, "MORE_RIGHTS", "role"},
		"assign it to themselves":    {helper, assign, "assignRole", vars{"key": "2", "id": pupil, "role": "editor"}, "MORE_RIGHTS", "role"},
		"withdraw more":              {helper, withdraw, "withdrawRole", vars{"id": boss, "role": "admin"}, "MORE_RIGHTS", "role"},
		"invite with more":           {helper, createUser, "createUser", vars{"email": "n@test.example", "role": "admin"}, "MORE_RIGHTS", "role"},
		"invite with a role at all":  {clerk, createUser, "createUser", vars{"email": "n@test.example", "role": "clerk"}, "MORE_RIGHTS", "role"},
		"end an administrator's sessions": {
			helper, `mutation ($id: ID!) { revokeUserSessions(input: {userId: $id}) { ended userErrors { code path } } }`, "revokeUserSessions", vars{"id": boss}, "MORE_RIGHTS", "userId",
		},
		"unlock an administrator": {
			helper, `mutation ($id: ID!) { unlockUser(input: {userId: $id}) { user { id } userErrors { code path } } }`, "unlockUser", vars{"id": boss}, "MORE_RIGHTS", "userId",
		},
		"forget an administrator's devices": {
			helper, `mutation ($id: ID!) { forgetDevices(input: {userId: $id}) { user { id } userErrors { code path } } }`, "forgetDevices", vars{"id": boss}, "MORE_RIGHTS", "userId",
		},
	} {
		if a := c.who.Must(c.ask, c.given); codes(a, c.field) != c.code || a.String(c.field+".userErrors.0.path.0") != c.where {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := helper.Must(assign, vars{"key": "3", "id": pupil, "role": "clerk"}); codes(a, "assignRole") != "" {
		t.Errorf("what they hold themselves: %s", a.Raw)
	}
	if a := h.As(t, "pupil@test.example").Ask(`mutation ($id: ID!) { forgetDevices(input: {userId: $id}) { user { id } } }`, vars{"id": boss}); len(a.Codes()) != 1 || a.Codes()[0] != "FORBIDDEN" {
		t.Errorf("somebody else's devices: %s", a.Raw)
	}
	var n int
	if h.Get(&n, `select count(*) from users where account_status <> 'active' or email like 'n@%'`); n != 0 {
		t.Errorf("%d accounts were changed all the same", n)
	}
}

func TestARoleIsThereAndGoneOnTheNextRequest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	id := domain.FormatID(h.User("ada"))
	boss, ada := h.As(t, "boss@test.example"), h.As(t, "ada@test.example")
	sees := func(want bool) {
		t.Helper()
		if a := ada.Ask(`{ users(first: 1) { nodes { id } } }`); (len(a.Errors) == 0) != want {
			t.Errorf("want %v: %s", want, a.Raw)
		}
	}
	sees(false)
	if a := boss.Must(assign, vars{"id": id, "role": "support"}); a.String("assignRole.assignment.role.name") != "support" || a.String("assignRole.assignment.grantedBy.username") != "boss" {
		t.Fatal(a.Raw)
	}
	sees(true)
	boss.Must(withdraw, vars{"id": id, "role": "support"})
	sees(false)
	if a := boss.Must(withdraw, vars{"key": "2", "id": id, "role": "support"}); codes(a, "withdrawRole") != "" {
		t.Errorf("who does not have it: %s", a.Raw)
	}
	boss.Must(assign, vars{"key": "2", "id": id, "role": "support", "until": "2049-01-01T00:00:00Z"})
	sees(true)
	h.Exec(`update user_roles set expires_at = now() - interval '1 second' where expires_at is not null`)
	sees(false)
	for name, c := range map[string]struct {
		given      vars
		code, path string
	}{
		"no such role":  {vars{"key": "3", "id": id, "role": "emperor"}, "NOT_FOUND", "role"},
		"a long role":   {vars{"key": "4", "id": id, "role": strings.Repeat("a", 20_000)}, "NOT_FOUND", "role"},
		"yesterday":     {vars{"key": "5", "id": id, "role": "support", "until": "2020-01-01T00:00:00Z"}, "DATES_REVERSED", "expiresAt"},
		"nobody":        {vars{"key": "6", "id": "user_01900000000070008000000000000001", "role": "support"}, "NOT_FOUND", "userId"},
		"NUL in a role": {vars{"key": "7", "id": id, "role": "a\x00"}, "INVALID", "role"},
	} {
		if a := boss.Must(assign, c.given); codes(a, "assignRole") != c.code || a.String("assignRole.userErrors.0.path.0") != c.path {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	boss := h.UserWithRole("boss", "admin")
	withRole(h, "keeper", domain.Permissions...)
	bossID := domain.FormatID(boss)
	caller, keeper := h.As(t, "boss@test.example"), h.As(t, "keeper@test.example")
	const closing = `mutation { closeAccount(input: {idempotencyKey: "k", password: "` + storetest.Password + `"}) { closed userErrors { code } } }`
	for name, a := range map[string]apptest.Answer{
		"withdraw their own": caller.Must(withdraw, vars{"id": bossID, "role": "admin"}),
		"by another":         keeper.Must(withdraw, vars{"id": bossID, "role": "admin"}),
		"with an end":        caller.Must(assign, vars{"id": bossID, "role": "admin", "until": "2049-01-01T00:00:00Z"}),
		"suspended":          keeper.Must(suspend, vars{"id": bossID}),
		"closed":             caller.Must(closing),
	} {
		if !strings.Contains(a.Raw, `"LAST_ADMINISTRATOR"`) {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if a := caller.Must(suspend, vars{"id": bossID}); codes(a, "suspendUser") != "YOURSELF" {
		t.Error(a.Raw)
	}
	// One who cannot sign in, or only for a while, does not count.
	h.Exec(`insert into user_roles (user_id, role_id, expires_at) select $1, id, now() + interval '1 day' from roles where name = 'admin'`, h.User("temp"))
	h.Exec(`insert into user_roles (user_id, role_id) select $1, id from roles where name = 'admin'`, h.User("gone", storetest.Values{"account_status": "suspended"}))
	if a := keeper.Must(suspend, vars{"key": "2", "id": bossID}); codes(a, "suspendUser") != "LAST_ADMINISTRATOR" {
		t.Error(a.Raw)
	}
	// Of two who remove each other at the same moment one stays.
	deputy := h.UserWithRole("deputy", "admin")
	second := h.As(t, "deputy@test.example")
	var wait sync.WaitGroup
	wait.Go(func() { caller.Ask(withdraw, vars{"key": "race", "id": domain.FormatID(deputy), "role": "admin"}) })
	wait.Go(func() { second.Ask(withdraw, vars{"key": "race", "id": bossID, "role": "admin"}) })
	wait.Wait()
	var left int
	if h.Get(&left, `select count(*) from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin' join users u on u.id = ur.user_id and u.account_status = 'active' where ur.expires_at is null`); left != 1 {
		t.Errorf("%d administrators are left", left)
	}
}

func TestWhoLooksAfterSecurityUnlocksEndsSessionsAndForgetsDevices(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	withRole(h, "guard", domain.SecurityWrite)
	id := domain.FormatID(h.User("ada"))
	ada, guard, visitor := h.As(t, "ada@test.example"), h.As(t, "guard@test.example"), h.Anonymous(t)
	for range 11 {
		visitor.Ask(signIn, vars{"email": "ada@test.example", "password": "wrong"})
	}
	if a := visitor.Ask(signIn, vars{"email": "ada@test.example", "password": storetest.Password}); codes(a, "signIn") != "INVALID_CREDENTIALS" {
		t.Fatalf("not locked: %s", a.Raw)
	}
	unlock := `mutation ($id: ID!) { unlockUser(input: {userId: $id}) { user { id } userErrors { code } } }`
	guard.Must(unlock, vars{"id": id})
	guard.Must(unlock, vars{"id": id})
	if a := visitor.Ask(signIn, vars{"email": "ada@test.example", "password": storetest.Password}); codes(a, "signIn") != "" {
		t.Errorf("still locked: %s", a.Raw)
	}
	trusted := func() (n int) {
		h.Get(&n, `select count(*) from login_throttles where email = 'ada@test.example' and trusted_at is not null`)
		return n
	}
	if trusted() == 0 {
		t.Fatal("no device is trusted")
	}
	ada.Must(`mutation { forgetDevices(input: {}) { user { id } userErrors { code } } }`)
	if trusted() != 0 {
		t.Error("the devices are not forgotten")
	}
	if a := guard.Must(`mutation ($id: ID!) { revokeUserSessions(input: {userId: $id}) { ended userErrors { code } } }`, vars{"id": id}); a.String("revokeUserSessions.ended") != "2" {
		t.Error(a.Raw)
	}
	if a := ada.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the session is still open")
	}
	h.Exec(`update users set account_status = 'locked' where username = 'ada'`)
	guard.Must(unlock, vars{"id": id})
	h.As(t, "ada@test.example")
	var events string
	if h.Get(&events, `select string_agg(event, ' ' order by id) from security_audit_log where event not like 'sign_in%'`); events != "account_unlocked devices_forgotten user_sessions_revoked account_unlocked" {
		t.Errorf("logged: %s", events)
	}
}
