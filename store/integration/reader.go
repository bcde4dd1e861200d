package integration

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/store/sqlkit"
)

// Reader has the reads of the word integration.
type Reader struct {
	db         db.Querier
	projection sqlkit.Projection
}

// NewReader reads through a pool or a transaction.
func NewReader(q db.Querier, p sqlkit.Projection) Reader { return Reader{db: q, projection: p} }

var messageColumns = sqlkit.FixedColumns("m", "id", "template", "recipient", "user_id", "locale", "status", "attempts", "last_error",
	"created_at", "sent_at").
	With("last_error", `nullif(m.last_error, '')`)

var messagesByID = sqlkit.Statement(`select ` + messageColumns.All() + ` from mail_messages m where m.id = any($1)`)

// MailByID reads messages.
func (r Reader) MailByID(ctx context.Context, ids []domain.MailID) ([]*integration.Message, error) {
	return sqlkit.Rows[*integration.Message](ctx, r.db, messagesByID, pq.Array(ids))
}

const messageFilter = ` from mail_messages m where true`

var messageList = sqlkit.NewList(sqlkit.ListOf[integration.Message, domain.TimeOrder, integration.MessageFilter]{
	Name: "mail", Columns: messageColumns, From: messageFilter,
	Filters: sqlkit.Filters[integration.MessageFilter]{
		sqlkit.Where(`m.status = ?`, func(f integration.MessageFilter) *integration.MailStatus { return f.Status }),
		sqlkit.Where(`m.user_id = ?`, func(f integration.MessageFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`m.template = ?`, func(f integration.MessageFilter) *string { return f.Template }),
		sqlkit.Where(`m.created_at >= ?`, func(f integration.MessageFilter) *time.Time { return f.Since }),
		sqlkit.Where(`m.created_at < ?`, func(f integration.MessageFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("m.created_at", "m.id::uuid",
		func(m *integration.Message) []string { return []string{sqlkit.Stamp(m.CreatedAt), m.ID.String()} }),
})

// ListMail reads a page of messages.
func (r Reader) ListMail(ctx context.Context, f integration.MessageFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*integration.Message], error) {
	return messageList.Page(ctx, r.db, r.projection, by, page, f)
}

var holdMail = sqlkit.Statement(`select ` + messageColumns.All() + ` from mail_messages m where m.id = $1 for update`)

// HoldMail implements integration.Tx.
func (t Tx) HoldMail(ctx context.Context, id domain.MailID) (*integration.Message, error) {
	return sqlkit.Row[integration.Message](ctx, t.db, holdMail, id)
}

var requeueMail = sqlkit.Statement(`update mail_messages m set status = 'queued', last_error = '' where m.id = $1 returning ` + messageColumns.All())

// RequeueMail has a message wait again.
func (t Tx) RequeueMail(ctx context.Context, id domain.MailID) (*integration.Message, error) {
	return sqlkit.Row[integration.Message](ctx, t.db, requeueMail, id)
}
