package domain

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// Anonymous is the id under which user_content_access answers for people who are not signed in.
var Anonymous = UserID{uuid.Nil}

// Permission is an entry of the closed list that roles are made of.
type Permission string

// The permissions. roles_permissions_known in migration 025 holds the same list; a test compares them.
const (
	UsersRead        Permission = "users.read"
	UsersWrite       Permission = "users.write"
	RolesAssign      Permission = "roles.assign"
	BillingRead      Permission = "billing.read"
	BillingWrite     Permission = "billing.write"
	ContentReadAll   Permission = "content.read_all"
	ContentWrite     Permission = "content.write"
	AccessGrant      Permission = "access.grant"
	AnalyticsRead    Permission = "analytics.read"
	AnalyticsRefresh Permission = "analytics.refresh"
	SecurityRead     Permission = "security.read"
	SecurityWrite    Permission = "security.write"
	AuditRead        Permission = "audit.read"
	SchemaRead       Permission = "schema.read"
	OperationsRead   Permission = "operations.read"
	OperationsWrite  Permission = "operations.write"
)

// Permissions lists all of them.
var Permissions = []Permission{
	UsersRead, UsersWrite, RolesAssign, BillingRead, BillingWrite, ContentReadAll, ContentWrite, AccessGrant,
	AnalyticsRead, AnalyticsRefresh, SecurityRead, SecurityWrite, AuditRead, SchemaRead,
	OperationsRead, OperationsWrite,
}

// Viewer is who sends a request: a user with their rights at this moment, or an anonymous user (the zero value).
type Viewer struct {
	UserID      UserID
	SessionID   SessionID
	Roles       []string
	Permissions []Permission
	Request     Request
}

// Request is where a question comes from, for logs and limits.
type Request struct {
	ID        string
	IP        string
	UserAgent string
	Device    string // the digest of the device cookie; empty when there is none
}

// SignedIn tells a user from the anonymous user.
func (v Viewer) SignedIn() bool { return v.UserID != Anonymous }

// May reports whether the viewer's roles hold a permission.
func (v Viewer) May(p Permission) bool { return slices.Contains(v.Permissions, p) }

// Is reports whether the viewer is this user.
func (v Viewer) Is(id UserID) bool { return v.SignedIn() && v.UserID == id }

// Actor is who a transaction is on behalf of; the audit trail names it.
func (v Viewer) Actor() Actor {
	a := v.Request.Actor()
	a.UserID, a.SessionID = v.UserID, v.SessionID
	return a
}

// Actor is whoever sends a request, before it is known who that is.
func (r Request) Actor() Actor { return Actor{RequestID: r.ID, IP: r.IP, UserAgent: r.UserAgent} }

// Actor is who changes something, and from where. The zero Actor is the program itself.
type Actor struct {
	UserID    UserID
	SessionID SessionID
	RequestID string
	IP        string
	UserAgent string
}

type viewerKey struct{}

// WithViewer puts the viewer into a request's context. Only auth calls it.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, &v)
}

// Become makes the rest of an operation somebody else's: the user who signed in is the viewer of what the sign-in returns. Only
// auth calls it, from a mutation; mutations run one after the other.
func Become(ctx context.Context, v Viewer) {
	if held, ok := ctx.Value(viewerKey{}).(*Viewer); ok {
		*held = v
	}
}

// ViewerFrom reads the viewer. Only resolvers and guards call it; everything below takes a Viewer as an argument.
func ViewerFrom(ctx context.Context) Viewer {
	if held, ok := ctx.Value(viewerKey{}).(*Viewer); ok {
		return *held
	}
	return Viewer{}
}
