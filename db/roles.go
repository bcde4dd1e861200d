package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/lib/pq"
)

// AppRole is the role that the server signs in as.
const AppRole = "lyceum_app"

// ErrAppRole means that the serving role cannot be used with the password at hand.
var ErrAppRole = errors.New("cannot sign in as " + AppRole)

const (
	canLogin = "select coalesce((select rolcanlogin from pg_roles where rolname = '" + AppRole + "'), false)"
	// A DO block takes no parameters; the password travels as a setting of this session and is quoted by the server.
	stagePassword = "select set_config('lyceum.app_password', $1, true)"
	setPassword   = `do $$ begin
		execute format('alter role ` + AppRole + ` login password %L', current_setting('lyceum.app_password'));
	end $$`
)

// AppURL is the owner's URL with the serving role and its password.
func AppURL(ownerURL, password string) (string, error) {
	u, err := url.Parse(ownerURL)
	if err != nil {
		return "", fmt.Errorf("the database URL cannot be read: %w", err)
	}
	u.User = url.UserPassword(AppRole, password)
	return u.String(), nil
}

// EnableApp lets the serving role sign in with a password, once. A role that signs in already keeps its password, since
// another school of the same cluster may be using it. c is the owner's. Errors: ErrAppRole.
func EnableApp(ctx context.Context, c Config, password string) error {
	c.Pool, c.Name = 1, "lyceum roles"
	d, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	appURL, err := AppURL(c.URL, password)
	if err != nil {
		return err
	}
	trial := Config{URL: appURL, Pool: 1, Name: "lyceum roles"}
	if app, err := Open(ctx, trial); err == nil {
		return app.Close()
	}
	var login bool
	if err := d.GetContext(ctx, &login, canLogin); err != nil {
		return err
	}
	if login {
		return fmt.Errorf("%w: the role has another password; set DATABASE_APP_URL, or change the password (alter role %s password …)", ErrAppRole, AppRole)
	}
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if _, err = tx.ExecContext(ctx, stagePassword, password); err == nil {
		_, err = tx.ExecContext(ctx, setPassword)
	}
	var e *pq.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %s; let a superuser create it with a password and set DATABASE_APP_URL", ErrAppRole, e.Message)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}
