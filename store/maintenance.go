package store

import (
	"context"
	"time"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Maintenance is the housekeeping that jobs do.
type Maintenance struct{ db db.Querier }

// NewMaintenance keeps house through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

var ensurePartitions = sqlkit.Statement(`select p from ensure_partitions($1) p`)

// EnsurePartitions makes the monthly partitions up to so many months ahead and returns the names of the new ones.
func (m Maintenance) EnsurePartitions(ctx context.Context, ahead int) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, ensurePartitions, ahead)
}

var refreshAnalytics = sqlkit.Statement(`select refresh_analytics()`)

// RefreshAnalytics works both materialized views out again and returns the time they stand for.
func (m Maintenance) RefreshAnalytics(ctx context.Context) (asOf time.Time, err error) {
	return asOf, sqlkit.Wrap(m.db.Get(ctx, &asOf, refreshAnalytics))
}

var sealAudit = sqlkit.Statement(`select seal_audit()`)

// SealAudit links the log rows that wait for it and says how many.
func (m Maintenance) SealAudit(ctx context.Context) (n int64, err error) {
	return n, sqlkit.Wrap(m.db.Get(ctx, &n, sealAudit))
}

// AuditProblem is a row of verify_audit: the first thing that is wrong, or rows that no seal names yet.
type AuditProblem struct {
	Log     string `db:"log"`
	RowID   int64  `db:"row_id"`
	SealID  *int64 `db:"seal_id"`
	Problem string `db:"problem"`
}

var verifyAudit = sqlkit.Statement(`select v.log, v.row_id, v.seal_id, v.problem from verify_audit() v`)

// VerifyAudit walks the chain of seals.
func (m Maintenance) VerifyAudit(ctx context.Context) ([]AuditProblem, error) {
	return sqlkit.Rows[AuditProblem](ctx, m.db, verifyAudit)
}

var (
	endExpiredSessions = sqlkit.Statement(`update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'expired' where s.is_active and not (` + living + `)`)
	forgetVerification = sqlkit.Statement(`delete from user_verifications where expires_at < clock_now() - interval '7 days'`)
	forgetRefresh      = sqlkit.Statement(`delete from refresh_tokens where expires_at < clock_now() - interval '7 days'`)
	forgetOnce         = sqlkit.Statement(`delete from idempotency_keys where created_at < clock_now() - interval '24 hours'`)
	forgetReports      = sqlkit.Statement(`delete from consumption_keys where created_at < clock_now() - interval '30 days'`)
	forgetThrottles    = sqlkit.Statement(`delete from login_throttles where trusted_at is null and window_start < clock_now() - interval '1 day'
		and (last_failure_at is null or last_failure_at < clock_now() - interval '1 day')`)
)

// CleanUp marks sessions that ran out as ended, and deletes tokens, keys and throttles whose time is over. It returns how many
// rows each did.
func (m Maintenance) CleanUp(ctx context.Context) (map[string]int64, error) {
	done := map[string]int64{}
	for name, statement := range map[string]db.Statement{
		"sessions": endExpiredSessions, "verifications": forgetVerification, "refresh_tokens": forgetRefresh,
		"idempotency_keys": forgetOnce, "consumption_keys": forgetReports, "login_throttles": forgetThrottles,
	} {
		n, err := m.db.Exec(ctx, statement)
		if err != nil {
			return done, sqlkit.Wrap(err)
		}
		done[name] = n
	}
	return done, nil
}

var clockShift = sqlkit.Statement(`select extract(epoch from c.shift)::float8 from clock c`)

// ClockShift reads how far the school's clock is ahead of the machine's.
func (r Reader) ClockShift(ctx context.Context) (time.Duration, error) {
	var seconds float64
	err := r.db.Get(ctx, &seconds, clockShift)
	return time.Duration(seconds * float64(time.Second)), sqlkit.Wrap(err)
}
