package store

import (
	"context"

	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

// The queries of SPEC.md's monitoring, each as a figure.
var alertFigures = sqlkit.Statement(`select 'active_sessions' as name, count(*) as value from user_sessions s
		where s.is_active and s.expires_at > (select clock_now())
	union all select 'login_attempts', count(*) from login_attempts l where l.created_at > (select clock_now()) - interval '1 hour'
	union all select 'failed_login_attempts', count(*) from login_attempts l
		where l.status = 'failed' and l.created_at > (select clock_now()) - interval '1 hour'
	union all select 'suspicious_events', count(*) from security_audit_log e
		where e.severity in ('warning', 'error', 'critical') and e.created_at > (select clock_now()) - interval '1 day'
	union all select 'past_due_subscriptions', coalesce(sum(m.past_due_count), 0)::bigint from subscription_metrics m`)

// Figures implements operations.AlertTx.
func (t *Tx) Figures(ctx context.Context) (map[string]int64, error) {
	rows, err := sqlkit.Rows[struct {
		Name  string `db:"name"`
		Value int64  `db:"value"`
	}](ctx, t.tx, alertFigures)
	values := make(map[string]int64, len(rows))
	for _, r := range rows {
		values[r.Name] = r.Value
	}
	return values, err
}

var alertReaders = sqlkit.Statement(`select distinct u.id, u.email::text as email, u.locale from users u
	join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id
	where 'operations.read' = any(r.permissions) and u.account_status = 'active' and u.deleted_at is null
		and (ur.expires_at is null or ur.expires_at > (select clock_now()))
	order by u.id`)

// AlertReaders implements operations.AlertTx.
func (t *Tx) AlertReaders(ctx context.Context) ([]operations.AlertReader, error) {
	return sqlkit.Rows[operations.AlertReader](ctx, t.tx, alertReaders)
}
