package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
)

const passwordColumns = `h.id, h.user_id, h.created_at`

const passwordChangesByID = `select ` + passwordColumns + ` from password_history h where h.id = any($1)`

// PasswordChangesByID reads when passwords were set; the hashes stay where they are.
func (r Reader) PasswordChangesByID(ctx context.Context, ids []domain.PasswordChangeID) ([]*security.PasswordChange, error) {
	return selectRows[*security.PasswordChange](ctx, r.db, passwordChangesByID, pq.Array(ids))
}

const passwordSource = ` from password_history h where true`

var passwordList = list[security.PasswordChange, domain.TimeOrder]{
	name: "passwords", query: `select ` + passwordColumns + passwordSource, count: `select count(*)` + passwordSource,
	filters: []string{`h.user_id = ?`, `h.created_at >= ?`, `h.created_at < ?`},
	orders:  inTime("h.created_at", "h.id::uuid", func(h *security.PasswordChange) []string { return []string{stamp(h.CreatedAt), h.ID.String()} }),
}

// ListPasswordChanges reads a page of when passwords were set.
func (r Reader) ListPasswordChanges(ctx context.Context, f security.PasswordChangeFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.PasswordChange], error) {
	return passwordList.page(ctx, r.db, by, page, f.UserID, f.Since, f.Until)
}
