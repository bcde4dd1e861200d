package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shifts is a database whose clock can be moved and that can be away.
type shifts struct {
	by  time.Duration
	err error
}

func (s *shifts) ClockShift(context.Context) (time.Duration, error) { return s.by, s.err }

func TestTheClockFollowsTheDatabaseAndSaysOnceThatItCannot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c, database := &clock{}, &shifts{by: time.Hour}
		ctx, cancel := context.WithCancel(t.Context())
		go c.keepFollowing(ctx, database, slog.New(slog.NewTextHandler(&log, nil)))
		after := func(what string, by time.Duration, warned, again int) {
			t.Helper()
			time.Sleep(10*time.Second + time.Millisecond)
			synctest.Wait()
			if got := c.now().Sub(time.Now().UTC().Truncate(time.Microsecond)); got != by {
				t.Errorf("%s: the clock is %v ahead, not %v", what, got, by)
			}
			if n := strings.Count(log.String(), "level=WARN"); n != warned {
				t.Errorf("%s: it was said %d times that the clock cannot be read: %s", what, n, log.String())
			}
			if n := strings.Count(log.String(), "is read again"); n != again {
				t.Errorf("%s: it was said %d times that the clock is read again", what, n)
			}
		}
		after("moved", time.Hour, 0, 0)
		database.by, database.err = 2*time.Hour, errors.New("the database is away")
		after("away", time.Hour, 1, 0)
		if !strings.Contains(log.String(), "the database is away") {
			t.Errorf("the log does not say why: %s", log.String())
		}
		database.err = nil
		after("back", 2*time.Hour, 1, 1)
		database.err = errors.New("away again")
		after("away again", 2*time.Hour, 2, 1)
		cancel()
		synctest.Wait() // else the program would not end
	})
}
