package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
)

const sessionColumns = `s.id, s.user_id, host(s.ip_address) as ip_address, s.user_agent, s.created_at, s.last_seen_at, s.expires_at,
	(` + living + `) as is_active, s.ended_at, s.end_reason`

// When a session ends is judged here alone: by its age and by its last sight.
const (
	alive  = `s.is_active and least(s.expires_at, s.last_seen_at + interval '30 minutes') > `
	living = alive + `(select clock_now())`
)

const sessionsOf = `select ` + sessionColumns + ` from user_sessions s where s.user_id = $1 and ` + living + ` order by s.last_seen_at desc, s.id desc`

// SessionsOf reads a person's living sessions, last seen first.
func (r Reader) SessionsOf(ctx context.Context, user domain.UserID) ([]*security.Session, error) {
	return selectRows[*security.Session](ctx, r.db, sessionsOf, user)
}

const sessionsByID = `select ` + sessionColumns + ` from user_sessions s where s.id = any($1)`

// SessionsByID reads sessions, ended ones too.
func (r Reader) SessionsByID(ctx context.Context, ids []domain.SessionID) ([]*security.Session, error) {
	return selectRows[*security.Session](ctx, r.db, sessionsByID, pq.Array(ids))
}

const sessionSource = ` from user_sessions s where true`

var sessionList = list[security.Session, security.SessionOrder]{
	name: "sessions", query: `select ` + sessionColumns + sessionSource, count: `select count(*)` + sessionSource,
	filters: []filter{
		{text: `s.user_id = ?`},
		whether(living),
		{text: `s.ip_address = ?::inet`},
		{text: `s.created_at >= ?`},
		{text: `s.created_at < ?`},
	},
	orders: map[security.SessionOrder]order[security.Session]{
		security.NewestSessionFirst: {
			columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, desc: true,
			key: func(s *security.Session) []string { return []string{stamp(s.CreatedAt), s.ID.String()} },
		},
		security.RecentlySeenFirst: {
			columns: []string{"s.last_seen_at::timestamptz", "s.id::uuid"}, desc: true,
			key: func(s *security.Session) []string { return []string{stamp(s.LastSeenAt), s.ID.String()} },
		},
	},
}

// ListSessions reads a page of all sessions, ended ones too.
func (r Reader) ListSessions(ctx context.Context, f security.SessionFilter, by security.SessionOrder, page domain.PageArgs) (*domain.Page[*security.Session], error) {
	return sessionList.page(ctx, r.db, by, page, f.UserID, f.Active, f.IP, f.Since, f.Until)
}

const statusOf = `select v.user_id, v.email_verified, v.phone_verified, v.two_factor_enabled, v.password_changed_at, v.last_login_at,
		v.active_sessions, v.live_api_tokens, v.failed_logins_24h
	from user_security_status v where v.user_id = any($1)`

// SecurityStatus reads the security overview of people.
func (r Reader) SecurityStatus(ctx context.Context, ids []domain.UserID) ([]*security.Status, error) {
	return selectRows[*security.Status](ctx, r.db, statusOf, pq.Array(ids))
}

const endSession = `update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.id = $1 and s.user_id = $2 and s.is_active returning ` + sessionColumns

const sessionOf = `select ` + sessionColumns + ` from user_sessions s where s.id = $1 and s.user_id = $2`

// EndSession implements security.Tx.
func (t *Tx) EndSession(ctx context.Context, id domain.SessionID, owner domain.UserID) (s *security.Session, ended bool, err error) {
	if s, err = getRow[security.Session](ctx, t, endSession, id, owner); err != nil || s != nil {
		return s, s != nil, err
	}
	if s, err = getRow[security.Session](ctx, t, sessionOf, id, owner); err == nil && s == nil {
		err = domain.Errorf(domain.CodeNotFound, "you have no session with this id").At("sessionId")
	}
	return s, false, err
}

const endOtherSessions = `update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.user_id = $1 and s.id <> $2 and s.is_active`

// EndOtherSessions implements security.Tx.
func (t *Tx) EndOtherSessions(ctx context.Context, owner domain.UserID, but domain.SessionID) (int64, error) {
	n, err := t.Exec(ctx, endOtherSessions, owner, but)
	return n, wrap(err)
}
