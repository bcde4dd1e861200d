package rows

import (
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
)

// links are the fields that point at other rows: by the GraphQL type, then by the field. A field that is answered by a
// resolver and is not here is still answered, gathered from row to row; a list with it is a little slower.
var links = map[string]map[string]link{
	"User": userLinks, "RoleAssignment": assignmentLinks, "Verification": verificationLinks,
	"Subscription": subscriptionLinks, "SubscriptionSeat": seatLinks, "Payment": paymentLinks, "SubscriptionChange": changeLinks,
	"ContentItem": itemLinks, "ContentAccess": accessLinks, "AccessRemedy": remedyLinks, "Category": categoryLinks, "ContentGrant": grantLinks,
	"Consumption": consumptionLinks, "Progress": progressLinks,
	"SubscriptionMetrics": metricsLinks, "ContentPopularity": popularityLinks,
	"Session": sessionLinks, "LoginAttempt": attemptLinks, "SecurityEvent": eventLinks, "AuditEntry": entryLinks,
	"ApiToken": tokenLinks, "RefreshToken": refreshLinks, "PasswordChange": passwordLinks,
}

// The loaders that many tables name.
func people(l *loaders.Set) *loaders.Loader[domain.UserID, *users.User]  { return l.Users() }
func items(l *loaders.Set) *loaders.Loader[domain.ItemID, *content.Item] { return l.Items() }
func branches(l *loaders.Set) *loaders.Loader[domain.CategoryID, *content.Category] {
	return l.Categories()
}

func anyBranches(l *loaders.Set) *loaders.Loader[domain.CategoryID, *content.Category] {
	return l.AnyCategories()
}
func plansByID(l *loaders.Set) *loaders.Loader[domain.PlanID, *plans.Plan] { return l.Plans() }
func subscriptions(l *loaders.Set) *loaders.Loader[domain.SubscriptionID, *plans.Subscription] {
	return l.Subscriptions()
}

func user[R any](key func(*R) *domain.UserID) link { return one("User", people, key) }
func item[R any](key func(*R) *domain.ItemID) link { return one("ContentItem", items, key) }
func plan[R any](key func(*R) *domain.PlanID) link { return one("Plan", plansByID, key) }
