package users

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

var verificationColumns = sqlkit.FixedColumns("v", "id", "user_id", "purpose", "target", "tries", "created_at", "expires_at", "used_at")

var verificationsByID = sqlkit.Statement(`select ` + verificationColumns.All() + ` from user_verifications v where v.id = any($1)`)

// VerificationsByID reads verifications.
func (r Reader) VerificationsByID(ctx context.Context, ids []domain.VerificationID) ([]*users.Verification, error) {
	return sqlkit.Rows[*users.Verification](ctx, r.db, verificationsByID, pq.Array(ids))
}

const verificationFilter = ` from user_verifications v where true`

var verificationList = sqlkit.NewList(sqlkit.ListOf[users.Verification, domain.TimeOrder, users.VerificationFilter]{
	Name: "verifications", Columns: verificationColumns, From: verificationFilter,
	Filters: sqlkit.Filters[users.VerificationFilter]{
		sqlkit.Where(`v.user_id = ?`, func(f users.VerificationFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`v.purpose = ?`, func(f users.VerificationFilter) *users.VerificationPurpose { return f.Purpose }),
		sqlkit.Whether(`v.used_at is null and v.expires_at > (select clock_now())`,
			func(f users.VerificationFilter) *bool { return f.Pending }),
		sqlkit.Where(`v.created_at >= ?`, func(f users.VerificationFilter) *time.Time { return f.Since }),
		sqlkit.Where(`v.created_at < ?`, func(f users.VerificationFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("v.created_at", "v.id::uuid",
		func(v *users.Verification) []string { return []string{sqlkit.Stamp(v.CreatedAt), v.ID.String()} }),
})

// ListVerifications reads a page of verifications.
func (r Reader) ListVerifications(ctx context.Context, f users.VerificationFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*users.Verification], error) {
	return verificationList.Page(ctx, r.db, r.projection, by, page, f)
}
