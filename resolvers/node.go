package resolvers

import (
	"context"

	"golang.org/x/sync/errgroup"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/graph/bind"
	"lyceum/graph/loaders"
)

// nodeOf finds any object; null, without an error, for what is not there or may not be known. Each kind says here who
// may know of it.
func (r *Resolver) nodeOf(ctx context.Context, id domain.GlobalID) (bind.Node, error) {
	viewer, load := domain.ViewerFrom(ctx), loaders.From(ctx)
	switch id.Kind {
	case "user":
		user := domain.UserID{UUID: id.UUID}
		if !viewer.Is(user) && !viewer.May(domain.UsersRead) {
			return nil, nil
		}
		return found(loaders.Users.Load(ctx, load, user))
	case "role":
		if !viewer.May(domain.UsersRead) {
			return nil, nil
		}
		return first(r.Reader.RolesByID(ctx, []domain.RoleID{{UUID: id.UUID}}))
	case "plan":
		return r.planNode(ctx, domain.PlanID{UUID: id.UUID})
	case "subscription":
		return r.subscriptionNode(ctx, domain.SubscriptionID{UUID: id.UUID})
	case "category":
		return found(loaders.Categories.Load(ctx, load, domain.CategoryID{UUID: id.UUID}))
	case "item":
		return found(loaders.Items.Load(ctx, load, domain.ItemID{UUID: id.UUID}))
	case "grant":
		if !viewer.May(domain.AccessGrant) {
			return nil, nil
		}
		return first(r.Reader.GrantsByID(ctx, []domain.GrantID{{UUID: id.UUID}}))
	case "verification":
		if !viewer.May(domain.UsersRead) {
			return nil, nil
		}
		return first(r.Reader.VerificationsByID(ctx, []domain.VerificationID{{UUID: id.UUID}}))
	case "payment", "change":
		return r.moneyNode(ctx, id)
	default:
		return r.logNode(ctx, id)
	}
}

// logNode finds what stands in the logs and the sessions.
func (r *Resolver) logNode(ctx context.Context, id domain.GlobalID) (bind.Node, error) {
	viewer := domain.ViewerFrom(ctx)
	switch {
	case id.Kind == "session" && viewer.SignedIn():
		rows, err := r.Reader.SessionsByID(ctx, []domain.SessionID{{UUID: id.UUID}})
		return owned(viewer, domain.SecurityRead, rows, err, func(s *security.Session) domain.UserID { return s.UserID })
	case id.Kind == "token" && viewer.SignedIn():
		rows, err := r.Reader.APITokensByID(ctx, []domain.TokenID{{UUID: id.UUID}})
		return owned(viewer, domain.SecurityRead, rows, err, func(t *security.APIToken) domain.UserID { return t.UserID })
	case id.Kind == "refresh" && viewer.May(domain.SecurityRead):
		return first(r.Reader.RefreshTokensByID(ctx, []domain.RefreshTokenID{{UUID: id.UUID}}))
	case id.Kind == "password" && viewer.May(domain.SecurityRead):
		return first(r.Reader.PasswordChangesByID(ctx, []domain.PasswordChangeID{{UUID: id.UUID}}))
	case id.Kind == "consumption" && viewer.SignedIn():
		row, err := r.Reader.Consumption(ctx, domain.ConsumptionID{UUID: id.UUID})
		if row == nil {
			return nil, err
		}
		return owned(viewer, domain.AnalyticsRead, []*content.Consumption{row}, err, consumer)
	case id.Kind == "attempt" && viewer.May(domain.SecurityRead):
		return found(r.Reader.Attempt(ctx, domain.AttemptID{UUID: id.UUID}))
	case id.Kind == "event" && viewer.May(domain.SecurityRead):
		return found(r.Reader.Event(ctx, domain.EventID{UUID: id.UUID}))
	case id.Kind == "mail" && viewer.May(domain.UsersRead):
		return first(r.Reader.MailByID(ctx, []domain.MailID{{UUID: id.UUID}}))
	case id.Kind == "job" && viewer.May(domain.OperationsRead):
		return found(r.Reader.Job(ctx, domain.JobID{UUID: id.UUID}))
	case id.Kind == "alert" && viewer.May(domain.OperationsRead):
		return first(r.Reader.AlertsByID(ctx, []domain.AlertID{{UUID: id.UUID}}))
	case id.Kind == "rule" && viewer.May(domain.OperationsRead):
		return first(r.Reader.AlertRulesByID(ctx, []domain.AlertRuleID{{UUID: id.UUID}}))
	case id.Kind == "backup" && viewer.May(domain.OperationsRead):
		return first(r.Reader.BackupsByID(ctx, []domain.BackupID{{UUID: id.UUID}}))
	case id.Kind == "drill" && viewer.May(domain.OperationsRead):
		return first(r.Reader.RestoreDrillsByID(ctx, []domain.RestoreDrillID{{UUID: id.UUID}}))
	case id.Kind == "audit" && viewer.May(domain.AuditRead):
		return found(r.Reader.AuditEntry(ctx, domain.AuditID{UUID: id.UUID}))
	default:
		return nil, nil
	}
}

