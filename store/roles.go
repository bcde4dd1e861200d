package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
)

const roleColumns = `r.id, r.name, r.description, to_json(r.permissions) as permissions`

const allRoles = `select ` + roleColumns + ` from roles r order by r.name`

// Roles reads all roles, by name.
func (r Reader) Roles(ctx context.Context) ([]*users.Role, error) {
	return selectRows[*users.Role](ctx, r.db, allRoles)
}

// UserRole is a role in the hands of a person.
type UserRole struct {
	UserID domain.UserID `db:"user_id"`
	users.Role
}

const rolesOfUsers = `select ur.user_id, ` + roleColumns + ` from user_roles ur join roles r on r.id = ur.role_id
	where ur.user_id = any($1) and (ur.expires_at is null or ur.expires_at > (select clock_now())) order by r.name`

// RolesOf reads the roles in force of people, by name.
func (r Reader) RolesOf(ctx context.Context, ids []domain.UserID) ([]*UserRole, error) {
	return selectRows[*UserRole](ctx, r.db, rolesOfUsers, pq.Array(ids))
}

const rolesByID = `select ` + roleColumns + ` from roles r where r.id = any($1)`

// RolesByID reads roles.
func (r Reader) RolesByID(ctx context.Context, ids []domain.RoleID) ([]*users.Role, error) {
	return selectRows[*users.Role](ctx, r.db, rolesByID, pq.Array(ids))
}

const assignmentFilter = ` from user_roles ur where true`

var assignmentList = list[users.RoleAssignment, domain.TimeOrder]{
	name:  "role-assignments",
	query: `select ur.user_id, ur.role_id, ur.granted_by, ur.granted_at, ur.expires_at` + assignmentFilter, count: `select count(*)` + assignmentFilter,
	filters: []filter{
		{text: `ur.user_id = ?`},
		{text: `ur.role_id = (select r.id from roles r where r.name = ?)`},
		whether(`ur.expires_at is null or ur.expires_at > (select clock_now())`),
	},
	orders: map[domain.TimeOrder]order[users.RoleAssignment]{
		domain.NewestFirst: {columns: assignmentKey, desc: true, key: assignmentAt},
		domain.OldestFirst: {columns: assignmentKey, key: assignmentAt},
	},
}

var assignmentKey = []string{"ur.granted_at::timestamptz", "ur.user_id::uuid", "ur.role_id::uuid"}

func assignmentAt(a *users.RoleAssignment) []string {
	return []string{stamp(a.GrantedAt), a.UserID.String(), a.RoleID.String()}
}

// ListRoleAssignments reads a page of who has which role.
func (r Reader) ListRoleAssignments(ctx context.Context, f users.RoleAssignmentFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*users.RoleAssignment], error) {
	return assignmentList.page(ctx, r.db, by, page, f.UserID, f.Role, f.Active)
}
