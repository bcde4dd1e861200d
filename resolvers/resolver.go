package resolvers

import (
	"lyceum/auth"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/store"
)

// Resolver is what answers are made of: one Reader, one service for each word, and the gate.
type Resolver struct {
	Reader     store.Reader
	Users      users.Service
	Plans      plans.Service
	Content    content.Service
	Analytics  analytics.Service
	Security   security.Service
	Mail       integration.Service
	Operations operations.Service
	Doctor     operations.Examiner
	Gate       *auth.Gate
	Links      FileLinks
	HTML       Renderer
}
