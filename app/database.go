package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lyceum/db"
	"lyceum/db/embedded"
)

// Limits of what the serving role may do at a time.
const (
	statementTimeout = 8 * time.Second
	lockTimeout      = time.Second
	idleInTx         = 15 * time.Second
	jobTimeout       = 10 * time.Minute
	jobLimit         = 15 * time.Second // of what the job queue does without a deadline of its own
	jobPool          = 6
	patience         = 20 * time.Second // for a server that is starting or restarting
)

// Database is the school's database, wherever it runs: the owner's URL, for migrations, and the serving role's.
type Database struct {
	OwnerURL, AppURL string
	server           *embedded.Server // nil for one that is not ours
	log              *slog.Logger
}

const (
	ownerRole   = "lyceum_owner"
	schoolName  = "lyceum"
	ensureOwner = `do $$ begin
		if not exists (select from pg_roles where rolname = '` + ownerRole + `') then create role ` + ownerRole + `; end if;
		execute format('alter role ` + ownerRole + ` login createrole password %L', current_setting('lyceum.owner_password'));
	end $$`
	// Every role of the cluster may connect to the databases that initdb made, and make large objects in each.
	closeCluster = "revoke connect, temporary on database postgres, template1 from public"
	closeSchool  = "revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public"
	hasSchool    = `select exists (select from pg_database where datname = '` + schoolName + `')`
	createSchool = `create database ` + schoolName + ` owner ` + ownerRole
)

// ErrNoData means that the data folder of the settings does not exist, or holds no database where the built-in one is to
// be used: a program that is not the server takes that for a wrong folder and not for a wish.
var ErrNoData = errors.New("this is not where the server's data are")

// OpenDatabase finds the database or starts the built-in one; it neither migrates nor changes a role of another's. Only
// with create does it make what is not there yet: the data folder, and the built-in database in it. Errors: ErrNoData.
func OpenDatabase(ctx context.Context, c *Config, log *slog.Logger, create bool) (*Database, error) {
	if c.Embedded() && !create && !embedded.Exists(c.cluster()) {
		return nil, fmt.Errorf("%w: there is no built-in database in %s. Run this in the server's folder or with its settings "+
			"(LYCEUM_DATA_DIR, DATABASE_URL)",
			ErrNoData, c.dataDir())
	}
	if create {
		if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder %s cannot be written (LYCEUM_DATA_DIR): %w", c.DataDir, err)
		}
	}
	d := &Database{OwnerURL: c.DatabaseURL, AppURL: c.DatabaseAppURL, log: log}
	if c.Embedded() {
		if err := d.startEmbedded(ctx, c, log); err != nil {
			return nil, err
		}
	}
	if d.AppURL == "" && c.hasDataDir() {
		password, err := embedded.KeepSecret(filepath.Join(c.DataDir, "app.password"))
		if err == nil {
			d.AppURL, err = db.AppURL(d.OwnerURL, password)
		}
		if err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// Complete returns an error when the data folder would have to be made for the serving role's password or, if files are
// wanted, for the file store: those of another folder are not the server's. Errors: ErrNoData.
func (d *Database) Complete(c *Config, files bool) error {
	if d.AppURL != "" && (!files || c.Blobs != "" || c.hasDataDir()) {
		return nil
	}
	return fmt.Errorf("%w: the folder %s, which holds the serving role's password and the files, does not exist. Run this with the server's "+
		"settings (LYCEUM_DATA_DIR, or DATABASE_APP_URL and LYCEUM_BLOBS)", ErrNoData, c.dataDir())
}

// Where says in words which database the settings mean, without a password.
func (c *Config) Where() string {
	u, err := url.Parse(c.DatabaseURL)
	if c.Embedded() || err != nil {
		return "the built-in database in " + c.dataDir()
	}
	name := strings.TrimPrefix(u.Path, "/")
	if name == "" {
		name = u.User.Username() // PostgreSQL's own default
	}
	host := u.Host
	if host == "" {
		host = u.Query().Get("host") // the folder of a Unix socket
	}
	return fmt.Sprintf("the database %q on %s", name, host)
}

func (c *Config) dataDir() string {
	if absolute, err := filepath.Abs(c.DataDir); err == nil {
		return absolute
	}
	return c.DataDir
}

func (c *Config) cluster() string { return filepath.Join(c.DataDir, "postgres") }

func (c *Config) hasDataDir() bool {
	_, err := os.Stat(c.DataDir)
	return err == nil
}

func (d *Database) startEmbedded(ctx context.Context, c *Config, log *slog.Logger) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = c.DataDir
	}
	archiving, err := c.archiving(ctx, log)
	if err != nil {
		return err
	}
	d.server, err = embedded.Start(ctx, embedded.Options{
		Dir: c.cluster(), Cache: filepath.Join(cache, "lyceum"), Log: log, Settings: archiving,
	})
	if err != nil {
		return err
	}
	password, err := embedded.KeepSecret(filepath.Join(c.DataDir, "owner.password"))
	if err == nil {
		err = makeSchool(ctx, d.server, password)
	}
	if err != nil {
		return errors.Join(err, d.server.Stop())
	}
	d.OwnerURL = d.server.URL(ownerRole, password, schoolName)
	return nil
}

