package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"lyceum/db"
	"lyceum/domain"
)

// wrap turns what PostgreSQL says into the codes of the domain. What a client cannot act on stays as it is and is masked
// further up.
func wrap(err error) error {
	var e *pq.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return domain.Errorf(domain.CodeNotFound, "there is no such thing")
	case errors.Is(err, db.ErrBusy):
		return domain.Errorf(domain.CodeOverloaded, "the school is full right now; try again in a moment")
	case errors.Is(err, context.DeadlineExceeded):
		return domain.Errorf(domain.CodeTimeout, "this took longer than it may")
	case db.Away(err), errors.Is(err, driver.ErrBadConn):
		return fmt.Errorf("%w (%w)", domain.Errorf(domain.CodeOverloaded, "the school is away for a moment; try again"), err)
	case !errors.As(err, &e):
		return err
	}
	switch {
	case e.Code == pqerror.QueryCanceled, e.Code == pqerror.LockNotAvailable:
		// A timed-out context is reported so by the server.
		return fmt.Errorf("%w (%s)", domain.Errorf(domain.CodeTimeout, "this took longer than it may"), e.Code)
	case e.Code == pqerror.TooManyConnections, e.Code == pqerror.CannotConnectNow, e.Code == pqerror.AdminShutdown:
		return fmt.Errorf("%w (%s)", domain.Errorf(domain.CodeOverloaded, "the school is full right now; try again in a moment"), e.Code)
	case e.Code.Class() == "22":
		// NUL bytes, impossible dates, numbers out of range, cursors that were tampered with.
		return domain.Errorf(domain.CodeInvalid, "a value in the input cannot be stored or compared").Because("INVALID_VALUE")
	default:
		return err
	}
}

// violates tells which constraint a write broke; empty when it broke none.
func violates(err error) string {
	var e *pq.Error
	if errors.As(err, &e) && e.Code.Class() == "23" {
		return e.Constraint
	}
	return ""
}
