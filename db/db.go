package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Config says how to connect. Zero durations mean no limit.
type Config struct {
	URL              string
	Pool             int           // open = idle connections
	Name             string        // application_name, seen in pg_stat_activity
	StatementTimeout time.Duration // what one statement may take, judged by the server
	LockTimeout      time.Duration
	IdleInTx         time.Duration
	Limit            time.Duration // what an operation may take whose context has no deadline
	Patience         time.Duration // how long Open keeps trying; 0: once
	LockPatience     time.Duration // how long Migrate tries to get a lock; 0: 30 s
	PlanOnce         bool          // plan a prepared statement once and not for each set of arguments
}

// MinVersion is the oldest PostgreSQL that is supported.
const MinVersion = 150000

// DB is a pool whose statements are prepared once each, and kept as long as they are in use.
type DB struct {
	*sqlx.DB
	statements *statements
	gate       chan struct{} // one token per connection, so that waiting for one has an end
	watch      func(sql string)
	timed      func(took time.Duration) // hears of every statement; may be nil
	waits      waits
}

// Open connects, waits for the server with growing pauses, and checks its version. Errors: ErrUnreachable (ErrUnverified
// among its reasons), ErrPooler, ErrTooOld.
func Open(ctx context.Context, c Config) (*DB, error) {
	dsn, err := c.dsn()
	if err != nil {
		return nil, err
	}
	made, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	made.Dialer(newDialer())
	pool := sqlx.NewDb(sql.OpenDB(connector{Connector: made, limit: c.Limit}), "postgres")
	pool.SetMaxOpenConns(c.Pool)
	pool.SetMaxIdleConns(c.Pool)
	pool.SetConnMaxIdleTime(30 * time.Minute)
	d := &DB{DB: pool, statements: newStatements(), gate: make(chan struct{}, c.Pool)}

	var server answered
	err = retry(ctx, c.Patience, 2*time.Second, passing, func() error {
		ctx, cancel := context.WithTimeout(ctx, openWait)
		defer cancel()
		return pool.GetContext(ctx, &server, askServer)
	})
	switch {
	case errors.Is(err, ErrPooler), err == nil && !server.Direct:
		err = ErrPooler
	case err != nil:
		err = fmt.Errorf("%w: %w", ErrUnreachable, err)
	case server.Version < MinVersion:
		err = fmt.Errorf("%w: it is version %d, at least %d is needed", ErrTooOld, server.Version/10000, MinVersion/10000)
	}
	if err != nil {
		_ = pool.Close() // the first error matters
		return nil, err
	}
	return d, nil
}

// Close gives the connections back. One that broke meanwhile, since the server was restarted, needs no farewell.
func (d *DB) Close() error {
	err := d.DB.Close()
	var broken *net.OpError
	if errors.As(err, &broken) {
		return nil
	}
	return err
}

// Watch calls fn with the text of every statement sent from now on. For tests that count.
func (d *DB) Watch(fn func(sql string)) { d.watch = fn }

func (c Config) dsn() (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("a database URL looks like postgres://user:password@host:5432/database?sslmode=verify-full")
	}
	q := u.Query()
	q.Set("timezone", "UTC")
	q.Set(directParameter, directValue)
	q.Set("connect_timeout", "5")
	if c.Name != "" {
		q.Set("application_name", c.Name)
	}
	if c.PlanOnce {
		q.Set("plan_cache_mode", "force_generic_plan")
	}
	for name, limit := range map[string]time.Duration{
		"statement_timeout": c.StatementTimeout, "lock_timeout": c.LockTimeout, "idle_in_transaction_session_timeout": c.IdleInTx,
	} {
		if limit > 0 {
			q.Set(name, fmt.Sprint(limit.Milliseconds()))
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// retry calls try until it succeeds, its error is not one that passes, or patience runs out; pauses grow from 50 ms.
func retry(ctx context.Context, patience, maxPause time.Duration, passes func(error) bool, try func() error) error {
	end := time.Now().Add(patience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, maxPause) {
		err := try()
		if err == nil || !passes(err) || time.Now().Add(pause).After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// passing tells a server that is not there yet, starting or restarting from one that says no.
func passing(err error) bool {
	var e *pq.Error
	if errors.As(err, &e) {
		return e.Code.Class() == "57" || e.Code.Class() == "53" || e.Code.Class() == "08"
	}
	return !errors.Is(err, ErrUnverified) && !errors.Is(err, ErrPooler)
}

// How long a request waits for a server that is restarting, and how often it looks: what sleeps holds a connection's place.
const (
	reconnectPatience = 4 * time.Second
	reconnectPause    = 200 * time.Millisecond
)

// openWait is what one attempt to open may take.
const openWait = 6 * time.Second
