package users

import (
	"context"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Maintenance is what is asked of accounts beside requests. It is no part of Reader: hashes of passwords are nothing for resolvers.
type Maintenance struct{ db db.Querier }

// NewMaintenance asks a pool.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

// HasAdmin reports whether the school has an administrator who can sign in.
func (m Maintenance) HasAdmin(ctx context.Context) (has bool, err error) {
	return has, sqlkit.Wrap(m.db.Get(ctx, &has, hasAdmin))
}

var passwordsOf = sqlkit.Statement(`select u.password_hash from users u where u.email like '%@' || $1 and u.account_status = 'active'
	and u.deleted_at is null and u.password_hash is not null group by u.password_hash order by count(*) desc limit $2`)

// PasswordsOf reads the hashes of passwords that accounts with an address of a domain sign in with, the most common first.
func (m Maintenance) PasswordsOf(ctx context.Context, domain string, most int) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, passwordsOf, domain, most)
}

var forgetVerification = sqlkit.Statement(`delete from user_verifications where expires_at < clock_now() - interval '7 days'`)

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"verifications": forgetVerification}
}
