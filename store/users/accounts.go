package users

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

// keyed is how addresses compare, in whatever locale; accounts that their users have closed have none. ofAddress finds the account of
// one, which the text may spell otherwise.
const (
	keyed     = `u.deleted_at is null and u.account_status <> 'closed' and lower(u.email::text collate "C") = `
	ofAddress = keyed + `lower($1::text collate "C")`
)

var knownAccount = sqlkit.Statement(`select ` + UserColumns.All() + `, u.password_hash is not null as has_password,
	exists (select from user_roles ur where ur.user_id = u.id) as has_roles
	from users u where ` + keyed + `$1 for no key update`)

// Known implements users.Tx.
func (t Tx) Known(ctx context.Context, key string) (*users.Account, error) {
	return sqlkit.Row[users.Account](ctx, t.db, knownAccount, key)
}

// A conflict is no error: the transaction goes on, with another name.
var addUser = sqlkit.Statement(`insert into users (id, email, username, first_name, last_name, locale, time_zone, account_status, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`)

// AddUser implements users.Tx.
func (t Tx) AddUser(ctx context.Context, u *users.User) (bool, error) {
	n, err := t.db.Exec(ctx, addUser, u.ID, u.Email, u.Username, u.FirstName, u.LastName, u.Locale, u.TimeZone, u.AccountStatus, u.CreatedAt)
	return n == 1, sqlkit.Wrap(err)
}

// Another number is not the one that was proved.
var saveUser = sqlkit.Statement(`update users set email = $2, username = $3, first_name = $4, last_name = $5, account_status = $6,
	phone_verified_at = case when phone is not distinct from $7 then phone_verified_at end, phone = $7, locale = $8, time_zone = $9,
	email_verified_at = $10
	where id = $1`)

// SaveUser implements users.Tx.
func (t Tx) SaveUser(ctx context.Context, u *users.User) error {
	_, err := t.db.Exec(ctx, saveUser, u.ID, u.Email, u.Username, u.FirstName, u.LastName, u.AccountStatus, u.Phone, u.Locale, u.TimeZone,
		u.EmailVerifiedAt)
	switch sqlkit.Violates(err) {
	case "users_username_key":
		return domain.Errorf(domain.CodeConflict, "this username is taken").Because("USERNAME_TAKEN").At("username")
	case "users_email_key":
		return domain.Errorf(domain.CodeConflict, "another account has this email address").Because("EMAIL_TAKEN").At("email")
	}
	return sqlkit.Wrap(err)
}

var endAccount = sqlkit.Statement(`update users set deleted_at = clock_now() where id = $1 and account_status = 'pending'`)

// EndPending implements users.Tx.
func (t Tx) EndPending(ctx context.Context, id domain.UserID) error {
	_, err := t.db.Exec(ctx, endAccount, id)
	return sqlkit.Wrap(err)
}

var takenUsernames = sqlkit.Statement(`select u.username from users u where u.username = any($1::citext[]) and u.deleted_at is null`)

// TakenUsernames implements users.Tx.
func (t Tx) TakenUsernames(ctx context.Context, names []string) ([]string, error) {
	taken, err := sqlkit.Rows[string](ctx, t.db, takenUsernames, pq.Array(names))
	return taken, err
}

var (
	setPassword      = sqlkit.Statement(`update users set password_hash = nullif($2, '') where id = $1`)
	rememberPassword = sqlkit.Statement(`insert into password_history (user_id, password_hash) values ($1, $2)`)
	passwordChanged  = sqlkit.Statement(`insert into user_security_settings as s (user_id, password_changed_at) values ($1, clock_now())
	on conflict (user_id) do update set password_changed_at = excluded.password_changed_at`)
)

// SetPassword implements users.Tx.
func (t Tx) SetPassword(ctx context.Context, id domain.UserID, hash string) error {
	if _, err := t.db.Exec(ctx, setPassword, id, hash); err != nil || hash == "" {
		return sqlkit.Wrap(err)
	}
	if _, err := t.db.Exec(ctx, rememberPassword, id, hash); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, passwordChanged, id)
	return sqlkit.Wrap(err)
}

// The hash of the present password may have been renewed since, so that it is compared as well.
var pastHashes = sqlkit.Statement(`select u.password_hash from users u where u.id = $1 and u.password_hash is not null
	union (select h.password_hash from password_history h where h.user_id = $1 order by h.created_at desc, h.id desc limit $2)`)

// PastHashes implements users.Tx.
func (t Tx) PastHashes(ctx context.Context, id domain.UserID, most int) ([]string, error) {
	return sqlkit.Rows[string](ctx, t.db, pastHashes, id, most)
}
