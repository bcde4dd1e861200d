package main

import (
	"context"
	"fmt"
	"time"
)

// Each population has a plan of its own, so that one can be due and the other paused.
const (
	makePlans = `insert into subscription_plans (slug, name, access_level, price_minor, billing_cycle) values
		('plain', 'Plain', 2, 1000, 'monthly'), ('swept', 'Swept', 2, 1000, 'monthly')`
	makeStaff  = `insert into users (email, username) values ('staff@bench.example', 'staff')`
	makePeople = `insert into users (email, username, first_name) select format('%s%s@bench.example', p.slug, n), p.slug || n, 'N' || n
		from subscription_plans p, generate_series(1, $1::integer) n`
	makeSubscriptions = `insert into user_subscriptions (user_id, plan_id, status, current_period_start, current_period_end, access_until)
		select u.id, p.id, 'paused', now() - interval '32 days', now() - interval '1 day', now() + interval '6 days'
		from users u join subscription_plans p on u.username ~ ('^' || p.slug)`

	resetAll = `update user_subscriptions s set status = case when p.slug = $1 then 'active' else 'paused' end, ended_at = null, cancel_at = null,
			canceled_at = null, access_until = now() + interval '6 days'
		from subscription_plans p where p.id = s.plan_id`
	forget = `truncate subscription_changes, mail_messages, river.river_job`

	// What a sweep writes for a period that nobody paid: the subscription, its history, the message and its job.
	oneStatement = `with changed as (
			update user_subscriptions s set status = 'past_due', access_until = greatest(s.access_until, s.current_period_end + interval '7 days')
			where s.next_due_at <= now() returning s.id, s.user_id, s.plan_id, s.current_period_end, s.access_until
		), history as (
			insert into subscription_changes (subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status,
				effective_at)
			select c.id, c.user_id, 'payment_failed', c.plan_id, c.plan_id, 'active', 'past_due', c.current_period_end from changed c
		), mail as (
			insert into mail_messages (cause, template, recipient, user_id, locale, template_values)
			select 'subscription:' || c.id || ':payment_failed:' || extract(epoch from c.current_period_end)::bigint, 'plans.payment_due',
				u.email, u.id, u.locale,
				jsonb_build_object('name', u.first_name, 'plan', p.name, 'until', c.access_until)
			from changed c join users u on u.id = c.user_id join subscription_plans p on p.id = c.plan_id
			returning id
		)
		insert into river.river_job (kind, args, max_attempts) select 'send_mail', jsonb_build_object('mail_id', m.id), 25 from mail m`

	someDue = `select s.id from user_subscriptions s where s.next_due_at <= now() order by s.next_due_at, s.id offset 5000 limit 1`

	written = `select format('%s %s %s %s', (select count(*) from user_subscriptions where next_due_at <= now()),
		(select count(*) from subscription_changes),
		(select count(*) from mail_messages), (select count(*) from river.river_job))`
	planOfDue = `explain (costs off) select s.id from user_subscriptions s where s.next_due_at <= now() order by s.next_due_at, s.id limit 1000
		for no key update skip locked`

	// readers are the sessions of the bench that read; they say so in their statement.
	readOne   = `/* reader */ select a.has_access from user_content_access a where a.user_id = $1 limit 1`
	readNext  = `select u.id from users u tablesample system (1) limit 1`
	readWaits = `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '/* reader */%'`
)

func (b *bench) make(ctx context.Context, rows int) error {
	for _, statement := range []string{makePlans, makeStaff} {
		if _, err := b.d.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if _, err := b.d.ExecContext(ctx, makePeople, rows); err != nil {
		return err
	}
	if _, err := b.d.ExecContext(ctx, makeSubscriptions); err != nil {
		return err
	}
	if err := b.prepare(ctx, "swept"); err != nil {
		return err
	}
	var plan []string
	if err := b.d.SelectContext(ctx, &plan, planOfDue); err != nil {
		return err
	}
	for _, line := range plan {
		fmt.Fprintln(b.out, "  "+line)
	}
	return nil
}

// prepare makes one population due and nothing else.
func (b *bench) prepare(ctx context.Context, slug string) error {
	if _, err := b.d.ExecContext(ctx, resetAll, slug); err != nil {
		return err
	}
	for _, statement := range []string{forget, `vacuum analyze`, `checkpoint`} {
		if _, err := b.d.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// check finds out whether all was written; the one that was canceled in between may have other messages.
func (b *bench) check(ctx context.Context, rows int) error {
	var text string
	if err := b.d.GetContext(ctx, &text, written); err != nil {
		return err
	}
	var due, changes, mails, jobs int
	if _, err := fmt.Sscanf(text, "%d %d %d %d", &due, &changes, &mails, &jobs); err != nil {
		return err
	}
	if due != 0 || changes < rows || mails < rows-1 || jobs != mails {
		return fmt.Errorf("%d are due, %d changes, %d messages and %d jobs were written for %d rows", due, changes, mails, jobs, rows)
	}
	return nil
}

// watch is what was seen of readers.
type watch struct {
	samples, waits, reads int
	slowest               time.Duration
	err                   error
}

// readers reads without pause, and looks every 50 ms whether a reader waits for a lock.
func (b *bench) readers(ctx context.Context) (w watch) {
	reads := make(chan watch, 1)
	go func() {
		var r watch
		for ctx.Err() == nil {
			var id string
			began := time.Now()
			if err := b.d.GetContext(ctx, &id, readNext); err != nil {
				continue // no row in the sample, or the end
			}
			var none []bool
			if err := b.d.SelectContext(ctx, &none, readOne, id); err != nil && ctx.Err() == nil {
				r.err = err
			}
			r.reads++
			r.slowest = max(r.slowest, time.Since(began))
		}
		reads <- r
	}()
	for ctx.Err() == nil {
		var waiting int
		if err := b.d.GetContext(ctx, &waiting, readWaits); err == nil {
			w.samples++
			if waiting > 0 {
				w.waits++
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	r := <-reads
	w.reads, w.slowest, w.err = r.reads, r.slowest, r.err
	return w
}
