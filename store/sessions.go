package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/security"
)

const sessionColumns = `s.id, s.user_id, host(s.ip_address) as ip_address, s.user_agent, s.created_at, s.last_seen_at, s.expires_at,
	(` + living + `) as is_active, s.ended_at, s.end_reason`

// living is judged here alone: when a session ends, by its age and by its last sight.
const living = `s.is_active and s.expires_at > (select clock_now()) and s.last_seen_at > (select clock_now()) - interval '30 minutes'`

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
		security.LastSeenFirst: {
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

const rightsOfUser = ` cross join lateral (select coalesce(json_agg(distinct r.name), '[]') as roles, coalesce(json_agg(distinct p) filter (where p is not null), '[]') as permissions
		from user_roles ur join roles r on r.id = ur.role_id left join lateral unnest(r.permissions) p on true
		where ur.user_id = u.id and (ur.expires_at is null or ur.expires_at > (select clock_now()))) rights`

const findSession = `select s.id, s.user_id, s.data, s.last_seen_at < (select clock_now()) - interval '1 minute' as stale, rights.*
	from user_sessions s join users u on u.id = s.user_id and u.account_status = 'active' and u.deleted_at is null` + rightsOfUser + `
	where s.session_token = $1 and ` + living

const rightsOf = `select rights.* from users u` + rightsOfUser + ` where u.id = $1`

// Rights reads what a person may do now.
func (w Sessions) Rights(ctx context.Context, user domain.UserID) (*security.Rights, error) {
	var r security.Rights
	return &r, wrap(w.db.Get(ctx, &r, rightsOf, user))
}

const touchSession = `update user_sessions s set last_seen_at = clock_now() where s.id = $1 and s.is_active`

// FindSession reads a living session by the hash of its token and, at most once a minute, notes that it was seen; nil
// when there is none. What a person may do is read with it, so that what was taken from her is gone at once.
func (w Sessions) FindSession(ctx context.Context, tokenHash string) (*security.LiveSession, error) {
	s, err := getRow[security.LiveSession](ctx, w.db, findSession, tokenHash)
	if err != nil || s == nil || !s.Stale {
		return s, err
	}
	_, err = w.db.Exec(ctx, touchSession, s.ID)
	return s, wrap(err)
}

// A request in flight must not revive a session that was ended meanwhile, nor move it to somebody else.
const saveSession = `insert into user_sessions as s (user_id, session_token, data, expires_at, ip_address, user_agent)
	values ($1, $2, $3, clock_now() + $4 * interval '1 second', nullif($5, '')::inet, left($6, 400))
	on conflict (session_token) do update set data = excluded.data where s.is_active and s.user_id = excluded.user_id`

// SaveSession writes a session that lasts so long from now.
func (w Sessions) SaveSession(ctx context.Context, user domain.UserID, tokenHash string, data []byte, lasts time.Duration, from domain.Request) error {
	_, err := w.db.Exec(ctx, saveSession, user, tokenHash, data, int64(lasts.Seconds()), from.IP, from.UserAgent)
	return wrap(err)
}

const endSessionByToken = `update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'signed_out'
	where s.session_token = $1 and s.is_active`

// EndSession ends a session by the hash of its token.
func (w Sessions) EndSession(ctx context.Context, tokenHash string) error {
	_, err := w.db.Exec(ctx, endSessionByToken, tokenHash)
	return wrap(err)
}

const endSession = `update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.id = $1 and s.user_id = $2 and s.is_active returning ` + sessionColumns

// EndSession implements security.Tx.
func (t *Tx) EndSession(ctx context.Context, id domain.SessionID, owner domain.UserID) (*security.Session, error) {
	s, err := getRow[security.Session](ctx, t, endSession, id, owner)
	if err == nil && s == nil {
		err = domain.Errorf(domain.CodeNotFound, "you have no such session").At("sessionId")
	}
	return s, err
}

const endOtherSessions = `update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'revoked'
	where s.user_id = $1 and s.id <> $2 and s.is_active`

// EndOtherSessions implements security.Tx.
func (t *Tx) EndOtherSessions(ctx context.Context, owner domain.UserID, but domain.SessionID) (int64, error) {
	n, err := t.Exec(ctx, endOtherSessions, owner, but)
	return n, wrap(err)
}
