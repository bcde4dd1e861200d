package loaders

import (
	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store"
)

// The loaders of what concerns the safety of accounts.
var (
	SecurityStatus  = one(plain(store.Reader.SecurityStatus), func(s *security.Status) domain.UserID { return s.UserID })
	APITokensOfUser = children(store.Reader.FirstAPITokens)
)
