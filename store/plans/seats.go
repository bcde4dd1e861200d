package plans

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var subscriberByEmail = sqlkit.Statement(`select u.id, u.email, u.first_name, u.username, u.locale, true as email_verified
	from users u where u.email = $1::citext and u.email_verified_at is not null and u.account_status in ('active', 'locked') and u.deleted_at is null`)

// SubscriberByEmail implements plans.SeatTx.
func (t Tx) SubscriberByEmail(ctx context.Context, email string) (*plans.Subscriber, error) {
	return sqlkit.Row[plans.Subscriber](ctx, t.db, subscriberByEmail, email)
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
