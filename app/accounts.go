package app

import (
	"context"

	"lyceum/domain"
)

// HandleAccountRequest does what the queue would do, for an app without jobs.
func (a *App) HandleAccountRequest(ctx context.Context, id domain.AccountRequestID) error {
	return a.resolver.Users.HandleAccountRequest(ctx, id)
}

// ReadClock reads how far the school's clock is moved, for an app that does not follow it by itself.
func (a *App) ReadClock(ctx context.Context) error { return a.clock.follow(ctx, a.resolver.Reader) }
