package domain

import "time"

// Clock tells the time of the school. It follows the same offset as the database's clock_now(); code never calls
// time.Now for anything that a rule depends on.
type Clock func() time.Time

// FixedClock stands still. For tests.
func FixedClock(at time.Time) Clock {
	return func() time.Time { return at }
}
