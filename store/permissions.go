package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

const grantColumns = `g.id, g.user_id, g.content_id, g.category_id, g.effect, g.starts_at, g.ends_at, g.granted_by, g.reason, g.created_at, g.revoked_at, g.revoked_by`

const grantsByID = `select ` + grantColumns + ` from user_content_permissions g where g.id = any($1)`

// GrantsByID reads grants, ended ones too.
func (r Reader) GrantsByID(ctx context.Context, ids []domain.GrantID) ([]*content.Grant, error) {
	return selectRows[*content.Grant](ctx, r.db, grantsByID, pq.Array(ids))
}

const grantSource = ` from user_content_permissions g where true`

var grantList = list[content.Grant, content.GrantOrder]{
	name: "grants", query: `select ` + grantColumns + grantSource, count: `select count(*)` + grantSource,
	filters: []filter{
		{text: `g.user_id = ?`},
		whether(`g.revoked_at is null and (g.ends_at is null or g.ends_at > (select clock_now()))`),
		{text: `g.content_id = ?`},
		{text: `g.category_id = ?`},
		{text: `g.effect = ?`},
		{text: `g.granted_by = ?`},
	},
	orders: map[content.GrantOrder]order[content.Grant]{
		content.NewestGrantFirst: {columns: []string{"g.created_at::timestamptz", "g.id::uuid"}, desc: true, key: grantedAt},
		content.OldestGrantFirst: {columns: []string{"g.created_at::timestamptz", "g.id::uuid"}, key: grantedAt},
		content.EndingGrantFirst: {
			columns: []string{"coalesce(g.ends_at, 'infinity')::timestamptz", "g.id::uuid"},
			key:     func(g *content.Grant) []string { return []string{stampOr("infinity", g.EndsAt), g.ID.String()} },
		},
	},
}

func grantedAt(g *content.Grant) []string { return []string{stamp(g.CreatedAt), g.ID.String()} }

// ListGrants reads a page of grants.
func (r Reader) ListGrants(ctx context.Context, f content.GrantFilter, by content.GrantOrder, page domain.PageArgs) (*domain.Page[*content.Grant], error) {
	live := &f.Active
	if !f.Active {
		live = nil // ended ones too
	}
	return grantList.page(ctx, r.db, by, page, f.UserID, live, f.ItemID, f.CategoryID, f.Effect, f.GrantedByID)
}

const addGrant = `insert into user_content_permissions (id, user_id, content_id, category_id, effect, starts_at, ends_at, granted_by, reason, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// AddGrant implements content.Tx.
func (t *Tx) AddGrant(ctx context.Context, g *content.Grant) error {
	_, err := t.Exec(ctx, addGrant, g.ID, g.UserID, g.ItemID, g.CategoryID, g.Effect, g.StartsAt, g.EndsAt, g.GrantedBy, g.Reason, g.CreatedAt)
	switch violates(err) {
	case "user_content_permissions_user_fkey":
		return domain.Errorf(domain.CodeNotFound, "the user does not exist").At("userId")
	case "user_content_permissions_content_fkey":
		return domain.Errorf(domain.CodeNotFound, "the item does not exist").At("itemId")
	case "user_content_permissions_category_fkey":
		return domain.Errorf(domain.CodeNotFound, "the category does not exist").At("categoryId")
	}
	return wrap(err)
}

const revokeGrant = `update user_content_permissions g set revoked_at = clock_now(), revoked_by = $2
	where g.id = $1 and g.revoked_at is null returning ` + grantColumns

// RevokeGrant implements content.Tx.
func (t *Tx) RevokeGrant(ctx context.Context, id domain.GrantID, by domain.UserID) (*content.Grant, error) {
	g, err := getRow[content.Grant](ctx, t, revokeGrant, id, by)
	if err == nil && g == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no active grant with this id").At("grantId")
	}
	return g, err
}
