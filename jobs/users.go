package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain"
	"lyceum/domain/users"
)

// AccountRequests works off what is asked for by an address: users.Service.
type AccountRequests interface {
	HandleAccountRequest(ctx context.Context, id domain.AccountRequestID) error
}

// accountRequest works one off.
type accountRequest struct {
	river.WorkerDefaults[users.AccountRequestJob]
	service AccountRequests
}

// Timeout implements river.Worker.
func (w *accountRequest) Timeout(*river.Job[users.AccountRequestJob]) time.Duration { return shortJob }

// Work implements river.Worker.
func (w *accountRequest) Work(ctx context.Context, job *river.Job[users.AccountRequestJob]) error {
	return w.service.HandleAccountRequest(ctx, job.Args.RequestID)
}
