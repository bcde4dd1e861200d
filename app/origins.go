package app

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"lyceum/auth"
	"lyceum/domain"
)

// ownHost refuses requests for a host that is not the server's. A page of a stranger's whose name was made to point here
// (DNS rebinding) is of the same origin as its requests, so that nothing but the name tells it apart. A proxy in front
// sends the public host. In development this machine's own names pass, and addresses: no name was made to point at those.
func (a *App) ownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.config.isOwnHost(r.Host) {
			refuse(w, http.StatusMisdirectedRequest, domain.CodeForbidden, "this server does not answer for this host (LYCEUM_PUBLIC_URL)")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *Config) isOwnHost(host string) bool {
	u, err := parseOrigin(c.public.Scheme + "://" + host)
	if err != nil {
		return false
	}
	if u.Host == c.public.Host {
		return true
	}
	own := loopback(u.Hostname())
	if c.Production() {
		return own && loopback(c.public.Hostname())
	}
	return own || isAddress(u.Hostname())
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// ownOpsHost is ownHost for the operators' address: where it is this machine's alone, so are the names.
func (a *App) ownOpsHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		if !a.config.opsExposed() && !loopback(host) && !isAddress(host) {
			refuse(w, http.StatusMisdirectedRequest, domain.CodeForbidden, "this server does not answer for this host (LYCEUM_OPS_LISTEN)")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// crossOrigin lets listed single-page apps call with cookies and refuses every other foreign origin, whatever the method
// and the transport: a websocket's handshake and a read are GETs. It answers TRACE, PUT and their kin too: the graph knows
// POST and GET alone.
func (a *App) crossOrigin(next http.Handler) http.Handler {
	guarded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.config.isOwnRequest(r) {
			refuse(w, http.StatusForbidden, domain.CodeForbidden, "requests from this origin are not allowed (LYCEUM_ORIGINS)")
			return
		}
		next.ServeHTTP(w, r)
	})
	allow := cors.New(cors.Options{
		// A function, because in a list rs/cors takes * for a pattern, and an empty list for every origin.
		AllowOriginFunc: a.config.isListed, AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Content-Type", "Accept", "X-Apollo-Operation-Name", "X-Apollo-Operation-Id", "Apollo-Require-Preflight"},
		ExposedHeaders: []string{"X-Request-Id", auth.SessionEnded}, AllowCredentials: true, MaxAge: 600,
	})
	return allow.Handler(methods(guarded))
}

func (c *Config) isListed(origin string) bool { return slices.Contains(c.Origins, origin) }

// isOwnRequest reports whether a request comes from no page, from a page of the server's own origin, or from one of a
// listed origin. A page served under the same name by another scheme is another's: whoever is on the way can write it.
// What http.CrossOriginProtection does is less: it looks at writes alone, and at the host of the origin alone.
func (c *Config) isOwnRequest(r *http.Request) bool {
	switch origins := r.Header.Values("Origin"); len(origins) {
	case 0:
	case 1:
		return c.isListed(origins[0]) || origins[0] == c.ownOrigin(r.Host)
	default:
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	// A link to a query may be followed; what a page loads without saying where it is from may not.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// ownOrigin is the origin of the server's own pages under a host of its own.
func (c *Config) ownOrigin(host string) string {
	if u, err := parseOrigin(c.public.Scheme + "://" + host); err == nil && u.Host == c.public.Host {
		return u.String()
	}
	if u, err := parseOrigin(c.Scheme() + "://" + host); err == nil { // this machine's own names, without a proxy
		return u.String()
	}
	return ""
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
