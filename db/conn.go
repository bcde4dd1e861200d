package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/lib/pq"
)

// cancelGrace is what the server gets to stop a statement whose context has ended. A server that has not even answered
// by then is not waited for: the connection is given up.
const cancelGrace = 500 * time.Millisecond

// connector makes connections of lib/pq whose every wait has an end. lib/pq watches the context, but only to ask the
// server to cancel, and goes on reading until the server answers.
type connector struct {
	*pq.Connector
	limit time.Duration // of an operation whose context has no deadline; 0: none
}

// Connect implements driver.Connector. Errors: ErrUnverified, ErrPooler, errAway, and what the server says.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	at := &place{}
	stop := context.AfterFunc(ctx, at.hangUp)
	made, err := c.Connector.Connect(context.WithValue(ctx, placeKey{}, at))
	stop()
	var said *pq.Error
	fault := wireFault(err)
	switch {
	case fault != nil:
		return nil, fault
	case errors.As(err, &said):
		return nil, err
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("%w: %w: %w", errAway, ctx.Err(), err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	inner, ok := made.(pqConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks methods"), made.Close())
	}
	return &conn{pqConn: inner, line: at.line, limit: c.limit}, nil
}

// pqConn is what lib/pq's connections can do.
type pqConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

type pqStmt interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

type pqRows interface {
	driver.Rows
	driver.RowsNextResultSet
	driver.RowsColumnTypeScanType
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypePrecisionScale
}

// conn hangs up when the context of what it does has ended and the server does not answer.
type conn struct {
	pqConn
	line    *line
	limit   time.Duration
	closing []pqStmt // closed by the program, and not yet at the server
}

// operation is one wait for the server.
type operation struct {
	conn   *conn
	ctx    context.Context
	number uint64
	sent   uint64 // how often anything had been sent before
	ends   []func()
}

// begin watches the context of an operation until end.
func (c *conn) begin(ctx context.Context) *operation {
	o := &operation{conn: c, ctx: ctx, number: c.line.begin(), sent: c.line.sent.Load(), ends: make([]func(), 0, 3)}
	deadline, limited := ctx.Deadline()
	if !limited && c.limit > 0 {
		var cancel context.CancelFunc
		o.ctx, cancel = context.WithTimeout(ctx, c.limit)
		o.ends = append(o.ends, cancel)
		deadline, limited = time.Now().Add(c.limit), true
	}
	stop := context.AfterFunc(o.ctx, func() {
		time.AfterFunc(cancelGrace, func() { c.line.hangUp(o.number) })
	})
	o.ends = append(o.ends, func() { stop() })
	if !limited || time.Until(deadline) > patient {
		o.ends = append(o.ends, c.line.keepAsking(o.number))
	}
	return o
}

// wrote reports whether the server may have heard of the operation.
func (o *operation) wrote() bool { return o.conn.line.sent.Load() > o.sent }

// end stops watching and says what became of the operation. database/sql repeats what fails with ErrBadConn; lib/pq also
// says so of a statement that was sent and whose answer was lost, which may have been run. Errors: ErrSilent, ErrLost.
func (o *operation) end(err error) error {
	o.conn.line.end(o.number)
	over := o.ctx.Err()
	for _, end := range o.ends {
		end()
	}
	var broken *net.OpError
	switch {
	case err == nil:
		return nil
	case o.conn.line.hungUp() && over != nil:
		return fmt.Errorf("%w: %w", ErrSilent, over)
	case o.conn.line.hungUp():
		return ErrSilent
	case errors.Is(err, driver.ErrBadConn) && o.wrote():
		return ErrLost
	case errors.As(err, &broken):
		return fmt.Errorf("%w: %w", ErrLost, err)
	default:
		return err
	}
}

// safe is end for what changes nothing at the server, and may be repeated when the connection was lost.
func (o *operation) safe(err error) error {
	if ended := o.end(err); !errors.Is(ended, ErrLost) {
		return ended
	}
	return driver.ErrBadConn
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	o := c.begin(ctx)
	made, err := c.pqConn.PrepareContext(o.ctx, query)
	if err = o.safe(err); err != nil {
		return nil, err
	}
	inner, ok := made.(pqStmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot prepare this statement"), made.Close())
	}
	return &stmt{pqStmt: inner, conn: c}, nil
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	o := c.begin(ctx)
	read, err := c.pqConn.QueryContext(o.ctx, query, args)
	return o.rows(read, err)
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	o := c.begin(ctx)
	result, err := c.pqConn.ExecContext(o.ctx, query, args)
	return result, o.end(err)
}

// BeginTx implements driver.ConnBeginTx. lib/pq watches this context until the transaction ends.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	o := c.begin(ctx)
	begun, err := c.pqConn.BeginTx(ctx, options)
	if err = o.safe(err); err != nil {
		return nil, err
	}
	return &tx{Tx: begun, conn: c, ctx: ctx}, nil
}

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	o := c.begin(ctx)
	return o.safe(c.pqConn.Ping(o.ctx))
}

