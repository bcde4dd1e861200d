package app

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"time"

	"lyceum/app/doctor"
	"lyceum/auth"
	"lyceum/db"
	"lyceum/db/demo"
	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/gateways/keys"
	"lyceum/store"
)

// How long others may take to answer an examination. That in the graph has ten seconds in all.
const (
	certificateWait = 10 * time.Second
	mailWait        = 5 * time.Second
)

// doctor examines over a pool. What other parts of the program know of themselves, such as when a backup was last made, they say here.
func (c *Config) doctor(pool *db.DB) doctor.Doctor {
	maintenance := store.NewMaintenance(pool)
	d := doctor.Doctor{
		Program: doctor.Program{
			Production: c.Production(), Exposed: c.Exposed(), HTTPS: c.public.Scheme == "https", Proxies: len(c.proxies) > 0,
			PublicHost: c.public.Host, AdminPassword: c.AdminPassword != "", Pool: c.DatabasePool + jobPool, DataDir: c.dataDir(),
			Mail: c.smtp != nil,
		},
		Store: maintenance, Now: time.Now, Expected: migrationNames(),
		KnownPasswords: func(ctx context.Context) (bool, error) { return knownPasswords(ctx, maintenance) },
	}
	if c.smtp != nil {
		d.PingMail = func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, mailWait)
			defer cancel()
			return c.smtp.Ping(ctx)
		}
	}
	d.Program.OwnTLS, d.Program.OwnDatabase, d.Program.Backups = c.TLS(), !c.Embedded(), c.Backup != ""
	if c.TLSCert != "" {
		d.Certificate = func(context.Context) (*doctor.Expiry, error) {
			return doctor.CertificateFile(c.TLSCert, c.public.Hostname())
		}
	}
	d.Backup = c.newest(maintenance, store.Maintenance.NewestBackup)
	d.Drill = c.newest(maintenance, store.Maintenance.NewestDrill)
	if c.Backup != "" {
		d.Keyset = func() (bool, error) {
			set, err := keys.Read(c.KeysFile())
			return err == nil && set.Exported(), err
		}
	}
	if c.Production() && c.public.Scheme == "https" {
		d.PublicCertificate = c.publicCertificate
	}
	return d
}

// newest is when something of backups was last done. Without a place for them, whatever was done before, and of a database of the
// operator's own until one was noted, they are not set up. While the first one is being made there is nothing to say yet.
func (c *Config) newest(m store.Maintenance, read func(store.Maintenance, context.Context) (*time.Time, error),
) func(context.Context) (*doctor.Expiry, error) {
	return func(ctx context.Context) (*doctor.Expiry, error) {
		at, err := read(m, ctx)
		switch {
		case err != nil:
			return nil, err
		case at != nil:
			return &doctor.Expiry{At: *at, NotSetUp: c.Embedded() && c.Backup == ""}, nil
		}
		if under, err := m.BackupsUnderWay(ctx); err != nil || under {
			return nil, err
		}
		return &doctor.Expiry{NotSetUp: c.Backup == ""}, nil
	}
}

// doctor also knows the certificate that the running server shows, which an authority may have given.
func (a *App) doctor(pool *db.DB) doctor.Doctor {
	d := a.config.doctor(pool)
	if a.certificates != nil {
		d.Certificate = func(context.Context) (*doctor.Expiry, error) {
			until, known := a.certificates.Expiry()
			if !known {
				return nil, errors.New("the authority has not given a certificate yet")
			}
			return &doctor.Expiry{What: a.config.public.Hostname(), At: until, OtherName: !a.certificates.Fits()}, nil
		}
	}
	return d
}

// watchOver evaluates the rules of alerts over a pool.
func (a *App) watchOver(pool *db.DB) (operations.Watch, error) {
	outbox, err := store.NewOutbox()
	return operations.Watch{
		Store: store.Operations{Writer: store.Writer{DB: pool, Outbox: outbox}}, Doctor: a.doctor(pool),
		Clock: a.clock.now, IDs: domain.NewIDs(),
	}, err
}

// EvaluateAlerts evaluates the rules once, as the job does every minute. It returns how many messages were sent.
func (a *App) EvaluateAlerts(ctx context.Context) (int, error) {
	watch, err := a.watchOver(a.pool)
	if err != nil {
		return 0, err
	}
	return watch.Evaluate(ctx)
}

// VerifySeals verifies the seals of all logs for alerts, as the job does once a day.
func (a *App) VerifySeals(ctx context.Context) error { return a.doctor(a.pool).VerifySeals(ctx, 0) }

// Examine reads and judges a school that may or may not be served meanwhile. A database that does not answer is a finding.
func (d *Database) Examine(ctx context.Context, c *Config, depth operations.Depth) (*operations.Health, error) {
	pool, err := d.JobPool(ctx)
	if err != nil {
		return &operations.Health{ExaminedAt: time.Now(), Checks: doctor.Names(), Findings: []*operations.Finding{{
			Check: "postgresql", Level: operations.Critical, What: "the database cannot be reached: " + err.Error(),
			Remedy: "see that it runs and that DATABASE_URL and DATABASE_APP_URL are right",
		}}}, nil
	}
	defer pool.Close()
	return c.doctor(pool).Examine(ctx, depth)
}

// migrationNames are the files that this program has.
func migrationNames() []string {
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		panic(err) // the pattern is ours
	}
	return names
}

// knownPasswords reports whether accounts of the demo sign in with the password that everybody knows.
func knownPasswords(ctx context.Context, m store.Maintenance) (bool, error) {
	hashes, err := m.PasswordsOf(ctx, demo.Domain, someHashes)
	if err != nil {
		return false, err
	}
	passwords, err := auth.NewPasswords(auth.DefaultCost)
	if err != nil {
		return false, err
	}
	for _, hash := range hashes {
		if known, err := passwords.Matches(ctx, hash, demo.Password); err != nil || known {
			return known, err
		}
	}
	return false, nil
}

// publicCertificate reads the certificate that the public is shown, whoever holds it. One that has expired is read all the same: that it
// has is what is asked.
func (c *Config) publicCertificate(ctx context.Context) (*doctor.Expiry, error) {
	ctx, cancel := context.WithTimeout(ctx, certificateWait)
	defer cancel()
	address := c.public.Host
	if c.public.Port() == "" {
		address = net.JoinHostPort(c.public.Hostname(), "443")
	}
	unverified := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // nothing is sent, only read
	dialer := tls.Dialer{Config: unverified}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	shown, ok := conn.(*tls.Conn)
	if !ok || len(shown.ConnectionState().PeerCertificates) == 0 {
		return nil, errors.New("the public address shows no certificate")
	}
	return &doctor.Expiry{What: c.public.Hostname(), At: shown.ConnectionState().PeerCertificates[0].NotAfter}, nil
}
