package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the files of migrations/.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

// Errors of Migrate.
var (
	ErrChanged = errors.New("a migration that this database has run was changed since")
	ErrForeign = errors.New("this database has tables that the migration runner did not make")
)

// migrateName is the runner's application_name.
const migrateName = "lyceum migrate"

// The runner's own tables live in a schema of their own.
const (
	runnerSums = `create table if not exists migration.checksums (
		name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
	readSums   = "select name, sha256 from migration.checksums"
	writeSum   = "insert into migration.checksums (name, sha256) values ($1, $2) on conflict (name) do nothing"
	hasTables  = "select to_regclass('public.users') is not null"
	hasVersion = "select to_regclass('migration.versions') is not null"
	// What the three files of SPEC.md leave behind; asked before they are taken as run.
	specObjects = `select count(*) from unnest(array['users', 'user_sessions', 'audit_trail', 'learning_analytics', 'user_content_access',
		'content_popularity', 'subscription_metrics', 'user_security_status', 'user_activity_summary', 'active_user_subscriptions']) n
		where to_regclass('public.' || n) is null`
	grantRiver = `do $$ begin
		if exists (select from pg_roles where rolname = 'lyceum_app') then
			grant usage on schema river to lyceum_app;
			grant select, insert, update, delete on all tables in schema river to lyceum_app;
			grant usage on all sequences in schema river to lyceum_app;
		end if;
	end $$`
	// Every job is written several times and soon deleted: a fifth of dead rows is far too late.
	vacuumRiver = `do $$ begin
		if (select c.reloptions is null from pg_class c where c.oid = 'river.river_job'::regclass) then
			alter table river.river_job set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
				autovacuum_analyze_scale_factor = 0.05);
		end if;
	end $$`
)

// Migrate brings the schema up to date, one runner at a time, and River's after it. It returns the names of the files it
// ran. url is the owner's. Errors: ErrChanged, ErrForeign, ErrLocked, ErrUnreachable, ErrTooOld, and PostgreSQL's own.
func Migrate(ctx context.Context, c Config) ([]string, error) {
	return migrate(ctx, c, Migrations(), false)
}

// Adopt is Migrate for a database on which the three files of SPEC.md were run by psql: it takes them as run.
func Adopt(ctx context.Context, c Config) ([]string, error) {
	return migrate(ctx, c, Migrations(), true)
}

func migrate(ctx context.Context, c Config, from fs.FS, adopt bool) ([]string, error) {
	c.Pool, c.Name = 4, migrateName
	c.StatementTimeout, c.LockTimeout, c.IdleInTx = 0, lockWait, 0
	d, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer d.Close()

	if err := refuseForeign(ctx, d.DB, adopt); err != nil {
		return nil, err
	}
	// One runner at a time, for everything below: grants and River's own migrations are no more concurrent than ours.
	held, err := holdRunner(ctx, d.DB)
	if err != nil {
		return nil, err
	}
	defer held.Rollback() //nolint:errcheck // it wrote nothing; its end is what others wait for
	sums, err := checksums(from)
	if err != nil {
		return nil, err
	}
	if err := briefly(ctx, d.DB, c.LockPatience, func() error { return beforeRun(ctx, d.DB, sums) }); err != nil {
		return nil, err
	}
	versions, err := database.NewStore(goose.DialectPostgres, "migration.versions")
	if err != nil {
		return nil, err
	}
	runner, err := goose.NewProvider("", d.DB.DB, briefFiles{from}, goose.WithStore(versions), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, err
	}
	if adopt {
		if err := takeAsRun(ctx, d.DB, versions); err != nil {
			return nil, err
		}
	}
	ran, err := runAll(ctx, d.DB, runner, c.LockPatience)
	if err != nil {
		return ran, err
	}
	for name, sum := range sums {
		if _, err := d.ExecContext(ctx, writeSum, name, sum); err != nil {
			return ran, err
		}
	}
	err = briefly(ctx, d.DB, c.LockPatience, func() error {
		if err := migrateRiver(ctx, d.DB); err != nil {
			return err
		}
		return grantMissing(ctx, d.DB)
	})
	return ran, err
}

// runAll runs the files that have not been run, each with patience of its own for its locks.
func runAll(ctx context.Context, d *sqlx.DB, runner *goose.Provider, patience time.Duration) (ran []string, err error) {
	for {
		err := briefly(ctx, d, patience, func() error {
			result, err := runner.UpByOne(ctx)
			if err == nil {
				ran = append(ran, result.Source.Path)
			}
			return err
		})
		switch {
		case errors.Is(err, goose.ErrNoNextVersion):
			return ran, nil
		case err != nil:
			return ran, fmt.Errorf("migrate: %w", err)
		}
	}
}

// refuseForeign refuses a database that another program has filled, before anything is made in it.
func refuseForeign(ctx context.Context, d *sqlx.DB, adopt bool) error {
	var tables, version bool
	if err := errors.Join(d.GetContext(ctx, &tables, hasTables), d.GetContext(ctx, &version, hasVersion)); err != nil {
		return err
	}
	if tables && !version && !adopt {
		return fmt.Errorf("%w: if psql ran 001 to 003 here, say `lyceum migrate --adopt`; else name an empty database", ErrForeign)
	}
	return nil
}

// beforeRun makes the runner's table of sums and refuses what would go wrong half-way.
func beforeRun(ctx context.Context, d *sqlx.DB, sums map[string]string) error {
	if _, err := d.ExecContext(ctx, runnerSums); err != nil {
		return err
	}
	var ran []struct {
		Name   string `db:"name"`
		SHA256 string `db:"sha256"`
	}
	if err := d.SelectContext(ctx, &ran, readSums); err != nil {
		return err
	}
	for _, r := range ran {
		if sum, known := sums[r.Name]; known && sum != r.SHA256 {
			return fmt.Errorf("%w: %s. Before the first release, start over with a new database (for the built-in one: "+
				"move the data folder away); after it, undo the edit and add a new file", ErrChanged, r.Name)
		}
	}
	return nil
}

func takeAsRun(ctx context.Context, d *sqlx.DB, versions database.Store) error {
	var missing int
	if err := d.GetContext(ctx, &missing, specObjects); err != nil {
		return err
	}
	if missing > 0 {
		return fmt.Errorf("%w: and %d of the tables and views of 001 to 003 are missing, so they cannot be taken as run", ErrForeign, missing)
	}
	tx, err := d.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if err := versions.CreateVersionTable(ctx, tx); err != nil {
		return err
	}
	for v := range int64(4) { // 0 is the runner's own first row
		if err := versions.Insert(ctx, tx, database.InsertRequest{Version: v}); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func migrateRiver(ctx context.Context, d *sqlx.DB) error {
	if _, err := d.ExecContext(ctx, "create schema if not exists river"); err != nil {
		return err
	}
	m, err := rivermigrate.New(riverdatabasesql.New(d.DB), &rivermigrate.Config{Schema: "river", Logger: quiet()})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	if _, err := d.ExecContext(ctx, vacuumRiver); err != nil {
		return err
	}
	_, err = d.ExecContext(ctx, grantRiver)
	return err
}

func checksums(from fs.FS) (map[string]string, error) {
	names, err := fs.Glob(from, "*.sql")
	if err != nil {
		return nil, err
	}
	sums := make(map[string]string, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		// Line ends do not count: git may change them.
		sum := sha256.Sum256([]byte(strings.ReplaceAll(string(text), "\r\n", "\n")))
		sums[name] = hex.EncodeToString(sum[:])
	}
	return sums, nil
}
