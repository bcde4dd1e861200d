package operations

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

var ruleColumns = sqlkit.FixedColumns("r", "id", "reads", "description", "threshold", "critical_threshold", "enabled", "quiet_from",
	"quiet_until", "quiet_zone", "changed_at").
	With("quiet_from", `to_char(r.quiet_from, 'HH24:MI')`).With("quiet_until", `to_char(r.quiet_until, 'HH24:MI')`)

var (
	alertRules     = sqlkit.Statement(`select ` + ruleColumns.All() + ` from alert_rules r order by r.reads`)
	alertRulesByID = sqlkit.Statement(`select ` + ruleColumns.All() + ` from alert_rules r where r.id = any($1)`)
)

// AlertRules reads all rules, sorted by what they read.
func (r Reader) AlertRules(ctx context.Context) ([]*operations.AlertRule, error) {
	return sqlkit.Rows[*operations.AlertRule](ctx, r.db, alertRules)
}

// AlertRulesByID reads rules.
func (r Reader) AlertRulesByID(ctx context.Context, ids []domain.AlertRuleID) ([]*operations.AlertRule, error) {
	return sqlkit.Rows[*operations.AlertRule](ctx, r.db, alertRulesByID, pq.Array(ids))
}

var alertColumns = sqlkit.FixedColumns("a", "id", "rule_id", "level", "what", "remedy", "value", "opened_at", "last_seen_at",
	"ended_at", "told_level", "told_at", "end_told", "acknowledged_at", "acknowledged_by").
	With("reads", `(select r.reads from alert_rules r where r.id = a.rule_id)`)

var alertsByID = sqlkit.Statement(`select ` + alertColumns.All() + ` from alerts a where a.id = any($1)`)

// AlertsByID reads alerts.
func (r Reader) AlertsByID(ctx context.Context, ids []domain.AlertID) ([]*operations.Alert, error) {
	return sqlkit.Rows[*operations.Alert](ctx, r.db, alertsByID, pq.Array(ids))
}

var alertList = sqlkit.NewList(sqlkit.ListOf[operations.Alert, domain.TimeOrder, operations.AlertFilter]{
	Name: "alerts", Columns: alertColumns, From: ` from alerts a where true`,
	Filters: sqlkit.Filters[operations.AlertFilter]{
		sqlkit.Whether(`a.ended_at is null`, func(f operations.AlertFilter) *bool { return f.Open }),
		sqlkit.Whether(`a.acknowledged_at is not null`, func(f operations.AlertFilter) *bool { return f.Acknowledged }),
		sqlkit.Where(`a.level = ?`, func(f operations.AlertFilter) *operations.Level { return f.Level }),
		sqlkit.Where(`a.rule_id = (select r.id from alert_rules r where r.reads = ?)`, func(f operations.AlertFilter) *string { return f.Reads }),
		sqlkit.Where(`a.opened_at >= ?`, func(f operations.AlertFilter) *time.Time { return f.Since }),
		sqlkit.Where(`a.opened_at < ?`, func(f operations.AlertFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("a.opened_at", "a.id::uuid",
		func(a *operations.Alert) []string { return []string{sqlkit.Stamp(a.OpenedAt), a.ID.String()} }),
})

// ListAlerts reads a page of alerts.
func (r Reader) ListAlerts(ctx context.Context, f operations.AlertFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*operations.Alert], error) {
	return alertList.Page(ctx, r.db, r.projection, by, page, f)
}

var (
	holdAlertRules = sqlkit.Statement(`select ` + ruleColumns.All() + ` from alert_rules r order by r.id for update`)
	holdAlertRule  = sqlkit.Statement(`select ` + ruleColumns.All() + ` from alert_rules r where r.id = $1 for update`)
)

// HoldAlertRules implements operations.AlertTx.
func (t Tx) HoldAlertRules(ctx context.Context) ([]*operations.AlertRule, error) {
	return sqlkit.Rows[*operations.AlertRule](ctx, t.db, holdAlertRules)
}

// HoldAlertRule implements operations.AlertTx.
func (t Tx) HoldAlertRule(ctx context.Context, id domain.AlertRuleID) (*operations.AlertRule, error) {
	return sqlkit.Row[operations.AlertRule](ctx, t.db, holdAlertRule, id)
}

var setAlertRule = sqlkit.Statement(`update alert_rules r set enabled = $2, threshold = $3, critical_threshold = $4, quiet_from = $5::time,
		quiet_until = $6::time, quiet_zone = $7, changed_at = clock_now() where r.id = $1 returning ` + ruleColumns.All())

// SetAlertRule implements operations.AlertTx.
func (t Tx) SetAlertRule(ctx context.Context, r *operations.AlertRule) (*operations.AlertRule, error) {
	return sqlkit.Row[operations.AlertRule](ctx, t.db, setAlertRule, r.ID, r.Enabled, r.Threshold, r.CriticalThreshold, r.QuietFrom,
		r.QuietUntil, r.QuietZone)
}

var unfinishedAlerts = sqlkit.Statement(`select ` + alertColumns.All() + ` from alerts a
	where a.ended_at is null or a.told_level is not null and not a.end_told order by a.opened_at`)

// UnfinishedAlerts implements operations.AlertTx.
func (t Tx) UnfinishedAlerts(ctx context.Context) ([]*operations.Alert, error) {
	return sqlkit.Rows[*operations.Alert](ctx, t.db, unfinishedAlerts)
}

var keepAlert = sqlkit.Statement(`insert into alerts (id, rule_id, level, what, remedy, value, opened_at, last_seen_at, ended_at, told_level, told_at, end_told)
	values ($1, $2, $3, left($4, 1000), left($5, 1000), $6, $7, $8, $9, $10, $11, $12)
	on conflict (id) do update set level = excluded.level, what = excluded.what, remedy = excluded.remedy, value = excluded.value,
		last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at, told_level = excluded.told_level, told_at = excluded.told_at,
		end_told = excluded.end_told`)

// KeepAlert implements operations.AlertTx.
func (t Tx) KeepAlert(ctx context.Context, a *operations.Alert) error {
	_, err := t.db.Exec(ctx, keepAlert, a.ID, a.RuleID, a.Level, a.What, a.Remedy, a.Value, a.OpenedAt,
		a.LastSeenAt, a.EndedAt, a.ToldLevel, a.ToldAt, a.EndTold)
	return sqlkit.Wrap(err)
}

var openAlertsByLevel = sqlkit.Statement(`select a.level as name, count(*) as rows from alerts a where a.ended_at is null group by a.level`)

// OpenAlertsByLevel counts the alerts that have not ended.
func (m Maintenance) OpenAlertsByLevel(ctx context.Context) (map[string]int64, error) {
	return sqlkit.Counts(ctx, m.db, openAlertsByLevel)
}

// Who acknowledged first stays.
var acknowledgeAlert = sqlkit.Statement(`update alerts a set acknowledged_at = coalesce(a.acknowledged_at, clock_now()),
		acknowledged_by = case when a.acknowledged_at is null then $2 else a.acknowledged_by end
	where a.id = $1 returning ` + alertColumns.All())

// AcknowledgeAlert implements operations.AlertTx.
func (t Tx) AcknowledgeAlert(ctx context.Context, id domain.AlertID, by domain.UserID) (*operations.Alert, error) {
	return sqlkit.Row[operations.Alert](ctx, t.db, acknowledgeAlert, id, by)
}

var forgetAlerts = sqlkit.Statement(`delete from alerts where ended_at < clock_now() - interval '90 days'`)

// Expired are the statements that delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"alerts": forgetAlerts}
}
