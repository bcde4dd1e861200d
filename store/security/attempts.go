package security

import (
	"context"
	"time"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

var attemptColumns = sqlkit.FixedColumns("l", "id", "created_at", "user_id", "email", "status", "reason", "ip_address", "user_agent").
	With("ip_address", `host(l.ip_address)`)

var attemptByKey = sqlkit.Statement(`select ` + attemptColumns.All() + ` from login_attempts l where l.created_at = $1 and l.id = $2`)

// Attempt reads a try to sign in; nil when there is none.
func (r Reader) Attempt(ctx context.Context, id domain.AttemptID) (*security.Attempt, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[security.Attempt](ctx, r.db, attemptByKey, at, n)
}

const attemptFilter = ` from login_attempts l where true`

var attemptList = sqlkit.NewList(sqlkit.ListOf[security.Attempt, domain.TimeOrder, security.AttemptFilter]{
	Name: "attempts", Columns: attemptColumns, From: attemptFilter,
	Filters: sqlkit.Filters[security.AttemptFilter]{
		sqlkit.Where(`l.status = ?`, func(f security.AttemptFilter) *security.AttemptStatus { return f.Status }),
		sqlkit.Where(`l.email = ?::citext`, func(f security.AttemptFilter) *string { return f.Email }),
		sqlkit.Where(`l.user_id = ?`, func(f security.AttemptFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`l.ip_address = ?::inet`, func(f security.AttemptFilter) *string { return f.IP }),
		sqlkit.Where(`l.created_at >= ?`, func(f security.AttemptFilter) *time.Time { return f.Since }),
		sqlkit.Where(`l.created_at < ?`, func(f security.AttemptFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("l.created_at", "l.id::bigint",
		func(a *security.Attempt) []string { return sqlkit.LogKey(a.CreatedAt, a.Number) }),
})

// ListAttempts reads a page of tries to sign in.
func (r Reader) ListAttempts(ctx context.Context, f security.AttemptFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.Attempt], error) {
	return attemptList.Page(ctx, r.db, r.projection, by, page, f)
}

var trackAttempt = sqlkit.Statement(`select t.allowed, t.retry_at from track_login_attempt($1, $2, nullif($3, '')::inet, $4, $5, $6) t`)

// TrackAttempt implements security.Tx.
func (t Tx) TrackAttempt(ctx context.Context, a security.AttemptRecord) (security.Verdict, error) {
	var v security.Verdict
	err := t.db.Get(ctx, &v, trackAttempt, a.Email, a.Status, a.From.IP, a.From.UserAgent, a.From.Device, a.Reason)
	return v, sqlkit.Wrap(err)
}

var credentials = sqlkit.Statement(`select u.id, u.password_hash, u.account_status = 'active' as active,
		coalesce(s.two_factor_enabled, false) as two_factor_enabled,
		(select max(h.created_at) from password_history h where h.user_id = u.id) as password_set_at
	from users u left join user_security_settings s on s.user_id = u.id where lower(u.email::text collate "C") = $1
		and u.deleted_at is null and u.account_status <> 'closed'`)

// Credentials implements security.Tx.
func (t Tx) Credentials(ctx context.Context, email string) (*security.Credentials, error) {
	return sqlkit.Row[security.Credentials](ctx, t.db, credentials, email)
}

// The row trail tells of it without the hash; the password is the same, so that its history does not.
var renewHash = sqlkit.Statement(`update users set password_hash = $3 where id = $1 and password_hash = $2 and deleted_at is null`)

// RenewHash implements security.Tx.
func (t Tx) RenewHash(ctx context.Context, id domain.UserID, old, fresh string) error {
	_, err := t.db.Exec(ctx, renewHash, id, old, fresh)
	return sqlkit.Wrap(err)
}

var credentialsOf = sqlkit.Statement(`select u.id, u.email, u.password_hash, u.account_status = 'active' as active,
		coalesce(s.two_factor_enabled, false) as two_factor_enabled
	from users u left join user_security_settings s on s.user_id = u.id where u.id = $1 and u.deleted_at is null`)

// CredentialsOf implements security.Tx.
func (t Tx) CredentialsOf(ctx context.Context, id domain.UserID) (*security.Credentials, error) {
	return sqlkit.Row[security.Credentials](ctx, t.db, credentialsOf, id)
}

// Trusted devices stay trusted; the failed tries from them are forgotten like the others.
var (
	clearThrottles = sqlkit.Statement(`delete from login_throttles t where t.email = lower($1::text collate "C")::citext and t.trusted_at is null
		and (t.failures > 0 or t.last_failure_at is not null)`)
	clearTrusted = sqlkit.Statement(`update login_throttles t set failures = 0, last_failure_at = null
		where t.email = lower($1::text collate "C")::citext and t.trusted_at is not null and t.failures > 0`)
	forgetDevices = sqlkit.Statement(`delete from login_throttles t where t.email = lower($1::text collate "C")::citext and t.trusted_at is not null`)
)

// ClearThrottles implements users.Tx.
func (t Tx) ClearThrottles(ctx context.Context, email string) (int64, error) {
	strangers, err := t.db.Exec(ctx, clearThrottles, email)
	if err != nil {
		return 0, sqlkit.Wrap(err)
	}
	known, err := t.db.Exec(ctx, clearTrusted, email)
	return strangers + known, sqlkit.Wrap(err)
}

// ForgetDevices implements users.Tx.
func (t Tx) ForgetDevices(ctx context.Context, email string) (int64, error) {
	n, err := t.db.Exec(ctx, forgetDevices, email)
	return n, sqlkit.Wrap(err)
}
