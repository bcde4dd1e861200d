package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lyceum/domain/operations"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// some names a few of many, sorted.
func some(names []string) string {
	const most = 4
	names = slices.Sorted(slices.Values(names))
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// count is a number with its words.
func count[N ~int | ~int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// long is a time span as people say it.
func long(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	default:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
}

func settings(r *readings) (found []*operations.Finding) {
	if r.program.AdminPassword && r.program.Production {
		found = append(found, says(operations.Warning, "remove it: it is used when the first administrator is made, and never again",
			"LYCEUM_ADMIN_PASSWORD still stands in the settings")...)
	}
	if !r.program.Production && r.program.Exposed {
		found = append(found, says(operations.Critical, "set LYCEUM_ENV=production", "others can reach this development server")...)
	}
	return found
}

func proxy(r *readings) []*operations.Finding {
	p := r.program
	if !p.Production || !p.HTTPS || p.OwnTLS || p.Proxies {
		return nil
	}
	return says(operations.Warning, "set LYCEUM_TRUSTED_PROXIES to the addresses of the proxy in front (deploy/behind-proxy)",
		"people come by https, which a proxy must serve, and no proxy is trusted: all of them seem to have its address")
}

// Clocks that differ by this much make sessions end early and seals look wrong.
const (
	skewNoticed = 2 * time.Second
	skewMatters = 30 * time.Second
)

func clock(r *readings) []*operations.Finding {
	skew := r.ProgramTime.Sub(r.Server.Now).Abs()
	level := operations.Warning
	if skew > skewMatters {
		level = operations.Critical
	}
	if skew <= skewNoticed {
		return nil
	}
	return says(level, "let both machines follow the same time servers (timedatectl)",
		"the clocks of the program and of the database differ by %s", skew.Round(100*time.Millisecond))
}

// disk is what is left of a disk, in bytes.
type disk struct{ free, all uint64 }

// How much of a disk may be left: both the part and the size must be small before it is said, so that neither a large disk nor a tiny one
// speaks for nothing.
const (
	littlePart, hardlyPart = 15, 5             // of 100
	littleLeft, hardlyLeft = 20 << 30, 1 << 30 // bytes
)

func diskFree(r *readings) []*operations.Finding {
	d := r.disk
	if d == nil || d.all == 0 {
		return nil
	}
	part := d.free * 100 / d.all
	var level operations.Level
	switch {
	case part < hardlyPart && d.free < littleLeft || d.free < hardlyLeft/8:
		level = operations.Critical
	case part < littlePart && d.free < littleLeft:
		level = operations.Warning
	default:
		return nil
	}
	return says(level, "make room outside the data folder, or enlarge the disk; remove nothing below postgres/",
		"the disk of %s has %d MB free, %d of 100", r.program.DataDir, d.free>>20, part)
}

// Logs are sealed within seconds.
const sealsLate = 10 * 60

func seals(r *readings) []*operations.Finding {
	s := r.Seals
	switch {
	case s.Problem != "":
		return says(operations.Critical, "copy the whole data folder before anything else, then see docs/operations, Incident",
			"a log was changed: %s", s.Problem)
	case s.Unsealed > 0 && s.OldestWaits > sealsLate:
		return says(operations.Critical, "see in the log why sealing fails",
			"%s for a seal of the logs, the oldest for %s", count(s.Unsealed, "row waits", "rows wait"), long(s.OldestWaits))
	}
	return nil
}

// Mail is sent within seconds; a server that greylists takes a quarter of an hour.
const (
	mailLate    = 20 * 60
	mailTooLate = 24 * 60 * 60
)

func mail(r *readings) (found []*operations.Finding) {
	if !r.program.Mail && r.program.Production {
		return says(operations.Critical, "set LYCEUM_SMTP_URL", "no mail server is set: nobody can register or choose a new password")
	}
	if n := r.Mail.GivenUp; n > 0 {
		found = append(found, says(operations.Warning, "read why in mailMessages of the graph, remove the cause, then retryMail",
			"%s given up in the last days", count(n, "message was", "messages were"))...)
	}
	if r.Mail.Waiting > 0 && r.Mail.OldestWaits > mailLate {
		level := operations.Warning
		if r.Mail.OldestWaits > mailTooLate {
			level = operations.Critical
		}
		found = append(found, says(level, "read why in mailMessages of the graph; is the mail server up?",
			"%s, the oldest for %s", count(r.Mail.Waiting, "message waits", "messages wait"), long(r.Mail.OldestWaits))...)
	}
	return found
}

func mailServer(r *readings) []*operations.Finding {
	if r.mailServer == nil {
		return nil
	}
	return says(operations.Critical, "check LYCEUM_SMTP_URL and the server it names", "the mail server does not let the program in: %s",
		brief(r.mailServer))
}

// lateRuns is after how many of its periods a job counts as missing.
const lateRuns = 4

// backupKinds are jobs that the program starts only where it takes backups.
var backupKinds = []string{"copy_backups", "restore_drill", "take_backup"}

func jobs(r *readings) (found []*operations.Finding) {
	for _, k := range r.Jobs {
		if k.Failed > 0 {
			why := "it is not known why"
			if k.LastError != nil {
				why = begin(*k.LastError, 120)
			}
			found = append(found, says(operations.Warning, "remove the cause, then retryJob or discardJob in the graph",
				"%s of the kind %s failed: %s", count(k.Failed, "job", "jobs"), k.Name, why)...)
		}
		if slices.Contains(backupKinds, k.Name) && !r.program.Backups {
			continue // they ran once, and are not started any more; how old the backup is is another check's to say
		}
		every := operations.KindOf(k.Name).Every
		if next := k.NextRunAt(); k.Failed == 0 && k.Running == 0 && every > 0 && next != nil && r.Server != nil {
			if late := r.Server.Now.Sub(*next); late > lateRuns*every {
				found = append(found, says(operations.Warning, "is the server running? its log says why jobs are not worked",
					"the job %s was to run %s ago", k.Name, long(late.Seconds()))...)
			}
		}
	}
	return found
}

// Certificates are renewed 30 days before they end, so that one which has half of that left was not.
const (
	certificateSoon = 14 * 24 * time.Hour
	certificateNow  = 3 * 24 * time.Hour
)

func certificate(r *readings) (found []*operations.Finding) {
	for _, c := range r.certificate {
		left := c.At.Sub(r.ProgramTime)
		if c.OtherName {
			found = append(found, says(operations.Critical, "put one in place that is for the host of LYCEUM_PUBLIC_URL: browsers refuse this one",
				"the certificate of %s is for other names than the school's", c.What)...)
		}
		switch {
		case left <= 0:
			found = append(found, says(operations.Critical, "renew it now: browsers show a warning instead of the school",
				"the certificate of %s expired at %s", c.What, stamp(c.At))...)
		case left < certificateSoon:
			level := operations.Warning
			if left < certificateNow {
				level = operations.Critical
			}
			found = append(found, says(level, "renew it, and see why that did not happen by itself",
				"the certificate of %s expires at %s", c.What, stamp(c.At))...)
		}
	}
	return found
}

func knownPasswords(r *readings) []*operations.Finding {
	if !r.known || !r.program.Production && !r.program.Exposed {
		return nil
	}
	return says(operations.Critical, "suspend the accounts of @demo.test, or begin with an empty database",
		"everybody knows the password of the demo's accounts, which can sign in here")
}

// How old the newest backup and the last drill may be.
const (
	backupOld    = 26 * time.Hour
	backupTooOld = 3 * 24 * time.Hour
	drillOld     = 15 * 24 * time.Hour
)

func backup(r *readings) []*operations.Finding {
	return append(newestBackup(r), backupKeys(r)...)
}

func newestBackup(r *readings) []*operations.Finding {
	switch b := r.backup; {
	case b == nil:
		return nil // it is not known here
	case b.NotSetUp && r.program.Production && r.program.OwnDatabase:
		return says(operations.Warning, "see lyceum backup pgbackrest, or disable this rule if another takes care of it",
			"no backup of this database is known here")
	case b.NotSetUp && r.program.Production && !b.At.IsZero():
		return says(operations.Critical, "set LYCEUM_BACKUP again, for the server and for commands",
			"no backup is set up any more; the newest is of %s", stamp(b.At))
	case b.NotSetUp && r.program.Production:
		return says(operations.Critical, "set LYCEUM_BACKUP, and keep the keys apart (docs/operations, Back up)", "no backup is set up")
	case b.NotSetUp:
		return nil
	case b.At.IsZero():
		return says(operations.Critical, "run lyceum backup", "there is no backup that is whole")
	case r.ProgramTime.Sub(b.At) > backupTooOld:
		return says(operations.Critical, "run lyceum backup, and see why the schedule failed", "the newest backup is of %s", stamp(b.At))
	case r.ProgramTime.Sub(b.At) > backupOld:
		return says(operations.Warning, "run lyceum backup, and see why the schedule failed", "the newest backup is of %s", stamp(b.At))
	}
	return nil
}

// backupKeys are no part of a backup: whoever has lost them with the machine has lost the backups too.
func backupKeys(r *readings) []*operations.Finding {
	switch k := r.keyset; {
	case k.err != nil:
		return says(operations.Critical, "put the keyset back, readable for the program: without it no backup is taken and none can be opened",
			"%s", brief(k.err))
	case k.asked && !k.kept:
		return says(operations.Warning, "run lyceum keys export FILE, and keep the copy apart from the backups and from this machine",
			"nobody has a copy of the keys of backups since they last changed: without this machine no backup could be opened")
	}
	return nil
}

func restoreDrill(r *readings) []*operations.Finding {
	switch d := r.drill; {
	case d == nil || d.NotSetUp:
		return nil
	case d.At.IsZero():
		return says(operations.Warning, "run lyceum backup drill", "no restore was tried yet")
	case r.ProgramTime.Sub(d.At) > drillOld:
		return says(operations.Warning, "run lyceum backup drill, and see why the schedule failed", "a restore was last tried at %s", stamp(d.At))
	}
	return nil
}
