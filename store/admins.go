package store

import (
	"context"
	"regexp"
	"strings"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

var hasAdmin = sqlkit.Statement(`select exists (select from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
	join users u on u.id = ur.user_id and u.deleted_at is null and u.account_status = 'active' and u.password_hash is not null
	where ur.expires_at is null or ur.expires_at > (select clock_now()))`)

// HasAdmin reports whether the school has an administrator who can sign in.
func (m Maintenance) HasAdmin(ctx context.Context) (has bool, err error) {
	return has, sqlkit.Wrap(m.db.Get(ctx, &has, hasAdmin))
}

var passwordsOf = sqlkit.Statement(`select u.password_hash from users u where u.email like '%@' || $1 and u.account_status = 'active' and u.deleted_at is null
	and u.password_hash is not null group by u.password_hash order by count(*) desc limit $2`)

// PasswordsOf reads the hashes of passwords that accounts with an address of a domain sign in with, the most common first.
func (m Maintenance) PasswordsOf(ctx context.Context, domain string, most int) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, passwordsOf, domain, most)
}

// Admins makes administrators, each decision in one transaction.
type Admins struct{ DB *db.DB }

// holdAdmins lets one program at a time decide who becomes an administrator. Whoever may not write roles cannot hold it.
var holdAdmins = sqlkit.Statement(`select r.id from roles r where r.name = 'admin' for update`)

var hasAccount = sqlkit.Statement(`select exists (select from users u where u.email = $1 and u.deleted_at is null)`)

// FirstAdmin is what became of the wish for a first administrator.
type FirstAdmin int

// The outcomes of MakeFirst.
const (
	AdminNotNeeded FirstAdmin = iota // somebody is an administrator and can sign in
	AdminMade
	AdminNotGiven // nobody is, but the address has an account: what was taken from it is not given back
)

// MakeFirst makes an account with the role admin if no administrator can sign in and the address has no account.
func (a Admins) MakeFirst(ctx context.Context, email, passwordHash string) (outcome FirstAdmin, err error) {
	err = a.DB.InTx(ctx, "", "", func(t *db.Tx) error {
		var has, known bool
		if _, err := t.Exec(ctx, holdAdmins); err != nil {
			return err
		}
		if err := t.Get(ctx, &has, hasAdmin); err != nil || has {
			return err
		}
		if err := t.Get(ctx, &known, hasAccount, email); err != nil {
			return err
		}
		if known {
			outcome = AdminNotGiven
			return nil
		}
		outcome = AdminMade
		return addAdminIn(ctx, t, email, passwordHash)
	})
	return outcome, sqlkit.Wrap(err)
}

// AdminAccount is an existing account that was asked to be an administrator's.
type AdminAccount struct {
	Status      string `db:"account_status"`
	HasPassword bool   `db:"has_password"`
	WasAdmin    bool   `db:"was_admin"` // already, so that nothing was changed
}

var (
	adminAccount = sqlkit.Statement(`select u.account_status, u.password_hash is not null as has_password, exists (select from user_roles ur join roles r on r.id = ur.role_id
		where ur.user_id = u.id and r.name = 'admin' and (ur.expires_at is null or ur.expires_at > (select clock_now()))) as was_admin
		from users u where u.email = $1 and u.deleted_at is null`)
	// A grant that has ended would otherwise stand in the way of the new one.
	giveAdmin = sqlkit.Statement(`insert into user_roles (user_id, role_id) select u.id, r.id from users u join roles r on r.name = 'admin'
		where u.email = $1 and u.deleted_at is null
		on conflict (user_id, role_id) do update set expires_at = null, granted_at = clock_now(), granted_by = null`)
)

// Make gives the account of an address the role admin, or makes such an account. It returns the account that was there
// before, nil if it made one.
func (a Admins) Make(ctx context.Context, email, passwordHash string) (found *AdminAccount, err error) {
	err = a.DB.InTx(ctx, "", "", func(t *db.Tx) error {
		if _, err := t.Exec(ctx, holdAdmins); err != nil {
			return err
		}
		var before []AdminAccount
		if err := t.Select(ctx, &before, adminAccount, email); err != nil {
			return err
		}
		if len(before) == 0 {
			return addAdminIn(ctx, t, email, passwordHash)
		}
		found = &before[0]
		if found.WasAdmin {
			return nil
		}
		_, err := t.Exec(ctx, giveAdmin, email)
		return err
	})
	return found, sqlkit.Wrap(err)
}

// One statement, so that there is never an administrator's account without the role. The wished name may be taken.
var addAdmin = sqlkit.Statement(`with made as (insert into users (email, username, password_hash, email_verified_at)
	select $1, case when exists (select from users u where u.username = $2::citext and u.deleted_at is null)
		then $2::text || '-' || left(encode(uuid_send(gen_random_uuid()), 'hex'), 8) else $2::text end, $3, clock_now() returning id)
	insert into user_roles (user_id, role_id) select made.id, r.id from made join roles r on r.name = 'admin'`)

var notInUsernames = regexp.MustCompile(`^[^a-zA-Z0-9]+|[^a-zA-Z0-9._-]`)

func addAdminIn(ctx context.Context, t *db.Tx, email, passwordHash string) error {
	name, _, _ := strings.Cut(email, "@")
	name = notInUsernames.ReplaceAllString(name, "")
	if len(name) < 2 {
		name = "admin"
	}
	_, err := t.Exec(ctx, addAdmin, email, name[:min(len(name), 30)], passwordHash)
	return err
}
