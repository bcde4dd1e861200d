package loaders

import (
	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store"
)

// The loaders of users and their roles.
var (
	Users = one(plain(store.Reader.UsersByID), func(u *users.User) domain.UserID { return u.ID })
	Role  = one(plain(store.Reader.RolesByID), func(r *users.Role) domain.RoleID { return r.ID })
	// Roles are those in force.
	Roles = many(plain(store.Reader.RolesOf), func(u *users.UserRole) (domain.UserID, *users.Role) { return u.UserID, &u.Role })
)
