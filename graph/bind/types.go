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
	TimeOrder  = domain.TimeOrder
	BulkMode   = domain.BulkMode
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

	RegisterInput             = users.RegisterCommand
	VerifyEmailInput          = users.VerifyEmailCommand
	ResendVerificationInput   = users.ResendVerificationCommand
	RequestPasswordResetInput = users.RequestPasswordResetCommand
	ResetPasswordInput        = users.ResetPasswordCommand
	ChangePasswordInput       = users.ChangePasswordCommand
	CreateUserInput           = users.CreateUserCommand
	NewUserInput              = users.NewUser
	InviteUsersInput          = users.InviteUsersCommand
	AcceptInvitationInput     = users.AcceptInvitationCommand
	SuspendUserInput          = users.SuspendUserCommand
	RestoreUserInput          = users.RestoreUserCommand
	UnlockUserInput           = users.UnlockUserCommand
	RevokeUserSessionsInput   = users.RevokeUserSessionsCommand
	ForgetDevicesInput        = users.ForgetDevicesCommand
	ChangeEmailInput          = users.ChangeEmailCommand
	ConfirmEmailChangeInput   = users.ConfirmEmailChangeCommand
	UndoEmailChangeInput      = users.UndoEmailChangeCommand
	CloseAccountInput         = users.CloseAccountCommand
	AssignRoleInput           = users.AssignRoleCommand
	WithdrawRoleInput         = users.WithdrawRoleCommand

	RoleAssignment           = users.RoleAssignment
	RoleAssignmentConnection = domain.Page[*users.RoleAssignment]
	RoleAssignmentEdge       = domain.Edge[*users.RoleAssignment]
	RoleAssignmentFilter     = users.RoleAssignmentFilter
	Verification             = users.Verification
	VerificationConnection   = domain.Page[*users.Verification]
	VerificationEdge         = domain.Edge[*users.Verification]
	VerificationFilter       = users.VerificationFilter
	VerificationPurpose      = users.VerificationPurpose
)

