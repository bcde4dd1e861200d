package sqlkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"lyceum/db"
	"lyceum/domain"
)

// Wrap turns what PostgreSQL says, or fails to say, into the codes of the domain. What is the program's own fault stays
// as it is and is masked further up.
func Wrap(err error) error {
	var own *domain.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err // it was wrapped where it arose
	case errors.Is(err, sql.ErrNoRows):
		return domain.Errorf(domain.CodeNotFound, "the object does not exist")
	case errors.Is(err, db.ErrBusy):
		return domain.Errorf(domain.CodeOverloaded, "too many requests are being handled right now; try again in a moment")
	case errors.Is(err, db.ErrOutcomeUnknown):
		return Because(err, domain.Errorf(domain.CodeUnavailable,
			"the connection to the database was lost, and it is not known whether this was done: "+
				"look before you send it again").Because("OUTCOME_UNKNOWN"))
	case errors.Is(err, context.Canceled):
		return err
	case db.Gone(err):
		return Because(err, domain.Errorf(domain.CodeUnavailable, "the database does not answer right now; try again in a moment"))
	case errors.Is(err, context.DeadlineExceeded):
		return domain.Errorf(domain.CodeTimeout, "the operation took longer than it may")
	}
	var said *pq.Error
	if errors.As(err, &said) {
		if own = ofServer(said); own != nil {
			return Because(err, own)
		}
	}
	return err
}

// ofServer is what an error of the server's means to a client; nil when it is the program's fault.
func ofServer(e *pq.Error) *domain.Error {
	switch e.Code {
	case pqerror.QueryCanceled, pqerror.LockNotAvailable:
		// A timed-out context is reported so by the server.
		return domain.Errorf(domain.CodeTimeout, "the operation took longer than it may")
	case pqerror.TooManyConnections, pqerror.TRDeadlockDetected, pqerror.TRSerializationFailure:
		return domain.Errorf(domain.CodeOverloaded, "too many changes are being made at the same time; try again in a moment")
	case pqerror.ReadOnlySQLTransaction: // a standby, or a server that is handing over
		return domain.Errorf(domain.CodeUnavailable, "the database accepts no changes right now; try again in a moment")
	case pqerror.DiskFull:
		return domain.Errorf(domain.CodeUnavailable, "the database has no space left; try again later")
	case pqerror.ProgramLimitExceeded: // a text that is too long for an index
		return unfit()
	}
	switch e.Code.Class() {
	case "22":
		// NUL bytes, impossible dates, numbers out of range, cursors that were tampered with.
		return unfit()
	case "53", "58": // memory, limits of the configuration, input and output
		return domain.Errorf(domain.CodeUnavailable, "the database is short of resources right now; try again later")
	case "08", "57": // the connection; shutting down, starting, recovering from a crash
		return domain.Errorf(domain.CodeUnavailable, "the database does not answer right now; try again in a moment")
	default:
		return nil
	}
}

func unfit() *domain.Error {
	return domain.Errorf(domain.CodeInvalid, "a value in the input cannot be stored or compared").Because("INVALID_VALUE")
}

// Because keeps the cause beside what a client is told, for the log.
func Because(cause error, told *domain.Error) error { return fmt.Errorf("%w (%w)", told, cause) }

// Violates names which constraint a write broke; empty when it broke none.
func Violates(err error) string {
	var e *pq.Error
	if errors.As(err, &e) && e.Code.Class() == "23" {
		return e.Constraint
	}
	return ""
}
