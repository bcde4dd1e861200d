package analytics

import (
	"context"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// EnqueueRefresh queues a RefreshJob, once while one waits, with the transaction.
	EnqueueRefresh(ctx context.Context) error
}

// Service has figures worked out.
type Service struct{ Store Store }

// Refresh asks for the materialized views to be worked out again soon. Needs analytics.refresh. Errors: FORBIDDEN.
func (s Service) Refresh(ctx context.Context, viewer domain.Viewer) error {
	if !viewer.May(domain.AnalyticsRefresh) {
		return domain.Errorf(domain.CodeForbidden, "this requires the permission analytics.refresh")
	}
	return s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error { return tx.EnqueueRefresh(ctx) })
}
