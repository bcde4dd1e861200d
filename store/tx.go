package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/riverqueue/river"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

// Tx is one transaction with all writes of all domains; each domain sees only its own Tx interface.
type Tx struct {
	usersTx
	plansTx
	contentTx
	securityTx
	integrationTx
	operationsTx

	tx     *db.Tx // for what belongs to no word
	outbox *river.Client[*sql.Tx]
	keyed  bool // the write carries a key of the client's, under which it is done once
}

// Writer opens transactions for the adapters below. A transaction whose COMMIT was sent and whose answer was lost ends with
// UNAVAILABLE (OUTCOME_UNKNOWN). (Go function types are invariant: one type cannot have five InTx.)
type Writer struct {
	DB     *db.DB
	Outbox *river.Client[*sql.Tx]
}

func (w Writer) inTx(ctx context.Context, actor domain.Actor, fn func(*Tx) error) error {
	from := db.Origin{Request: actor.RequestID, Address: actor.IP, UserAgent: actor.UserAgent}
	if actor.UserID != domain.Anonymous {
		from.Actor = actor.UserID.String()
	}
	if actor.SessionID != (domain.SessionID{}) {
		from.Session = actor.SessionID.String()
	}
	// What fn returns is the store's or the domain's already; begin and commit speak PostgreSQL.
	var keyed bool
	err := w.DB.InTx(ctx, from, func(t *db.Tx) error {
		tx := w.newTx(t)
		err := fn(tx)
		keyed = tx.keyed
		return err
	})
	if keyed && errors.Is(err, db.ErrOutcomeUnknown) {
		return sqlkit.Because(err, domain.Errorf(domain.CodeUnavailable,
			"the connection to the database was lost, and it is not known whether this was done: "+
				"send it again with the same key to learn the outcome").
			Because("OUTCOME_UNKNOWN"))
	}
	return sqlkit.Wrap(err)
}

// The write adapters, one per word, and one for imports.
type (
	Users     struct{ Writer } // Users is users.Store.
	Plans     struct{ Writer } // Plans is plans.Store.
	Content   struct{ Writer } // Content is content.Store.
	Analytics struct{ Writer } // Analytics is analytics.Store.
	Security  struct{ Writer } // Security is security.Store.
	Sources   struct{ Writer } // Sources is content.SourceStore.

	Integration struct{ Writer } // Integration is integration.Store.
	Operations  struct{ Writer } // Operations is operations.Store.
)

// InTx implements users.Store.
func (a Users) InTx(ctx context.Context, actor domain.Actor, fn func(users.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements plans.Store.
func (a Plans) InTx(ctx context.Context, actor domain.Actor, fn func(plans.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements content.Store.
func (a Content) InTx(ctx context.Context, actor domain.Actor, fn func(content.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements analytics.Store.
func (a Analytics) InTx(ctx context.Context, actor domain.Actor, fn func(analytics.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements security.Store.
func (a Security) InTx(ctx context.Context, actor domain.Actor, fn func(security.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements integration.Store.
func (a Integration) InTx(ctx context.Context, actor domain.Actor, fn func(integration.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements operations.Store.
func (a Operations) InTx(ctx context.Context, actor domain.Actor, fn func(operations.Tx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}

// InTx implements content.SourceStore.
func (a Sources) InTx(ctx context.Context, actor domain.Actor, fn func(content.SourceTx) error) error {
	return a.inTx(ctx, actor, func(t *Tx) error { return fn(t) })
}
