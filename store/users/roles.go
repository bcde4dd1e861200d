package users

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

var roleColumns = sqlkit.FixedColumns("r", "id", "name", "description", "permissions").
	With("permissions", `to_json(r.permissions)`)

var allRoles = sqlkit.Statement(`select ` + roleColumns.All() + ` from roles r order by r.name`)

// Roles reads all roles, by name.
func (r Reader) Roles(ctx context.Context) ([]*users.Role, error) {
	return sqlkit.Rows[*users.Role](ctx, r.db, allRoles)
}

var rolesOfUsers = sqlkit.Statement(`select ur.user_id, ` + roleColumns.All() + ` from user_roles ur join roles r on r.id = ur.role_id
	where ur.user_id = any($1) and (ur.expires_at is null or ur.expires_at > (select clock_now())) order by r.name`)

// RolesOf reads the roles in force of users, by name.
func (r Reader) RolesOf(ctx context.Context, ids []domain.UserID) ([]*users.UserRole, error) {
	return sqlkit.Rows[*users.UserRole](ctx, r.db, rolesOfUsers, pq.Array(ids))
}

var rolesByID = sqlkit.Statement(`select ` + roleColumns.All() + ` from roles r where r.id = any($1)`)

// RolesByID reads roles.
func (r Reader) RolesByID(ctx context.Context, ids []domain.RoleID) ([]*users.Role, error) {
	return sqlkit.Rows[*users.Role](ctx, r.db, rolesByID, pq.Array(ids))
}

var assignmentColumns = sqlkit.FixedColumns("ur", "user_id", "role_id", "granted_by", "granted_at", "expires_at")

const assignmentFilter = ` from user_roles ur where true`

var assignmentList = sqlkit.NewList(sqlkit.ListOf[users.RoleAssignment, domain.TimeOrder, users.RoleAssignmentFilter]{
	Name: "role-assignments", Columns: assignmentColumns, From: assignmentFilter,
	Filters: sqlkit.Filters[users.RoleAssignmentFilter]{
		sqlkit.Where(`ur.user_id = ?`, func(f users.RoleAssignmentFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`ur.role_id = (select r.id from roles r where r.name = ?)`,
			func(f users.RoleAssignmentFilter) *string { return f.Role }),
		sqlkit.Whether(`ur.expires_at is null or ur.expires_at > (select clock_now())`,
			func(f users.RoleAssignmentFilter) *bool { return f.Active }),
	},
	Orders: map[domain.TimeOrder]sqlkit.Order[users.RoleAssignment]{
		domain.NewestFirst: {Columns: assignmentKey, Desc: true, Key: assignmentAt},
		domain.OldestFirst: {Columns: assignmentKey, Key: assignmentAt},
	},
})

var assignmentKey = []string{"ur.granted_at::timestamptz", "ur.user_id::uuid", "ur.role_id::uuid"}

func assignmentAt(a *users.RoleAssignment) []string {
	return []string{sqlkit.Stamp(a.GrantedAt), a.UserID.String(), a.RoleID.String()}
}

// ListRoleAssignments reads a page of who has which role.
func (r Reader) ListRoleAssignments(ctx context.Context, f users.RoleAssignmentFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*users.RoleAssignment], error) {
	return assignmentList.Page(ctx, r.db, r.projection, by, page, f)
}
