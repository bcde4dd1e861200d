package users

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

// UserColumns are those of accounts u.
var UserColumns = sqlkit.ColumnsOf[users.User]("u", "id", "email", "username", "first_name", "last_name", "account_status",
	"created_at", "last_login_at", "phone", "locale", "time_zone", "email_verified_at").Keep("id")

var usersByID = sqlkit.Select(UserColumns, ` from users u where u.id = any($1) and u.deleted_at is null`)

// UsersByID reads users.
func (r Reader) UsersByID(ctx context.Context, ids []domain.UserID) ([]*users.User, error) {
	return sqlkit.Rows[*users.User](ctx, r.db, usersByID.For(r.projection), pq.Array(ids))
}

const userFilter = ` from users u where u.deleted_at is null`

// UserList is the list of ListUsers.
var UserList = sqlkit.NewList(sqlkit.ListOf[users.User, users.Order, users.Filter]{
	Name: "users", Columns: UserColumns, From: userFilter,
	Filters: sqlkit.Filters[users.Filter]{
		sqlkit.Where(`u.account_status = ?`, func(f users.Filter) *users.AccountStatus { return f.Status }),
		sqlkit.Where(sqlkit.BeginsWith("u.username::text")+` or `+sqlkit.BeginsWith("u.email::text"),
			func(f users.Filter) *string { return f.Search }),
		sqlkit.Where(`u.id in (select ur.user_id from user_roles ur join roles r on r.id = ur.role_id
			where r.name = ? and (ur.expires_at is null or ur.expires_at > (select clock_now())))`,
			func(f users.Filter) *string { return f.Role }),
		sqlkit.Whether(`u.email_verified_at is not null`, func(f users.Filter) *bool { return f.EmailVerified }),
		sqlkit.Whether(`exists (select from user_security_settings s where s.user_id = u.id and s.two_factor_enabled)`,
			func(f users.Filter) *bool { return f.TwoFactorEnabled }),
		sqlkit.Where(`u.created_at >= ?`, func(f users.Filter) *time.Time { return f.Since }),
		sqlkit.Where(`u.created_at < ?`, func(f users.Filter) *time.Time { return f.Until }),
	},
	Orders: map[users.Order]sqlkit.Order[users.User]{
		users.NewestFirst: {Columns: joinedKey, Desc: true, Key: joinedAt, Needs: []string{"created_at"}},
		users.OldestFirst: {Columns: joinedKey, Key: joinedAt, Needs: []string{"created_at"}},
		users.ByUsername: {
			Columns: []string{"u.username::citext", "u.id::uuid"}, Needs: []string{"username"},
			Key: func(u *users.User) []string { return []string{u.Username, u.ID.String()} },
		},
		users.RecentLoginFirst: {
			Columns: []string{"coalesce(u.last_login_at, '-infinity')::timestamptz", "u.id::uuid"}, Desc: true,
			Needs: []string{"last_login_at"},
			Key: func(u *users.User) []string {
				return []string{sqlkit.StampOr("-infinity", u.LastLoginAt), u.ID.String()}
			},
		},
	},
})

var joinedKey = []string{"u.created_at::timestamptz", "u.id::uuid"}

func joinedAt(u *users.User) []string { return []string{sqlkit.Stamp(u.CreatedAt), u.ID.String()} }

// ListUsers reads a page of users.
func (r Reader) ListUsers(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*users.User], error) {
	return UserList.Page(ctx, r.db, r.projection, by, page, f)
}

var lockUser = sqlkit.Statement(`select ` + UserColumns.All() + ` from users u where u.id = $1 and u.deleted_at is null for no key update`)

// LockUser implements users.Tx.
func (t Tx) LockUser(ctx context.Context, id domain.UserID) (*users.User, error) {
	u, err := sqlkit.Row[users.User](ctx, t.db, lockUser, id)
	if err == nil && u == nil {
		err = domain.Errorf(domain.CodeNotFound, "the user does not exist")
	}
	return u, err
}

var personByEmail = sqlkit.Statement(`select u.id from users u where ` + ofAddress)

// PersonByEmail implements content.SourceTx.
func (t Tx) PersonByEmail(ctx context.Context, email string) (domain.UserID, error) {
	found, err := sqlkit.Rows[domain.UserID](ctx, t.db, personByEmail, email)
	if err != nil {
		return domain.UserID{}, err
	}
	if len(found) == 0 {
		return domain.UserID{}, domain.Errorf(domain.CodeNotFound, "no user has the address %q", email).At("author")
	}
	return found[0], nil
}
