package commands

import (
	"errors"
	"fmt"
	"time"

	"lyceum/app"
	"lyceum/app/upkeep"
	"lyceum/domain/operations"
)

// upkeep runs fn with what the owner of the database does.
func (s *session) upkeep(fn func(*upkeep.Upkeep) error) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return fn(d.Upkeep(c, s.log))
}

// archive groups what concerns months of logs that leave the database.
type archive struct {
	List    listArchives   `cmd:"" default:"1" help:"List the months that left, with their files (the default)."`
	Run     runArchive     `cmd:"" help:"Archive the months that are older than their rule, and drop what was archived long enough ago. The server does it once a day."`
	Verify  verifyArchives `cmd:"" help:"Read all files of archives, and say of each whether it is whole and its rows are those that were sealed."`
	Restore restoreArchive `cmd:"" help:"Bring a month back into its log."`
}

type listArchives struct{}

// Run prints one line for each month.
func (listArchives) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		all, err := u.Archives(s.ctx)
		for _, a := range all {
			fmt.Fprintf(s.out, "%s: %s, %d rows, %d bytes, sha256 %s, %s\n", a.LogMonth, a.File, a.Rows, a.Bytes, a.Checksum(), where(a))
		}
		if err == nil && len(all) == 0 {
			fmt.Fprintln(s.out, "no month was archived yet")
		}
		return err
	})
}

// where says where the rows of a month are.
func where(a *operations.Archive) string {
	switch {
	case a.RestoredAt != nil:
		return "brought back " + a.RestoredAt.Format(time.DateOnly)
	case a.DroppedAt != nil:
		return "dropped " + a.DroppedAt.Format(time.DateOnly)
	default:
		return "detached " + a.ArchivedAt.Format(time.DateOnly)
	}
}

type runArchive struct{}

// Run says which months left, and which were dropped.
func (runArchive) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		done, err := u.Archive(s.ctx)
		for _, m := range done.Months {
			fmt.Fprintf(s.out, "%s: archived\n", m)
		}
		for _, m := range done.Dropped {
			fmt.Fprintf(s.out, "%s: its file is whole, and its detached table was dropped\n", m)
		}
		fmt.Fprintf(s.out, "%d months archived with %d rows, %d dropped\n", len(done.Months), done.Rows, len(done.Dropped))
		return err
	})
}

type verifyArchives struct{}

// Run ends with an error when a file is not whole.
func (verifyArchives) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		all, err := u.Verify(s.ctx)
		broken := 0
		for _, c := range all {
			if c.Err != nil {
				broken++
				fmt.Fprintf(s.out, "%s: %v\n", c.Archive.LogMonth, c.Err)
				continue
			}
			fmt.Fprintf(s.out, "%s: %s is whole\n", c.Archive.LogMonth, c.Archive.File)
		}
		if err == nil && broken > 0 {
			return fmt.Errorf("%d of %d archives are damaged: bring the files back from a backup", broken, len(all))
		}
		if err == nil && len(all) == 0 {
			fmt.Fprintln(s.out, "no month was archived yet")
		}
		return err
	})
}

type restoreArchive struct {
	Log   string `arg:"" enum:"login_attempts,security_audit_log" help:"The log: login_attempts or security_audit_log."`
	Month month  `arg:"" help:"The month, for example 2025-01."`
}

// Run brings the month back; the rule restored_months says for how long.
func (r restoreArchive) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		m := operations.LogMonth{Log: r.Log, Month: time.Time(r.Month)}
		if err := u.Restore(s.ctx, m); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s is back in its log\n", m)
		return nil
	})
}

// month is a month on a command line.
type month time.Time

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *month) UnmarshalText(text []byte) error {
	at, err := time.Parse("2006-01", string(text))
	if err != nil {
		return fmt.Errorf("%q is no month: write it like 2025-01", text)
	}
	*m = month(at)
	return nil
}

// retention groups the rules of how long rows are kept.
type retention struct {
	List listRetention `cmd:"" default:"1" help:"List the rules (the default)."`
	Set  setRetention  `cmd:"" help:"Change for how many days rows of a rule are kept."`
}

type listRetention struct{}

// Run prints one line for each rule.
func (listRetention) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		report, err := u.Report(s.ctx)
		for _, r := range report.Rules {
			fmt.Fprintf(s.out, "%-20s %5d days (at least %d): %s\n", r.Name, r.Days, r.LeastDays, r.Description)
		}
		return err
	})
}

type setRetention struct {
	Name string `arg:"" help:"The name of the rule."`
	Days int32  `arg:"" help:"The number of days."`
}

// Run changes the rule; the audit log records it.
func (r setRetention) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		if err := u.SetRetention(s.ctx, r.Name, r.Days); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %d days from now on\n", r.Name, r.Days)
		return nil
	})
}
