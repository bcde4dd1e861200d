package directives

import "lyceum/graph"

// All are the guards that the schema names, as gqlgen calls them. @cost and @idempotent are read by the limits and the tests
// and never run.
func All() graph.DirectiveRoot {
	return graph.DirectiveRoot{
		Authenticated: guard(Authenticated),
		HasPermission: guardWith(HasPermission),
		HasRole:       guardWith(HasRole),
		Self:          guardWith(Self),
		ContentAccess: guard(ContentAccess),
	}
}
