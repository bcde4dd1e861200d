package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain"
	"lyceum/domain/users"
)

// accountRequests works off what is asked for by an address; domain/users does.
type accountRequests interface {
	HandleAccountRequest(ctx context.Context, id domain.AccountRequestID) error
}

// AccountRequests has requests for accounts worked off by a service.
func AccountRequests(service accountRequests) Work {
	return func(workers *river.Workers) { river.AddWorker(workers, &accountRequest{service: service}) }
}

type accountRequest struct {
	river.WorkerDefaults[users.AccountRequestJob]
	service accountRequests
}

// Timeout implements river.Worker.
func (w *accountRequest) Timeout(*river.Job[users.AccountRequestJob]) time.Duration { return shortJob }

// Work implements river.Worker.
func (w *accountRequest) Work(ctx context.Context, job *river.Job[users.AccountRequestJob]) error {
	return w.service.HandleAccountRequest(ctx, job.Args.RequestID)
}
