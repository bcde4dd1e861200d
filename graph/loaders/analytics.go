package loaders

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/store"
)

// The loaders of metrics.
var (
	Popularity = one(plain(store.Reader.Popularity), func(p *analytics.Popularity) domain.ItemID { return p.ItemID })
	Activity   = one(plain(store.Reader.Activity), func(a *analytics.Activity) domain.UserID { return a.UserID })
)
