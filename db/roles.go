package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// AppRole is the role that the server signs in as.
const AppRole = "lyceum_app"

// ErrAppRole means that the serving role cannot be used as it is.
var ErrAppRole = errors.New("cannot serve as " + AppRole)

const (
	countMissing = "select count(*) from missing_grants()"
	applyGrants  = "select apply_grants()"
	missingRoles = `select distinct g.role_name from role_grants g where not exists (select from pg_roles r where r.rolname = g.role_name) order by 1`
)

// grantMissing gives roles what they are meant to have, when they lack any of it: one that was made after the migrations,
// or all of them in a copy of the database. Doing it at every start would only write the same again.
func grantMissing(ctx context.Context, d *sqlx.DB) error {
	var missing int
	if err := d.GetContext(ctx, &missing, countMissing); err != nil || missing == 0 {
		return err
	}
	if _, err := d.ExecContext(ctx, applyGrants); err != nil {
		return fmt.Errorf("grant the roles what they are meant to have: %w", err)
	}
	return nil
}

// MissingRoles names the roles that privileges wait for. c is the owner's.
func MissingRoles(ctx context.Context, c Config) ([]string, error) {
	c.Pool, c.Name = 1, "lyceum roles"
	d, err := Open(ctx, c)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var names []string
	return names, d.SelectContext(ctx, &names, missingRoles)
}

// AppURL is the owner's URL with the serving role and its password.
func AppURL(ownerURL, password string) (string, error) {
	u, err := url.Parse(ownerURL)
	if err != nil {
		return "", fmt.Errorf("the database URL cannot be read: %w", err)
	}
	u.User = url.UserPassword(AppRole, password)
	return u.String(), nil
}

const (
	// Programs that start at once agree on who changes the role.
	holdRoles   = "select name from function_locks where name = 'roles' for update"
	stateOfRole = `select r.oid is not null as present, coalesce(r.rolcanlogin, false) as can_login,
		coalesce(r.rolsuper or pg_has_role(r.oid, c.relowner, 'member'), false) as owns,
		coalesce(has_table_privilege(r.oid, c.oid, 'select'), false) as reads,
		(select o.rolsuper or o.rolcreaterole from pg_roles o where o.rolname = current_user) as may_change
		from pg_class c left join pg_roles r on r.rolname = $1 where c.oid = 'public.clock'::regclass`
	// A DO block takes no parameters; the verifier travels as a setting of this transaction and is quoted by the server.
	stagePassword = "select set_config('lyceum.app_password', $1, true)"
	setPassword   = `do $$ begin
		execute format('alter role ` + AppRole + ` login password %L', current_setting('lyceum.app_password'));
	end $$`
)

// roleState is what the owner can see of the role that the server is to sign in as.
type roleState struct {
	Present   bool `db:"present"`
	CanLogin  bool `db:"can_login"`
	Owns      bool `db:"owns"`       // the tables, or everything
	Reads     bool `db:"reads"`      // has the privileges of AppRole
	MayChange bool `db:"may_change"` // whether the owner may make and alter roles
}

// advice is the sentence for a role that cannot be used, and what to do; empty for one that can. given tells that the
// operator gave the URL, so that the role may have any name and its password is not the program's to set.
func (s roleState) advice(role string, given bool) string {
	makeIt := fmt.Sprintf(`let a superuser say in psql: create role %s login; \password %s; then set DATABASE_APP_URL to its URL and start again`, role, role)
	switch {
	case !s.Present:
		return fmt.Sprintf("the role %s does not exist, and the owner may not make roles; %s", role, makeIt)
	case s.Owns:
		return fmt.Sprintf("the role %s of DATABASE_APP_URL owns the tables or is a superuser, so that nothing would be kept from it; name %s",
			role, AppRole)
	case !s.CanLogin && (given || !s.MayChange):
		return fmt.Sprintf(`the role %s may not sign in; let a superuser say in psql: alter role %s login; \password %s; then set DATABASE_APP_URL to its URL and start again`, role, role, role)
	case !s.Reads:
		return fmt.Sprintf("the role %s lacks the privileges of %s; let a superuser say in psql: grant %s to %s; then start again",
			role, AppRole, AppRole, role)
	}
	return ""
}

