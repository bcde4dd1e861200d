package content

import (
	"strings"
	"time"

	"lyceum/domain"
)

// Access is the decision whether a user may open an item, made by the view user_content_access alone.
type Access struct {
	UserID        domain.UserID `db:"-"` // whom the decision is about
	ItemID        domain.ItemID `db:"content_id"`
	HasAccess     bool          `db:"has_access"`
	Reason        AccessReason  `db:"reason"`
	RequiredLevel int32         `db:"required_level"`
	UserLevel     int32         `db:"user_level"`
}

// AccessKey names a decision: whether this user may open this item.
type AccessKey struct {
	User domain.UserID
	Item domain.ItemID
}

// AccessReason says why. The view returns it; a test holds both lists against each other.
type AccessReason string

// The reasons, first those that open.
const (
	OpenToAll    AccessReason = "open_to_all"
	OnceSignedIn AccessReason = "signed_in"
	ByPlan       AccessReason = "subscription"
	ByGrant      AccessReason = "granted"
	ByRole       AccessReason = "staff"

	SignInRequired      AccessReason = "sign_in_required"
	PlanRequired        AccessReason = "plan_required"
	AccessDenied        AccessReason = "denied"
	NotYetOpen          AccessReason = "not_yet_open"
	PrerequisiteMissing AccessReason = "prerequisite_missing"
	NotPublished        AccessReason = "not_published"
	AccountInactive     AccessReason = "account_inactive"
)

// Visible reports whether the viewer may know that the item exists.
func (a Access) Visible() bool { return a.HasAccess || a.Reason != NotPublished }

// SeesDrafts reports whether a viewer may know of what is not published.
func SeesDrafts(v domain.Viewer) bool { return v.May(domain.ContentReadAll) }

// SeesAllCategories reports whether a viewer may know of categories in which nothing is published: whoever writes puts drafts into them.
func SeesAllCategories(v domain.Viewer) bool { return SeesDrafts(v) || v.May(domain.ContentWrite) }

// Locked is the error for a viewer who requests a body that they may not open.
func (a Access) Locked() error {
	return domain.Errorf(domain.CodeLocked, "this item is locked: %s", lockedText[a.Reason]).Because(a.Reason.enum())
}

// enum is the reason as the graph writes it.
func (r AccessReason) enum() string { return strings.ToUpper(string(r)) }

// LockedReasons are the reasons of CONTENT_LOCKED, as the graph writes them, and what they say.
func LockedReasons() map[string]string {
	all := make(map[string]string, len(lockedText))
	for reason, text := range lockedText {
		all[reason.enum()] = text
	}
	return all
}

var lockedText = map[AccessReason]string{
	SignInRequired:      "you must be signed in",
	PlanRequired:        "it needs a plan of a higher level",
	AccessDenied:        "it was closed for you",
	NotYetOpen:          "it opens later",
	PrerequisiteMissing: "another item comes first",
	NotPublished:        "it is not published",
	AccountInactive:     "your account is not active",
}

// Remedy is what would open a locked item: the one thing that its reason asks for.
type Remedy struct {
	SignIn          bool
	PlanID          *domain.PlanID // the cheapest on offer, see LockFacts
	PrerequisiteIDs []domain.ItemID
	OpensAt         *time.Time
}

// LockFacts are what is known of an item's locks for a user, read by key outside the view.
type LockFacts struct {
	ItemID domain.ItemID `db:"content_id"`
	// PlanID is the cheapest plan on offer that reaches the item's level: by the first payment, then by the month, then by
	// position; among plans in the currency of the first of them on the price list.
	PlanID  *domain.PlanID             `db:"plan_id"`
	Missing domain.List[domain.ItemID] `db:"prerequisites"` // not completed yet
	OpensAt *time.Time                 `db:"opens_at"`
}

// Remedy picks from the facts what the reason asks for; nil when the item is open or nothing would open it.
func (a Access) Remedy(f LockFacts) *Remedy {
	switch a.Reason {
	case SignInRequired:
		if a.RequiredLevel <= 1 {
			return &Remedy{SignIn: true}
		}
		if f.PlanID == nil { // signing in would open nothing
			return nil
		}
		return &Remedy{SignIn: true, PlanID: f.PlanID}
	case PlanRequired:
		if f.PlanID == nil {
			return nil
		}
		return &Remedy{PlanID: f.PlanID}
	case PrerequisiteMissing:
		return &Remedy{PrerequisiteIDs: f.Missing}
	case NotYetOpen:
		return &Remedy{OpensAt: f.OpensAt}
	default:
		return nil
	}
}
