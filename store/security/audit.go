package security

import (
	"context"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

var eventColumns = sqlkit.FixedColumns("e", "id", "created_at", "event", "severity", "user_id", "actor_id", "session_id", "request_id",
	"ip_address").
	With("ip_address", `host(e.ip_address)`)

var eventByKey = sqlkit.Statement(`select ` + eventColumns.All() + ` from security_audit_log e where e.created_at = $1 and e.id = $2`)

// Event reads a security event; nil when there is none.
func (r Reader) Event(ctx context.Context, id domain.EventID) (*security.Event, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[security.Event](ctx, r.db, eventByKey, at, n)
}

const eventFilter = ` from security_audit_log e where true`

var eventList = sqlkit.NewList(sqlkit.ListOf[security.Event, domain.TimeOrder, security.EventFilter]{
	Name: "events", Columns: eventColumns, From: eventFilter,
	Filters: sqlkit.Filters[security.EventFilter]{
		sqlkit.Where(`e.severity = ?`, func(f security.EventFilter) *security.Severity { return f.Severity }),
		sqlkit.Where(`e.event = ?`, func(f security.EventFilter) *string { return f.Name }),
		sqlkit.Where(`e.user_id = ?`, func(f security.EventFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`e.actor_id = ?`, func(f security.EventFilter) *domain.UserID { return f.ActorID }),
		sqlkit.Where(`e.created_at >= ?`, func(f security.EventFilter) *time.Time { return f.Since }),
		sqlkit.Where(`e.created_at < ?`, func(f security.EventFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("e.created_at", "e.id::bigint", func(e *security.Event) []string { return sqlkit.LogKey(e.CreatedAt, e.Number) }),
})

// ListEvents reads a page of security events.
func (r Reader) ListEvents(ctx context.Context, f security.EventFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.Event], error) {
	return eventList.Page(ctx, r.db, r.projection, by, page, f)
}

var addEvent = sqlkit.Statement(`insert into security_audit_log (event, severity, user_id, actor_id, session_id, request_id, ip_address,
		user_agent)
	values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, '')::inet, left($8, 400))`)

// AddEvent implements security.Tx.
func (t Tx) AddEvent(ctx context.Context, e security.NewEvent) error {
	_, err := t.db.Exec(ctx, addEvent, e.Name, e.Severity, orNull(e.UserID.UUID), orNull(e.ActorID.UUID), orNull(e.SessionID.UUID),
		e.From.ID, e.From.IP, e.From.UserAgent)
	return sqlkit.Wrap(err)
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

var auditColumns = sqlkit.FixedColumns("t", "id", "created_at", "table_name", "row_id", "action", "actor_id", "subject_id",
	"request_id", "session_id", "old_values", "new_values", "ip_address", "user_agent").
	With("ip_address", `(select r.ip_address from audit_requests r where r.audit_id = t.id)`).
	With("user_agent", `(select r.user_agent from audit_requests r where r.audit_id = t.id)`).
	With("old_values", `coalesce(t.old_values, 'null')`).
	With("new_values", `coalesce(t.new_values, 'null')`)

var auditByKey = sqlkit.Statement(`select ` + auditColumns.All() + ` from audit_trail t where t.created_at = $1 and t.id = $2`)

// AuditEntry reads a change of a row; nil when there is none.
func (r Reader) AuditEntry(ctx context.Context, id domain.AuditID) (*security.AuditEntry, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[security.AuditEntry](ctx, r.db, auditByKey, at, n)
}

const auditFilter = ` from audit_trail t where true`

var auditList = sqlkit.NewList(sqlkit.ListOf[security.AuditEntry, domain.TimeOrder, security.AuditFilter]{
	Name: "audit", Columns: auditColumns, From: auditFilter,
	Filters: sqlkit.Filters[security.AuditFilter]{
		sqlkit.Where(`t.table_name = ?`, func(f security.AuditFilter) *string { return f.Table }),
		sqlkit.Where(`t.actor_id = ?`, func(f security.AuditFilter) *domain.UserID { return f.ActorID }),
		sqlkit.Where(`t.subject_id = ?`, func(f security.AuditFilter) *domain.UserID { return f.SubjectID }),
		sqlkit.Where(`t.row_id = ?`, func(f security.AuditFilter) *string { return f.RowID }),
		sqlkit.Where(`t.action = ?`, func(f security.AuditFilter) *security.AuditAction { return f.Action }),
		sqlkit.Where(`t.created_at >= ?`, func(f security.AuditFilter) *time.Time { return f.Since }),
		sqlkit.Where(`t.created_at < ?`, func(f security.AuditFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("t.created_at", "t.id::bigint",
		func(e *security.AuditEntry) []string { return sqlkit.LogKey(e.CreatedAt, e.Number) }),
})

// ListAudit reads a page of the trail of changes.
func (r Reader) ListAudit(ctx context.Context, f security.AuditFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.AuditEntry], error) {
	return auditList.Page(ctx, r.db, r.projection, by, page, f)
}
