package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"lyceum/db"
)

// Sizes say how large a school is made. Users and Items count those of the small school that are in every large one too.
type Sizes struct {
	Users, Items, Events int
	Seed                 int64 // the same seed and sizes make, on the same day, the same rows
}

// Check refuses sizes that make no school, all faults at once.
func (s Sizes) Check() error {
	var faults []error
	for _, size := range []struct {
		name        string
		value       int64
		least, most int64
	}{
		{"users", int64(s.Users), 100, 1_000_000},
		{"items", int64(s.Items), 50, 100_000},
		{"events", int64(s.Events), 0, 50_000_000},
		{"seed", s.Seed, 0, 1 << 31},
	} {
		if size.value < size.least || size.value > size.most {
			faults = append(faults, fmt.Errorf("%s must be %d to %d, not %d", size.name, size.least, size.most, size.value))
		}
	}
	return errors.Join(faults...)
}

// Progress hears what is done next, and how many steps of how many lie behind.
type Progress func(done, of int, what string)

// hash is that of Password, always the same one: with a salt of each load's own two loads would differ.
const hash = "$2a$10$oG0SiciB5PjLN.ZNdxsQtuZ3ka4VcYu9oa8LMLppXjgDqUfipxgM6"

// step is a file of SQL, run once, or once for each value of a setting.
type step struct {
	what, file string
	setting    string
	values     []string
}

func steps(months []string) []step {
	return []step{
		{what: "connections are prepared", file: "large/begin.sql"},
		{what: "plans and the people who can sign in", file: "school.sql"},
		{what: "their payments", file: "money.sql"},
		{what: "the lessons", file: "catalogue.sql"},
		{what: "people", file: "large/people.sql"},
		{what: "subscriptions and seats", file: "large/subscriptions.sql"},
		{what: "payments", file: "large/money.sql"},
		{what: "the history of the subscriptions", file: "large/changes.sql"},
		{what: "categories", file: "large/categories.sql"},
		{what: "items", file: "large/items.sql"},
		{what: "bodies and their search", file: "large/bodies.sql"},
		{what: "grants, prerequisites and courses", file: "large/grants.sql"},
		{what: "who learned what", file: "large/journeys.sql"},
		{what: "events", file: "large/events.sql", setting: "demo.part", values: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		{what: "events of", file: "large/month.sql", setting: "demo.month", values: months},
		{what: "progress", file: "large/progress.sql"},
		{what: "who tried to sign in", file: "large/signins.sql"},
		{what: "sign-ins of", file: "large/attempts_month.sql", setting: "demo.month", values: months},
		{what: "security events of", file: "large/security_month.sql", setting: "demo.month", values: months},
		{what: "sessions and tokens", file: "large/keys.sql"},
		{what: "seals on the logs", file: "large/seals.sql"},
		{what: "the figures", file: "large/end.sql"},
	}
}

// months are the thirteen that the last 365 days touch.
func months(today time.Time) []string {
	first := today.AddDate(0, 0, -365)
	var all []string
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); !m.After(today); m = m.AddDate(0, 1, 0) {
		all = append(all, m.Format(time.DateOnly))
	}
	return all
}

const (
	largeSettings = `select set_config('demo.users', $1, true), set_config('demo.items', $2, true), set_config('demo.events', $3, true),
		set_config('demo.part', '', true), set_config('work_mem', '128MB', true), set_config('maintenance_work_mem', '256MB', true),
		set_config('jit', 'off', true), set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true)`
	setOne = `select set_config($1, $2, true)`
	today  = `select date_trunc('day', now())`
	vacuum = `vacuum analyze`
	counts = `select 'people' as name, count(*) as rows from users
		union all select 'subscriptions', count(*) from user_subscriptions
		union all select 'payments', count(*) from payments
		union all select 'categories', count(*) from content_categories
		union all select 'items', count(*) from content_items
		union all select 'grants and denials', count(*) from user_content_permissions
		union all select 'learning events', count(*) from content_consumption
		union all select 'progress records', count(*) from learning_analytics
		union all select 'sign-in attempts', count(*) from login_attempts
		union all select 'security events', count(*) from security_audit_log
		union all select 'sessions', count(*) from user_sessions`
)

// Made is how many rows of a kind there are.
type Made struct {
	Name string `db:"name"`
	Rows int64  `db:"rows"`
}

// LoadLarge fills an empty school with a large one: the plans, the lessons and the named users of the small school, and a
// crowd. All rows come in one transaction, so that an interrupted load leaves the school empty; then the tables are vacuumed.
// It returns what there is then. Errors: those of Check, ErrNotEmpty.
func LoadLarge(ctx context.Context, owner *db.DB, s Sizes, progress Progress) ([]Made, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	err := fill(ctx, owner, hash, s.Seed, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, largeSettings, strconv.Itoa(s.Users), strconv.Itoa(s.Items), strconv.Itoa(s.Events)); err != nil {
			return err
		}
		if err := run(ctx, tx, "tools.sql"); err != nil {
			return err
		}
		var day time.Time
		if err := tx.GetContext(ctx, &day, today); err != nil {
			return err
		}
		return write(ctx, tx, steps(months(day)), progress)
	})
	if err != nil {
		return nil, err
	}
	if _, err := owner.ExecContext(ctx, vacuum); err != nil {
		return nil, fmt.Errorf("the school is loaded and whole, but not vacuumed; run VACUUM ANALYZE: %w", err)
	}
	var made []Made
	return made, owner.SelectContext(ctx, &made, counts)
}

func write(ctx context.Context, tx *sqlx.Tx, all []step, progress Progress) error {
	of, done := 1, 0 // one for the vacuum
	for _, s := range all {
		of += max(1, len(s.values))
	}
	for _, s := range all {
		if s.setting == "" {
			progress(done, of, s.what)
			if err := run(ctx, tx, s.file); err != nil {
				return err
			}
			done++
		}
		for _, value := range s.values {
			progress(done, of, s.what+" "+value)
			if _, err := tx.ExecContext(ctx, setOne, s.setting, value); err != nil {
				return err
			}
			if err := run(ctx, tx, s.file); err != nil {
				return err
			}
			done++
		}
	}
	progress(done, of, "vacuum")
	return nil
}
