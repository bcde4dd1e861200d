package users_test

import (
	"errors"
	"sync"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain/users"
	"lyceum/store"
	"lyceum/store/storetest"
)

func TestOfManyStartsAtOnceOneMakesTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var wait sync.WaitGroup
	outcomes := make([]users.FirstAdmin, 6)
	for i := range outcomes {
		wait.Go(func() {
			var err error
			if outcomes[i], err = (store.Admins{DB: d.DB}).MakeFirst(t.Context(), "head@school.test", "hash"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	made := 0
	for _, outcome := range outcomes {
		if outcome == users.AdminMade {
			made++
		}
	}
	var people int
	if err := d.Owner.GetContext(t.Context(), &people, "select count(*) from user_roles"); err != nil || made != 1 || people != 1 {
		t.Errorf("%v made, %d administrators, %v", outcomes, people, err)
	}
}

func TestAFirstAdministratorIsMadeOnlyWhereNoneCanSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change string
		want   users.FirstAdmin
	}{
		"an administrator is there":    {"select 1", users.AdminNotNeeded},
		"the account is suspended":     {"update users set account_status = 'suspended'", users.AdminMade},
		"the account has no password":  {"update users set password_hash = null", users.AdminMade},
		"the account is deleted":       {"update users set deleted_at = now()", users.AdminMade},
		"the role has ended":           {"update user_roles set expires_at = now() - interval '1 hour'", users.AdminMade},
		"the role was taken away":      {"delete from user_roles", users.AdminMade},
		"it was taken from the wished": {"update users set email = 'head@school.test', account_status = 'suspended'", users.AdminNotGiven},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			b := storetest.New(t, d.Owner)
			b.UserWithRole("boss", "admin")
			b.Exec(c.change)
			// The name of the account is taken by somebody else, which must not stand in the way.
			b.User("head")
			b.Exec("update users set email = 'somebody@else.test' where username = 'head'")
			got, err := store.Admins{DB: d.DB}.MakeFirst(t.Context(), "head@school.test", "hash")
			if err != nil || got != c.want {
				t.Errorf("got %v, %v", got, err)
			}
			if has, err := store.NewMaintenance(d.DB).HasAdmin(t.Context()); err != nil || has != (c.want != users.AdminNotGiven) {
				t.Errorf("afterwards an administrator can sign in: %v, %v", has, err)
			}
		})
	}
}

func TestAnAdministratorIsMadeOfAnyAccountWhenSomebodySaysSo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	b.UserWithRole("boss", "admin")
	b.User("ada")
	b.Exec("update user_roles set expires_at = now() - interval '1 hour'")
	for _, c := range []struct {
		email      string
		found, was bool
	}{
		{"new+one@school.test", false, false},
		{"new+one@school.test", true, true},
		{"ada@test.example", true, false},
		{"boss@test.example", true, false}, // whose grant has ended
		{"boss@test.example", true, true},
	} {
		got, err := store.Admins{DB: d.DB}.Make(t.Context(), c.email, "hash", users.PasswordIfNew)
		if err != nil || (got != nil) != c.found || got != nil && got.WasAdmin != c.was {
			t.Errorf("%s: got %+v, %v", c.email, got, err)
		}
	}
	var n int
	if err := d.Owner.GetContext(t.Context(), &n, "select count(*) from user_roles where expires_at is null"); err != nil || n != 3 {
		t.Errorf("%d administrators, %v", n, err)
	}
}

func TestAPasswordIsResetOnlyWhenSomebodySaysSo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.User("ada")
	other := b.User("other")
	b.Exec(`insert into user_sessions (user_id, session_token, data, expires_at) values ($1, 'a', '', now() + interval '1 hour'), ($2, 'b', '', now() + interval '1 hour')`, ada, other)
	b.Exec(`insert into refresh_tokens (user_id, family_id, token_hash, expires_at) values ($1, new_id(), sha256('x'), now() + interval '1 hour')`, ada)
	admins := store.Admins{DB: d.DB}
	if _, err := admins.Make(t.Context(), "ada@test.example", "new", users.PasswordForNewOnly); !errors.Is(err, users.ErrAccountExists) {
		t.Errorf("a password that the account would not get: %v", err)
	}
	var state string
	const ask = `select (u.password_hash = 'new') || ' ' || (select count(*) from user_roles r where r.user_id = u.id) || ' ' || (select count(*) from password_history h where h.user_id = u.id)
		|| ' ' || (select count(*) from user_sessions s where s.is_active) || ' ' || (select count(*) from refresh_tokens t where t.revoked_at is null) from users u where u.id = $1`
	if b.Get(&state, ask, ada); state != "false 0 0 2 1" {
		t.Errorf("refused, and yet: %s", state)
	}
	if found, err := admins.Make(t.Context(), "ada@test.example", "new", users.PasswordReset); err != nil || found == nil || found.WasAdmin {
		t.Errorf("%+v %v", found, err)
	}
	if b.Get(&state, ask, ada); state != "true 1 1 1 0" {
		t.Errorf("reset: %s", state)
	}
}
