package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *mailMessageResolver) User(ctx context.Context, obj *integration.Message) (*users.User, error) {
	return relations.MailMessageUser.Of(ctx, obj)
}

func (r *mutationResolver) RetryMail(ctx context.Context, input integration.RetryCommand) (*model.RetryMailPayload, error) {
	mail, err := r.Mail.Retry(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, mailError)
	return &model.RetryMailPayload{Mail: mail, UserErrors: inputErrors}, err
}

func (r *queryResolver) MailMessages(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *integration.MessageFilter, orderBy domain.TimeOrder) (*domain.Page[*integration.Message], error) {
	return r.Reader.ListMail(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) MailMessage() graph.MailMessageResolver { return &mailMessageResolver{r} }

type mailMessageResolver struct{ *Resolver }
