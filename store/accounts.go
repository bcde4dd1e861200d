package store

import (
	"context"

	"lyceum/domain/security"
	"lyceum/domain/users"
)

// AddRequest implements users.Tx: the request is stored and worked off once the transaction is committed.
func (t *Tx) AddRequest(ctx context.Context, r *users.AccountRequest) error {
	if err := t.usersTx.AddRequest(ctx, r); err != nil {
		return err
	}
	return t.enqueue(ctx, users.AccountRequestJob{RequestID: r.ID}, nil)
}

// AddUserEvent implements users.Tx.
func (t *Tx) AddUserEvent(ctx context.Context, e users.Event) error {
	severity := security.Info
	if e.Warning {
		severity = security.Warning
	}
	return t.AddEvent(ctx, security.NewEvent{
		Name: e.Name, Severity: severity, UserID: e.UserID, ActorID: e.ActorID, SessionID: e.SessionID, From: e.From,
	})
}
