package directives

import (
	"context"
	"slices"

	"lyceum/domain"
)

// HasRole lets holders of a role pass. Errors: UNAUTHENTICATED, FORBIDDEN.
func HasRole(_ context.Context, viewer domain.Viewer, _ any, role string) error {
	if !slices.Contains(viewer.Roles, role) {
		return refuse(viewer, "needs the role "+role)
	}
	return nil
}
