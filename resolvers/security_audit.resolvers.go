package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *auditEntryResolver) Actor(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return relations.AuditEntryActor.Of(ctx, obj)
}

func (r *auditEntryResolver) Subject(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return relations.AuditEntrySubject.Of(ctx, obj)
}

func (r *queryResolver) AuditLog(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AuditFilter, orderBy domain.TimeOrder) (*domain.Page[*security.AuditEntry], error) {
	return r.Reader.ListAudit(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) AuditEntry() graph.AuditEntryResolver { return &auditEntryResolver{r} }

type auditEntryResolver struct{ *Resolver }
