package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

var userColumns = sqlkit.ColumnsOf[users.User]("u", "id", "email", "username", "first_name", "last_name", "account_status", "created_at", "last_login_at").Keep("id")

var usersByID = sqlkit.Select(userColumns, ` from users u where u.id = any($1) and u.deleted_at is null`)

// UsersByID reads people.
func (r Reader) UsersByID(ctx context.Context, ids []domain.UserID) ([]*users.User, error) {
	return sqlkit.Rows[*users.User](ctx, r.db, usersByID.For(r.projection), pq.Array(ids))
}

const userFilter = ` from users u where u.deleted_at is null`

var userList = sqlkit.NewList(sqlkit.ListOf[users.User, users.Order, users.Filter]{
	Name: "users", Columns: userColumns, From: userFilter,
	Filters: sqlkit.Filters[users.Filter]{
		sqlkit.Where(`u.account_status = ?`, func(f users.Filter) *users.AccountStatus { return f.Status }),
		sqlkit.Where(sqlkit.BeginsWith("u.username::text")+` or `+sqlkit.BeginsWith("u.email::text"), func(f users.Filter) *string { return f.Search }),
		sqlkit.Where(`u.id in (select ur.user_id from user_roles ur join roles r on r.id = ur.role_id
			where r.name = ? and (ur.expires_at is null or ur.expires_at > (select clock_now())))`, func(f users.Filter) *string { return f.Role }),
		sqlkit.Whether(`u.email_verified_at is not null`, func(f users.Filter) *bool { return f.EmailVerified }),
		sqlkit.Whether(`exists (select from user_security_settings s where s.user_id = u.id and s.two_factor_enabled)`, func(f users.Filter) *bool { return f.TwoFactorEnabled }),
		sqlkit.Where(`u.created_at >= ?`, func(f users.Filter) *time.Time { return f.Since }),
		sqlkit.Where(`u.created_at < ?`, func(f users.Filter) *time.Time { return f.Until }),
	},
	Orders: map[users.Order]sqlkit.Order[users.User]{
		users.NewestFirst: {Columns: []string{"u.created_at::timestamptz", "u.id::uuid"}, Desc: true, Key: joinedAt, Needs: []string{"created_at"}},
		users.OldestFirst: {Columns: []string{"u.created_at::timestamptz", "u.id::uuid"}, Key: joinedAt, Needs: []string{"created_at"}},
		users.ByUsername: {
			Columns: []string{"u.username::citext", "u.id::uuid"}, Needs: []string{"username"},
			Key: func(u *users.User) []string { return []string{u.Username, u.ID.String()} },
		},
		users.LastLoginFirst: {
			Columns: []string{"coalesce(u.last_login_at, '-infinity')::timestamptz", "u.id::uuid"}, Desc: true, Needs: []string{"last_login_at"},
			Key: func(u *users.User) []string {
				return []string{sqlkit.StampOr("-infinity", u.LastLoginAt), u.ID.String()}
			},
		},
	},
})

func joinedAt(u *users.User) []string { return []string{sqlkit.Stamp(u.CreatedAt), u.ID.String()} }

// ListUsers reads a page of people.
func (r Reader) ListUsers(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*users.User], error) {
	return userList.Page(ctx, r.db, r.projection, by, page, f)
}

var lockUser = sqlkit.Statement(`select ` + userColumns.All() + ` from users u where u.id = $1 and u.deleted_at is null for no key update`)

// LockUser implements users.Tx.
func (t *Tx) LockUser(ctx context.Context, id domain.UserID) (*users.User, error) {
	u, err := sqlkit.Row[users.User](ctx, t, lockUser, id)
	if err == nil && u == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no such person")
	}
	return u, err
}

var saveProfile = sqlkit.Statement(`update users set username = $2, first_name = $3, last_name = $4 where id = $1`)

// SaveProfile implements users.Tx.
func (t *Tx) SaveProfile(ctx context.Context, u *users.User) error {
	_, err := t.Exec(ctx, saveProfile, u.ID, u.Username, u.FirstName, u.LastName)
	if sqlkit.Violates(err) == "users_username_key" {
		return domain.Errorf(domain.CodeConflict, "somebody has this username").Because("USERNAME_TAKEN").At("username")
	}
	return sqlkit.Wrap(err)
}
