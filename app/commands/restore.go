package commands

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"lyceum/app"
	"lyceum/app/backups"
)

// restore brings the school back on a machine without a database.
type restore struct {
	To       target `required:"" help:"The moment, with its zone, such as 2026-11-26T14:05:00Z; latest for all that there is; or the id of a backup for its end."`
	Backup   string `help:"Begin with this backup instead of the newest that leads there."`
	Timeline uint32 `help:"Follow this timeline of the log instead of the newest. A restore begins a new one; what was written before and given up by it stands on an older one."`
	Apart    bool   `help:"Archive nothing: for a look at what was, beside a school that goes on. Start that one without LYCEUM_BACKUP."`
	Cluster  string `help:"The identifier of the cluster, when the place has several (lyceum backup list)."`
}

// Run restores, and says what is left to do.
func (r restore) Run(s *session) error {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	t := backups.Target{At: r.To.at, Backup: r.Backup, Timeline: r.Timeline, Apart: r.Apart}
	if r.To.backup != "" {
		if r.Backup != "" || r.Timeline != 0 {
			return errors.New("the end of a backup is one moment on one timeline: leave --backup and --timeline out")
		}
		t.Backup, t.End = r.To.backup, true
	}
	done, err := app.RestoreSchool(s.ctx, c, s.log, r.Cluster, t)
	if err != nil {
		return err
	}
	until := "the end of the backup"
	if !done.Until.IsZero() {
		until = "the commit of " + done.Until.Format(time.RFC3339Nano)
	}
	fmt.Fprintf(s.out, "restored from %s up to %s in %s; files of the file store brought back: %d\n", done.Backup.ID, until,
		done.Took.Round(time.Millisecond), done.Files)
	for _, object := range done.Damaged {
		fmt.Fprintf(s.out, "not brought back, since it is damaged in every place: %s\n", object)
	}
	printEpoch(s, done)
	return nil
}

func printEpoch(s *session, done *app.Restored) {
	for _, index := range done.Rebuilt {
		fmt.Fprintf(s.out, "rebuilt the index %s: texts sort differently on this machine\n", index)
	}
	e := done.Epoch
	fmt.Fprintf(s.out, `ended: %d sessions, %d tokens, %d trusted devices, %d links in mail; dropped: %d requests for accounts; held: %d messages

What is left to do (docs/operations.md, "Restore"):
  - stop the old machine if it still runs, and remove its data folder: two schools would take payments
  - start the server with the same settings, and take a backup
  - tell people that they have to sign in again, and that tokens of programs have to be made anew
  - look at the messages that are held (mailMessages, status FAILED), and send those that were not sent before (retryMail)
  - revoke again what was revoked after the restored moment: roles, grants, subscriptions that ended, accounts that were closed
  - compare payments since the restored moment with those of the payment provider
`, e.SessionsEnded, e.TokensRevoked, e.DevicesForgotten, e.LinksVoided, e.RequestsDropped, e.MailsHeld)
}

// target is a moment on a command line.
type target struct {
	at     time.Time
	backup string
}

var backupForm = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{4}$`)

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *target) UnmarshalText(text []byte) error {
	switch word := string(text); {
	case word == "latest":
	case backupForm.MatchString(word):
		t.backup = word
	default:
		at, err := time.Parse(time.RFC3339Nano, word)
		if err != nil {
			return fmt.Errorf("%q is no moment: write it with its zone, like 2026-11-26T14:05:00Z or 2026-11-26T15:05:00+01:00, or latest", word)
		}
		if at.After(time.Now()) {
			return fmt.Errorf("%s is in the future", at.Format(time.RFC3339))
		}
		t.at = at
	}
	return nil
}
