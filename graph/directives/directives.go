package directives

import (
	"context"

	"lyceum/domain"
	"lyceum/graph"
)

// All are the guards that the schema names. @cost and @idempotent are read by the limits and the tests and never run.
func All() graph.DirectiveRoot {
	return graph.DirectiveRoot{
		Authenticated: authenticated,
		HasPermission: hasPermission,
		HasRole:       hasRole,
		Self:          self,
		ContentAccess: contentAccess,
	}
}

// refuse is the error for a viewer who is not allowed: a visitor is asked to sign in.
func refuse(ctx context.Context, needs string) error {
	if !domain.ViewerFrom(ctx).SignedIn() {
		return domain.Errorf(domain.CodeUnauthenticated, "sign in first")
	}
	return domain.Errorf(domain.CodeForbidden, "%s", needs)
}
