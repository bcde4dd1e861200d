package jobs

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/store"
)

// How long a job may take. One whose answer was swallowed sits in the dark until then, and is tried again.
const (
	shortJob = time.Minute
	longJob  = 5 * time.Minute
	// rescueAfter is when a job whose program was killed is given to another; one that may run longer is left alone that long.
	rescueAfter = 2 * time.Minute
)

// mailWorkers is how many messages are sent at a time.
const mailWorkers = 4

// Runner works the queue.
type Runner struct {
	client *river.Client[*sql.Tx]
	sealer *sealer
	kinds  []string
}

// Services are what the jobs call.
type Services struct {
	Courier       integration.Courier // takes the mail
	Subscriptions Sweeper
	Accounts      AccountRequests
	Ended         func(kind string, outcome Outcome, took time.Duration) // hears of each run of a job; may be nil
	Backups       Backups                                                // nil where there are none
	BackupsAt     BackupSchedule
	Upkeep        Upkeep
	Alerts        Watcher      // nil: nothing is watched
	Examinations  Examinations // nil: none are made
}

// New builds a runner over a pool whose statements may take long.
func New(pool *sql.DB, m store.Maintenance, s Services, log *slog.Logger) (*Runner, error) {
	w := &workers{Workers: river.NewWorkers()}
	add(w, &refreshAnalytics{store: m, log: log})
	add(w, &ensurePartitions{store: m, log: log})
	add(w, &cleanUp{store: m, log: log})
	add(w, &sendMail{store: m, courier: s.Courier, log: log})
	add(w, &sweepSubscriptions{sweeper: s.Subscriptions, log: log})
	add(w, &accountRequest{service: s.Accounts})
	add(w, &takeBackup{backups: s.Backups})
	add(w, &restoreDrill{backups: s.Backups})
	add(w, &copyBackups{backups: s.Backups})
	addUpkeep(w, s.Upkeep)
	add(w, &evaluateAlerts{watch: s.Alerts, log: log})
	add(w, &examineOutside{examinations: s.Examinations})
	add(w, &verifySeals{examinations: s.Examinations})
	middleware := []rivertype.Middleware{&runs{store: m, log: log}}
	if s.Ended != nil {
		middleware = append(middleware, &observed{ended: s.Ended})
	}
	client, err := river.NewClient(riverdatabasesql.New(pool), &river.Config{
		Schema: store.QueueSchema,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: 4}, store.MailQueue: {MaxWorkers: mailWorkers}, store.UpkeepQueue: {MaxWorkers: 1},
		},
		Workers:              w.Workers,
		Middleware:           middleware,
		FetchPollInterval:    500 * time.Millisecond,
		JobTimeout:           shortJob,
		RescueStuckJobsAfter: rescueAfter,
		Logger:               slog.New(problemsOnly{log.Handler()}),
		ErrorHandler:         failures{log},
		PeriodicJobs: append([]*river.PeriodicJob{
			periodic(partitionsJob{}), periodic(refreshJob()), periodic(cleanUpJob{}), periodic(plans.SweepJob{}),
			periodic(operations.ArchiveLogsJob{}), periodic(operations.ForgetOldJob{}), periodic(operations.ReindexJob{}),
			periodic(operations.EvaluateAlertsJob{}), periodic(operations.ExamineOutsideJob{}), periodic(operations.VerifySealsJob{}),
		}, backupJobs(s.Backups, s.BackupsAt)...),
	})
	if err != nil {
		return nil, err
	}
	return &Runner{client: client, sealer: &sealer{store: m, log: log}, kinds: w.kinds}, nil
}

// workers are River's, with the kinds that they work.
type workers struct {
	*river.Workers
	kinds []string
}

func add[T river.JobArgs](w *workers, worker river.Worker[T]) {
	var args T
	river.AddWorker(w.Workers, worker)
	w.kinds = append(w.kinds, args.Kind())
}

// Kinds are the kinds of jobs that the runner works.
func (r *Runner) Kinds() []string { return r.kinds }

// longAttempts is how often a long job is tried: the next one comes soon enough.
const longAttempts = 3

// periodic also runs once at start. How often, and whether it takes long, stands beside the kind in the domain, which tells
// administrators.
func periodic(args river.JobArgs) *river.PeriodicJob {
	kind := operations.KindOf(args.Kind())
	var opts *river.InsertOpts
	if kind.Long {
		opts = &river.InsertOpts{Queue: store.UpkeepQueue, MaxAttempts: longAttempts}
	}
	return river.NewPeriodicJob(river.PeriodicInterval(kind.Every),
		func() (river.JobArgs, *river.InsertOpts) { return args, opts }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Start begins to work.
func (r *Runner) Start(ctx context.Context) error {
	r.sealer.start(ctx)
	return r.client.Start(ctx)
}

// cancelWait is how long jobs that are canceled may take to notice. One that does not is left behind: the program ends.
const cancelWait = 5 * time.Second

// Stop lets running jobs finish until ctx ends, then cancels them; they are tried again at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	r.sealer.stop()
	err := r.client.Stop(ctx)
	if err == nil {
		return nil
	}
	r.sealer.log.WarnContext(ctx, "jobs that did not end in time are canceled; they are tried again", "error", err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelWait)
	defer cancel()
	err = r.client.StopAndCancel(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		r.sealer.log.WarnContext(ctx, "jobs that do not end were left behind; they are tried again")
		return nil
	}
	return err
}

// failures tells of jobs that failed. River says it as loudly as that it has started, which problemsOnly keeps out.
type failures struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if !errors.Is(err, context.Canceled) { // else the program ends, and Stop has said so
		f.log.WarnContext(ctx, "a job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	}
	return nil
}

// HandlePanic implements river.ErrorHandler: River's own words are loud enough.
func (failures) HandlePanic(context.Context, *rivertype.JobRow, any, string) *river.ErrorHandlerResult {
	return nil
}

// problemsOnly keeps River's chatter out of the log.
type problemsOnly struct{ slog.Handler }

// Enabled lets warnings and errors through.
func (h problemsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
