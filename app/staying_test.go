package app_test

import (
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestARoleForAWhileMakesItselfNoLonger(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	temp := h.UserWithRole("temp", "admin")
	h.Exec(`update user_roles set expires_at = now() + interval '1 day' where user_id = $1`, temp)
	id, caller := domain.FormatID(temp), h.As(t, "temp@test.example")
	for name, given := range map[string]vars{
		"for ever": {"key": "1", "id": id, "role": "admin"}, "for long": {"key": "2", "id": id, "role": "admin", "until": "2049-01-01T00:00:00Z"},
		"another role": {"key": "3", "id": id, "role": "editor"},
	} {
		if a := caller.Must(assign, given); codes(a, "assignRole") != "MORE_RIGHTS" || a.String("assignRole.userErrors.0.path.0") != "expiresAt" {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	other := domain.FormatID(h.User("other"))
	if a := caller.Must(assign, vars{"key": "4", "id": other, "role": "editor"}); codes(a, "assignRole") != "" {
		t.Errorf("another user: %s", a.Raw)
	}
	if a := caller.Must(assign, vars{"key": "6", "id": other, "role": "admin"}); codes(a, "assignRole") != "MORE_RIGHTS" {
		t.Errorf("another administrator without an end: %s", a.Raw)
	}
	boss := h.As(t, "boss@test.example")
	var bossID domain.UserID
	h.Get(&bossID, `select id from users where username = 'boss'`)
	if a := boss.Must(assign, vars{"key": "5", "id": domain.FormatID(bossID), "role": "editor"}); codes(a, "assignRole") != "" {
		t.Errorf("who holds it without an end: %s", a.Raw)
	}
}

func TestAClosedAccountIsNotTheOneThatHasItsAddressNow(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	gone := domain.FormatID(h.User("gone", storetest.Values{"account_status": "closed", "email": "ada@test.example"}))
	h.User("ada")
	h.As(t, "ada@test.example") // a device to trust
	boss := h.As(t, "boss@test.example")
	for name, a := range map[string]apptest.Answer{
		"unlockUser":    boss.Must(`mutation ($id: ID!) { unlockUser(input: {userId: $id}) { userErrors { code } } }`, vars{"id": gone}),
		"forgetDevices": boss.Must(`mutation ($id: ID!) { forgetDevices(input: {userId: $id}) { userErrors { code } } }`, vars{"id": gone}),
		"assignRole":    boss.Must(assign, vars{"id": gone, "role": "editor"}),
	} {
		if !strings.Contains(a.Raw, `"WRONG_STATUS"`) {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
}

func TestWhatALinkDoesIsInTheTrailWithItsAddress(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	visitor.Must(register, vars{"email": "grace@test.example"})
	h.Work(t)
	h.Exec(`delete from audit_personal_values`)
	visitor.Must(verifyEmail, vars{"token": last(t, h, "grace@test.example", 1).Token})
	var known int
	if h.Get(&known, `select count(*) from audit_personal_values where column_name = 'ip_address' and value = '127.0.0.1'`); known == 0 {
		t.Error("the trail does not say from where the account was opened")
	}
}
