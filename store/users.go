package store

import (
	"context"
	"strings"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
)

const userColumns = `u.id, u.email, u.username, u.first_name, u.last_name, u.account_status, u.created_at, u.last_login_at`

const usersByID = `select ` + userColumns + ` from users u where u.id = any($1) and u.deleted_at is null`

// UsersByID reads people.
func (r Reader) UsersByID(ctx context.Context, ids []domain.UserID) ([]*users.User, error) {
	return selectRows[*users.User](ctx, r.db, usersByID, pq.Array(ids))
}

const userFilter = ` from users u where u.deleted_at is null and ($1::text is null or u.account_status = $1)
	and ($2::text is null or u.username like $2::citext or u.email like $2::citext)`

var userList = list[users.User, users.Order]{
	name: "users", params: 2, query: `select ` + userColumns + userFilter, count: `select count(*)` + userFilter,
	orders: map[users.Order]order[users.User]{
		users.NewestFirst: {
			columns: []string{"u.created_at::timestamptz", "u.id::uuid"}, desc: true,
			key: func(u *users.User) []string { return []string{stamp(u.CreatedAt), u.ID.String()} },
		},
		users.ByUsername: {
			columns: []string{"u.username::citext", "u.id::uuid"},
			key:     func(u *users.User) []string { return []string{u.Username, u.ID.String()} },
		},
	},
}

// ListUsers reads a page of people.
func (r Reader) ListUsers(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*users.User], error) {
	return userList.page(ctx, r.db, by, page, f.Status, prefix(f.Search))
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// prefix is a LIKE pattern for what begins so.
func prefix(s *string) *string {
	if s == nil {
		return nil
	}
	p := likeEscapes.Replace(*s) + "%"
	return &p
}

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

const lockUser = `select ` + userColumns + ` from users u where u.id = $1 and u.deleted_at is null for no key update`

// LockUser implements users.Tx.
func (t *Tx) LockUser(ctx context.Context, id domain.UserID) (*users.User, error) {
	u, err := getRow[users.User](ctx, t, lockUser, id)
	if err == nil && u == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no such person")
	}
	return u, err
}

const saveProfile = `update users set username = $2, first_name = $3, last_name = $4 where id = $1`

// SaveProfile implements users.Tx.
func (t *Tx) SaveProfile(ctx context.Context, u *users.User) error {
	_, err := t.Exec(ctx, saveProfile, u.ID, u.Username, u.FirstName, u.LastName)
	if violates(err) == "users_username_key" {
		return domain.Errorf(domain.CodeConflict, "somebody has this username").Because("USERNAME_TAKEN").At("username")
	}
	return wrap(err)
}
