package content

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var accessColumns = sqlkit.ColumnsOf[content.Access]("a", "content_id", "has_access", "reason", "required_level", "user_level").
	Keep("content_id", "has_access")

var accessToItems = sqlkit.Select(accessColumns, ` from user_content_access a where a.user_id = $1 and a.content_id = any($2)`)

// Access asks the access decision for one user and many items; why it is so, only where somebody looks at it: that is
// worked out apart.
func (r Reader) Access(ctx context.Context, user domain.UserID, items []domain.ItemID) ([]*content.Access, error) {
	rows, err := sqlkit.Rows[*content.Access](ctx, r.db, accessToItems.For(r.projection), user, pq.Array(items))
	for _, row := range rows {
		row.UserID = user
	}
	return rows, err
}

type pairAccess struct {
	UserID domain.UserID `db:"user_id"`
	content.Access
}

var accessOfPairs = sqlkit.Statement(`select a.user_id, ` + accessColumns.All() + `
	from unnest($1::uuid[], $2::uuid[]) pair (user_id, content_id)
	join user_content_access a on a.user_id = pair.user_id and a.content_id = pair.content_id`)

// AccessOf asks the access decision for many pairs of a user and an item.
func (r Reader) AccessOf(ctx context.Context, pairs []content.AccessKey) (map[content.AccessKey]*content.Access, error) {
	people, items := make([]domain.UserID, len(pairs)), make([]domain.ItemID, len(pairs))
	for i, p := range pairs {
		people[i], items[i] = p.User, p.Item
	}
	rows, err := sqlkit.Rows[*pairAccess](ctx, r.db, accessOfPairs, pq.Array(people), pq.Array(items))
	if err != nil {
		return nil, err
	}
	byPair := make(map[content.AccessKey]*content.Access, len(rows))
	for _, row := range rows {
		row.Access.UserID = row.UserID
		byPair[content.AccessKey{User: row.UserID, Item: row.ItemID}] = &row.Access
	}
	return byPair, nil
}

var accessTo = sqlkit.Statement(`select ` + accessColumns.All() + ` from user_content_access a where a.user_id = $1 and a.content_id = $2`)

// AccessTo implements content.Tx.
func (t Tx) AccessTo(ctx context.Context, user domain.UserID, item domain.ItemID) (content.Access, error) {
	a, err := sqlkit.Row[content.Access](ctx, t.db, accessTo, user, item)
	if err != nil {
		return content.Access{}, err
	}
	if a == nil {
		return content.Access{}, domain.Errorf(domain.CodeNotFound, "the item does not exist").At("itemId")
	}
	return *a, nil
}
