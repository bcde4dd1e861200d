package observe

import (
	"log/slog"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"lyceum/db"
	"lyceum/graph/loaders"
)

// The names of the two pools.
const (
	ServingPool = "serving"
	JobsPool    = "jobs"
)

// Registry gathers all metrics of the program: those of the observer, of the pools by name, and the figures that are read when somebody
// looks. Figures may be nil.
func (o *Observer) Registry(pools map[string]*db.DB, figures Figures, log *slog.Logger) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	registry.MustRegister(o.all...)
	registry.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "lyceum_loader_batches_total", Help: "Batches that loaders have read, each with one statement as a rule.",
		}, func() float64 { batches, _ := loaders.Counts(); return float64(batches) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "lyceum_loader_keys_total", Help: "Keys that loaders have read in their batches."},
			func() float64 { _, keys := loaders.Counts(); return float64(keys) }),
	)
	for name, pool := range pools {
		registry.MustRegister(collectors.NewDBStatsCollector(pool.DB.DB, name))
		registerWaits(registry, name, pool)
	}
	if figures != nil {
		registry.MustRegister(newScraped(figures, log))
	}
	return registry
}

// registerWaits shows how requests wait for a connection. database/sql's own figures do not: nobody asks it for more than there are.
func registerWaits(registry *prometheus.Registry, name string, pool *db.DB) {
	labels := prometheus.Labels{"pool": name}
	counter := func(metric, help string, read func(db.Waits) float64) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: metric, Help: help, ConstLabels: labels},
			func() float64 { return read(pool.Waits()) }))
	}
	counter("lyceum_database_waits_total", "Requests that had to wait for a free connection.",
		func(w db.Waits) float64 { return float64(w.Waited) })
	counter("lyceum_database_wait_seconds_total", "How long they waited together.", func(w db.Waits) float64 { return w.Time.Seconds() })
	counter("lyceum_database_refusals_total", "Requests that waited in vain, and were answered with OVERLOADED.",
		func(w db.Waits) float64 { return float64(w.Refused) })
}

// buildInfo names what runs.
func buildInfo() prometheus.Collector {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "lyceum_build_info", Help: "1, with the version of the program and of Go.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	g.Set(1)
	return g
}
