package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
)

const verificationColumns = `v.id, v.user_id, v.purpose, v.target, v.tries, v.created_at, v.expires_at, v.used_at`

const verificationsByID = `select ` + verificationColumns + ` from user_verifications v where v.id = any($1)`

// VerificationsByID reads verifications.
func (r Reader) VerificationsByID(ctx context.Context, ids []domain.VerificationID) ([]*users.Verification, error) {
	return selectRows[*users.Verification](ctx, r.db, verificationsByID, pq.Array(ids))
}

const verificationFilter = ` from user_verifications v where true`

var verificationList = list[users.Verification, domain.TimeOrder]{
	name: "verifications", query: `select ` + verificationColumns + verificationFilter, count: `select count(*)` + verificationFilter,
	filters: []filter{
		{text: `v.user_id = ?`},
		{text: `v.purpose = ?`},
		whether(`v.used_at is null and v.expires_at > (select clock_now())`),
		{text: `v.created_at >= ?`},
		{text: `v.created_at < ?`},
	},
	orders: inTime("v.created_at", "v.id::uuid", func(v *users.Verification) []string { return []string{stamp(v.CreatedAt), v.ID.String()} }),
}

// ListVerifications reads a page of verifications.
func (r Reader) ListVerifications(ctx context.Context, f users.VerificationFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*users.Verification], error) {
	return verificationList.page(ctx, r.db, by, page, f.UserID, f.Purpose, f.Pending, f.Since, f.Until)
}
