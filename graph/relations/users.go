package relations

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
	"lyceum/store"
)

func userID(u *users.User) domain.UserID  { return u.ID }
func ofUser(u *users.User) *domain.UserID { return &u.ID }

// What hangs on a user.
var (
	UserRoles          = many(loaders.Roles, userID).from("id")
	UserSecurityStatus = one(loaders.SecurityStatus, ofUser).from("id")
	UserActivity       = one(loaders.Activity, ofUser).from("id")
	UserSubscription   = via(loaders.Holdings, ofUser, func(h *plans.Holding) *plans.Subscription { return &h.Subscription }).from("id")
	UserSubscriptions  = children(loaders.SubscriptionsOfUser, userID,
		func(ctx context.Context, r store.Reader, id domain.UserID, page domain.PageArgs) (*domain.Page[*plans.Subscription], error) {
			return r.ListSubscriptions(ctx, plans.Filter{OwnerID: &id}, plans.NewestFirst, page)
		})
	UserPayments = children(loaders.PaymentsOfUser, userID,
		func(ctx context.Context, r store.Reader, id domain.UserID, page domain.PageArgs) (*domain.Page[*plans.Payment], error) {
			return r.ListPayments(ctx, plans.PaymentFilter{UserID: &id}, plans.NewestPaymentFirst, page)
		})
	UserAPITokens = children(loaders.APITokensOfUser, userID,
		func(ctx context.Context, r store.Reader, id domain.UserID, page domain.PageArgs) (*domain.Page[*security.APIToken], error) {
			return r.ListAPITokens(ctx, security.APITokenFilter{UserID: &id}, domain.NewestFirst, page)
		})
	UserConsumption = children(loaders.ConsumptionOfUser, userID,
		func(ctx context.Context, r store.Reader, id domain.UserID, page domain.PageArgs) (*domain.Page[*content.Consumption], error) {
			return r.ListConsumption(ctx, content.ConsumptionFilter{UserID: &id}, domain.NewestFirst, page)
		})
	UserProgress = children(loaders.ProgressOfUser, userID,
		func(ctx context.Context, r store.Reader, id domain.UserID, page domain.PageArgs) (*domain.Page[*content.Progress], error) {
			return r.ProgressOf(ctx, id, content.ProgressFilter{}, content.RecentlyUpdatedFirst, page)
		})
)

// What roles and verifications point at.
var (
	RoleAssignmentUser      = user(func(a *users.RoleAssignment) *domain.UserID { return &a.UserID })
	RoleAssignmentRole      = one(loaders.Role, func(a *users.RoleAssignment) *domain.RoleID { return &a.RoleID })
	RoleAssignmentGrantedBy = user(func(a *users.RoleAssignment) *domain.UserID { return a.GrantedBy })
	VerificationUser        = user(func(v *users.Verification) *domain.UserID { return &v.UserID })
)

// user is a relation to one user.
func user[P any](key func(P) *domain.UserID) Relation[P, *users.User] { return one(loaders.Users, key) }
