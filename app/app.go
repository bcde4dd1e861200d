package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"lyceum/app/certificates"
	"lyceum/app/observe"
	"lyceum/auth"
	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/gateways/blobs"
	"lyceum/gateways/courses"
	"lyceum/graph/rows"
	"lyceum/graph/serve"
	"lyceum/jobs"
	"lyceum/resolvers"
	"lyceum/store"
)

// App is the whole program, built and not yet serving.
type App struct {
	config   *Config
	log      *slog.Logger
	pool     *db.DB
	jobPool  *db.DB
	resolver *resolvers.Resolver
	runner   *jobs.Runner
	clock    *clock
	blobs    *blobs.Store
	links    *fileLinks
	observer *observe.Observer
	hooks    Hooks

	certificates *certificates.Store // nil without TLS
	leaving      atomic.Bool         // the program was told to stop
	connections  atomic.Int64        // that are open on the public address

	streams    context.Context // ends when the program stops; websockets and server-sent events hang on it
	endStreams context.CancelFunc
}

// New builds the app on a migrated database.
func New(ctx context.Context, c *Config, d *Database, log *slog.Logger) (*App, error) {
	pool, err := d.Pool(ctx, c.DatabasePool)
	if err != nil {
		return nil, err
	}
	a, err := build(ctx, c, pool, log, auth.DefaultCost)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if err := a.openTLS(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.resolver.Doctor = a.doctor(pool)
	if a.jobPool, err = d.JobPool(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.jobPool.Time(a.observer.Statement(observe.JobsPool))
	services, err := a.services(d)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if a.runner, err = jobs.New(a.jobPool.DB.DB, store.NewMaintenance(a.jobPool), services, log); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// services are what the jobs call, over their own pool.
func (a *App) services(d *Database) (jobs.Services, error) {
	courier, err := a.config.courier(a.log)
	if err != nil {
		return jobs.Services{}, err
	}
	sweeper, err := sweeperOver(a.jobPool, a.clock, a.config.GraceDays)
	s := jobs.Services{Courier: courier, Subscriptions: sweeper, Accounts: a.resolver.Users, Upkeep: a.upkeep(d), Ended: a.observer.Job}
	if err == nil {
		s.Alerts, err = a.watchOver(a.jobPool)
	}
	s.Examinations = a.doctor(a.jobPool)
	if a.config.Backup != "" {
		s.Backups, s.BackupsAt = schoolBackups{config: a.config, database: d, log: a.log}, a.config.backupSchedule()
	}
	return s, err
}

// sweeperOver applies what time brings to subscriptions.
func sweeperOver(pool *db.DB, now *clock, graceDays int) (plans.Service, error) {
	outbox, err := store.NewOutbox()
	return plans.Service{Store: store.Plans{Writer: store.Writer{DB: pool, Outbox: outbox}}, Clock: now.now, GraceDays: graceDays}, err
}

// Hooks are what tests look at and change.
type Hooks struct {
	HashCost     int // of bcrypt
	Log          *slog.Logger
	Answered     func(ctx context.Context, field string, way rows.Way) // hears how each root field was answered; may be nil
	FieldByField func(context.Context) bool                            // reports whether gqlgen alone shall answer; may be nil
	WholeRows    func(context.Context) bool                            // reports whether rows shall be read whole; may be nil
}

// Build builds an app for tests: without jobs, on the caller's pool.
func Build(ctx context.Context, c *Config, pool *db.DB, hooks Hooks) (*App, error) {
	if err := errors.Join(c.check()...); err != nil {
		return nil, err
	}
	a, err := build(ctx, c, pool, hooks.Log, hooks.HashCost)
	a.hooks = hooks
	return a, err
}

func build(ctx context.Context, c *Config, pool *db.DB, log *slog.Logger, hashCost int) (*App, error) {
	a := &App{config: c, log: log, pool: pool, observer: observe.New(c.observing(log))}
	pool.Time(a.observer.Statement(observe.ServingPool))
	a.streams, a.endStreams = context.WithCancel(context.WithoutCancel(ctx))
	var err error
	if a.resolver, a.clock, err = wire(ctx, c, pool, log, hashCost); err != nil {
		return a, err
	}
	return a, a.openFiles(ctx)
}

// wire builds the services over a pool.
func wire(ctx context.Context, c *Config, pool *db.DB, log *slog.Logger, hashCost int) (*resolvers.Resolver, *clock, error) {
	outbox, err := store.NewOutbox()
	if err != nil {
		return nil, nil, err
	}
	passwords, err := auth.NewPasswords(hashCost)
	if err != nil {
		return nil, nil, err
	}
	reader := store.NewReader(pool)
	clock := &clock{}
	if err := clock.follow(ctx, reader); err != nil {
		return nil, nil, fmt.Errorf("read the school's clock: %w", err)
	}
	links, err := LinkKey(c)
	if err != nil {
		return nil, nil, err
	}
	w, ids := store.Writer{DB: pool, Outbox: outbox}, domain.NewIDs()
	guarded := security.Service{Store: store.Security{Writer: w}, Passwords: passwords}
	return &resolvers.Resolver{
		Reader: reader,
		Users: users.Service{
			Store: store.Users{Writer: w}, Clock: clock.now, IDs: ids, Passwords: passwords, Proof: guarded, Links: links,
		},
		Plans:      plans.Service{Store: store.Plans{Writer: w}, Clock: clock.now, IDs: ids, GraceDays: c.GraceDays},
		Content:    content.Service{Store: store.Content{Writer: w}, Clock: clock.now, IDs: ids, Excerpts: courses.Excerpts{}},
		Analytics:  analytics.Service{Store: store.Analytics{Writer: w}},
		Security:   guarded,
		Mail:       integration.Service{Store: store.Integration{Writer: w}},
		Operations: operations.Service{Store: store.Operations{Writer: w}, Backups: c.Backup != ""},
		Doctor:     c.doctor(pool),
		Gate: auth.NewGate(store.NewSessions(pool), auth.Config{
			Secure: c.Secure(), CrossSite: c.CrossSite(), Lifetime: security.SessionLifetime, Proxies: c.proxies, Failed: refuseAtTheGate(log),
		}),
	}, clock, nil
}

// refuseAtTheGate answers whom the gate does not let in: 401 for a credential that is not accepted, else sessions cannot be
// read or written.
func refuseAtTheGate(log *slog.Logger) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		code := domain.CodeOf(err)
		if code == domain.CodeUnauthenticated {
			refuseAs(w, serve.MediaType(r), http.StatusUnauthorized, code, err.Error())
			return
		}
		log.WarnContext(r.Context(), "sessions cannot be read or written", "request", auth.RequestID(r.Context()), "error", err)
		if code != domain.CodeOverloaded {
			code = domain.CodeUnavailable
		}
		refuse(w, http.StatusServiceUnavailable, code, "sessions cannot be read or written right now; try again in a moment")
	}
}

// Close gives the connections back.
func (a *App) Close() error {
	a.endStreams()
	var errs []error
	if a.blobs != nil {
		errs = append(errs, a.blobs.Close())
	}
	for _, pool := range []*db.DB{a.pool, a.jobPool} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// deadline ends a query or mutation.
const deadline = 10 * time.Second

// HandleAccountRequest does what the queue would do, for an app without jobs.
func (a *App) HandleAccountRequest(ctx context.Context, id domain.AccountRequestID) error {
	return a.resolver.Users.HandleAccountRequest(ctx, id)
}

// ReadClock reads how far the school's clock is moved, for an app that does not follow it by itself.
func (a *App) ReadClock(ctx context.Context) error { return a.clock.follow(ctx, a.resolver.Reader) }
