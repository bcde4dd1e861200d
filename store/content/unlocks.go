package content

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var (
	setUnlock = sqlkit.Statement(`insert into content_unlocks as l (user_id, content_id, opens_at) values ($1, $2, $3)
		on conflict (user_id, content_id) do update set opens_at = excluded.opens_at where l.opens_at <> excluded.opens_at`)
	dropUnlock = sqlkit.Statement(`delete from content_unlocks l where l.user_id = $1 and l.content_id = $2`)
	unlockItem = sqlkit.Statement(`select exists (select from content_items i where i.id = $1 and i.deleted_at is null)`)
)

// SetUnlock implements content.UnlockTx.
func (t Tx) SetUnlock(ctx context.Context, u content.Unlock) error {
	var there bool
	if err := t.db.Get(ctx, &there, unlockItem, u.ItemID); err != nil {
		return sqlkit.Wrap(err)
	}
	if !there {
		return domain.Errorf(domain.CodeNotFound, "the item does not exist").At("itemId")
	}
	if u.OpensAt == nil {
		_, err := t.db.Exec(ctx, dropUnlock, u.UserID, u.ItemID)
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, setUnlock, u.UserID, u.ItemID, *u.OpensAt)
	return sqlkit.Wrap(err)
}
