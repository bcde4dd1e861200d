package app

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store"
)

// Inviter invites people in batches, each in one transaction, and answers for each row.
type Inviter func(ctx context.Context, batch []*users.NewUser) ([]users.Invited, error)

// Inviting hands do a way to invite people into the school of a migrated database, as the serving role.
func Inviting(ctx context.Context, c *Config, d *Database, do func(Inviter) error) error {
	pool, err := d.JobPool(ctx)
	if err != nil {
		return err
	}
	defer pool.Close() // all that was written is committed
	outbox, err := store.NewOutbox()
	if err != nil {
		return err
	}
	links, err := LinkKey(c)
	if err != nil {
		return err
	}
	clock := &clock{}
	if err := clock.follow(ctx, store.NewReader(pool)); err != nil {
		return err
	}
	service := users.Service{
		Store: store.Users{Writer: store.Writer{DB: pool, Outbox: outbox}}, Clock: clock.now, IDs: domain.NewIDs(), Links: links,
	}
	return do(service.ImportUsers)
}
