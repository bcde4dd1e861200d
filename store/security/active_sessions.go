package security

import (
	"context"
	"slices"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/store/sqlkit"
)

// Sessions is what auth keeps sessions with, outside of transactions.
type Sessions struct{ db db.Querier }

// NewSessions keeps sessions in a pool.
func NewSessions(q db.Querier) Sessions { return Sessions{db: q} }

// Every request asks for its session: these statements are the shortest that answer. A row for each role is read sooner
// than PostgreSQL folds them, and the clock is asked once.
var (
	findSession = sqlkit.Statement(`select s.id, s.user_id, s.data, s.last_seen_at < moment.now - interval '1 minute' as stale,
		r.name as role, r.permissions
	from (select clock_now() as now offset 0) moment
	cross join user_sessions s join users u on u.id = s.user_id and u.account_status = 'active' and u.deleted_at is null
	left join (user_roles ur join roles r on r.id = ur.role_id) on ur.user_id = u.id
		and (ur.expires_at is null or ur.expires_at > moment.now)
	where s.session_token = $1 and ` + alive + `moment.now`)
	rightsOf = sqlkit.Statement(`select r.name as role, r.permissions from user_roles ur join roles r on r.id = ur.role_id
	where ur.user_id = $1 and (ur.expires_at is null or ur.expires_at > (select clock_now()))`)
	// Nobody is read with it: who watches a stream wants to know only whether it may go on.
	sessionLasts = sqlkit.Statement(`select exists (select from user_sessions s join users u on u.id = s.user_id
		and u.account_status = 'active' and u.deleted_at is null
	where s.session_token = $1 and ` + active + `)`)
	touchSession = sqlkit.Statement(`update user_sessions s set last_seen_at = clock_now() where s.id = $1 and s.is_active`)
)

// right is a role with what it allows; without any where a user has none.
type right struct {
	Role        *string        `db:"role"`
	Permissions pq.StringArray `db:"permissions"`
}

type liveSession struct {
	security.LiveSession
	right
}

// add gives a user a role.
func (r *right) add(to *security.Rights) {
	if r.Role == nil {
		return
	}
	to.Roles = append(to.Roles, *r.Role)
	for _, p := range r.Permissions {
		if !slices.Contains(to.Permissions, domain.Permission(p)) {
			to.Permissions = append(to.Permissions, domain.Permission(p))
		}
	}
}

// Rights reads what a user may do now.
func (w Sessions) Rights(ctx context.Context, user domain.UserID) (*security.Rights, error) {
	rows, err := sqlkit.Rows[right](ctx, w.db, rightsOf, user)
	var rights security.Rights
	for i := range rows {
		rows[i].add(&rights)
	}
	return &rights, err
}

// FindSession reads a active session by the hash of its token and, at most once a minute, notes that it was seen; nil
// when there is none. What a user may do is read with it, so that what was taken from them is gone at once.
func (w Sessions) FindSession(ctx context.Context, tokenHash string) (*security.LiveSession, error) {
	rows, err := sqlkit.Rows[liveSession](ctx, w.db, findSession, tokenHash)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	s := &rows[0].LiveSession
	for i := range rows {
		rows[i].add(&s.Rights)
	}
	if s.Stale {
		_, err = w.db.Exec(ctx, touchSession, s.ID)
	}
	return s, sqlkit.Wrap(err)
}

// SessionLasts reports whether a session is still alive, without noting that it was seen.
func (w Sessions) SessionLasts(ctx context.Context, tokenHash string) (lasts bool, err error) {
	err = w.db.Get(ctx, &lasts, sessionLasts, tokenHash)
	return lasts, sqlkit.Wrap(err)
}

// A request in flight must not revive a session that was ended meanwhile, nor move it to somebody else. A sign-in in flight begins
// none once the account was stopped, or its password was set anew or taken since the old one was looked at.
var saveSession = sqlkit.Statement(`insert into user_sessions as s (user_id, session_token, data, expires_at, ip_address, user_agent)
	select u.id, $2, $3, clock_now() + $4 * interval '1 second', nullif($5, '')::inet, left($6, 400)
	from users u where u.id = $1 and u.account_status = 'active' and u.deleted_at is null and u.password_hash is not null
		and ($7 or (select max(h.created_at) from password_history h where h.user_id = u.id) is not distinct from $8)
	on conflict (session_token) do update set data = excluded.data where s.is_active and s.user_id = excluded.user_id`)

// SaveSession writes a session that lasts so long from now. signedIn is nil for one that goes on.
func (w Sessions) SaveSession(ctx context.Context, user domain.UserID, tokenHash string, data []byte, lasts time.Duration,
	signedIn *security.SignedIn, from domain.Request,
) error {
	var setAt *time.Time
	if signedIn != nil {
		setAt = signedIn.PasswordSetAt
	}
	_, err := w.db.Exec(ctx, saveSession, user, tokenHash, data, int64(lasts.Seconds()), from.IP, from.UserAgent, signedIn == nil, setAt)
	return sqlkit.Wrap(err)
}

var endSessionByToken = sqlkit.Statement(`update user_sessions s set is_active = false, ended_at = clock_now(), end_reason = 'signed_out'
	where s.session_token = $1 and s.is_active`)

// EndSession ends a session by the hash of its token.
func (w Sessions) EndSession(ctx context.Context, tokenHash string) error {
	_, err := w.db.Exec(ctx, endSessionByToken, tokenHash)
	return sqlkit.Wrap(err)
}
