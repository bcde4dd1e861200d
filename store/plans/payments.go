package plans

import (
	"context"
	"strconv"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var paymentColumns = sqlkit.FixedColumns("y", "id", "user_id", "subscription_id", "status", "amount_minor", "refunded_minor",
	"currency", "provider", "provider_payment_id", "reference", "failure_code", "paid_at", "created_at")

var paymentsByID = sqlkit.Statement(`select ` + paymentColumns.All() + ` from payments y where y.id = any($1)`)

// PaymentsByID reads payments.
func (r Reader) PaymentsByID(ctx context.Context, ids []domain.PaymentID) ([]*plans.Payment, error) {
	return sqlkit.Rows[*plans.Payment](ctx, r.db, paymentsByID, pq.Array(ids))
}

const (
	paymentFilter = ` from payments y where true`
	paidBy        = `y.user_id = ?`
	paidFor       = `y.subscription_id = ?`
)

var paymentList = sqlkit.NewList(sqlkit.ListOf[plans.Payment, plans.PaymentOrder, plans.PaymentFilter]{
	Name: "payments", Columns: paymentColumns, From: paymentFilter,
	Filters: sqlkit.Filters[plans.PaymentFilter]{
		sqlkit.Where(paidBy, func(f plans.PaymentFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(paidFor, func(f plans.PaymentFilter) *domain.SubscriptionID { return f.SubscriptionID }),
		sqlkit.Where(`y.status = ?`, func(f plans.PaymentFilter) *plans.PaymentStatus { return f.Status }),
		sqlkit.Where(`y.provider = ?`, func(f plans.PaymentFilter) *string { return f.Provider }),
		sqlkit.Where(`y.currency = ?`, func(f plans.PaymentFilter) *string { return f.Currency }),
		sqlkit.Where(`y.created_at >= ?`, func(f plans.PaymentFilter) *time.Time { return f.Since }),
		sqlkit.Where(`y.created_at < ?`, func(f plans.PaymentFilter) *time.Time { return f.Until }),
	},
	Orders: map[plans.PaymentOrder]sqlkit.Order[plans.Payment]{
		plans.NewestPaymentFirst: {Columns: []string{"y.created_at::timestamptz", "y.id::uuid"}, Desc: true, Key: askedAt},
		plans.OldestPaymentFirst: {Columns: []string{"y.created_at::timestamptz", "y.id::uuid"}, Key: askedAt},
		plans.LargestPaymentFirst: {
			Columns: []string{"y.amount_minor::bigint", "y.id::uuid"}, Desc: true,
			Key: func(p *plans.Payment) []string { return []string{strconv.FormatInt(p.AmountMinor, 10), p.ID.String()} },
		},
	},
})

func askedAt(p *plans.Payment) []string { return []string{sqlkit.Stamp(p.CreatedAt), p.ID.String()} }

// ListPayments reads a page of payments.
func (r Reader) ListPayments(ctx context.Context, f plans.PaymentFilter, by plans.PaymentOrder, page domain.PageArgs,
) (*domain.Page[*plans.Payment], error) {
	return paymentList.Page(ctx, r.db, r.projection, by, page, f)
}

var (
	paymentsOfUsers = sqlkit.ChildrenOf(paymentList, plans.NewestPaymentFirst, sqlkit.Parents{Filter: paidBy},
		func(p *plans.Payment) domain.UserID { return p.UserID })
	paymentsOfSubscriptions = sqlkit.ChildrenOf(paymentList, plans.NewestPaymentFirst, sqlkit.Parents{Filter: paidFor},
		func(p *plans.Payment) domain.SubscriptionID { return *p.SubscriptionID })
)

// FirstPayments reads the first page of many users's payments, the newest first.
func (r Reader) FirstPayments(ctx context.Context, payers []domain.UserID, size int32,
) (map[domain.UserID]*domain.Page[*plans.Payment], error) {
	return paymentsOfUsers.First(ctx, r.db, r.projection, payers, size)
}

// FirstSubscriptionPayments reads the first page of many subscriptions' payments, the newest first.
func (r Reader) FirstSubscriptionPayments(ctx context.Context, subscriptions []domain.SubscriptionID, size int32,
) (map[domain.SubscriptionID]*domain.Page[*plans.Payment], error) {
	return paymentsOfSubscriptions.First(ctx, r.db, r.projection, subscriptions, size)
}
