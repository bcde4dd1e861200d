package loaders

import (
	"sync"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/store"
)

// children are the first pages of the lists that hang on a row.
type children struct {
	OwnSubscriptions     func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*plans.Subscription]]
	Payments             func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*plans.Payment]]
	SubscriptionPayments func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Payment]]
	Changes              func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.ChangeEntry]]
	Seats                func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Seat]]
	Consumption          func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*content.Consumption]]
	ProgressOf           func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*content.Progress]]
	Learners             func() *Loader[ChildrenKey[domain.ItemID], *domain.Page[*content.Progress]]
	APITokens            func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*security.APIToken]]
}

func newChildren(r store.Reader) (c children) {
	c.OwnSubscriptions = sync.OnceValue(func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*plans.Subscription]] {
		return pages(r.FirstSubscriptions)
	})
	c.Payments = sync.OnceValue(func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*plans.Payment]] {
		return pages(r.FirstPayments)
	})
	c.SubscriptionPayments = sync.OnceValue(func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Payment]] {
		return pages(r.FirstSubscriptionPayments)
	})
	c.Changes = sync.OnceValue(func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.ChangeEntry]] {
		return pages(r.FirstChanges)
	})
	c.Seats = sync.OnceValue(func() *Loader[ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Seat]] {
		return pages(r.FirstSeats)
	})
	c.Consumption = sync.OnceValue(func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*content.Consumption]] {
		return pages(r.FirstConsumption)
	})
	c.ProgressOf = sync.OnceValue(func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*content.Progress]] {
		return pages(r.FirstProgress)
	})
	c.Learners = sync.OnceValue(func() *Loader[ChildrenKey[domain.ItemID], *domain.Page[*content.Progress]] {
		return pages(r.FirstLearners)
	})
	c.APITokens = sync.OnceValue(func() *Loader[ChildrenKey[domain.UserID], *domain.Page[*security.APIToken]] {
		return pages(r.FirstAPITokens)
	})
	return c
}