// moneyNode finds payments and what happened to subscriptions: a user's own, or all for whoever bills.
func (r *Resolver) moneyNode(ctx context.Context, id domain.GlobalID) (bind.Node, error) {
	viewer := domain.ViewerFrom(ctx)
	if !viewer.SignedIn() {
		return nil, nil
	}
	if id.Kind == "payment" {
		rows, err := r.Reader.PaymentsByID(ctx, []domain.PaymentID{{UUID: id.UUID}})
		return owned(viewer, domain.BillingRead, rows, err, func(p *plans.Payment) domain.UserID { return p.UserID })
	}
	rows, err := r.Reader.ChangesByID(ctx, []domain.ChangeID{{UUID: id.UUID}})
	return owned(viewer, domain.BillingRead, rows, err, func(c *plans.ChangeEntry) domain.UserID { return c.UserID })
}

func consumer(c *content.Consumption) domain.UserID { return c.UserID }

// owned shows a row to whose it is and to holders of the permission.
func owned[T any](viewer domain.Viewer, or domain.Permission, rows []*T, err error, owner func(*T) domain.UserID) (bind.Node, error) {
	if err != nil || len(rows) == 0 || !viewer.Is(owner(rows[0])) && !viewer.May(or) {
		return nil, err
	}
	return rows[0], nil
}

func (r *Resolver) planNode(ctx context.Context, id domain.PlanID) (bind.Node, error) {
	plan, err := loaders.Plans.Load(ctx, loaders.From(ctx), id)
	return heldOrNull(ctx, plan, err)
}

func (r *Resolver) subscriptionNode(ctx context.Context, id domain.SubscriptionID) (bind.Node, error) {
	subscription, err := loaders.Subscriptions.LoadNow(ctx, loaders.From(ctx), id)
	return heldOrNull(ctx, subscription, err)
}

// heldOrNull shows what the viewer may know of, by themselves or by what they hold.
func heldOrNull[T any, R interface {
	*T
	KnownTo(domain.Viewer, *plans.Holding) bool
}](ctx context.Context, row R, err error) (bind.Node, error) {
	viewer := domain.ViewerFrom(ctx)
	if err != nil || row == nil || row.KnownTo(viewer, nil) {
		return found((*T)(row), err)
	}
	holding, err := loaders.Holdings.Load(ctx, loaders.From(ctx), viewer.UserID)
	if err != nil || !row.KnownTo(viewer, holding) {
		return nil, err
	}
	return row, nil
}

// nodesOf finds several at once, so that their loaders batch.
func (r *Resolver) nodesOf(ctx context.Context, ids []*domain.GlobalID) ([]bind.Node, error) {
	nodes := make([]bind.Node, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	for i, id := range ids {
		group.Go(func() (err error) {
			nodes[i], err = r.nodeOf(ctx, *id)
			return err
		})
	}
	return nodes, group.Wait()
}

// found turns a nil pointer into a null node.
func found[T any](row *T, err error) (bind.Node, error) {
	if err != nil || row == nil {
		return nil, err
	}
	return row, nil
}

func first[T any](rows []*T, err error) (bind.Node, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