// ResetSession implements driver.SessionResetter: a connection that the server has closed since it was used is of no
// use, and nothing has been sent on it yet. What the program has closed meanwhile is closed at the server.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.line.stale() {
		return driver.ErrBadConn
	}
	if err := c.pqConn.ResetSession(ctx); err != nil || len(c.closing) == 0 {
		return err
	}
	o := c.begin(ctx)
	var err error
	for _, s := range c.closing {
		if err = s.Close(); err != nil {
			break
		}
	}
	c.closing = nil
	if o.end(err) != nil {
		return driver.ErrBadConn
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *conn) IsValid() bool { return !c.line.hungUp() && c.pqConn.IsValid() }

// Close says farewell and waits for nothing.
func (c *conn) Close() error {
	_ = c.line.SetDeadline(time.Now().Add(cancelGrace)) // one that was hung up has one
	return c.pqConn.Close()
}

type stmt struct {
	pqStmt
	conn *conn
}

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	o := s.conn.begin(ctx)
	read, err := s.pqStmt.QueryContext(o.ctx, args)
	return o.rows(read, err)
}

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	o := s.conn.begin(ctx)
	result, err := s.pqStmt.ExecContext(o.ctx, args)
	return result, o.end(err)
}

// Close puts the telling off until the connection is used again: database/sql calls it with the whole pool locked.
func (s *stmt) Close() error {
	s.conn.closing = append(s.conn.closing, s.pqStmt)
	return nil
}

// rows end their operation when they are closed.
type rows struct {
	pqRows
	operation *operation
}

func (o *operation) rows(read driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, o.end(err)
	}
	inner, ok := read.(pqRows)
	if !ok {
		return nil, o.end(errors.Join(errors.New("the driver's rows lack methods"), read.Close()))
	}
	return &rows{pqRows: inner, operation: o}, nil
}

// Next implements driver.Rows.
func (r *rows) Next(into []driver.Value) error {
	err := r.pqRows.Next(into)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.operation.end(err)
}

// Close implements driver.Rows: it reads what is left.
func (r *rows) Close() error { return r.operation.end(r.pqRows.Close()) }

// tx knows whether its COMMIT was sent.
type tx struct {
	driver.Tx
	conn *conn
	ctx  context.Context //nolint:containedctx // driver.Tx takes none
}

// Commit implements driver.Tx. Errors: ErrOutcomeUnknown when COMMIT was sent and no answer came.
func (t *tx) Commit() error {
	o := t.conn.begin(t.ctx)
	err := t.Tx.Commit()
	sent := o.wrote()
	var said *pq.Error
	answered := errors.As(err, &said) || errors.Is(err, pq.ErrInFailedTransaction)
	if err = o.end(err); err != nil && sent && !answered {
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return err
}

// Rollback implements driver.Tx. A connection that cannot roll back soon is given up, which rolls back too.
func (t *tx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	o := t.conn.begin(ctx)
	return o.end(t.Tx.Rollback())
}
