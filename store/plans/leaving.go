package plans

import (
	"context"

	"lyceum/domain"
	"lyceum/store/sqlkit"
)

var (
	freeSeats = sqlkit.Statement(`delete from subscription_seats t where t.user_id = $1`)
	// One statement, so that the history tells of each what it was.
	endSubscriptions = sqlkit.Statement(`with held as (
			select s.id, s.plan_id, s.status from user_subscriptions s
			where s.user_id = $1 and s.status in ('pending', 'incomplete', 'trialing', 'active', 'past_due', 'paused') for no key update),
		ended as (
			update user_subscriptions s set status = 'canceled', canceled_at = coalesce(s.canceled_at, clock_now()), ended_at = clock_now(),
				access_until = least(s.access_until, clock_now()) from held h where s.id = h.id returning s.id)
		insert into subscription_changes (subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status, effective_at,
			actor_id, reason)
		select h.id, $1, 'canceled', h.plan_id, h.plan_id, h.status, 'canceled', clock_now(), $2, 'the account was closed'
		from held h join ended e on e.id = h.id`)
)

// EndSubscriptionsOf implements users.Tx.
func (t Tx) EndSubscriptionsOf(ctx context.Context, id, actor domain.UserID) error {
	if _, err := t.db.Exec(ctx, freeSeats, id); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, endSubscriptions, id, actor)
	return sqlkit.Wrap(err)
}
