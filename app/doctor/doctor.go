package doctor

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"lyceum/domain/operations"
	"lyceum/store"
)

// Program is what the settings say of the program that is examined.
type Program struct {
	Production    bool
	Exposed       bool // others than this machine's users can reach it
	HTTPS         bool // people reach it by an address that begins with https
	OwnTLS        bool // the program has the certificate itself
	OwnDatabase   bool // the database is the operator's own
	Proxies       bool // LYCEUM_TRUSTED_PROXIES is set
	PublicHost    string
	AdminPassword bool // LYCEUM_ADMIN_PASSWORD is set
	Pool          int  // connections of the program at most, all pools together
	DataDir       string
	Mail          bool // a mail server is set
	Backups       bool // the program takes backups itself
}

// Expiry is when something stops to be good, or was last done.
type Expiry struct {
	What     string // such as a file's name
	At       time.Time
	NotSetUp bool // there is nothing that could do it

	OtherName bool // it is a certificate for other names than the host of LYCEUM_PUBLIC_URL
}

// Doctor examines. What is nil is not asked.
type Doctor struct {
	Program  Program
	Store    store.Maintenance
	Now      func() time.Time // the machine's clock
	Expected []string         // the names of the migrations that this program has

	// PingMail says whether the mail server lets the program in; nil when none is set.
	PingMail func(context.Context) error
	// KnownPasswords reports whether accounts have a password that everybody knows.
	KnownPasswords func(context.Context) (bool, error)
	// Certificate is what the program itself serves with; PublicCertificate what the public sees at the school's address.
	Certificate, PublicCertificate func(context.Context) (*Expiry, error)
	// Backup and Drill are when a backup last became whole and a restore was last tried. An Expiry of the zero time means: never.
	Backup, Drill func(context.Context) (*Expiry, error)
	// Keyset reports whether somebody had a copy of the keys of backups since they last changed; nil where no backups are taken.
	Keyset func() (kept bool, err error)
}

// readings are what the database says, and what else was asked.
type readings struct {
	operations.Readings
	program     Program
	expected    []string
	depth       operations.Depth
	disk        *disk
	mailServer  error
	known       bool
	certificate []Expiry
	backup      *Expiry
	drill       *Expiry
	keyset      keyset
}

// keyset is what is known of the keys of backups.
type keyset struct {
	asked, kept bool
	err         error
}

// check judges one thing. reads is what it needs: a check whose reading failed says so instead.
type check struct {
	name  string
	reads string
	judge func(*readings) []*operations.Finding
	// slow is from which depth on the check is whole. Below it, what a job kept of it is said (slow.go).
	slow operations.Depth
}

// checks are all of them, in the order in which a person looks.
var checks = []check{
	{name: "settings", judge: settings},
	{name: "proxy", judge: proxy},
	{name: "postgresql", reads: "server", judge: postgresql},
	{name: "durability", reads: "server", judge: durability},
	{name: "connections", reads: "server", judge: connections},
	{name: "wal-archive", reads: "server", judge: walArchive},
	{name: "timeline", reads: "timeline", judge: timeline},
	{name: "migrations", reads: "migrations", judge: migrations},
	{name: "roles", reads: "roles", judge: roles},
	{name: "grants", reads: "grants", judge: grants},
	{name: "public-rights", reads: "public", judge: publicRights},
	{name: "clock", reads: "server", judge: clock},
	{name: "disk", reads: "disk", judge: diskFree},
	{name: "partitions", reads: "partitions", judge: partitions},
	{name: "seals", reads: "seals", judge: seals, slow: operations.Thorough},
	{name: "mail", reads: "mail", judge: mail},
	{name: "mail-server", judge: mailServer, slow: operations.Usual},
	{name: "collations", reads: "collations", judge: collations},
	{name: "jobs", reads: "jobs", judge: jobs},
	{name: "dead-rows", reads: "tables", judge: deadRows},
	{name: "transaction-ids", reads: "wraparound", judge: transactionIDs},
	{name: "certificate", reads: "certificate", judge: certificate, slow: operations.Thorough},
	{name: "known-passwords", reads: "passwords", judge: knownPasswords, slow: operations.Usual},
	{name: "backup", reads: "backup", judge: backup},
	{name: "restore-drill", reads: "drill", judge: restoreDrill},
}

// Names are the names of all checks.
func Names() []string {
	names := make([]string, len(checks))
	for i, c := range checks {
		names[i] = c.name
	}
	return names
}

// Examine implements operations.Examiner. Its only error is that the examination was interrupted: whatever else goes wrong is a finding.
func (d Doctor) Examine(ctx context.Context, depth operations.Depth) (*operations.Health, error) {
	r, failed := d.read(ctx, depth)
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	h := &operations.Health{ExaminedAt: r.ProgramTime, Checks: Names(), Findings: []*operations.Finding{}}
	said := map[string]bool{}
	for _, c := range checks {
		err := failed[c.reads]
		if err == nil {
			h.Findings = append(h.Findings, named(c.name, c.judge(r))...)
			if c.slow <= depth {
				continue
			}
			if err = failed["slow"]; err == nil {
				h.Findings = append(h.Findings, kept(c.name, r.Slow)...)
				continue
			}
		}
		h.Unread = append(h.Unread, c.name)
		// A database that is away would be said by every check that reads it.
		if text := brief(err); !said[text] {
			said[text] = true
			h.Findings = append(h.Findings, named(c.name, one(operations.Critical, "it cannot be examined: "+text,
				"see that the database answers, and run lyceum migrate"))...)
		}
	}
	return h, nil
}

