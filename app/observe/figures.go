package observe

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/store"
)

// Figures are read from the database when somebody looks at the metrics: store.Maintenance.
type Figures interface {
	QueueDepths(ctx context.Context) ([]store.QueueDepth, error)
	MailByStatus(ctx context.Context) (map[string]int64, error)
	SubscriptionsByStatus(ctx context.Context) (map[string]int64, error)
	OpenAlertsByLevel(ctx context.Context) (map[string]int64, error)
	NewestBackup(ctx context.Context) (*time.Time, error)
	NewestDrill(ctx context.Context) (*time.Time, error)
}

// How old figures may be that are shown again, and how long reading them may take.
const (
	queueFresh  = 5 * time.Second
	countsFresh = 30 * time.Second
	readWithin  = 2 * time.Second
)

// What a school without any rows has none of, so that the metrics are there all the same.
var (
	mailStatuses = []string{
		string(integration.MailQueued), string(integration.MailSent), string(integration.MailFailed), string(integration.MailDropped),
	}
	subscriptionStatuses = []string{
		string(plans.Pending), string(plans.Incomplete), string(plans.Trialing), string(plans.Active), string(plans.PastDue),
		string(plans.Paused), string(plans.Canceled), string(plans.Expired),
	}
	alertLevels = []string{string(operations.Warning), string(operations.Critical)}

	queues    = []string{"default", store.MailQueue, store.UpkeepQueue}
	jobStates = []string{"available", "pending", "running", "scheduled", "retryable", "discarded"}
)

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	queueJobs = described("lyceum_queue_jobs", "Jobs that wait, run or were given up, by queue and state of River.", "queue", "state")
	queueDue  = described("lyceum_queue_due_seconds", "For how long the first waiting job of a queue has been due.", "queue")
	mailRows  = described("lyceum_mail_messages", "Messages of the last 30 days, and those that wait, by status.", "status")
	planRows  = described("lyceum_subscriptions", "Subscriptions, by status.", "status")
	alertRows = described("lyceum_alerts_open", "Alerts that have not ended, by level.", "level")
	backupAt  = described("lyceum_backup_newest_timestamp_seconds", "When the newest whole backup was begun, in Unix time; 0: never.")
	drillAt   = described("lyceum_restore_drill_newest_timestamp_seconds", "When the newest restore drill that passed was begun; 0: never.")
	unread    = described("lyceum_figures_unread", "1 where figures could not be read from the database; they are left out.", "figures")
)

// scraped is a collector of figures. They are read at most once in a while, however often somebody looks, by one at a time.
type scraped struct {
	mu    sync.Mutex
	parts []*part
}

// part is what one statement reads.
type part struct {
	name  string
	fresh time.Duration
	read  func(context.Context) ([]prometheus.Metric, error)
	at    time.Time // of the last reading, whatever came of it
	shown []prometheus.Metric
	log   *slog.Logger
}

func newScraped(f Figures, log *slog.Logger) *scraped {
	return &scraped{parts: []*part{
		{name: "queue", fresh: queueFresh, log: log, read: func(ctx context.Context) ([]prometheus.Metric, error) { return readQueue(ctx, f) }},
		{name: "mail", fresh: countsFresh, log: log, read: counting(f.MailByStatus, mailRows, mailStatuses)},
		{name: "subscriptions", fresh: countsFresh, log: log, read: counting(f.SubscriptionsByStatus, planRows, subscriptionStatuses)},
		{name: "alerts", fresh: countsFresh, log: log, read: counting(f.OpenAlertsByLevel, alertRows, alertLevels)},
		{name: "backups", fresh: countsFresh, log: log, read: func(ctx context.Context) ([]prometheus.Metric, error) {
			return readBackups(ctx, f)
		}},
	}}
}

// Describe implements prometheus.Collector.
func (s *scraped) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueJobs, queueDue, mailRows, planRows, alertRows, backupAt, drillAt, unread} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s *scraped) Collect(to chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	for _, p := range s.parts {
		for _, m := range p.look(ctx) {
			to <- m
		}
	}
}

// look reads what is too old. What cannot be read is left out: an old figure would be taken for a new one.
func (p *part) look(ctx context.Context) []prometheus.Metric {
	if !p.at.IsZero() && time.Since(p.at) < p.fresh {
		return p.shown
	}
	shown, err := p.read(ctx)
	failed := 0.0
	if err != nil {
		p.log.WarnContext(ctx, "figures for the metrics cannot be read; they are left out", "figures", p.name, "error", err)
		shown, failed = nil, 1
	}
	p.at = time.Now()
	p.shown = append(shown, gauge(unread, failed, p.name))
	return p.shown
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// counting reads how many rows have each status.
func counting(read func(context.Context) (map[string]int64, error), d *prometheus.Desc, statuses []string,
) func(context.Context) ([]prometheus.Metric, error) {
	return func(ctx context.Context) (all []prometheus.Metric, err error) {
		counted, err := read(ctx)
		if err != nil {
			return nil, err
		}
		for _, status := range statuses {
			if _, there := counted[status]; !there {
				counted[status] = 0
			}
		}
		for status, n := range counted {
			all = append(all, gauge(d, float64(n), status))
		}
		return all, nil
	}
}

// readBackups reads when backups and drills last went well. Never is a time too: whoever watches the age is to hear of it.
func readBackups(ctx context.Context, f Figures) (all []prometheus.Metric, err error) {
	for d, read := range map[*prometheus.Desc]func(context.Context) (*time.Time, error){backupAt: f.NewestBackup, drillAt: f.NewestDrill} {
		at, err := read(ctx)
		if err != nil {
			return nil, err
		}
		seconds := 0.0
		if at != nil {
			seconds = float64(at.UnixMilli()) / 1000
		}
		all = append(all, gauge(d, seconds))
	}
	return all, nil
}

func readQueue(ctx context.Context, f Figures) (all []prometheus.Metric, err error) {
	depths, err := f.QueueDepths(ctx)
	if err != nil {
		return nil, err
	}
	type place struct{ queue, state string }
	jobs, due := map[place]int64{}, map[string]float64{}
	for _, queue := range queues {
		due[queue] = 0
		for _, state := range jobStates {
			jobs[place{queue, state}] = 0
		}
	}
	for _, d := range depths {
		jobs[place{d.Queue, d.State}] = d.Jobs
		due[d.Queue] = max(due[d.Queue], d.DueSeconds)
	}
	for at, n := range jobs {
		all = append(all, gauge(queueJobs, float64(n), at.queue, at.state))
	}
	for queue, seconds := range due {
		all = append(all, gauge(queueDue, seconds, queue))
	}
	return all, nil
}