// makeSchool makes the owner and the database, once. Two copies of the program may try at the same time: the lock is the
// superuser's alone, since nobody else can connect to the database that it is taken in.
func makeSchool(ctx context.Context, server *embedded.Server, password string) error {
	verifier, err := db.ScramVerifier(password)
	if err != nil {
		return err
	}
	super, err := db.Open(ctx, db.Config{URL: server.SuperuserURL(), Pool: 1, Name: "lyceum setup", Patience: patience})
	if err != nil {
		return err
	}
	defer super.Close()
	conn, err := super.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock(7103)"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, closeCluster); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "select set_config('lyceum.owner_password', $1, false)", verifier); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, ensureOwner); err != nil {
		return err
	}
	var exists bool
	if err := conn.GetContext(ctx, &exists, hasSchool); err != nil {
		return err
	}
	if !exists {
		if _, err := conn.ExecContext(ctx, createSchool); err != nil {
			return err
		}
	}
	school, err := db.Open(ctx, db.Config{URL: server.SuperuserURLOf(schoolName), Pool: 1, Name: "lyceum setup", Patience: patience})
	if err != nil {
		return err
	}
	_, err = school.ExecContext(ctx, closeSchool)
	return errors.Join(err, school.Close())
}

// Migrate brings the schema up to date and lets the serving role sign in. It returns the names of the files it ran.
func (d *Database) Migrate(ctx context.Context, c *Config) ([]string, error) {
	owner := db.Config{URL: d.OwnerURL, Patience: patience}
	ran, err := db.Migrate(ctx, owner)
	if err != nil {
		return ran, err
	}
	if missing, err := db.MissingRoles(ctx, owner); err != nil {
		return ran, err
	} else if slices.Contains(missing, db.ReportRole) {
		d.log.WarnContext(ctx, "the role "+db.ReportRole+" does not exist, so that reporting tools cannot sign in: let a superuser say "+
			"`create role "+db.ReportRole+"`, then run `lyceum migrate`")
	}
	if c.DatabaseAppURL != "" || d.AppURL == "" {
		return ran, db.CheckApp(ctx, owner, d.AppURL)
	}
	password, err := embedded.KeepSecret(filepath.Join(c.DataDir, "app.password"))
	if err != nil {
		return ran, err
	}
	return ran, db.EnableApp(ctx, owner, password)
}

// ReportURL is the URL of the role that reporting tools sign in as, whose password is made up the first time that somebody asks.
// Errors: ErrNoData, db.ErrReportRole.
func (d *Database) ReportURL(ctx context.Context, c *Config) (string, error) {
	if !c.hasDataDir() {
		return "", fmt.Errorf("%w: the folder %s, which keeps the password of %s, does not exist (LYCEUM_DATA_DIR)", ErrNoData, c.dataDir(),
			db.ReportRole)
	}
	password, err := embedded.KeepSecret(filepath.Join(c.DataDir, "report.password"))
	if err != nil {
		return "", err
	}
	return db.EnableReport(ctx, db.Config{URL: d.OwnerURL, Patience: patience}, password)
}

// Pool opens the serving pool.
func (d *Database) Pool(ctx context.Context, size int) (*db.DB, error) {
	return db.Open(ctx, db.Config{
		URL: d.AppURL, Pool: size, Name: "lyceum", StatementTimeout: statementTimeout, LockTimeout: lockTimeout, IdleInTx: idleInTx,
		Patience: patience, Limit: deadline, PlanOnce: true,
	})
}

// JobPool opens the pool of the jobs, whose statements may take long.
func (d *Database) JobPool(ctx context.Context) (*db.DB, error) {
	return db.Open(ctx, db.Config{
		URL: d.AppURL, Pool: jobPool, Name: "lyceum jobs", StatementTimeout: jobTimeout, Limit: jobLimit, Patience: patience,
	})
}

// Close stops the built-in server if this program started it.
func (d *Database) Close() error {
	if d.server == nil {
		return nil
	}
	return d.server.Stop()
}
