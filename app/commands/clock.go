package commands

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"lyceum/app"
)

// clock groups what concerns the school's clock.
type clock struct {
	Show    showClock    `cmd:"" default:"1" help:"Show the school's time (the default)."`
	Advance advanceClock `cmd:"" help:"Move the school's clock on, and do all that the time in between brings. In development only."`
}

type showClock struct{}

// Run prints the school's time, and how far it is ahead of the machine's.
func (showClock) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	now, ahead, err := app.ReadClock(s.ctx, d)
	if err == nil {
		fmt.Fprintf(s.out, "%s, %s ahead of the machine's clock\n", now.Format(time.RFC3339), ahead)
	}
	return err
}

type advanceClock struct {
	By span `arg:"" help:"How far, for example 40d, 12h or 1h30m; ten years at most."`
}

// Run moves the clock and does what a running server would have done meanwhile. It waits for no queue.
func (a advanceClock) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	if c.Production() {
		return errors.New("the clock of a school in production is not moved (LYCEUM_ENV)")
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Complete(c, false); err != nil {
		return err
	}
	done, err := app.AdvanceClock(s.ctx, c, d, time.Duration(a.By))
	if err == nil {
		fmt.Fprintf(s.out, "it is %s now; subscriptions: %d past due, %d expired, %d canceled\n",
			done.Now.Format(time.RFC3339), done.Swept.PastDue, done.Swept.Expired, done.Swept.Canceled)
	}
	return err
}

// span is a time span on a command line, days included.
type span time.Duration

var (
	spanForm = regexp.MustCompile(`^(?:(\d{1,4})d)?(\d[\dhms]*)?$`)
	maxSpan  = 3660 * 24 * time.Hour
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *span) UnmarshalText(text []byte) error {
	parts := spanForm.FindSubmatch(text)
	if len(text) == 0 || parts == nil {
		return fmt.Errorf("%q is no time span: write it like 40d, 12h or 1h30m", text)
	}
	var whole time.Duration
	if len(parts[1]) > 0 {
		days, err := strconv.Atoi(string(parts[1]))
		if err != nil {
			return err
		}
		whole = time.Duration(days) * 24 * time.Hour
	}
	if len(parts[2]) > 0 {
		rest, err := time.ParseDuration(string(parts[2]))
		if err != nil || rest > maxSpan {
			return fmt.Errorf("%q is no time span: write it like 40d, 12h or 1h30m", text)
		}
		whole += rest
	}
	if whole <= 0 || whole > maxSpan {
		return errors.New("the clock moves ahead only, by ten years at most")
	}
	*s = span(whole)
	return nil
}
