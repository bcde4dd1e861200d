package sqlkit_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store/sqlkit"
)

func TestWhatGoesWrongWithTheServerIsNotSaidToBeTheProgramsFault(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for state, want := range map[string]domain.Code{
		"08006": domain.CodeUnavailable, "25006": domain.CodeUnavailable, "40001": domain.CodeOverloaded, "40P01": domain.CodeOverloaded,
		"53000": domain.CodeUnavailable, "53100": domain.CodeUnavailable, "53200": domain.CodeUnavailable, "53300": domain.CodeOverloaded,
		"53400": domain.CodeUnavailable, "57014": domain.CodeTimeout, "55P03": domain.CodeTimeout, "57P01": domain.CodeUnavailable,
		"57P02": domain.CodeUnavailable, "57P03": domain.CodeUnavailable, "57P05": domain.CodeUnavailable, "58030": domain.CodeUnavailable,
		"22021": domain.CodeInvalid, "54000": domain.CodeInvalid,
		// Ours: masked further up.
		"42P01": domain.CodeInternal, "23514": domain.CodeInternal, "XX000": domain.CodeInternal,
	} {
		_, cause := d.Exec(t.Context(), dbtest.SQL(fmt.Sprintf("do $$ begin raise exception 'secret-canary' using errcode = '%s'; end $$", state)))
		err := sqlkit.Wrap(cause)
		if code := domain.CodeOf(err); code != want {
			t.Errorf("%s is %s, not %s: %v", state, code, want, err)
		}
		told(t, state, err, cause, want != domain.CodeInternal)
	}
}

func TestWhatGoesWrongWithTheConnectionIsNotSaidToBeTheProgramsFault(t *testing.T) {
	t.Parallel()
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	read := &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	for name, c := range map[string]struct {
		cause  error
		code   domain.Code
		reason string
	}{
		"nobody listens":            {dial, domain.CodeUnavailable, ""},
		"the connection is reset":   {read, domain.CodeUnavailable, ""},
		"the connection ends":       {io.ErrUnexpectedEOF, domain.CodeUnavailable, ""},
		"the connection was bad":    {driver.ErrBadConn, domain.CodeUnavailable, ""},
		"the answer was lost":       {db.ErrLost, domain.CodeUnavailable, ""},
		"the server is silent":      {fmt.Errorf("%w: %w", db.ErrSilent, context.DeadlineExceeded), domain.CodeUnavailable, ""},
		"the answer to COMMIT":      {fmt.Errorf("%w: %w", db.ErrOutcomeUnknown, db.ErrLost), domain.CodeUnavailable, "OUTCOME_UNKNOWN"},
		"all connections are taken": {db.ErrBusy, domain.CodeOverloaded, ""},
		"the time is over":          {context.DeadlineExceeded, domain.CodeTimeout, ""},
	} {
		err := sqlkit.Wrap(fmt.Errorf("around: %w", c.cause))
		var own *domain.Error
		if !errors.As(err, &own) || own.Code != c.code || own.Reason != c.reason {
			t.Errorf("%s: %v", name, err)
			continue
		}
		told(t, name, err, nil, true)
	}
	if err := sqlkit.Wrap(context.Canceled); !errors.Is(err, context.Canceled) || domain.CodeOf(err) != domain.CodeInternal {
		t.Errorf("a client that went away: %v", err)
	}
}

// told checks that a client hears a sentence without internals, and the log the cause.
func told(t *testing.T, name string, err, cause error, coded bool) {
	t.Helper()
	var own *domain.Error
	if errors.As(err, &own) != coded || coded && (own.Message == "" || strings.Contains(own.Message, "canary") || strings.Contains(own.Message, "pq:")) {
		t.Errorf("%s: a client hears %v", name, own)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("%s: the log does not get the cause: %v", name, err)
	}
}
