package store

import (
	"context"
	"strconv"
	"time"

	"lyceum/domain"
	"lyceum/domain/security"
)

const attemptColumns = `l.id, l.created_at, l.user_id, l.email, l.status, l.reason, host(l.ip_address) as ip_address, l.user_agent`

const attemptByKey = `select ` + attemptColumns + ` from login_attempts l where l.created_at = $1 and l.id = $2`

// Attempt reads a try to sign in; nil when there is none.
func (r Reader) Attempt(ctx context.Context, id domain.AttemptID) (*security.Attempt, error) {
	at, n := domain.LogKey(id.UUID)
	return getRow[security.Attempt](ctx, r.db, attemptByKey, at, n)
}

const attemptFilter = ` from login_attempts l where true`

var attemptList = list[security.Attempt, domain.TimeOrder]{
	name: "attempts", query: `select ` + attemptColumns + attemptFilter, count: `select count(*)` + attemptFilter,
	filters: on(`l.status = ?`, `l.email = ?::citext`, `l.user_id = ?`, `l.ip_address = ?::inet`, `l.created_at >= ?`, `l.created_at < ?`),
	orders:  inTime("l.created_at", "l.id::bigint", func(a *security.Attempt) []string { return logKey(a.CreatedAt, a.Number) }),
}

func logKey(at time.Time, id int64) []string { return []string{stamp(at), strconv.FormatInt(id, 10)} }

// ListAttempts reads a page of tries to sign in.
func (r Reader) ListAttempts(ctx context.Context, f security.AttemptFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.Attempt], error) {
	return attemptList.page(ctx, r.db, by, page, f.Status, f.Email, f.UserID, f.IP, f.Since, f.Until)
}

const trackAttempt = `select t.allowed, t.retry_at from track_login_attempt($1, $2, nullif($3, '')::inet, $4, $5, $6) t`

// TrackAttempt implements security.Tx.
func (t *Tx) TrackAttempt(ctx context.Context, a security.AttemptRecord) (security.Verdict, error) {
	var v security.Verdict
	err := t.Get(ctx, &v, trackAttempt, a.Email, a.Status, a.From.IP, a.From.UserAgent, a.From.Device, a.Reason)
	return v, wrap(err)
}

const credentials = `select u.id, u.password_hash, u.account_status = 'active' as active, coalesce(s.two_factor_enabled, false) as two_factor_enabled
	from users u left join user_security_settings s on s.user_id = u.id where u.email = $1 and u.deleted_at is null`

// Credentials implements security.Tx.
func (t *Tx) Credentials(ctx context.Context, email string) (*security.Credentials, error) {
	return getRow[security.Credentials](ctx, t, credentials, email)
}

// The row trail tells of it without the hash; the password is the same, so that its history does not.
const renewHash = `update users set password_hash = $3 where id = $1 and password_hash = $2 and deleted_at is null`

// RenewHash implements security.Tx.
func (t *Tx) RenewHash(ctx context.Context, id domain.UserID, old, fresh string) error {
	_, err := t.Exec(ctx, renewHash, id, old, fresh)
	return wrap(err)
}
