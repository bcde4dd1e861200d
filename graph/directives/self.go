package directives

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
)

// Self lets the user whose object it is pass, and holders of a permission. Errors: UNAUTHENTICATED, FORBIDDEN.
func Self(_ context.Context, viewer domain.Viewer, obj any, or domain.Permission) error {
	if !viewer.Is(ownerOf(obj)) && !viewer.May(or) {
		return refuse(viewer, "this is somebody else's; this requires the permission "+string(or))
	}
	return nil
}

// ownerOf returns whose an object is. One that is not listed is nobody's: only the permission opens it.
func ownerOf(obj any) domain.UserID {
	switch o := obj.(type) {
	case *users.User:
		return o.ID
	case *plans.Subscription:
		return o.OwnerID
	default:
		return domain.Anonymous
	}
}
