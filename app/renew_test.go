package app_test

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"lyceum/app/apptest"
	"lyceum/store/storetest"
)

func TestAHashOfAnotherCostIsRaisedWhenItsOwnerSignsIn(t *testing.T) {
	t.Parallel()
	h := apptest.New(t) // hashes at the lowest cost
	old, err := bcrypt.GenerateFromPassword([]byte(storetest.Password), bcrypt.MinCost+1)
	if err != nil {
		t.Fatal(err)
	}
	ada := h.User("ada", storetest.Values{"password_hash": string(old)})
	wrong := h.Anonymous(t).Ask(`mutation { signIn(input: {email: "ada@test.example", password: "not hers"}) { viewer { id } userErrors { code } } }`)
	if wrong.String("signIn.viewer.id") != "" {
		t.Fatal(wrong.Raw)
	}
	var kept string
	if h.Get(&kept, "select password_hash from users where id = $1", ada); kept != string(old) {
		t.Error("a wrong password changed the hash")
	}
	for range 2 {
		h.As(t, "ada@test.example")
		h.Get(&kept, "select password_hash from users where id = $1", ada)
		if cost, err := bcrypt.Cost([]byte(kept)); err != nil || cost != bcrypt.MinCost {
			t.Errorf("after she signed in the cost is %d, %v", cost, err)
		}
	}
	var trail string
	h.Get(&trail, "select coalesce(string_agg(to_jsonb(a)::text, ' '), '') from audit_trail a where a.table_name = 'users'")
	if strings.Contains(trail, "$2a$") {
		t.Errorf("the trail holds a hash: %s", trail)
	}
}
