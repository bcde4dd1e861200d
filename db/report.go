package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// ReportRole is the role that reporting tools sign in as. It reads the schema report.
const ReportRole = "lyceum_report"

// ErrReportRole means that the role of reporting tools cannot be used as it is.
var ErrReportRole = errors.New("cannot read as " + ReportRole)

const (
	stageReportPassword = "select set_config('lyceum.report_password', $1, true)"
	setReportPassword   = `do $$ begin
		execute format('alter role ` + ReportRole + ` login password %L', current_setting('lyceum.report_password'));
	end $$`
)

// EnableReport lets the role of reporting tools sign in with a password, once, and returns its URL. A role that signs in already keeps
// its password. c is the owner's. Errors: ErrReportRole.
func EnableReport(ctx context.Context, c Config, password string) (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return "", errors.New("the database URL cannot be read")
	}
	u.User = url.UserPassword(ReportRole, password)
	c.Pool, c.Name = 1, "lyceum roles"
	d, err := Open(ctx, c)
	if err != nil {
		return "", err
	}
	defer d.Close()
	err = retry(ctx, 5*time.Second, time.Second, changedMeanwhile, func() error { return d.enableReport(ctx, u.String(), password) })
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func (d *DB) enableReport(ctx context.Context, reportURL, password string) error {
	const (
		makeIt = `let a superuser say in psql: %s role ` + ReportRole + ` login; \password ` + ReportRole + `; then run lyceum migrate and use the role's URL`
	)
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if _, err := tx.ExecContext(ctx, holdRoles); err != nil {
		var e *pq.Error
		if errors.As(err, &e) && e.Code == pqerror.UndefinedTable {
			return fmt.Errorf("%w: the database is not migrated; run lyceum migrate", ErrReportRole)
		}
		return err
	}
	var state roleState
	if err := tx.GetContext(ctx, &state, stateOfRole, ReportRole); err != nil {
		return err
	}
	switch {
	case !state.Present:
		return fmt.Errorf("%w: the role does not exist, and the owner may not make roles; "+makeIt, ErrReportRole, "create")
	case state.Owns:
		return fmt.Errorf("%w: the role owns the tables or is a superuser, so that nothing would be kept from it", ErrReportRole)
	case !state.Reads:
		return fmt.Errorf("%w: the role lacks its privileges; run lyceum migrate", ErrReportRole)
	case state.CanLogin:
		return tryReport(ctx, reportURL)
	case !state.MayChange:
		return fmt.Errorf("%w: the role may not sign in; "+makeIt, ErrReportRole, "alter")
	}
	verifier, err := ScramVerifier(password)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, stageReportPassword, verifier); err == nil {
		_, err = tx.ExecContext(ctx, setReportPassword)
	}
	var e *pq.Error
	if errors.As(err, &e) && e.Code == pqerror.InsufficientPrivilege { // CREATEROLE alone does not reach every role
		return fmt.Errorf("%w: the role may not sign in; "+makeIt, ErrReportRole, "alter")
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// tryReport returns an error unless the role signs in with the password at hand.
func tryReport(ctx context.Context, reportURL string) error {
	report, err := Open(ctx, Config{URL: reportURL, Pool: 1, Name: "lyceum roles"})
	var e *pq.Error
	if errors.As(err, &e) && e.Code.Class() == pqerror.ClassInvalidAuthorizationSpecification {
		return fmt.Errorf(`%w: the role signs in with another password than the one in the data folder (report.password): use that one, or `+
			`change it in psql: \password %s (%s)`, ErrReportRole, ReportRole, e.Message)
	}
	if err != nil {
		return err
	}
	return report.Close()
}
