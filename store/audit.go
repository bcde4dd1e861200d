package store

import (
	"context"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/domain/security"
)

const eventColumns = `e.id, e.created_at, e.event, e.severity, e.user_id, e.actor_id, e.session_id, e.request_id, host(e.ip_address) as ip_address`

const eventByKey = `select ` + eventColumns + ` from security_audit_log e where e.created_at = $1 and e.id = $2`

// Event reads a security event; nil when there is none.
func (r Reader) Event(ctx context.Context, id domain.EventID) (*security.Event, error) {
	at, n := domain.LogKey(id.UUID)
	return getRow[security.Event](ctx, r.db, eventByKey, at, n)
}

const eventFilter = ` from security_audit_log e where true`

var eventList = list[security.Event, domain.TimeOrder]{
	name: "events", query: `select ` + eventColumns + eventFilter, count: `select count(*)` + eventFilter,
	filters: []string{`e.severity = ?`, `e.event = ?`, `e.user_id = ?`, `e.actor_id = ?`, `e.created_at >= ?`, `e.created_at < ?`},
	orders:  inTime("e.created_at", "e.id::bigint", func(e *security.Event) []string { return logKey(e.CreatedAt, e.Number) }),
}

// ListEvents reads a page of security events.
func (r Reader) ListEvents(ctx context.Context, f security.EventFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.Event], error) {
	return eventList.page(ctx, r.db, by, page, f.Severity, f.Name, f.UserID, f.ActorID, f.Since, f.Until)
}

const addEvent = `insert into security_audit_log (event, severity, user_id, actor_id, session_id, request_id, ip_address, user_agent)
	values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, '')::inet, left($8, 400))`

// AddEvent implements security.Tx.
func (t *Tx) AddEvent(ctx context.Context, e security.NewEvent) error {
	_, err := t.Exec(ctx, addEvent, e.Name, e.Severity, orNull(e.UserID.UUID), orNull(e.ActorID.UUID), orNull(e.SessionID.UUID),
		e.From.ID, e.From.IP, e.From.UserAgent)
	return wrap(err)
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

const auditColumns = `t.id, t.created_at, t.table_name, t.row_id, t.action, t.actor_id, t.subject_id, t.request_id,
	coalesce(t.old_values, 'null') as old_values, coalesce(t.new_values, 'null') as new_values`

const auditByKey = `select ` + auditColumns + ` from audit_trail t where t.created_at = $1 and t.id = $2`

// AuditEntry reads a change of a row; nil when there is none.
func (r Reader) AuditEntry(ctx context.Context, id domain.AuditID) (*security.AuditEntry, error) {
	at, n := domain.LogKey(id.UUID)
	return getRow[security.AuditEntry](ctx, r.db, auditByKey, at, n)
}

const auditFilter = ` from audit_trail t where true`

var auditList = list[security.AuditEntry, domain.TimeOrder]{
	name: "audit", query: `select ` + auditColumns + auditFilter, count: `select count(*)` + auditFilter,
	filters: []string{
		`t.table_name = ?`, `t.actor_id = ?`, `t.subject_id = ?`, `t.row_id = ?`, `t.action = ?`, `t.created_at >= ?`, `t.created_at < ?`,
	},
	orders: inTime("t.created_at", "t.id::bigint", func(e *security.AuditEntry) []string { return logKey(e.CreatedAt, e.Number) }),
}

// ListAudit reads a page of the trail of changes.
func (r Reader) ListAudit(ctx context.Context, f security.AuditFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.AuditEntry], error) {
	return auditList.page(ctx, r.db, by, page, f.Table, f.ActorID, f.SubjectID, f.RowID, f.Action, f.Since, f.Until)
}
