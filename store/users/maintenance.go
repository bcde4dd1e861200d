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

var (
	forgetVerification = sqlkit.Statement(`delete from user_verifications where expires_at < clock_now() - (select keep_for('verifications'))`)
	// Nobody has proved the address for 7 days, and no link can do it any more: the address and the name are free again. What somebody
	// has signed in to, or was given something, is no forgotten registration.
	endPending = sqlkit.Statement(`update users u set deleted_at = clock_now() where u.account_status = 'pending' and u.deleted_at is null
		and u.updated_at < clock_now() - interval '7 days' and u.last_login_at is null
		and not exists (select from user_roles ur where ur.user_id = u.id)
		and not exists (select from user_subscriptions s where s.user_id = u.id)
		and not exists (select from subscription_seats s where s.user_id = u.id)
		and not exists (select from user_verifications v where v.user_id = u.id and v.used_at is null and v.expires_at > clock_now())`)
	// What could not be worked off for a day nobody waits for any more; it holds addresses and hashes.
	forgetRequests = sqlkit.Statement(`delete from account_requests where created_at < clock_now() - interval '1 day'`)
	forgetLimits   = sqlkit.Statement(`delete from account_limits where last_at < clock_now() - interval '1 day'`)
)

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{
		"verifications": forgetVerification, "pending_accounts": endPending, "account_requests": forgetRequests, "account_limits": forgetLimits,
	}
}