func named(check string, findings []*operations.Finding) []*operations.Finding {
	for _, f := range findings {
		f.Check, f.What = check, oneLine(f.What)
	}
	return findings
}

// one is a list of one finding.
func one(level operations.Level, what, remedy string) []*operations.Finding {
	return []*operations.Finding{{Level: level, What: what, Remedy: remedy}}
}

func says(level operations.Level, remedy, what string, args ...any) []*operations.Finding {
	return one(level, fmt.Sprintf(what, args...), remedy)
}

// read reads everything that the depth allows. What could not be read stands in the map, by the name that checks ask for.
func (d Doctor) read(ctx context.Context, depth operations.Depth) (*readings, map[string]error) {
	r, failed := &readings{program: d.Program, expected: d.Expected, depth: depth}, map[string]error{}
	var err error
	note := func(what string) {
		if err != nil {
			failed[what] = err
		}
		err = nil
	}
	r.ProgramTime = d.Now()
	r.Server, r.ProgramTime, err = d.Store.ReadServer(ctx, d.Now)
	note("server")
	r.Timeline, err = d.Store.ReadTimeline(ctx)
	note("timeline")
	r.Migrations, err = d.Store.ReadMigrations(ctx)
	note("migrations")
	r.Roles, err = d.Store.ReadRoles(ctx)
	note("roles")
	r.Grants, err = d.Store.ReadGrants(ctx)
	note("grants")
	r.Public, err = d.Store.ReadPublic(ctx)
	note("public")
	r.Partitions, err = d.Store.ReadPartitions(ctx)
	note("partitions")
	r.Seals, err = d.Store.ReadSeals(ctx)
	note("seals")
	r.Mail, err = d.Store.ReadMail(ctx)
	note("mail")
	r.Collations, err = d.Store.ReadCollations(ctx)
	note("collations")
	r.Jobs, err = d.Store.ReadJobKinds(ctx)
	note("jobs")
	r.Tables, err = d.Store.ReadTables(ctx)
	note("tables")
	r.Wraparound, err = d.Store.ReadWraparound(ctx)
	note("wraparound")
	r.Slow, err = d.Store.ReadSlowChecks(ctx)
	note("slow")
	r.disk, err = readDisk(d.Program.DataDir)
	note("disk")
	r.certificate, err = d.certificates(ctx, depth)
	note("certificate")
	r.backup, err = ask(ctx, d.Backup)
	note("backup")
	r.drill, err = ask(ctx, d.Drill)
	note("drill")
	if d.Keyset != nil {
		r.keyset.asked = true
		r.keyset.kept, r.keyset.err = d.Keyset()
	}
	if depth >= operations.Usual {
		if d.PingMail != nil {
			r.mailServer = d.PingMail(ctx)
		}
		if d.KnownPasswords != nil {
			r.known, err = d.KnownPasswords(ctx)
			note("passwords")
		}
	}
	if depth >= operations.Thorough && r.Seals != nil {
		r.Seals.Problem, err = d.verify(ctx)
		note("seals")
	}
	return r, failed
}

func ask(ctx context.Context, of func(context.Context) (*Expiry, error)) (*Expiry, error) {
	if of == nil {
		return nil, nil
	}
	return of(ctx)
}

func (d Doctor) certificates(ctx context.Context, depth operations.Depth) (all []Expiry, err error) {
	asked := []func(context.Context) (*Expiry, error){d.Certificate}
	if depth >= operations.Thorough {
		asked = append(asked, d.PublicCertificate)
	}
	for _, of := range asked {
		e, failed := ask(ctx, of)
		if e != nil {
			all = append(all, *e)
		}
		err = errors.Join(err, failed)
	}
	return all, err
}

// verify walks the seals of all logs, and says what the first problem is; empty for none.
func (d Doctor) verify(ctx context.Context) (string, error) {
	found, err := d.Store.VerifyAudit(ctx)
	for _, p := range found {
		if p.Problem != "unsealed" {
			return fmt.Sprintf("%s, row %d: %s", p.Log, p.RowID, p.Problem), err
		}
	}
	return "", err
}

// brief is an error as a line has room for.
func brief(err error) string { return begin(err.Error(), 200) }

// begin is the beginning of a text of others, in one line and without addresses, which may carry what opens them.
func begin(text string, most int) string {
	text = oneLine(text)
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// anyURL is what looks like an address with a scheme.
var anyURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]*`)

// oneLine makes one line of a text, which goes into mail and terminals, and cuts addresses out.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(anyURL.ReplaceAllString(text, "…"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// missing are the names that are wanted and not there.
func missing(wanted, there []string) (names []string) {
	for _, name := range wanted {
		if !slices.Contains(there, name) {
			names = append(names, name)
		}
	}
	return names
}
