package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lyceum/app/account"
	"lyceum/app/inbox"
	"lyceum/app/observe"
	"lyceum/auth"
	"lyceum/db"
	"lyceum/domain"
	"lyceum/graph/gqlerr"
	"lyceum/graph/loaders"
	"lyceum/graph/rows"
	"lyceum/graph/serve"
	"lyceum/store"
)

// Handler is the public face: /graphql, /playground, /schema.graphql, /files/…, /livez and /readyz.
func (a *App) Handler() http.Handler {
	graphql := serve.New(a.resolver, a.resolver.Gate, a.load, serve.Options{
		Log: a.log, Limits: a.limits(), Streams: a.config.Streams, Origins: a.originHosts(), Introspection: !a.config.Production(),
		Deadline: deadline, Observe: a.answered, Mutated: a.observer.Mutated, Operation: a.observer.Operation,
		FieldByField: a.hooks.FieldByField, WholeRows: a.hooks.WholeRows,
	})
	mux := http.NewServeMux() // what answers for the server's own host alone
	mux.Handle("/graphql", a.crossOrigin(a.endable(timed(a.resolver.Gate.Admit(a.observer.Viewer(graphql))))))
	mux.Handle("GET /schema.graphql", timed(a.resolver.Gate.Admit(a.observer.Viewer(http.HandlerFunc(a.schema)))))
	a.openPlayground(mux)
	account.Open(mux)
	if a.config.hasInbox() && !a.config.Exposed() { // links in mail are for whoever owns the address
		inbox.Open(mux, a.config.inbox(a.log), a.failed)
	}
	mux.Handle("GET "+filesPath+"{item}/{sum}", a.resolver.Gate.Judge(http.HandlerFunc(a.file)))
	mux.HandleFunc("/", nothingHere)
	all := http.NewServeMux()
	a.health(all) // for whoever asks, by an address or any name
	all.Handle("/", a.ownHost(mux))
	return auth.WithRequestID(a.observer.Requests(a.recovering(headers(a.strictTransport(all)))))
}

// answered notes how a root field was answered.
func (a *App) answered(ctx context.Context, field string, way rows.Way) {
	a.observer.Answered(ctx, way)
	if a.hooks.Answered != nil {
		a.hooks.Answered(ctx, field, way)
	}
}

// load gives an operation of the graph its loaders, which read the columns that it looks at.
func (a *App) load(ctx context.Context, projection map[string][]string) context.Context {
	return loaders.Begin(db.WithPatience(ctx), a.resolver.Reader.Project(projection))
}

// failed answers what a page could not do.
func (a *App) failed(w http.ResponseWriter, r *http.Request, err error) {
	a.log.ErrorContext(r.Context(), "a page could not be shown", "request", auth.RequestID(r.Context()), "path", r.URL.Path, "error", err)
	refuse(w, http.StatusInternalServerError, domain.CodeInternal, "an internal error occurred; it was logged under this request id")
}

// limits are the graph's, as the settings have them.
func (a *App) limits() serve.Limits {
	l := serve.DefaultLimits()
	l.Answer, l.Answers = int64(a.config.AnswerMB)<<20, int64(a.config.AnswersMB)<<20
	return l
}

// schema answers with the whole schema: in production to holders of schema.read alone, as introspection does.
func (a *App) schema(w http.ResponseWriter, r *http.Request) {
	if a.config.Production() && !domain.ViewerFrom(r.Context()).May(domain.SchemaRead) {
		nothingHere(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(serve.SDL())) // fails for a client that has gone
}

func nothingHere(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, domain.CodeNotFound, "not found; the GraphQL endpoint is /graphql")
}

// OpsHandler is the operators' face, on an address of its own.
func (a *App) OpsHandler() http.Handler {
	pools, figures := map[string]*db.DB{observe.ServingPool: a.pool}, a.pool
	if a.jobPool != nil { // tests have none
		pools[observe.JobsPool], figures = a.jobPool, a.jobPool
	}
	registry := a.observer.Registry(pools, store.NewMaintenance(figures), a.log)
	registry.MustRegister(a.certificateMetric())
	mux := http.NewServeMux()
	a.health(mux)
	mux.Handle("GET /metrics", a.ownOpsHost(promhttp.HandlerFor(registry, promhttp.HandlerOpts{})))
	if !a.config.opsExposed() { // a profile shows what is in memory: passwords on their way, bodies, addresses
		mux.Handle("GET /debug/pprof/", a.ownOpsHost(http.HandlerFunc(pprof.Index)))
		mux.Handle("GET /debug/pprof/profile", a.ownOpsHost(http.HandlerFunc(pprof.Profile)))
		mux.Handle("GET /debug/pprof/trace", a.ownOpsHost(http.HandlerFunc(pprof.Trace)))
		mux.Handle("GET /debug/pprof/symbol", a.ownOpsHost(http.HandlerFunc(pprof.Symbol)))
	}
	return mux
}

// health answers /livez while the program runs and /readyz while it can serve.
func (a *App) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n")) // fails for whoever has gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if a.leaving.Load() {
			http.Error(w, "the program is stopping", http.StatusServiceUnavailable)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if err := a.pool.Ready(ctx); err != nil {
			a.log.WarnContext(r.Context(), "not ready", "error", err)
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n")) // as above
	})
}

func methods(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodPost:
			next.ServeHTTP(w, r)
		case http.MethodOptions:
			w.Header().Set("Allow", "GET, POST")
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, POST")
			refuse(w, http.StatusMethodNotAllowed, gqlerr.CodeBadRequest, "use POST or GET")
		}
	})
}

// endable ends streams when the program stops: http.Server.Shutdown neither waits for nor closes them.
func (a *App) endable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if auth.Streams(r) {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(a.streams, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// timed gives a request its deadline, and its patience for connections, from the start on, so that reading its session is part of them. A
// stream has none; its operations do.
func timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !auth.Streams(r) {
			ctx, cancel := context.WithTimeout(r.Context(), deadline)
			defer cancel()
			r = r.WithContext(db.WithPatience(ctx))
		}
		next.ServeHTTP(w, r)
	})
}

// headers are what every answer carries.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// recovering answers what broke outside the graph, which has a guard of its own.
func (a *App) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // a panic value
				a.log.ErrorContext(r.Context(), "panic", "request", auth.RequestID(r.Context()), "value", p)
				refuse(w, http.StatusInternalServerError, domain.CodeInternal, "an internal error occurred; it was logged under this request id")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// refuse answers in the shape of a GraphQL request error.
func refuse[C ~string](w http.ResponseWriter, status int, code C, message string) {
	refuseAs(w, "application/json", status, code, message)
}

func refuseAs[C ~string](w http.ResponseWriter, mediaType string, status int, code C, message string) {
	observe.Refused(w, string(code))
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.WriteHeader(status)
	body := map[string]any{"errors": []any{map[string]any{
		"message": message, "extensions": map[string]any{"code": string(code), "requestId": w.Header().Get("X-Request-Id")},
	}}}
	_ = json.NewEncoder(w).Encode(body) // texts can be written; what fails is a client that has gone
}
