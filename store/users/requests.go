package users

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/store/sqlkit"
)

// mostRequests is how many requests may wait: some minutes of work. A flood from many networks ends there.
const mostRequests = 10_000

var addRequest = sqlkit.Statement(`insert into account_requests (id, kind, email, user_id, first_name, last_name, locale, password_hash,
		request_id, ip_address, user_agent)
	select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
	where (select count(*) from (select from account_requests limit $12) waiting) < $12`)

// AddRequest stores a request; store.Tx has it worked off.
func (t Tx) AddRequest(ctx context.Context, r *users.AccountRequest) error {
	n, err := t.db.Exec(ctx, addRequest, r.ID, r.Kind, r.Email, r.UserID, r.FirstName, r.LastName, r.Locale, r.PasswordHash, r.RequestID,
		r.IP, r.UserAgent, mostRequests)
	if err == nil && n == 0 {
		return domain.Errorf(domain.CodeOverloaded, "too many requests for accounts are waiting; try again in a few minutes")
	}
	return sqlkit.Wrap(err)
}

var takeRequest = sqlkit.Statement(`delete from account_requests r where r.id = $1
	returning r.id, r.kind, r.email, r.user_id, r.first_name, r.last_name, r.locale, r.password_hash, r.request_id, r.ip_address, r.user_agent`)

// TakeRequest implements users.Tx.
func (t Tx) TakeRequest(ctx context.Context, id domain.AccountRequestID) (*users.AccountRequest, error) {
	return sqlkit.Row[users.AccountRequest](ctx, t.db, takeRequest, id)
}

var dropRequests = sqlkit.Statement(`delete from account_requests r where r.user_id = $1`)

// DropRequests implements users.Tx.
func (t Tx) DropRequests(ctx context.Context, id domain.UserID) error {
	_, err := t.db.Exec(ctx, dropRequests, id)
	return sqlkit.Wrap(err)
}

// One statement counts and judges, so that requests at the same moment cannot slip by. What is refused is not counted: the window ends
// for whoever keeps asking, too.
var takeTurn = sqlkit.Statement(`with moment as (select clock_now() as now)
	insert into account_limits as l (place, window_start, taken, last_at) select $1, m.now, 1, m.now from moment m
	on conflict (place) do update set
		window_start = case when l.window_start <= excluded.last_at - $2 * interval '1 second' then excluded.last_at else l.window_start end,
		taken = case when l.window_start <= excluded.last_at - $2 * interval '1 second' then 1 else l.taken + 1 end,
		last_at = excluded.last_at
	where (l.taken < $3 or l.window_start <= excluded.last_at - $2 * interval '1 second')
		and l.last_at <= excluded.last_at - $4 * interval '1 second'`)

// TakeTurn implements users.Tx.
func (t Tx) TakeTurn(ctx context.Context, place string, l users.Limit) (bool, error) {
	n, err := t.db.Exec(ctx, takeTurn, place, l.Per.Seconds(), l.Most, l.Every.Seconds())
	return n == 1, sqlkit.Wrap(err)
}
