package db

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Errors that Open and the methods of DB return besides PostgreSQL's own and the context's.
var (
	ErrUnreachable = errors.New("the database cannot be reached")
	ErrTooOld      = errors.New("the database is too old")
	ErrBusy        = errors.New("all database connections are busy")
	// ErrSilent means that the server did not answer in time, not even to a request to cancel.
	ErrSilent = errors.New("the database does not answer")
	// ErrLost means that the connection broke after a statement was sent and before its answer was read.
	ErrLost = errors.New("the connection to the database was lost")
	// ErrOutcomeUnknown means that COMMIT was sent and its answer was lost: the transaction was either committed whole or not at all.
	ErrOutcomeUnknown = errors.New("it is not known whether the transaction was committed")

	errAway = errors.New("no connection to the database could be made")
)

// Away reports that no connection could be made: nothing was sent, so that trying again repeats nothing.
func Away(err error) bool {
	var e *pq.Error
	return errors.Is(err, errAway) || errors.As(err, &e) && e.Code == pqerror.CannotConnectNow
}

// Gone reports that the server cannot be reached, did not answer, or went away: what was wrong is neither the statement
// nor its values.
func Gone(err error) bool {
	var broken *net.OpError
	return Away(err) || errors.Is(err, ErrSilent) || errors.Is(err, ErrLost) || errors.Is(err, ErrOutcomeUnknown) ||
		errors.Is(err, ErrUnverified) || errors.Is(err, ErrPooler) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &broken)
}
