package plans

import "lyceum/domain"

// InForceAlready refuses a second subscription of the same user. The store says it too, when the database finds one.
func InForceAlready() *domain.Error {
	return domain.Errorf(domain.CodeRefused, "the user has another subscription that is in force").Because("SUBSCRIPTION_IN_FORCE")
}
