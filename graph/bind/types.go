package bind

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
)

// The shared words.
type (
	PageInfo   = domain.PageInfo
	Money      = domain.Money
	Permission = domain.Permission
)

// Node is whatever has a global id. It asks for no method, so that domain types need not know of it.
type Node interface{}

// Users.
type (
	User               = users.User
	UserConnection     = domain.Page[*users.User]
	UserEdge           = domain.Edge[*users.User]
	UserFilter         = users.Filter
	UserOrder          = users.Order
	AccountStatus      = users.AccountStatus
	UpdateProfileInput = users.Profile
	Role               = users.Role
)

// Plans.
type (
	Plan                    = plans.Plan
	BillingCycle            = plans.BillingCycle
	SubscriptionStatus      = plans.SubscriptionStatus
	Subscription            = plans.Subscription
	SubscriptionConnection  = domain.Page[*plans.Subscription]
	SubscriptionEdge        = domain.Edge[*plans.Subscription]
	SubscriptionFilter      = plans.Filter
	CancelSubscriptionInput = plans.CancelCommand
	ResumeSubscriptionInput = plans.ResumeCommand
)

// Content.
type (
	Category                 = content.Category
	ContentItem              = content.Item
	ContentItemConnection    = domain.Page[*content.Item]
	ContentItemEdge          = domain.Edge[*content.Item]
	ContentItemFilter        = content.ItemFilter
	ContentItemKind          = content.ItemKind
	ContentItemStatus        = content.ItemStatus
	ContentItemOrder         = content.ItemOrder
	AccessReason             = content.AccessReason
	GrantEffect              = content.Effect
	ContentAccess            = content.Access
	AccessRemedy             = content.Remedy
	Progress                 = content.Progress
	SearchConnection         = domain.Page[*content.Hit]
	SearchEdge               = domain.Edge[*content.Hit]
	ContentGrant             = content.Grant
	ContentGrantConnection   = domain.Page[*content.Grant]
	ContentGrantEdge         = domain.Edge[*content.Grant]
	ContentGrantFilter       = content.GrantFilter
	ReportProgressInput      = content.Report
	GrantContentAccessInput  = content.GrantCommand
	RevokeContentAccessInput = content.RevokeCommand
)

// Analytics.
type (
	SubscriptionMetrics         = analytics.SubscriptionMetrics
	ContentPopularity           = analytics.Popularity
	ContentPopularityConnection = domain.Page[*analytics.Popularity]
	ContentPopularityEdge       = domain.Edge[*analytics.Popularity]
	UserActivity                = analytics.Activity
	ContentPopularityOrder      = analytics.PopularityOrder
)

// Security.
type (
	SecurityStatus          = security.Status
	Session                 = security.Session
	LoginAttempt            = security.Attempt
	LoginAttemptConnection  = domain.Page[*security.Attempt]
	LoginAttemptEdge        = domain.Edge[*security.Attempt]
	LoginAttemptFilter      = security.AttemptFilter
	SecurityEvent           = security.Event
	SecurityEventConnection = domain.Page[*security.Event]
	SecurityEventEdge       = domain.Edge[*security.Event]
	SecurityEventFilter     = security.EventFilter
	AuditEntry              = security.AuditEntry
	AuditEntryConnection    = domain.Page[*security.AuditEntry]
	AuditEntryEdge          = domain.Edge[*security.AuditEntry]
	AuditFilter             = security.AuditFilter
	LoginAttemptStatus      = security.AttemptStatus
	Severity                = security.Severity
	AuditAction             = security.AuditAction
	SignInInput             = security.SignInCommand
	RevokeSessionInput      = security.RevokeSessionCommand
)
