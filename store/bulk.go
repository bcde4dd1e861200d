package store

import (
	"context"
	"errors"

	"lyceum/store/sqlkit"
)

var (
	beginTry  = sqlkit.Statement(`savepoint try`)
	keepTry   = sqlkit.Statement(`release savepoint try`)
	undoneTry = sqlkit.Statement(`rollback to savepoint try`)
)

// Try implements domain.BulkTx by a savepoint.
func (t *Tx) Try(ctx context.Context, fn func() error) error {
	if _, err := t.tx.Exec(ctx, beginTry); err != nil {
		return sqlkit.Wrap(err)
	}
	failed := fn()
	if failed != nil {
		if _, err := t.tx.Exec(ctx, undoneTry); err != nil {
			return errors.Join(err, failed) // the transaction is over, whatever fn said
		}
	}
	_, err := t.tx.Exec(ctx, keepTry)
	return errors.Join(failed, sqlkit.Wrap(err))
}
