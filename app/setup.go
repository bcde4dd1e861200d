package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"lyceum/auth"
	"lyceum/db"
	"lyceum/db/demo"
	"lyceum/domain/users"
	"lyceum/store"
)

// LoadDemo fills an empty school, and has its mail sent where the key of its links is. Errors: demo.ErrNotEmpty.
func LoadDemo(ctx context.Context, c *Config, d *Database) error {
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 2, Name: "lyceum demo"})
	if err != nil {
		return err
	}
	defer owner.Close()
	passwords, err := auth.NewPasswords(auth.DefaultCost)
	if err != nil {
		return err
	}
	hash, err := passwords.Hash(demo.Password)
	if err != nil {
		return err
	}
	if err := demo.Load(ctx, owner, hash); err != nil {
		return err
	}
	if !c.hasDataDir() {
		return nil // the key that signs the links is in the folder of a server elsewhere
	}
	key, err := LinkKey(c)
	if err != nil {
		return err
	}
	outbox, err := store.NewOutbox()
	if err != nil {
		return err
	}
	return store.Writer{DB: owner, Outbox: outbox}.SendDemoMail(ctx, key)
}

// LoadLargeDemo fills an empty school with a large one and says how many rows each table has then.
// Errors: those of demo.LoadLarge.
func LoadLargeDemo(ctx context.Context, d *Database, sizes demo.Sizes, progress demo.Progress) ([]demo.Made, error) {
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum demo"})
	if err != nil {
		return nil, err
	}
	defer owner.Close()
	return demo.LoadLarge(ctx, owner, sizes, progress)
}

// Administrator is an account that was made just now, with a password of the program's own making.
type Administrator struct{ Email, Password string }

// defaultAdmin is who the first administrator is when nobody says.
const defaultAdmin = "admin@lyceum.local"

// EnsureAdmin makes the first administrator, LYCEUM_ADMIN_EMAIL, when none can sign in; it gives nothing to an account
// that exists. It returns the account if it made one with a password of its own making, else nil.
func (a *App) EnsureAdmin(ctx context.Context) (*Administrator, error) {
	has, err := store.NewMaintenance(a.pool).HasAdmin(ctx)
	if err != nil || has {
		return nil, err
	}
	email := a.config.AdminEmail
	if email == "" {
		email = defaultAdmin
	}
	password, hash, err := adminPassword(a.config)
	if err != nil {
		return nil, err
	}
	outcome, err := store.Admins{DB: a.pool}.MakeFirst(ctx, email, hash)
	if outcome == users.AdminNotGiven {
		a.log.WarnContext(ctx, "no administrator can sign in, and the account that the settings name is not made one at a start: "+
			"`lyceum admin` with LYCEUM_ADMIN_EMAIL does that", "account", email)
	}
	if err != nil || outcome != users.AdminMade || a.config.AdminPassword != "" {
		return nil, err
	}
	return &Administrator{Email: email, Password: password}, nil
}

// MakeAdmin makes LYCEUM_ADMIN_EMAIL an administrator of a migrated database, whoever else is one. found is the account
// as it was before, nil if it was made with the password. An existing account gets a password only if reset says so, and is
// refused if the settings have one all the same. Errors: users.ErrAccountExists.
func MakeAdmin(ctx context.Context, c *Config, d *Database, reset bool) (found *users.AdminAccount, password string, err error) {
	pool, err := d.Pool(ctx, 1)
	if err != nil {
		return nil, "", err
	}
	defer pool.Close() // all that was written is committed
	password, hash, err := adminPassword(c)
	if err != nil {
		return nil, "", err
	}
	wish := users.PasswordIfNew
	if c.AdminPassword != "" {
		wish = users.PasswordForNewOnly
	}
	if reset {
		wish = users.PasswordReset
	}
	found, err = store.Admins{DB: pool}.Make(ctx, c.AdminEmail, hash, wish)
	return found, password, err
}

// adminPassword is that of the settings, or one made up.
func adminPassword(c *Config) (password, hash string, err error) {
	if password = c.AdminPassword; password == "" {
		password = strings.ToLower(rand.Text())
	}
	passwords, err := auth.NewPasswords(auth.DefaultCost)
	if err != nil {
		return "", "", err
	}
	hash, err = passwords.Hash(password)
	return password, hash, err
}

// ErrKnownPasswords means that others can reach accounts whose password everybody knows.
var ErrKnownPasswords = errors.New("everybody knows the password of the demo's accounts in this database")

// someHashes is how many passwords of the demo's accounts are tried; all of them have the same one.
const someHashes = 5

// RefuseKnownPasswords refuses to show a database with the demo's accounts to others, unless that is asked for: a database
// that began in development keeps them in production. Errors: ErrKnownPasswords.
func (a *App) RefuseKnownPasswords(ctx context.Context) error {
	if !a.config.Exposed() || a.config.ExposeDemo {
		return nil
	}
	known, err := knownPasswords(ctx, store.NewMaintenance(a.pool))
	if err != nil {
		return err
	}
	if known {
		return fmt.Errorf("%w, and others can reach it at LYCEUM_LISTEN or LYCEUM_PUBLIC_URL: begin with an empty database, suspend the "+
			"accounts of @%s, or set LYCEUM_EXPOSE_DEMO=true", ErrKnownPasswords, demo.Domain)
	}
	return nil
}

// Adopt is Migrate for a database on which psql ran the files of SPEC.md.
func (d *Database) Adopt(ctx context.Context, c *Config) ([]string, error) {
	if _, err := db.Adopt(ctx, db.Config{URL: d.OwnerURL, Patience: patience}); err != nil {
		return nil, err
	}
	return d.Migrate(ctx, c)
}

// StartedHere reports whether the built-in server runs because of this program.
func (d *Database) StartedHere() bool { return d.server != nil && d.server.Owned() }
