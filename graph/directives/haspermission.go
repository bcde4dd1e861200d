package directives

import (
	"context"

	"lyceum/domain"
)

// HasPermission lets holders of a permission pass. Errors: UNAUTHENTICATED, FORBIDDEN.
func HasPermission(_ context.Context, viewer domain.Viewer, _ any, permission domain.Permission) error {
	if !viewer.May(permission) {
		return refuse(viewer, "this requires the permission "+string(permission))
	}
	return nil
}
