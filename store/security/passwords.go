package security

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

var passwordColumns = sqlkit.FixedColumns("h", "id", "user_id", "created_at")

var passwordChangesByID = sqlkit.Statement(`select ` + passwordColumns.All() + ` from password_history h where h.id = any($1)`)

// PasswordChangesByID reads when passwords were set; the hashes stay where they are.
func (r Reader) PasswordChangesByID(ctx context.Context, ids []domain.PasswordChangeID) ([]*security.PasswordChange, error) {
	return sqlkit.Rows[*security.PasswordChange](ctx, r.db, passwordChangesByID, pq.Array(ids))
}

const passwordSource = ` from password_history h where true`

var passwordList = sqlkit.NewList(sqlkit.ListOf[security.PasswordChange, domain.TimeOrder, security.PasswordChangeFilter]{
	Name: "passwords", Columns: passwordColumns, From: passwordSource,
	Filters: sqlkit.Filters[security.PasswordChangeFilter]{
		sqlkit.Where(`h.user_id = ?`, func(f security.PasswordChangeFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`h.created_at >= ?`, func(f security.PasswordChangeFilter) *time.Time { return f.Since }),
		sqlkit.Where(`h.created_at < ?`, func(f security.PasswordChangeFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("h.created_at", "h.id::uuid",
		func(h *security.PasswordChange) []string { return []string{sqlkit.Stamp(h.CreatedAt), h.ID.String()} }),
})

// ListPasswordChanges reads a page of when passwords were set.
func (r Reader) ListPasswordChanges(ctx context.Context, f security.PasswordChangeFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.PasswordChange], error) {
	return passwordList.Page(ctx, r.db, r.projection, by, page, f)
}
