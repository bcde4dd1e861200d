package store

import (
	"context"
	"time"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Maintenance is the housekeeping that jobs do, and what the program asks when it starts.
type Maintenance struct {
	usersMaintenance
	plansMaintenance
	analyticsMaintenance
	securityMaintenance
	integrationMaintenance
	operationsMaintenance

	db db.Querier
}

var ensurePartitions = sqlkit.Statement(`select p from ensure_partitions($1) p`)

// EnsurePartitions makes the monthly partitions up to so many months ahead and returns the names of the new ones.
func (m Maintenance) EnsurePartitions(ctx context.Context, ahead int) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, ensurePartitions, ahead)
}

var forgetOnce = sqlkit.Statement(`delete from idempotency_keys where created_at < clock_now() - interval '24 hours'`)

// CleanUp marks sessions that ran out as ended, and deletes tokens, keys and throttles whose time is over. It returns how many
// rows each did.
func (m Maintenance) CleanUp(ctx context.Context) (map[string]int64, error) {
	done := map[string]int64{}
	for _, statements := range expired() {
		for name, statement := range statements {
			n, err := m.db.Exec(ctx, statement)
			if err != nil {
				return done, sqlkit.Wrap(err)
			}
			done[name] = n
		}
	}
	return done, nil
}

// Forget deletes what was kept for as long as its rule in retention_rules says, and returns how many rows of each rule. Each batch is a
// transaction of its own. Only the owner may.
func (m Maintenance) Forget(ctx context.Context) (map[string]int64, error) {
	done := map[string]int64{}
	for _, statements := range outlived() {
		for name, statement := range statements {
			for more := true; more; {
				n, err := m.db.Exec(ctx, statement)
				if err != nil {
					return done, sqlkit.Wrap(err)
				}
				done[name] += n
				more = n > 0
			}
		}
	}
	for after := new(int64); after != nil; {
		n, last, err := m.ForgetTrail(ctx, *after)
		if err != nil {
			return done, err
		}
		done["audit_trail"] += n
		after = last
	}
	return done, nil
}

var advanceClock = sqlkit.Statement(`update clock set shift = shift + $1 * interval '1 microsecond'`)

// AdvanceClock moves the school's clock on. Only the owner may.
func (m Maintenance) AdvanceClock(ctx context.Context, by time.Duration) error {
	_, err := m.db.Exec(ctx, advanceClock, by.Microseconds())
	return sqlkit.Wrap(err)
}

var clockShift = sqlkit.Statement(`select extract(epoch from c.shift)::float8 from clock c`)

// ClockShift reads how far the school's clock is ahead of the machine's.
func (r Reader) ClockShift(ctx context.Context) (time.Duration, error) {
	var seconds float64
	err := r.db.Get(ctx, &seconds, clockShift)
	return time.Duration(seconds * float64(time.Second)), sqlkit.Wrap(err)
}
