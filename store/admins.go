package store

import (
	"context"
	"strings"
)

const hasAdmin = `select exists (select from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
	join users u on u.id = ur.user_id and u.deleted_at is null and u.account_status = 'active')`

// HasAdmin tells whether the school has an administrator who can sign in.
func (m Maintenance) HasAdmin(ctx context.Context) (has bool, err error) {
	return has, wrap(m.db.Get(ctx, &has, hasAdmin))
}

const makeAdmin = `insert into user_roles (user_id, role_id) select u.id, r.id from users u join roles r on r.name = 'admin'
	where u.email = $1 and u.deleted_at is null on conflict do nothing`

const hasAccount = `select exists (select from users u where u.email = $1 and u.deleted_at is null)`

// MakeAdmin gives an account the role admin and tells whether there is such an account.
func (m Maintenance) MakeAdmin(ctx context.Context, email string) (exists bool, err error) {
	if _, err := m.db.Exec(ctx, makeAdmin, email); err != nil {
		return false, wrap(err)
	}
	return exists, wrap(m.db.Get(ctx, &exists, hasAccount, email))
}

// One statement, so that there is never an administrator's account without the role.
const addAdmin = `with made as (insert into users (email, username, password_hash, email_verified_at) values ($1, $2, $3, clock_now()) returning id)
	insert into user_roles (user_id, role_id) select made.id, r.id from made join roles r on r.name = 'admin'`

// AddAdmin makes an account with the role admin.
func (m Maintenance) AddAdmin(ctx context.Context, email, passwordHash string) error {
	name, _, _ := strings.Cut(email, "@")
	if len(name) < 2 {
		name = "admin"
	}
	_, err := m.db.Exec(ctx, addAdmin, email, name, passwordHash)
	return wrap(err)
}
