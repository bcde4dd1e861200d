package observe

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/graph/gqlerr"
	"lyceum/jobs"
)

// The buckets of histograms, in seconds and in statements.
var (
	requestSeconds   = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	statementSeconds = []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	jobSeconds       = []float64{.005, .025, .1, .5, 1, 5, 15, 60, 300}
	statementCounts  = []float64{0, 1, 2, 3, 5, 8, 13, 21, 34, 55}
)

// metrics are what the program counts itself.
type metrics struct {
	all []prometheus.Collector

	operations       *prometheus.CounterVec
	seconds          *prometheus.HistogramVec
	databaseSeconds  *prometheus.CounterVec
	statements       prometheus.Histogram
	answers          *prometheus.CounterVec
	errors           *prometheus.CounterVec
	userErrors       *prometheus.CounterVec
	requests         *prometheus.CounterVec
	running          prometheus.Gauge
	streams          *prometheus.GaugeVec
	signIns          *prometheus.CounterVec
	jobs             *prometheus.CounterVec
	jobSeconds       *prometheus.HistogramVec
	statementSeconds *prometheus.HistogramVec

	names names
	codes map[string]bool

	mu     sync.RWMutex
	series map[seriesKey]*series
}

// succeeded is the outcome of what worked.
const succeeded = "success"

func newMetrics() *metrics {
	m := &metrics{codes: map[string]bool{}, series: map[seriesKey]*series{}}
	m.operations = m.counters("lyceum_graph_requests_total",
		"Operations, by name, type (none for a document that was refused) and outcome (error where the response has any).",
		"operation", "type", "outcome")
	m.seconds = m.histograms("lyceum_graph_request_duration_seconds", "How long queries and mutations took.", requestSeconds,
		"operation", "type")
	m.databaseSeconds = m.counters("lyceum_graph_database_seconds_total", "How long the statements of operations took together.",
		"operation", "type")
	m.statements = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "lyceum_graph_request_statements", Help: "How many statements an operation sent to the database.", Buckets: statementCounts,
	})
	m.answers = m.counters("lyceum_graph_answers_total",
		"Root fields answered, by the operation's name and by how the answer was made (docs/reads.md).", "operation", "way")
	m.errors = m.counters("lyceum_graph_errors_total", "Errors of requests and of fields, by code (docs/errors.md).", "code")
	m.userErrors = m.counters("lyceum_graph_user_errors_total", "Errors in the input of mutations, by code.", "code")
	m.requests = m.counters("lyceum_http_requests_total", "Requests, by route and status; 499 is a client that did not wait.",
		"route", "status")
	m.running = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lyceum_http_requests_running", Help: "Requests under way, streams among them.",
	})
	m.streams = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "lyceum_streams_open", Help: "Open streams, by kind."}, []string{"kind"})
	m.signIns = m.counters("lyceum_sign_ins_total", "Sign-ins, by outcome: success, or the code of the error.", "outcome")
	m.jobs = m.counters("lyceum_job_runs_total", "Runs of jobs, by kind and outcome.", "kind", "outcome")
	m.jobSeconds = m.histograms("lyceum_job_duration_seconds", "How long runs of jobs took.", jobSeconds, "kind")
	m.statementSeconds = m.histograms("lyceum_database_statement_duration_seconds", "How long statements took, with their rows read.",
		statementSeconds, "pool")
	m.all = append(m.all, m.statements, m.running, m.streams)
	for _, code := range gqlerr.Codes() {
		m.codes[code.Name] = true
		m.errors.WithLabelValues(code.Name)
	}
	for _, kind := range []string{websocketStream, eventStream} {
		m.streams.WithLabelValues(kind)
	}
	m.signIns.WithLabelValues(succeeded)
	return m
}

func (m *metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.all = append(m.all, v)
	return v
}

func (m *metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.all = append(m.all, v)
	return v
}

// Job counts a run of a job.
func (m *metrics) Job(kind string, outcome jobs.Outcome, took time.Duration) {
	m.jobs.WithLabelValues(kind, string(outcome)).Inc()
	m.jobSeconds.WithLabelValues(kind).Observe(took.Seconds())
}

// Statement returns what hears of the statements of a pool.
func (m *metrics) Statement(pool string) func(time.Duration) {
	h := m.statementSeconds.WithLabelValues(pool)
	return func(took time.Duration) { h.Observe(took.Seconds()) }
}

// maxOperations bounds the label of operation names, which clients choose. Those that are signed in are known by name in the log, and find
// room left whatever visitors send: anybody can make up names.
const (
	maxOperations  = 200
	maxOfVisitors  = 100 // of them, those that were first sent by somebody who was not signed in
	otherOperation = "other"
)

// names are those that are a label already. The zero value has none.
type names struct {
	mu         sync.RWMutex
	known      map[string]bool
	ofVisitors int
}

// label is the label of an operation's name: "-" without one, "other" beyond the first names. ctx says who sent it; nil is a visitor.
func (n *names) label(ctx context.Context, name string) string {
	if name == "" {
		return "-"
	}
	n.mu.RLock()
	known, full := n.known[name], len(n.known) >= maxOperations
	n.mu.RUnlock()
	switch {
	case known:
		return name
	case full, len(name) > longestName:
		return otherOperation
	}
	visitor := ctx == nil || !domain.ViewerFrom(ctx).SignedIn()
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.known[name]:
		return name
	case len(n.known) >= maxOperations, visitor && n.ofVisitors >= maxOfVisitors:
		return otherOperation
	}
	if n.known == nil {
		n.known = map[string]bool{}
	}
	n.known[name] = true
	if visitor {
		n.ofVisitors++
	}
	return name
}

// series are the counters of one operation, found once.
type series struct {
	well, badly prometheus.Counter
	seconds     prometheus.Observer // nil for what lasts as long as its client wants
	database    prometheus.Counter
}

type seriesKey struct{ operation, kind string }

func (m *metrics) seriesOf(r *request) *series {
	kind, key := r.Kind, seriesKey{"-", "none"} // what is not accepted has a name that nobody vouches for
	if kind != "" {
		key = seriesKey{m.names.label(r.seen, r.Name), string(kind)}
	}
	m.mu.RLock()
	s := m.series[key]
	m.mu.RUnlock()
	if s != nil {
		return s
	}
	s = &series{
		well: m.operations.WithLabelValues(key.operation, key.kind, "ok"), badly: m.operations.WithLabelValues(key.operation, key.kind, "error"),
		database: m.databaseSeconds.WithLabelValues(key.operation, key.kind),
	}
	if kind != ast.Subscription {
		s.seconds = m.seconds.WithLabelValues(key.operation, key.kind)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.series[key] = s
	return s
}

// operationCounted counts an operation that is over.
func (m *metrics) operationCounted(r *request, status int) {
	s := m.seriesOf(r)
	if len(r.Errors) > 0 || status >= 400 {
		s.badly.Inc()
	} else {
		s.well.Inc()
	}
	if s.seconds != nil {
		s.seconds.Observe(time.Since(r.began).Seconds())
	}
	m.statements.Observe(float64(r.tally.Statements()))
	s.database.Add(r.tally.Took().Seconds())
}

// knownCode is a code that is on the list, so that the label is bounded.
func (m *metrics) knownCode(code string) string {
	if m.codes[code] {
		return code
	}
	return string(domain.CodeInternal)
}

func statusText(status int) string { return strconv.Itoa(status) }
