package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
}

// check judges one thing. reads is what it needs: a check whose reading failed says so instead.
type check struct {
	name  string
	reads string
	judge func(*readings) []*operations.Finding
}

// checks are all of them, in the order in which a person looks.
var checks = []check{
	{"settings", "", settings},
	{"proxy", "", proxy},
	{"postgresql", "server", postgresql},
	{"durability", "server", durability},
	{"connections", "server", connections},
	{"wal-archive", "server", walArchive},
	{"migrations", "migrations", migrations},
	{"roles", "roles", roles},
	{"grants", "grants", grants},
	{"public-rights", "public", publicRights},
	{"clock", "server", clock},
	{"disk", "disk", diskFree},
	{"partitions", "partitions", partitions},
	{"seals", "seals", seals},
	{"mail", "mail", mail},
	{"mail-server", "", mailServer},
	{"collations", "collations", collations},
	{"jobs", "jobs", jobs},
	{"dead-rows", "tables", deadRows},
	{"transaction-ids", "wraparound", transactionIDs},
	{"certificate", "certificate", certificate},
	{"known-passwords", "passwords", knownPasswords},
	{"backup", "backup", backup},
	{"restore-drill", "drill", restoreDrill},
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
			continue
		}
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
		f.Check = check
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
	r.disk, err = readDisk(d.Program.DataDir)
	note("disk")
	r.certificate, err = d.certificates(ctx, depth)
	note("certificate")
	r.backup, err = ask(ctx, d.Backup)
	note("backup")
	r.drill, err = ask(ctx, d.Drill)
	note("drill")
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
		err = d.verify(ctx, r.Seals)
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

// verify walks the seals of all logs.
func (d Doctor) verify(ctx context.Context, into *operations.SealReading) error {
	found, err := d.Store.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	into.WereVerified = true
	for _, p := range found {
		if p.Problem != "unsealed" {
			into.Problem = fmt.Sprintf("%s, row %d: %s", p.Log, p.RowID, p.Problem)
			break
		}
	}
	return nil
}

// brief is an error as a line has room for.
func brief(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	return text
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
