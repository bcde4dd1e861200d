package security

import (
	"context"

	"lyceum/db"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

// Maintenance seals the audit logs and verifies the seals.
type Maintenance struct{ db db.Querier }

// NewMaintenance works through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

var sealAudit = sqlkit.Statement(`select seal_audit()`)

// SealAudit links the log rows that wait for it and says how many.
func (m Maintenance) SealAudit(ctx context.Context) (n int64, err error) {
	return n, sqlkit.Wrap(m.db.Get(ctx, &n, sealAudit))
}

var verifyAudit = sqlkit.Statement(`select v.log, v.row_id, v.seal_id, v.problem from verify_audit() v
	union all select r.log, r.row_id, r.seal_id, r.problem from verify_rows() r`)

// VerifyAudit walks the chain of seals, and looks for rows that were put past it.
func (m Maintenance) VerifyAudit(ctx context.Context) ([]security.AuditProblem, error) {
	return sqlkit.Rows[security.AuditProblem](ctx, m.db, verifyAudit)
}

var (
	endExpiredSessions = sqlkit.Statement(`update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'expired'
		where s.is_active and not (` + active + `)`)
	forgetRefresh   = sqlkit.Statement(`delete from refresh_tokens where expires_at < clock_now() - (select keep_for('refresh_tokens'))`)
	forgetThrottles = sqlkit.Statement(`delete from login_throttles where trusted_at is null
		and window_start < clock_now() - interval '1 day'
		and (last_failure_at is null or last_failure_at < clock_now() - interval '1 day')`)
)

// What only the owner deletes, so that whoever breaks into the serving role cannot wipe out who was there.
var (
	forgetSessions = sqlkit.Statement(`delete from user_sessions where id in (select s.id from user_sessions s where not s.is_active
		and s.ended_at < clock_now() - (select keep_for('ended_sessions')) limit 5000)`)
	forgetTokens = sqlkit.Statement(`delete from api_tokens where id in (select t.id from api_tokens t
		where least(t.expires_at, t.revoked_at) < clock_now() - (select keep_for('api_tokens')) limit 5000)`)
)

// Outlived are the statements that delete a batch of rows which were kept for as long as their rule says, by the rule.
func Outlived() map[string]db.Statement {
	return map[string]db.Statement{"ended_sessions": forgetSessions, "api_tokens": forgetTokens}
}

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"sessions": endExpiredSessions, "refresh_tokens": forgetRefresh, "login_throttles": forgetThrottles}
}
