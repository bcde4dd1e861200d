package content

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var grantColumns = sqlkit.FixedColumns("g", "id", "user_id", "content_id", "category_id", "effect", "starts_at", "ends_at",
	"granted_by", "reason", "created_at", "revoked_at", "revoked_by")

var grantsByID = sqlkit.Statement(`select ` + grantColumns.All() + ` from user_content_permissions g where g.id = any($1)`)

// GrantsByID reads grants, ended ones too.
func (r Reader) GrantsByID(ctx context.Context, ids []domain.GrantID) ([]*content.Grant, error) {
	return sqlkit.Rows[*content.Grant](ctx, r.db, grantsByID, pq.Array(ids))
}

const grantSource = ` from user_content_permissions g where true`

var grantList = sqlkit.NewList(sqlkit.ListOf[content.Grant, content.GrantOrder, content.GrantFilter]{
	Name: "grants", Columns: grantColumns, From: grantSource,
	Filters: sqlkit.Filters[content.GrantFilter]{
		sqlkit.Where(`g.user_id = ?`, func(f content.GrantFilter) *domain.UserID { return f.UserID }),
		sqlkit.Whether(`g.revoked_at is null and (g.ends_at is null or g.ends_at > (select clock_now()))`,
			func(f content.GrantFilter) *bool { return f.Active }),
		sqlkit.Where(`g.content_id = ?`, func(f content.GrantFilter) *domain.ItemID { return f.ItemID }),
		sqlkit.Where(`g.category_id = ?`, func(f content.GrantFilter) *domain.CategoryID { return f.CategoryID }),
		sqlkit.Where(`g.effect = ?`, func(f content.GrantFilter) *content.Effect { return f.Effect }),
		sqlkit.Where(`g.granted_by = ?`, func(f content.GrantFilter) *domain.UserID { return f.GrantedByID }),
	},
	Orders: map[content.GrantOrder]sqlkit.Order[content.Grant]{
		content.NewestGrantFirst: {Columns: []string{"g.created_at::timestamptz", "g.id::uuid"}, Desc: true, Key: grantedAt},
		content.OldestGrantFirst: {Columns: []string{"g.created_at::timestamptz", "g.id::uuid"}, Key: grantedAt},
		content.EndingGrantFirst: {
			Columns: []string{"coalesce(g.ends_at, 'infinity')::timestamptz", "g.id::uuid"},
			Key:     func(g *content.Grant) []string { return []string{sqlkit.StampOr("infinity", g.EndsAt), g.ID.String()} },
		},
	},
})

func grantedAt(g *content.Grant) []string { return []string{sqlkit.Stamp(g.CreatedAt), g.ID.String()} }

// ListGrants reads a page of grants.
func (r Reader) ListGrants(ctx context.Context, f content.GrantFilter, by content.GrantOrder, page domain.PageArgs,
) (*domain.Page[*content.Grant], error) {
	return grantList.Page(ctx, r.db, r.projection, by, page, f)
}

var addGrant = sqlkit.Statement(`insert into user_content_permissions (id, user_id, content_id, category_id, effect, starts_at, ends_at,
	granted_by, reason, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)

// AddGrant implements content.Tx.
func (t Tx) AddGrant(ctx context.Context, g *content.Grant) error {
	_, err := t.db.Exec(ctx, addGrant, g.ID, g.UserID, g.ItemID, g.CategoryID, g.Effect, g.StartsAt, g.EndsAt, g.GrantedBy, g.Reason,
		g.CreatedAt)
	switch sqlkit.Violates(err) {
	case "user_content_permissions_user_fkey":
		return domain.Errorf(domain.CodeNotFound, "the user does not exist").At("userId")
	case "user_content_permissions_content_fkey":
		return domain.Errorf(domain.CodeNotFound, "the item does not exist").At("itemId")
	case "user_content_permissions_category_fkey":
		return domain.Errorf(domain.CodeNotFound, "the category does not exist").At("categoryId")
	}
	return sqlkit.Wrap(err)
}

var revokeGrant = sqlkit.Statement(`update user_content_permissions g set revoked_at = clock_now(), revoked_by = $2
	where g.id = $1 and g.revoked_at is null returning ` + grantColumns.All())

// RevokeGrant implements content.Tx.
func (t Tx) RevokeGrant(ctx context.Context, id domain.GrantID, by domain.UserID) (*content.Grant, error) {
	g, err := sqlkit.Row[content.Grant](ctx, t.db, revokeGrant, id, by)
	if err == nil && g == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no active grant with this id").At("grantId")
	}
	return g, err
}
