package app

import (
	"context"
	"crypto/rand"
	"strings"

	"lyceum/auth"
	"lyceum/db"
	"lyceum/db/demo"
	"lyceum/store"
)

// LoadDemo fills an empty school. Errors: demo.ErrNotEmpty.
func LoadDemo(ctx context.Context, d *Database) error {
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum demo"})
	if err != nil {
		return err
	}
	defer owner.Close()
	passwords, err := auth.NewPasswords(auth.DefaultCost - 2) // everyone knows it; 120 sign-ins may be tried at once
	if err != nil {
		return err
	}
	hash, err := passwords.Hash(demo.Password)
	if err != nil {
		return err
	}
	return demo.Load(ctx, owner, hash)
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

// Administrator is an account that was made just now.
type Administrator struct{ Email, Password string }

// defaultAdmin is who the first administrator is when nobody says.
const defaultAdmin = "admin@lyceum.local"

// EnsureAdmin makes sure that LYCEUM_ADMIN_EMAIL, or anybody at all, is an administrator. It returns the account if it
// made one with a password of its own making, else nil.
func (a *App) EnsureAdmin(ctx context.Context) (*Administrator, error) {
	m := store.NewMaintenance(a.pool)
	email, password := a.config.AdminEmail, a.config.AdminPassword
	if email == "" {
		any, err := m.HasAdmin(ctx)
		if err != nil || any {
			return nil, err
		}
		email = defaultAdmin
	}
	exists, err := m.MakeAdmin(ctx, email)
	if err != nil || exists {
		return nil, err
	}
	shown := password
	if password == "" {
		shown = strings.ToLower(rand.Text())
	}
	passwords, err := auth.NewPasswords(auth.DefaultCost)
	if err != nil {
		return nil, err
	}
	hash, err := passwords.Hash(shown)
	if err == nil {
		err = m.AddAdmin(ctx, email, hash)
	}
	if err != nil || password != "" {
		return nil, err
	}
	return &Administrator{Email: email, Password: shown}, nil
}

// Adopt is Migrate for a database on which psql ran the files of SPEC.md.
func (d *Database) Adopt(ctx context.Context, c *Config) ([]string, error) {
	if _, err := db.Adopt(ctx, db.Config{URL: d.OwnerURL, Patience: patience}); err != nil {
		return nil, err
	}
	return d.Migrate(ctx, c)
}

// StartedHere tells whether the built-in server runs because of this program.
func (d *Database) StartedHere() bool { return d.server != nil && d.server.Owned() }
