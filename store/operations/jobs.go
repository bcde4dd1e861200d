package operations

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

// Reader has the reads of the word operations.
type Reader struct {
	db         db.Querier
	projection sqlkit.Projection
}

// NewReader reads through a pool or a transaction.
func NewReader(q db.Querier, p sqlkit.Projection) Reader { return Reader{db: q, projection: p} }

// Tx has the writes of the word operations that need no other word.
type Tx struct{ db db.Querier }

// NewTx writes within a transaction.
func NewTx(q db.Querier) Tx { return Tx{db: q} }

// told is what is shown of an error: its beginning, without the addresses that a mail server repeats in its refusals.
func told(text string) string {
	return `left(regexp_replace(` + text + `, '[^\s<>"'']+@[^\s<>"'']+', '…', 'g'), 500)`
}

var jobColumns = sqlkit.FixedColumns("j", "id", "created_at", "kind", "queue", "state", "attempt", "max_attempts", "scheduled_at",
	"attempted_at", "finalized_at").
	With("last_error", told(`j.errors[cardinality(j.errors)] ->> 'error'`))

var jobByKey = sqlkit.Statement(`select ` + jobColumns.All() + ` from river.river_job j where j.id = $2 and j.created_at = $1`)

// Job reads a job; nil when there is none.
func (r Reader) Job(ctx context.Context, id domain.JobID) (*operations.Job, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[operations.Job](ctx, r.db, jobByKey, at, n)
}

// jobOrder sorts by the number alone, which grows with time: it is the key of River's table, which has no index by time.
func jobOrder(desc bool) sqlkit.Order[operations.Job] {
	return sqlkit.Order[operations.Job]{
		Columns: []string{"j.id::bigint"}, Desc: desc,
		Key: func(j *operations.Job) []string { return sqlkit.LogKey(j.CreatedAt, j.Number)[1:] },
	}
}

var jobList = sqlkit.NewList(sqlkit.ListOf[operations.Job, domain.TimeOrder, operations.JobFilter]{
	Name: "jobs", Columns: jobColumns, From: ` from river.river_job j where true`,
	Filters: sqlkit.Filters[operations.JobFilter]{
		sqlkit.Where(`j.state = ?`, func(f operations.JobFilter) *operations.JobState { return f.State }),
		sqlkit.Where(`j.kind = ?`, func(f operations.JobFilter) *string { return f.Kind }),
		sqlkit.Where(`j.queue = ?`, func(f operations.JobFilter) *string { return f.Queue }),
		sqlkit.Whether(`j.state in ('retryable', 'discarded', 'cancelled')`, func(f operations.JobFilter) *bool { return f.Failed }),
		sqlkit.Where(`j.created_at >= ?`, func(f operations.JobFilter) *time.Time { return f.Since }),
		sqlkit.Where(`j.created_at < ?`, func(f operations.JobFilter) *time.Time { return f.Until }),
	},
	Orders: map[domain.TimeOrder]sqlkit.Order[operations.Job]{domain.NewestFirst: jobOrder(true), domain.OldestFirst: jobOrder(false)},
})

// ListJobs reads a page of the jobs that the queue still has.
func (r Reader) ListJobs(ctx context.Context, f operations.JobFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*operations.Job], error) {
	return jobList.Page(ctx, r.db, r.projection, by, page, f)
}

// The queue keeps what is completed for a day, so that the failures of a day are all there: those of the attempts before the last, too.
// What went well at once has nothing to say: of a day with much mail that is a hundred thousand rows, every minute.
var jobKinds = sqlkit.Statement(`select k.name, r.last_started_at, r.last_finished_at, r.last_duration_us, r.last_failed_at,
		nullif(r.last_error, '') as last_error, coalesce(r.runs, 0) as runs, coalesce(r.failures, 0) as failures,
		j.failures_in_last_day, j.queued, j.running, j.failed, j.waits_until
	from unnest($1::text[]) with ordinality k (name, n) left join job_runs r on r.kind = k.name cross join lateral (
		select count(*) filter (where j.state in ('available', 'pending', 'scheduled', 'retryable')) as queued,
			count(*) filter (where j.state = 'running') as running,
			count(*) filter (where j.state in ('retryable', 'discarded', 'cancelled')) as failed,
			min(j.scheduled_at) filter (where j.state in ('available', 'scheduled', 'retryable')) as waits_until,
			coalesce(sum((select count(*) from unnest(j.errors) e where (e ->> 'at')::timestamptz > now() - interval '1 day')), 0)::bigint
				as failures_in_last_day
		from river.river_job j where j.kind = k.name and (j.state <> 'completed' or j.errors is not null)) j
	order by k.n`)

// JobKinds reads how the jobs of all kinds went, in the order of operations.Kinds.
func (r Reader) JobKinds(ctx context.Context) ([]*operations.JobKind, error) {
	return sqlkit.Rows[*operations.JobKind](ctx, r.db, jobKinds, pq.Array(operations.KindNames()))
}

var holdJob = sqlkit.Statement(`select ` + jobColumns.All() + ` from river.river_job j where j.id = $2 and j.created_at = $1 for update`)

// HoldJob implements operations.Tx.
func (t Tx) HoldJob(ctx context.Context, id domain.JobID) (*operations.Job, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[operations.Job](ctx, t.db, holdJob, at, n)
}

var addJobEvent = sqlkit.Statement(`insert into security_audit_log (event, severity, actor_id, session_id, request_id, ip_address, user_agent, details)
	values ($1, 'info', nullif($2, '')::uuid, nullif($3, '')::uuid, nullif($4, ''), nullif($5, '')::inet, left($6, 400),
		jsonb_build_object('job', $7::bigint, 'kind', $8::text, 'attempt', $9::int))`)

// AddJobEvent implements operations.Tx.
func (t Tx) AddJobEvent(ctx context.Context, name string, j *operations.Job, by domain.Actor) error {
	session := ""
	if by.SessionID != (domain.SessionID{}) {
		session = by.SessionID.String()
	}
	_, err := t.db.Exec(ctx, addJobEvent, name, by.UserID.String(), session, by.RequestID, by.IP, by.UserAgent, j.Number, j.Kind, j.Attempt)
	return sqlkit.Wrap(err)
}
