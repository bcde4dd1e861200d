package plans

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

// Addresses compare as in users_email_key: in whatever locale, and by its index.
var subscriberByEmail = sqlkit.Statement(`select u.id, u.email, u.first_name, u.username, u.locale, true as email_verified
	from users u where lower(u.email::text collate "C") = lower($1::text collate "C") and u.deleted_at is null and u.account_status <> 'closed'
		and u.email_verified_at is not null and u.account_status in ('active', 'locked')`)

// SubscriberByEmail implements plans.SeatTx.
func (t Tx) SubscriberByEmail(ctx context.Context, email string) (*plans.Subscriber, error) {
	return sqlkit.Row[plans.Subscriber](ctx, t.db, subscriberByEmail, email)
}

// One statement counts and judges, so that attempts at the same moment cannot slip by. What is refused is not counted.
var takeSeatAttempt = sqlkit.Statement(`with moment as (select clock_now() as now)
	insert into account_limits as l (place, window_start, taken, last_at) select 'seats:' || $1::uuid, m.now, 1, m.now from moment m
	on conflict (place) do update set
		window_start = case when l.window_start <= excluded.last_at - interval '1 day' then excluded.last_at else l.window_start end,
		taken = case when l.window_start <= excluded.last_at - interval '1 day' then 1 else l.taken + 1 end,
		last_at = excluded.last_at
	where l.taken < $2 or l.window_start <= excluded.last_at - interval '1 day'`)

// TakeSeatAttempt implements plans.SeatTx.
func (t Tx) TakeSeatAttempt(ctx context.Context, by domain.UserID, most int32) (bool, error) {
	n, err := t.db.Exec(ctx, takeSeatAttempt, by, most)
	return n == 1, sqlkit.Wrap(err)
}

var countSeats = sqlkit.Statement(`select count(*)::integer from subscription_seats t where t.subscription_id = $1`)

// CountSeats implements plans.SeatTx.
func (t Tx) CountSeats(ctx context.Context, id domain.SubscriptionID) (n int32, err error) {
	return n, sqlkit.Wrap(t.db.Get(ctx, &n, countSeats, id))
}

var addSeat = sqlkit.Statement(`insert into subscription_seats (subscription_id, user_id, assigned_by) values ($1, $2, $3)
	on conflict do nothing returning subscription_id, user_id, assigned_by, created_at`)

// AddSeat implements plans.SeatTx.
func (t Tx) AddSeat(ctx context.Context, id domain.SubscriptionID, user, by domain.UserID) (*plans.Seat, error) {
	return sqlkit.Row[plans.Seat](ctx, t.db, addSeat, id, user, by)
}

var removeSeat = sqlkit.Statement(`delete from subscription_seats where subscription_id = $1 and user_id = $2`)

// RemoveSeat implements plans.SeatTx.
func (t Tx) RemoveSeat(ctx context.Context, id domain.SubscriptionID, user domain.UserID) (bool, error) {
	n, err := t.db.Exec(ctx, removeSeat, id, user)
	return n == 1, sqlkit.Wrap(err)
}