// Plans.
type (
	Plan                       = plans.Plan
	BillingCycle               = plans.BillingCycle
	UserSubscriptionStatus     = plans.SubscriptionStatus
	UserSubscription           = plans.Subscription
	UserSubscriptionConnection = domain.Page[*plans.Subscription]
	UserSubscriptionEdge       = domain.Edge[*plans.Subscription]
	UserSubscriptionFilter     = plans.Filter
	CancelSubscriptionInput    = plans.CancelCommand
	ResumeSubscriptionInput    = plans.ResumeCommand
	MoneyInput                 = domain.Money
	CreatePlanInput            = plans.CreatePlanCommand
	PlanChangesInput           = plans.PlanChanges
	UpdatePlanInput            = plans.UpdatePlanCommand
	ArchivePlanInput           = plans.ArchivePlanCommand
	ReorderPlansInput          = plans.ReorderPlansCommand
	PlanFieldChange            = plans.FieldChange
	PlanSubscriberCount        = plans.StatusCount
	SubscribeToFreePlanInput   = plans.FreePlanCommand
	StartTrialInput            = plans.TrialCommand
	CreateSubscriptionInput    = plans.CreateSubscriptionCommand
	ComplimentaryInput         = plans.Complimentary
	EndSubscriptionInput       = plans.EndCommand
	RecordPaymentInput         = plans.PaymentCommand
	AssignSeatInput            = plans.AssignSeatCommand
	WithdrawSeatInput          = plans.WithdrawSeatCommand
	PlanConnection             = domain.Page[*plans.Plan]
	PlanEdge                   = domain.Edge[*plans.Plan]
	PlanFilter                 = plans.PlanFilter
	PlanOrder                  = plans.PlanOrder
	UserSubscriptionOrder      = plans.Order

	Payment                      = plans.Payment
	PaymentConnection            = domain.Page[*plans.Payment]
	PaymentEdge                  = domain.Edge[*plans.Payment]
	PaymentFilter                = plans.PaymentFilter
	PaymentOrder                 = plans.PaymentOrder
	PaymentStatus                = plans.PaymentStatus
	SubscriptionChange           = plans.ChangeEntry
	SubscriptionChangeConnection = domain.Page[*plans.ChangeEntry]
	SubscriptionChangeEdge       = domain.Edge[*plans.ChangeEntry]
	SubscriptionChangeFilter     = plans.ChangeFilter
	SubscriptionChangeKind       = plans.ChangeKind
	SubscriptionSeat             = plans.Seat
	SubscriptionSeatConnection   = domain.Page[*plans.Seat]
	SubscriptionSeatEdge         = domain.Edge[*plans.Seat]
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
	SearchConnection         = content.HitPage
	SearchEdge               = content.HitEdge
	ContentGrant             = content.Grant
	ContentGrantConnection   = domain.Page[*content.Grant]
	ContentGrantEdge         = domain.Edge[*content.Grant]
	ContentGrantFilter       = content.GrantFilter
	ReportProgressInput      = content.Report
	GrantContentAccessInput  = content.GrantCommand
	RevokeContentAccessInput = content.RevokeCommand
	ContentGrantOrder        = content.GrantOrder
	ContentLibraryFilter     = content.LibraryFilter
	ContentLibraryOrder      = content.LibraryOrder
	CategoryConnection       = domain.Page[*content.Category]
	CategoryEdge             = domain.Edge[*content.Category]
	CategoryFilter           = content.CategoryFilter
	CategoryOrder            = content.CategoryOrder

	CreateCategoryInput         = content.CreateCategoryCommand
	UpdateCategoryInput         = content.UpdateCategoryCommand
	MoveCategoryInput           = content.MoveCategoryCommand
	ReorderCategoriesInput      = content.ReorderCategoriesCommand
	DeleteCategoryInput         = content.DeleteCategoryCommand
	CreateItemInput             = content.CreateItemCommand
	UpdateItemInput             = content.UpdateItemCommand
	PublishItemInput            = content.ItemCommand
	UnpublishItemInput          = content.ItemCommand
	ArchiveItemInput            = content.ItemCommand
	DeleteItemInput             = content.ItemCommand
	RestoreItemInput            = content.ItemCommand
	ScheduleItemInput           = content.ScheduleItemCommand
	ContentUnlock               = content.Unlock
	SetUnlockInput              = content.SetUnlockCommand
	AcceptImportInput           = content.AcceptImportCommand
	GrantContentAccessBulkInput = content.GrantBulkCommand
	GrantContentAccessRow       = content.GrantRow
	PublishItemsInput           = content.PublishItemsCommand
	ImportConflict              = content.ImportConflict

	Consumption           = content.Consumption
	ConsumptionConnection = domain.Page[*content.Consumption]
	ConsumptionEdge       = domain.Edge[*content.Consumption]
	ConsumptionFilter     = content.ConsumptionFilter
	ConsumptionEvent      = content.ReportKind
	ProgressConnection    = domain.Page[*content.Progress]
	ProgressEdge          = domain.Edge[*content.Progress]
	ProgressFilter        = content.ProgressFilter
	ProgressOrder         = content.ProgressOrder
)

// Analytics.
type (
	SubscriptionMetrics         = analytics.SubscriptionMetrics
	ContentPopularity           = analytics.Popularity
	ContentPopularityConnection = domain.Page[*analytics.Popularity]
	ContentPopularityEdge       = domain.Edge[*analytics.Popularity]
	UserActivity                = analytics.Activity
	ContentPopularityOrder      = analytics.PopularityOrder
	ContentPopularityFilter     = analytics.PopularityFilter
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

	SessionConnection        = domain.Page[*security.Session]
	SessionEdge              = domain.Edge[*security.Session]
	SessionFilter            = security.SessionFilter
	SessionOrder             = security.SessionOrder
	SessionEndReason         = security.EndReason
	ApiToken                 = security.APIToken
	ApiTokenConnection       = domain.Page[*security.APIToken]
	ApiTokenEdge             = domain.Edge[*security.APIToken]
	ApiTokenFilter           = security.APITokenFilter
	RefreshToken             = security.RefreshToken
	RefreshTokenConnection   = domain.Page[*security.RefreshToken]
	RefreshTokenEdge         = domain.Edge[*security.RefreshToken]
	RefreshTokenFilter       = security.RefreshTokenFilter
	PasswordChange           = security.PasswordChange
	PasswordChangeConnection = domain.Page[*security.PasswordChange]
	PasswordChangeEdge       = domain.Edge[*security.PasswordChange]
	PasswordChangeFilter     = security.PasswordChangeFilter
)
