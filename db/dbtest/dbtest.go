package dbtest

import (
	"context"
	"database/sql"
	"io/fs"
	"net/url"
	"testing"
	"time"

	_ "github.com/lib/pq" // pgtestdb opens by driver name
	"github.com/peterldowns/pgtestdb"
	"github.com/peterldowns/pgtestdb/migrators/common"

	"lyceum/db"
)

// Database is a migrated database of one test.
type Database struct {
	*db.DB          // as lyceum_app, like the server
	Owner    *db.DB // as the owner of all objects
	URL      string // the owner's
	AppURL   string
	Database string // its name
}

// SQL is a statement of a test's own.
func SQL(text string) db.Statement { return db.NewStatement(text) }

// ownerRole migrates the template and owns every test database, without being a superuser.
const ownerRole = "lyceum_owner"

// New clones the template. The database is gone when the test is; that of a failed test stays until the cluster ends.
func New(t testing.TB) *Database {
	t.Helper()
	c := sharedCluster(t)
	made := pgtestdb.Custom(t, pgtestdb.Config{
		DriverName: "postgres", Host: "127.0.0.1", Port: c.port, User: "postgres", Password: c.password,
		Database: "postgres", Options: "sslmode=disable",
		TestRole: &pgtestdb.Role{Username: ownerRole, Password: rolePassword, Capabilities: "NOSUPERUSER NOCREATEDB NOCREATEROLE"},
		// Background loops of an app under test may still hold a connection.
		ForceTerminateConnections: true,
	}, migrator{})
	d := &Database{URL: c.url(ownerRole, made.Database), AppURL: c.url(db.AppRole, made.Database), Database: made.Database}
	d.Owner = open(t, d.URL, 3)
	d.DB = open(t, d.AppURL, 8)
	return d
}

// Empty makes a database without any table, owned by the superuser's role, and returns its URL.
func Empty(t *testing.T) (superuserURL string) {
	t.Helper()
	c := sharedCluster(t)
	made := pgtestdb.Custom(t, pgtestdb.Config{
		DriverName: "postgres", Host: "127.0.0.1", Port: c.port, User: "postgres", Password: c.password,
		Database: "postgres", Options: "sslmode=disable", ForceTerminateConnections: true,
		TestRole: &pgtestdb.Role{Username: ownerRole, Password: rolePassword, Capabilities: "NOSUPERUSER NOCREATEDB NOCREATEROLE"},
	}, pgtestdb.NoopMigrator{})
	u, err := url.Parse(c.url(ownerRole, made.Database))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("postgres", c.password)
	return u.String()
}

// Server is the superuser's URL of the cluster, for tests of what is cluster-wide.
func Server(t *testing.T) (superuserURL, binaries string) {
	t.Helper()
	c := sharedCluster(t)
	u, err := url.Parse(c.url("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("postgres", c.password)
	return u.String(), c.binaries
}

func open(t testing.TB, dsn string, pool int) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: dsn, Pool: pool, Name: t.Name(), StatementTimeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// migrator lets pgtestdb make the template with the real runner.
type migrator struct{}

func (migrator) Hash() (string, error) {
	hash := common.NewRecursiveHash()
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			return "", err
		}
		hash.Add(text)
	}
	return hash.String(), nil
}

func (migrator) Migrate(ctx context.Context, _ *sql.DB, c pgtestdb.Config) error {
	_, err := db.Migrate(ctx, db.Config{URL: c.URL()})
	return err
}

// As is the URL of the same database for another role of the cluster.
func (d *Database) As(t *testing.T, role string) string {
	t.Helper()
	return sharedCluster(t).url(role, d.Database)
}
