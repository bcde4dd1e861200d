package users

import (
	"context"
	"regexp"
	"strings"

	"lyceum/db"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

var hasAdmin = sqlkit.Statement(`select exists (select from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
	join users u on u.id = ur.user_id and u.deleted_at is null and u.account_status = 'active' and u.password_hash is not null
	where ur.expires_at is null or ur.expires_at > (select clock_now()))`)

// Admins decides who becomes an administrator, each decision in one transaction.
type Admins struct{ tx db.Querier }

// NewAdmins decides in a transaction, to whose end nobody else does.
func NewAdmins(tx db.Querier) Admins { return Admins{tx} }

// holdAdmins lets one program at a time decide who becomes an administrator. Whoever may not write roles cannot hold it.
var holdAdmins = sqlkit.Statement(`select r.id from roles r where r.name = 'admin' for update`)

var hasAccount = sqlkit.Statement(`select exists (select from users u where ` + ofAddress + `)`)

// MakeFirst makes an account with the role admin if no administrator can sign in and the address has no account.
func (a Admins) MakeFirst(ctx context.Context, email, passwordHash string) (users.FirstAdmin, error) {
	var has, known bool
	if _, err := a.tx.Exec(ctx, holdAdmins); err != nil {
		return users.AdminNotNeeded, err
	}
	if err := a.tx.Get(ctx, &has, hasAdmin); err != nil || has {
		return users.AdminNotNeeded, err
	}
	if err := a.tx.Get(ctx, &known, hasAccount, email); err != nil {
		return users.AdminNotNeeded, err
	}
	if known {
		return users.AdminNotGiven, nil
	}
	return users.AdminMade, a.add(ctx, email, passwordHash)
}

var (
	adminAccount = sqlkit.Statement(`select u.account_status, u.password_hash is not null as has_password,
		exists (select from user_roles ur join roles r on r.id = ur.role_id
		where ur.user_id = u.id and r.name = 'admin' and (ur.expires_at is null or ur.expires_at > (select clock_now()))) as was_admin
		from users u where ` + ofAddress)
	// What whoever had the old password has, or has asked for, ends with it: sessions, tokens, links that are on their way.
	resetAdmin = sqlkit.Statement(`with changed as (update users u set password_hash = $2 where ` + ofAddress + ` returning u.id),
		kept as (insert into password_history (user_id, password_hash) select c.id, $2 from changed c),
		ended as (update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked' from changed c
			where s.user_id = c.id and s.is_active),
		dated as (insert into user_security_settings (user_id, password_changed_at) select c.id, clock_now() from changed c
			on conflict (user_id) do update set password_changed_at = excluded.password_changed_at),
		unlinked as (update user_verifications v set expires_at = least(v.expires_at, clock_now()) from changed c
			where v.user_id = c.id and v.used_at is null),
		forgotten as (delete from account_requests a using changed c where a.user_id = c.id),
		revoked as (update api_tokens t set revoked_at = clock_now() from changed c where t.user_id = c.id and t.revoked_at is null)
		update refresh_tokens t set revoked_at = clock_now() from changed c where t.user_id = c.id and t.revoked_at is null`)
	// A grant that has ended would otherwise stand in the way of the new one.
	giveAdmin = sqlkit.Statement(`insert into user_roles (user_id, role_id) select u.id, r.id from users u join roles r on r.name = 'admin'
		where ` + ofAddress + `
		on conflict (user_id, role_id) do update set expires_at = null, granted_at = clock_now(), granted_by = null`)
)

// Make gives the account of an address the role admin, or makes such an account. It returns the account that was there
// before, nil if it made one. Errors: users.ErrAccountExists.
func (a Admins) Make(ctx context.Context, email, passwordHash string, wish users.AdminPassword) (*users.AdminAccount, error) {
	if _, err := a.tx.Exec(ctx, holdAdmins); err != nil {
		return nil, err
	}
	var before []users.AdminAccount
	if err := a.tx.Select(ctx, &before, adminAccount, email); err != nil {
		return nil, err
	}
	if len(before) == 0 {
		return nil, a.add(ctx, email, passwordHash)
	}
	found := &before[0]
	switch wish {
	case users.PasswordForNewOnly:
		return nil, users.ErrAccountExists
	case users.PasswordReset:
		if _, err := a.tx.Exec(ctx, resetAdmin, email, passwordHash); err != nil {
			return nil, err
		}
	case users.PasswordIfNew:
	}
	if found.WasAdmin {
		return found, nil
	}
	_, err := a.tx.Exec(ctx, giveAdmin, email)
	return found, err
}

// One statement, so that there is never an administrator's account without the role. The wished name may be taken.
var addAdmin = sqlkit.Statement(`with made as (insert into users (email, username, password_hash, email_verified_at)
	select $1, case when exists (select from users u where u.username = $2::citext and u.deleted_at is null)
		then $2::text || '-' || left(encode(uuid_send(gen_random_uuid()), 'hex'), 8) else $2::text end, $3, clock_now() returning id)
	insert into user_roles (user_id, role_id) select made.id, r.id from made join roles r on r.name = 'admin'`)

var notInUsernames = regexp.MustCompile(`^[^a-zA-Z0-9]+|[^a-zA-Z0-9._-]`)

func (a Admins) add(ctx context.Context, email, passwordHash string) error {
	name, _, _ := strings.Cut(email, "@")
	name = notInUsernames.ReplaceAllString(name, "")
	if len(name) < 2 {
		name = "admin"
	}
	_, err := a.tx.Exec(ctx, addAdmin, email, name[:min(len(name), 30)], passwordHash)
	return err
}
