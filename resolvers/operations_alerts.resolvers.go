package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *alertResolver) AcknowledgedBy(ctx context.Context, obj *operations.Alert) (*users.User, error) {
	return relations.AlertAcknowledgedBy.Of(ctx, obj)
}

func (r *mutationResolver) AcknowledgeAlert(ctx context.Context, input operations.AcknowledgeAlertCommand) (*model.AcknowledgeAlertPayload, error) {
	alert, err := r.Operations.Acknowledge(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, operationsError)
	return &model.AcknowledgeAlertPayload{Alert: alert, UserErrors: inputErrors}, err
}

func (r *mutationResolver) SetAlertRule(ctx context.Context, input operations.SetAlertRuleCommand) (*model.SetAlertRulePayload, error) {
	rule, err := r.Operations.SetRule(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, operationsError)
	return &model.SetAlertRulePayload{AlertRule: rule, UserErrors: inputErrors}, err
}

func (r *queryResolver) Alerts(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *operations.AlertFilter, orderBy domain.TimeOrder) (*domain.Page[*operations.Alert], error) {
	return r.Reader.ListAlerts(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) AlertRules(ctx context.Context) ([]*operations.AlertRule, error) {
	return r.Reader.AlertRules(ctx)
}

func (r *Resolver) Alert() graph.AlertResolver { return &alertResolver{r} }

type alertResolver struct{ *Resolver }
