package store

import (
	"context"

	"lyceum/domain"
	"lyceum/store/sqlkit"
)

var hasUser = sqlkit.Statement(`select exists (select from users u where u.id = $1 and u.deleted_at is null)`)

// HasUser implements content.ItemTx: who writes content needs nothing else of users.
func (t *Tx) HasUser(ctx context.Context, id domain.UserID) (has bool, err error) {
	return has, sqlkit.Wrap(t.tx.Get(ctx, &has, hasUser, id))
}
