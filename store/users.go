package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
)

var userColumns = columnsOf("users.User", "u", "id", "email", "username", "first_name", "last_name", "account_status", "created_at", "last_login_at").keep("id")

const usersByID = ` from users u where u.id = any($1) and u.deleted_at is null`

// UsersByID reads people.
func (r Reader) UsersByID(ctx context.Context, ids []domain.UserID) ([]*users.User, error) {
	return selectRows[*users.User](ctx, r.db, `select `+userColumns.text(r.projection)+usersByID, pq.Array(ids))
}

const userFilter = ` from users u where u.deleted_at is null`

var userList = list[users.User, users.Order]{
	name: "users", rows: func(p Projection, needs []string) string {
		return `select ` + userColumns.text(p, needs...) + userFilter
	}, count: `select count(*)` + userFilter,
	filters: []filter{
		{text: `u.account_status = ?`},
		{text: `` + beginsWith("u.username::text") + ` or ` + beginsWith("u.email::text") + ``},
		{text: `u.id in (select ur.user_id from user_roles ur join roles r on r.id = ur.role_id
			where r.name = ? and (ur.expires_at is null or ur.expires_at > (select clock_now())))`},
		whether(`u.email_verified_at is not null`),
		whether(`exists (select from user_security_settings s where s.user_id = u.id and s.two_factor_enabled)`),
		{text: `u.created_at >= ?`},
		{text: `u.created_at < ?`},
	},
	orders: map[users.Order]order[users.User]{
		users.NewestFirst: {columns: []string{"u.created_at::timestamptz", "u.id::uuid"}, desc: true, key: joinedAt, needs: []string{"created_at"}},
		users.OldestFirst: {columns: []string{"u.created_at::timestamptz", "u.id::uuid"}, key: joinedAt, needs: []string{"created_at"}},
		users.ByUsername: {
			columns: []string{"u.username::citext", "u.id::uuid"}, needs: []string{"username"},
			key: func(u *users.User) []string { return []string{u.Username, u.ID.String()} },
		},
		users.RecentLoginFirst: {
			columns: []string{"coalesce(u.last_login_at, '-infinity')::timestamptz", "u.id::uuid"}, desc: true, needs: []string{"last_login_at"},
			key: func(u *users.User) []string { return []string{stampOr("-infinity", u.LastLoginAt), u.ID.String()} },
		},
	},
}

func joinedAt(u *users.User) []string { return []string{stamp(u.CreatedAt), u.ID.String()} }

// ListUsers reads a page of people.
func (r Reader) ListUsers(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*users.User], error) {
	return projected(r, userList, by).page(ctx, r.db, by, page, f.Status, f.Search, f.Role, f.EmailVerified, f.TwoFactorEnabled, f.Since, f.Until)
}

var lockUser = `select ` + userColumns.text(nil) + ` from users u where u.id = $1 and u.deleted_at is null for no key update`

// LockUser implements users.Tx.
func (t *Tx) LockUser(ctx context.Context, id domain.UserID) (*users.User, error) {
	u, err := getRow[users.User](ctx, t, lockUser, id)
	if err == nil && u == nil {
		err = domain.Errorf(domain.CodeNotFound, "the user does not exist")
	}
	return u, err
}

const saveProfile = `update users set username = $2, first_name = $3, last_name = $4 where id = $1`

// SaveProfile implements users.Tx.
func (t *Tx) SaveProfile(ctx context.Context, u *users.User) error {
	_, err := t.Exec(ctx, saveProfile, u.ID, u.Username, u.FirstName, u.LastName)
	if violates(err) == "users_username_key" {
		return domain.Errorf(domain.CodeConflict, "this username is taken").Because("USERNAME_TAKEN").At("username")
	}
	return wrap(err)
}
