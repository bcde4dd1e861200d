package security

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

var sessionColumns = sqlkit.FixedColumns("s", "id", "user_id", "ip_address", "user_agent", "created_at", "last_seen_at", "expires_at",
	"is_active", "ended_at", "end_reason").With("ip_address", `host(s.ip_address)`).With("is_active", `(`+active+`)`)

// When a session ends is judged here alone: by its age and by its last sight.
const (
	alive  = `s.is_active and least(s.expires_at, s.last_seen_at + interval '30 minutes') > `
	active = alive + `(select clock_now())`
)

var sessionsOf = sqlkit.Statement(`select ` + sessionColumns.All() + ` from user_sessions s where s.user_id = $1 and ` + active + `
	order by s.last_seen_at desc, s.id desc`)

// SessionsOf reads a user's active sessions, last seen first.
func (r Reader) SessionsOf(ctx context.Context, user domain.UserID) ([]*security.Session, error) {
	return sqlkit.Rows[*security.Session](ctx, r.db, sessionsOf, user)
}

var sessionsByID = sqlkit.Statement(`select ` + sessionColumns.All() + ` from user_sessions s where s.id = any($1)`)

// SessionsByID reads sessions, ended ones too.
func (r Reader) SessionsByID(ctx context.Context, ids []domain.SessionID) ([]*security.Session, error) {
	return sqlkit.Rows[*security.Session](ctx, r.db, sessionsByID, pq.Array(ids))
}

const sessionSource = ` from user_sessions s where true`

var sessionList = sqlkit.NewList(sqlkit.ListOf[security.Session, security.SessionOrder, security.SessionFilter]{
	Name: "sessions", Columns: sessionColumns, From: sessionSource,
	Filters: sqlkit.Filters[security.SessionFilter]{
		sqlkit.Where(`s.user_id = ?`, func(f security.SessionFilter) *domain.UserID { return f.UserID }),
		sqlkit.Whether(active, func(f security.SessionFilter) *bool { return f.Active }),
		sqlkit.Where(`s.ip_address = ?::inet`, func(f security.SessionFilter) *string { return f.IP }),
		sqlkit.Where(`s.created_at >= ?`, func(f security.SessionFilter) *time.Time { return f.Since }),
		sqlkit.Where(`s.created_at < ?`, func(f security.SessionFilter) *time.Time { return f.Until }),
	},
	Orders: map[security.SessionOrder]sqlkit.Order[security.Session]{
		security.NewestSessionFirst: {
			Columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, Desc: true,
			Key: func(s *security.Session) []string { return []string{sqlkit.Stamp(s.CreatedAt), s.ID.String()} },
		},
		security.RecentlySeenFirst: {
			Columns: []string{"s.last_seen_at::timestamptz", "s.id::uuid"}, Desc: true,
			Key: func(s *security.Session) []string { return []string{sqlkit.Stamp(s.LastSeenAt), s.ID.String()} },
		},
	},
})

// ListSessions reads a page of all sessions, ended ones too.
func (r Reader) ListSessions(ctx context.Context, f security.SessionFilter, by security.SessionOrder, page domain.PageArgs,
) (*domain.Page[*security.Session], error) {
	return sessionList.Page(ctx, r.db, r.projection, by, page, f)
}

var statusOf = sqlkit.Statement(`select v.user_id, v.email_verified, v.phone_verified, v.two_factor_enabled, v.password_changed_at,
		v.last_login_at,		v.active_sessions, v.live_api_tokens, v.failed_logins_24h
	from user_security_status v where v.user_id = any($1)`)

// SecurityStatus reads the security overview of users.
func (r Reader) SecurityStatus(ctx context.Context, ids []domain.UserID) ([]*security.Status, error) {
	return sqlkit.Rows[*security.Status](ctx, r.db, statusOf, pq.Array(ids))
}

var endSession = sqlkit.Statement(`update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.id = $1 and s.user_id = $2 and s.is_active returning ` + sessionColumns.All())

var sessionOf = sqlkit.Statement(`select ` + sessionColumns.All() + ` from user_sessions s where s.id = $1 and s.user_id = $2`)

// EndSession implements security.Tx.
func (t Tx) EndSession(ctx context.Context, id domain.SessionID, owner domain.UserID) (s *security.Session, ended bool, err error) {
	if s, err = sqlkit.Row[security.Session](ctx, t.db, endSession, id, owner); err != nil || s != nil {
		return s, s != nil, err
	}
	if s, err = sqlkit.Row[security.Session](ctx, t.db, sessionOf, id, owner); err == nil && s == nil {
		err = domain.Errorf(domain.CodeNotFound, "you have no session with this id").At("sessionId")
	}
	return s, false, err
}

var endOtherSessions = sqlkit.Statement(`update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.user_id = $1 and s.id <> $2 and s.is_active`)

// EndOtherSessions implements security.Tx.
func (t Tx) EndOtherSessions(ctx context.Context, owner domain.UserID, but domain.SessionID) (int64, error) {
	n, err := t.db.Exec(ctx, endOtherSessions, owner, but)
	return n, sqlkit.Wrap(err)
}

// Whoever signs in and goes on in one operation has no session yet.
var sessionActive = sqlkit.Statement(`select exists (select from users u where u.id = $2 and u.account_status = 'active' and u.deleted_at is null)
	and ($1::uuid = '00000000-0000-0000-0000-000000000000'
		or exists (select from user_sessions s where s.id = $1 and s.user_id = $2 and s.is_active))`)

// SessionActive implements users.Tx.
func (t Tx) SessionActive(ctx context.Context, id domain.SessionID, owner domain.UserID) (active bool, err error) {
	err = t.db.Get(ctx, &active, sessionActive, id, owner)
	return active, sqlkit.Wrap(err)
}
