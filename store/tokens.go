package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
)

const apiTokenColumns = `t.id, t.user_id, t.name, t.prefix, to_json(t.scopes) as scopes, t.last_used_at, host(t.last_used_ip) as last_used_ip,
	t.created_at, t.expires_at, t.revoked_at`

const apiTokensByID = `select ` + apiTokenColumns + ` from api_tokens t where t.id = any($1)`

// APITokensByID reads programs' tokens, revoked ones too.
func (r Reader) APITokensByID(ctx context.Context, ids []domain.TokenID) ([]*security.APIToken, error) {
	return selectRows[*security.APIToken](ctx, r.db, apiTokensByID, pq.Array(ids))
}

const (
	apiTokenSource = ` from api_tokens t where true`
	tokenOf        = `t.user_id = ?`
)

var apiTokenList = list[security.APIToken, domain.TimeOrder]{
	name: "api-tokens", query: `select ` + apiTokenColumns + apiTokenSource, count: `select count(*)` + apiTokenSource,
	filters: []filter{
		{text: tokenOf},
		whether(`t.revoked_at is null and (t.expires_at is null or t.expires_at > (select clock_now()))`),
	},
	orders: inTime("t.created_at", "t.id::uuid", func(t *security.APIToken) []string { return []string{stamp(t.CreatedAt), t.ID.String()} }),
}

// ListAPITokens reads a page of programs' tokens.
func (r Reader) ListAPITokens(ctx context.Context, f security.APITokenFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.APIToken], error) {
	return apiTokenList.page(ctx, r.db, by, page, f.UserID, f.Active)
}

// FirstAPITokens reads the first page of many people's tokens, the newest first.
func (r Reader) FirstAPITokens(ctx context.Context, people []domain.UserID, size int32) (map[domain.UserID]*domain.Page[*security.APIToken], error) {
	return firstPages(ctx, r.db, apiTokenList, domain.NewestFirst, parents{filter: tokenOf}, people, size, func(t *security.APIToken) domain.UserID { return t.UserID })
}

const refreshTokenColumns = `t.id, t.user_id, t.family_id, t.created_at, t.expires_at, t.used_at, t.revoked_at`

const refreshTokensByID = `select ` + refreshTokenColumns + ` from refresh_tokens t where t.id = any($1)`

// RefreshTokensByID reads links of chains, used ones too.
func (r Reader) RefreshTokensByID(ctx context.Context, ids []domain.RefreshTokenID) ([]*security.RefreshToken, error) {
	return selectRows[*security.RefreshToken](ctx, r.db, refreshTokensByID, pq.Array(ids))
}

const refreshTokenSource = ` from refresh_tokens t where true`

var refreshTokenList = list[security.RefreshToken, domain.TimeOrder]{
	name: "refresh-tokens", query: `select ` + refreshTokenColumns + refreshTokenSource, count: `select count(*)` + refreshTokenSource,
	filters: []filter{
		{text: `t.user_id = ?`},
		{text: `t.family_id = ?`},
		whether(`t.used_at is null and t.revoked_at is null and t.expires_at > (select clock_now())`),
	},
	orders: inTime("t.created_at", "t.id::uuid", func(t *security.RefreshToken) []string { return []string{stamp(t.CreatedAt), t.ID.String()} }),
}

// ListRefreshTokens reads a page of links of chains.
func (r Reader) ListRefreshTokens(ctx context.Context, f security.RefreshTokenFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*security.RefreshToken], error) {
	return refreshTokenList.page(ctx, r.db, by, page, f.UserID, f.FamilyID, f.Active)
}