// CheckApp returns an error unless the serving role can sign in with appURL and has its privileges. An empty appURL means
// that its password is kept elsewhere, so that nobody tries it. c is the owner's. Errors: ErrAppRole.
func CheckApp(ctx context.Context, c Config, appURL string) error {
	c.Pool, c.Name = 1, "lyceum roles"
	d, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	role, given := AppRole, appURL != ""
	if given {
		u, err := url.Parse(appURL)
		if err != nil {
			return errors.New("the URL of the serving role cannot be read")
		}
		role = u.User.Username()
	}
	var state roleState
	if err := d.GetContext(ctx, &state, stateOfRole, role); err != nil {
		return err
	}
	if advice := state.advice(role, given); advice != "" {
		return fmt.Errorf("%w: %s", ErrAppRole, advice)
	}
	if !given {
		return nil
	}
	return trySignIn(ctx, role, appURL, "DATABASE_APP_URL has another one")
}

// EnableApp lets the serving role sign in with a password of the program's own, once. A role that signs in already keeps
// its password, since another school of the same cluster may be using it. c is the owner's. Errors: ErrAppRole.
func EnableApp(ctx context.Context, c Config, password string) error {
	appURL, err := AppURL(c.URL, password)
	if err != nil {
		return err
	}
	c.Pool, c.Name = 1, "lyceum roles"
	d, err := Open(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	return retry(ctx, 5*time.Second, time.Second, changedMeanwhile, func() error { return d.enableApp(ctx, appURL, password) })
}

func (d *DB) enableApp(ctx context.Context, appURL, password string) error {
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if _, err := tx.ExecContext(ctx, holdRoles); err != nil {
		return err
	}
	var state roleState
	if err := tx.GetContext(ctx, &state, stateOfRole, AppRole); err != nil {
		return err
	}
	if advice := state.advice(AppRole, false); advice != "" {
		return fmt.Errorf("%w: %s", ErrAppRole, advice)
	}
	if state.CanLogin {
		return trySignIn(ctx, AppRole, appURL, "the data folder keeps another one; set DATABASE_APP_URL to the role's URL")
	}
	verifier, err := ScramVerifier(password)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, stagePassword, verifier); err == nil {
		_, err = tx.ExecContext(ctx, setPassword)
	}
	var e *pq.Error
	if errors.As(err, &e) && e.Code == pqerror.InsufficientPrivilege { // CREATEROLE alone does not reach every role
		state.MayChange = false
		return fmt.Errorf("%w: %s", ErrAppRole, state.advice(AppRole, false))
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// trySignIn returns an error that says what is wrong with the role's URL.
func trySignIn(ctx context.Context, role, appURL, otherPassword string) error {
	app, err := Open(ctx, Config{URL: appURL, Pool: 1, Name: "lyceum roles"})
	var e *pq.Error
	switch {
	case err == nil:
		return app.Close()
	case errors.As(err, &e) && e.Code.Class() == pqerror.ClassInvalidAuthorizationSpecification:
		return fmt.Errorf(`%w: the role %s signs in with another password than the one at hand: %s, or change it in psql: \password %s (%s)`, ErrAppRole, role, otherPassword, role, e.Message)
	case errors.As(err, &e) && e.Code == pqerror.InsufficientPrivilege:
		return fmt.Errorf("%w: %s; let the database's owner say: grant connect on database … to %s", ErrAppRole, e.Message, role)
	}
	return err
}

// changedMeanwhile recognizes "tuple concurrently updated": roles belong to the cluster, and another of its schools was
// changing the same one, which no lock in this database can hold off.
func changedMeanwhile(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && e.Code == pqerror.InternalError
}
