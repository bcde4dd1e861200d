package store

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
)

const paymentColumns = `y.id, y.user_id, y.subscription_id, y.status, y.amount_minor, y.refunded_minor, y.currency, y.provider,
	y.provider_payment_id, y.failure_code, y.paid_at, y.created_at`

const paymentsByID = `select ` + paymentColumns + ` from payments y where y.id = any($1)`

// PaymentsByID reads payments.
func (r Reader) PaymentsByID(ctx context.Context, ids []domain.PaymentID) ([]*plans.Payment, error) {
	return selectRows[*plans.Payment](ctx, r.db, paymentsByID, pq.Array(ids))
}

const (
	paymentFilter = ` from payments y where true`
	paidBy        = `y.user_id = ?`
	paidFor       = `y.subscription_id = ?`
)

var paymentList = list[plans.Payment, plans.PaymentOrder]{
	name: "payments", query: `select ` + paymentColumns + paymentFilter, count: `select count(*)` + paymentFilter,
	filters: on(paidBy, paidFor, `y.status = ?`, `y.provider = ?`, `y.currency = ?`, `y.created_at >= ?`, `y.created_at < ?`),
	orders: map[plans.PaymentOrder]order[plans.Payment]{
		plans.NewestPaymentFirst: {columns: []string{"y.created_at::timestamptz", "y.id::uuid"}, desc: true, key: askedAt},
		plans.OldestPaymentFirst: {columns: []string{"y.created_at::timestamptz", "y.id::uuid"}, key: askedAt},
		plans.LargestPaymentFirst: {
			columns: []string{"y.amount_minor::bigint", "y.id::uuid"}, desc: true,
			key: func(p *plans.Payment) []string { return []string{strconv.FormatInt(p.AmountMinor, 10), p.ID.String()} },
		},
	},
}

func askedAt(p *plans.Payment) []string { return []string{stamp(p.CreatedAt), p.ID.String()} }

// ListPayments reads a page of payments.
func (r Reader) ListPayments(ctx context.Context, f plans.PaymentFilter, by plans.PaymentOrder, page domain.PageArgs) (*domain.Page[*plans.Payment], error) {
	return paymentList.page(ctx, r.db, by, page, f.UserID, f.SubscriptionID, f.Status, f.Provider, f.Currency, f.Since, f.Until)
}

// FirstPayments reads the first page of many people's payments, the newest first.
func (r Reader) FirstPayments(ctx context.Context, payers []domain.UserID, size int32) (map[domain.UserID]*domain.Page[*plans.Payment], error) {
	return firstPages(ctx, r.db, paymentList, plans.NewestPaymentFirst, parents{filter: paidBy}, payers, size, func(p *plans.Payment) domain.UserID { return p.UserID })
}

// FirstSubscriptionPayments reads the first page of many subscriptions' payments, the newest first.
func (r Reader) FirstSubscriptionPayments(ctx context.Context, subscriptions []domain.SubscriptionID, size int32) (map[domain.SubscriptionID]*domain.Page[*plans.Payment], error) {
	return firstPages(ctx, r.db, paymentList, plans.NewestPaymentFirst, parents{filter: paidFor}, subscriptions, size,
		func(p *plans.Payment) domain.SubscriptionID { return *p.SubscriptionID })
}
