package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/cors"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/graph/gqlerr"
	"lyceum/resolvers"
)

// Handler is the public face: /graphql, /playground, /schema.graphql, /livez and /readyz.
func (a *App) Handler() http.Handler {
	graphql := resolvers.NewHandler(a.resolver, resolvers.Options{
		Log: a.log, Limits: resolvers.DefaultLimits(), Origins: a.originHosts(), Introspection: !a.config.Production(), Deadline: deadline,
	})
	mux := http.NewServeMux()
	mux.Handle("/graphql", a.crossOrigin(a.endable(a.resolver.Gate.Admit(graphql))))
	if !a.config.Production() {
		mux.HandleFunc("GET /schema.graphql", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte(resolvers.SDL()))
		})
	}
	a.openPlayground(mux)
	a.health(mux)
	mux.HandleFunc("/", nothingHere)
	return auth.WithRequestID(a.recovering(headers(mux)))
}

func nothingHere(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, domain.CodeNotFound, "there is nothing here; the graph is at /graphql")
}

// OpsHandler is the operators' face, on an address of its own.
func (a *App) OpsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(a.pool.DB.DB, "serving"), collectors.NewDBStatsCollector(a.jobPool.DB.DB, "jobs"))
	mux := http.NewServeMux()
	a.health(mux)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	return mux
}

// health answers /livez while the program runs and /readyz while it can serve.
func (a *App) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		var one int
		if err := a.pool.Get(ctx, &one, "select 1"); err != nil {
			a.log.WarnContext(r.Context(), "not ready", "error", err)
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
}

// crossOrigin lets listed single-page apps call with cookies and refuses every other foreign origin. It answers TRACE,
// PUT and their kin too: the graph knows POST and GET alone.
func (a *App) crossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, origin := range a.config.Origins {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			panic(err) // checked with the settings
		}
	}
	if public := a.config.public; public != nil {
		_ = protection.AddTrustedOrigin(public.Scheme + "://" + public.Host)
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, domain.CodeForbidden, "calls from this origin are not allowed (LYCEUM_ORIGINS)")
	}))
	allow := cors.New(cors.Options{
		AllowedOrigins: a.config.Origins, AllowOriginFunc: a.noOriginsListed(), AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Content-Type", "Accept", "X-Apollo-Operation-Name", "X-Apollo-Operation-Id", "Apollo-Require-Preflight"},
		ExposedHeaders: []string{"X-Request-Id"}, AllowCredentials: true, MaxAge: 600,
	})
	return allow.Handler(methods(a.socketOrigin(protection.Handler(next))))
}

// socketOrigin refuses a websocket of a foreign origin before the upgrade: a handshake is a GET, which the protection
// lets pass.
func (a *App) socketOrigin(next http.Handler) http.Handler {
	hosts := a.originHosts()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" && r.Header.Get("Upgrade") != "" {
			if u, err := url.Parse(origin); err != nil || u.Host != r.Host && !slices.Contains(hosts, u.Host) {
				refuse(w, http.StatusForbidden, domain.CodeForbidden, "sockets from this origin are not allowed (LYCEUM_ORIGINS)")
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// noOriginsListed keeps rs/cors from its default, which is to allow every origin when none is listed.
func (a *App) noOriginsListed() func(string) bool {
	if len(a.config.Origins) > 0 {
		return nil
	}
	return func(string) bool { return false }
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
				refuse(w, http.StatusInternalServerError, domain.CodeInternal, "something went wrong here; it was noted under this request id")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// refuse answers in the shape of a GraphQL request error.
func refuse[C ~string](w http.ResponseWriter, status int, code C, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{map[string]any{
		"message": message, "extensions": map[string]any{"code": string(code), "requestId": w.Header().Get("X-Request-Id")},
	}}})
}

// originHosts are the hosts that may open websockets beside our own.
func (a *App) originHosts() []string {
	var hosts []string
	for _, origin := range append([]string{a.config.PublicURL}, a.config.Origins...) {
		if u, err := url.Parse(origin); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}
