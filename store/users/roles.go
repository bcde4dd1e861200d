package users

import (
	"context"
	"time"

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

// Whoever takes roles away, or stops who holds them, waits here for the others; who gives one may go on.
var holdRoles = sqlkit.Statement(`select r.id from roles r where r.name = 'admin' for no key update`)

// HoldRoles implements users.Tx.
func (t Tx) HoldRoles(ctx context.Context) error {
	_, err := t.db.Exec(ctx, holdRoles)
	return sqlkit.Wrap(err)
}

var roleByName = sqlkit.Statement(`select ` + roleColumns.All() + ` from roles r where r.name = $1`)

// RoleByName implements users.Tx.
func (t Tx) RoleByName(ctx context.Context, name string) (*users.Role, error) {
	role, err := sqlkit.Row[users.Role](ctx, t.db, roleByName, name)
	if err == nil && role == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no such role")
	}
	return role, err
}

var permissionsOf = sqlkit.Statement(`select distinct unnest(r.permissions) from user_roles ur join roles r on r.id = ur.role_id
	where ur.user_id = $1 and (ur.expires_at is null or ur.expires_at > (select clock_now()))`)

// PermissionsOf implements users.Tx.
func (t Tx) PermissionsOf(ctx context.Context, id domain.UserID) ([]domain.Permission, error) {
	return sqlkit.Rows[domain.Permission](ctx, t.db, permissionsOf, id)
}

// Of several assignments with a permission the last counts.
var permissionsEnd = sqlkit.Statement(`select nullif(min(held.ends), 'infinity') as ends from (
	select max(coalesce(ur.expires_at, 'infinity')) as ends from unnest($2::text[]) as p (name)
	join roles r on p.name = any(r.permissions) join user_roles ur on ur.role_id = r.id
	where ur.user_id = $1 and (ur.expires_at is null or ur.expires_at > (select clock_now())) group by p.name) held`)

// PermissionsEnd implements users.Tx.
func (t Tx) PermissionsEnd(ctx context.Context, id domain.UserID, permissions []domain.Permission) (end *time.Time, err error) {
	err = t.db.Get(ctx, &end, permissionsEnd, id, pq.Array(permissions))
	return end, sqlkit.Wrap(err)
}

var isAdmin = sqlkit.Statement(`select
	exists (select from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
		where ur.user_id = $1 and (ur.expires_at is null or ur.expires_at > (select clock_now()))) as is_admin,
	exists (select from user_roles ur join roles r on r.id = ur.role_id and r.name = 'admin'
		join users u on u.id = ur.user_id and u.deleted_at is null and u.account_status = 'active' and u.password_hash is not null
		where ur.user_id <> $1 and ur.expires_at is null) as others`)

// IsAdmin implements users.Tx.
func (t Tx) IsAdmin(ctx context.Context, id domain.UserID) (is, others bool, err error) {
	var found struct {
		Is     bool `db:"is_admin"`
		Others bool `db:"others"`
	}
	err = t.db.Get(ctx, &found, isAdmin, id)
	return found.Is, found.Others, sqlkit.Wrap(err)
}

var giveRole = sqlkit.Statement(`insert into user_roles (user_id, role_id, granted_by, granted_at, expires_at) values ($1, $2, $3, $4, $5)
	on conflict (user_id, role_id) do update set granted_by = excluded.granted_by, granted_at = excluded.granted_at,
		expires_at = excluded.expires_at`)

// GiveRole implements users.Tx.
func (t Tx) GiveRole(ctx context.Context, a *users.RoleAssignment) error {
	_, err := t.db.Exec(ctx, giveRole, a.UserID, a.RoleID, a.GrantedBy, a.GrantedAt, a.ExpiresAt)
	return sqlkit.Wrap(err)
}

var takeRole = sqlkit.Statement(`delete from user_roles ur where ur.user_id = $1 and ur.role_id = $2`)

// TakeRole implements users.Tx.
func (t Tx) TakeRole(ctx context.Context, id domain.UserID, role domain.RoleID) (bool, error) {
	n, err := t.db.Exec(ctx, takeRole, id, role)
	return n == 1, sqlkit.Wrap(err)
}

var takeRoles = sqlkit.Statement(`delete from user_roles ur where ur.user_id = $1`)

// TakeRoles implements users.Tx.
func (t Tx) TakeRoles(ctx context.Context, id domain.UserID) error {
	_, err := t.db.Exec(ctx, takeRoles, id)
	return sqlkit.Wrap(err)
}
