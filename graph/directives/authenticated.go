package directives

import (
	"context"

	"lyceum/domain"
)

// Authenticated lets whoever is signed in pass. Errors: UNAUTHENTICATED.
func Authenticated(_ context.Context, viewer domain.Viewer, _ any) error {
	if !viewer.SignedIn() {
		return refuse(viewer, "")
	}
	return nil
}
