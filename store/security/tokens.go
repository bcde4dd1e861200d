package security

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

var apiTokenColumns = sqlkit.FixedColumns("t", "id", "user_id", "name", "prefix", "scopes", "last_used_at", "last_used_ip",
	"created_at", "expires_at", "revoked_at").
	With("scopes", `to_json(t.scopes)`).
	With("last_used_ip", `host(t.last_used_ip)`)

var apiTokensByID = sqlkit.Statement(`select ` + apiTokenColumns.All() + ` from api_tokens t where t.id = any($1)`)

// APITokensByID reads programs' tokens, revoked ones too.
func (r Reader) APITokensByID(ctx context.Context, ids []domain.TokenID) ([]*security.APIToken, error) {
	return sqlkit.Rows[*security.APIToken](ctx, r.db, apiTokensByID, pq.Array(ids))
}

const (
	apiTokenSource = ` from api_tokens t where true`
	tokenOf        = `t.user_id = ?`
)

var apiTokenList = sqlkit.NewList(sqlkit.ListOf[security.APIToken, domain.TimeOrder, security.APITokenFilter]{
	Name: "api-tokens", Columns: apiTokenColumns, From: apiTokenSource,
	Filters: sqlkit.Filters[security.APITokenFilter]{
		sqlkit.Where(tokenOf, func(f security.APITokenFilter) *domain.UserID { return f.UserID }),
		sqlkit.Whether(`t.revoked_at is null and (t.expires_at is null or t.expires_at > (select clock_now()))`,
			func(f security.APITokenFilter) *bool { return f.Active }),
	},
	Orders: sqlkit.InTime("t.created_at", "t.id::uuid",
		func(t *security.APIToken) []string { return []string{sqlkit.Stamp(t.CreatedAt), t.ID.String()} }),
})

// ListAPITokens reads a page of programs' tokens.
func (r Reader) ListAPITokens(ctx context.Context, f security.APITokenFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.APIToken], error) {
	return apiTokenList.Page(ctx, r.db, r.projection, by, page, f)
}

var apiTokensOfUsers = sqlkit.ChildrenOf(apiTokenList, domain.NewestFirst, sqlkit.Parents{Filter: tokenOf},
	func(t *security.APIToken) domain.UserID { return t.UserID })

// FirstAPITokens reads the first page of many users's tokens, the newest first.
func (r Reader) FirstAPITokens(ctx context.Context, people []domain.UserID, size int32,
) (map[domain.UserID]*domain.Page[*security.APIToken], error) {
	return apiTokensOfUsers.First(ctx, r.db, r.projection, people, size)
}

var refreshTokenColumns = sqlkit.FixedColumns("t", "id", "user_id", "family_id", "created_at", "expires_at", "used_at", "revoked_at")

var refreshTokensByID = sqlkit.Statement(`select ` + refreshTokenColumns.All() + ` from refresh_tokens t where t.id = any($1)`)

// RefreshTokensByID reads links of chains, used ones too.
func (r Reader) RefreshTokensByID(ctx context.Context, ids []domain.RefreshTokenID) ([]*security.RefreshToken, error) {
	return sqlkit.Rows[*security.RefreshToken](ctx, r.db, refreshTokensByID, pq.Array(ids))
}

const refreshTokenSource = ` from refresh_tokens t where true`

var refreshTokenList = sqlkit.NewList(sqlkit.ListOf[security.RefreshToken, domain.TimeOrder, security.RefreshTokenFilter]{
	Name: "refresh-tokens", Columns: refreshTokenColumns, From: refreshTokenSource,
	Filters: sqlkit.Filters[security.RefreshTokenFilter]{
		sqlkit.Where(`t.user_id = ?`, func(f security.RefreshTokenFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`t.family_id = ?`, func(f security.RefreshTokenFilter) *uuid.UUID { return f.FamilyID }),
		sqlkit.Whether(`t.used_at is null and t.revoked_at is null and t.expires_at > (select clock_now())`,
			func(f security.RefreshTokenFilter) *bool { return f.Active }),
	},
	Orders: sqlkit.InTime("t.created_at", "t.id::uuid",
		func(t *security.RefreshToken) []string { return []string{sqlkit.Stamp(t.CreatedAt), t.ID.String()} }),
})

// ListRefreshTokens reads a page of links of chains.
func (r Reader) ListRefreshTokens(ctx context.Context, f security.RefreshTokenFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*security.RefreshToken], error) {
	return refreshTokenList.Page(ctx, r.db, r.projection, by, page, f)
}

var (
	revokeRefreshTokens = sqlkit.Statement(`update refresh_tokens t set revoked_at = clock_now() where t.user_id = $1 and t.revoked_at is null`)
	revokeAPITokens     = sqlkit.Statement(`update api_tokens t set revoked_at = clock_now() where t.user_id = $1 and t.revoked_at is null`)
)

// RevokeTokens implements users.Tx.
func (t Tx) RevokeTokens(ctx context.Context, owner domain.UserID) error {
	if _, err := t.db.Exec(ctx, revokeRefreshTokens, owner); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, revokeAPITokens, owner)
	return sqlkit.Wrap(err)
}
