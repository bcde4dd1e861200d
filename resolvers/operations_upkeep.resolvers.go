package resolvers

import (
	"context"

	"lyceum/domain/operations"
)

func (r *queryResolver) PartitionSets(ctx context.Context) ([]*operations.PartitionSet, error) {
	return r.Reader.PartitionSets(ctx)
}

func (r *queryResolver) RetentionRules(ctx context.Context) ([]*operations.RetentionRule, error) {
	return r.Reader.RetentionRules(ctx)
}

func (r *queryResolver) LogArchives(ctx context.Context) ([]*operations.Archive, error) {
	return r.Reader.LogArchives(ctx)
}

func (r *queryResolver) TableHealth(ctx context.Context) ([]*operations.TableHealth, error) {
	return r.Reader.TableHealth(ctx)
}

func (r *queryResolver) IndexHealth(ctx context.Context) ([]*operations.IndexHealth, error) {
	return r.Reader.IndexHealth(ctx)
}
