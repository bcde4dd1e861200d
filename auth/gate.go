package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"lyceum/domain"
	"lyceum/domain/security"
)

// Sessions is where sessions are kept; tokens come as hashes.
type Sessions interface {
	// FindSession reads a active session with the rights its user has now; nil when there is none.
	FindSession(ctx context.Context, tokenHash string) (*security.LiveSession, error)
	// SessionLasts reports whether a session is still alive, without noting that it was seen.
	SessionLasts(ctx context.Context, tokenHash string) (bool, error)
	// Rights reads what a user may do now.
	Rights(ctx context.Context, user domain.UserID) (*security.Rights, error)
	// SaveSession keeps nothing for an account that was stopped, or whose password was set anew since the sign-in looked at it.
	SaveSession(ctx context.Context, user domain.UserID, tokenHash string, data []byte, lasts time.Duration, signedIn *security.SignedIn,
		from domain.Request) error
	EndSession(ctx context.Context, tokenHash string) error
}

// Config says how cookies travel.
type Config struct {
	Secure    bool          // HTTPS only; then the names begin with __Host-
	CrossSite bool          // single-page apps of other sites may call with cookies
	Lifetime  time.Duration // of a session, at most
	Proxies   Proxies       // whose forwarded addresses are believed
	// Failed answers a request that is not let in: with UNAUTHENTICATED for a credential that is not accepted, else because
	// sessions cannot be read or written.
	Failed func(http.ResponseWriter, *http.Request, error)
}

// Gate lets requests in: it knows who sends them.
type Gate struct {
	scs      *scs.SessionManager
	sessions Sessions
	config   Config
	turns    *Shares // of sign-ins under way, by address
}

// maxTurns is how many sign-ins of one address may wait or be judged at a time. Hashing is slow: without a share for
// each, one address could make everybody wait.
const maxTurns = 12

// NewGate builds the gate.
func NewGate(sessions Sessions, c Config) *Gate {
	sessions = bounded{sessions}
	m := scs.New()
	m.Lifetime = c.Lifetime
	m.IdleTimeout = 0 // judged in SQL, so that a request does not write
	m.HashTokenInStore = true
	m.Codec = Codec{}
	m.Cookie.Name = cookieName("lyceum_session", c.Secure)
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = c.Secure
	m.Cookie.SameSite = sameSite(c)
	m.Cookie.Path = "/"
	g := &Gate{scs: m, sessions: sessions, config: c, turns: NewShares(maxTurns)}
	m.Store = &store{sessions: sessions, lifetime: c.Lifetime}
	m.ErrorFunc = func(_ http.ResponseWriter, r *http.Request, err error) {
		k := admissionOf(r.Context())
		c.Failed(k.response, r, err)
		k.failed = true
	}
	return g
}

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

func sameSite(c Config) http.SameSite {
	if c.CrossSite {
		return http.SameSiteNoneMode
	}
	return http.SameSiteLaxMode
}

// admission is what the gate learns of one request; the store fills in the session when scs loads it.
type admission struct {
	request   domain.Request
	response  http.ResponseWriter
	streams   bool // websocket or SSE: no cookie can be set
	session   *security.LiveSession
	tokenHash string
	ended     bool               // a cookie was sent whose session is no longer alive
	failed    bool               // answered already: the session could not be read or written
	user      domain.UserID      // who signed in during this request
	signedIn  *security.SignedIn // how; nil when the session only got another token
}

type admissionKey struct{}

func admissionOf(ctx context.Context) *admission {
	k, _ := ctx.Value(admissionKey{}).(*admission)
	return k
}

// Admit is the middleware: it reads the cookie and puts the viewer into the request's context. A cookie whose session has
// ended makes an anonymous user, and the answer says so in the header SessionEnded: a single-page app that still holds it must be
// able to sign in. The cookie is left alone, since an answer that is late would take away the one of a sign-in meanwhile.
// A stream of events, where nobody can sign in, is refused; a websocket refuses when it begins, where browsers can see it.
func (g *Gate) Admit(next http.Handler) http.Handler {
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := admissionOf(r.Context())
		if cookie, err := r.Cookie(g.scs.Cookie.Name); err == nil && cookie.Value != "" && k.session == nil {
			k.ended = true
			w.Header().Set(SessionEnded, "true")
			if EventStream(r) {
				g.challenge(w, r, challenge, errEnded)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(domain.WithViewer(r.Context(), viewerOf(k.request, k.session))))
	})
	load := g.scs.LoadAndSave(inner)
	return g.Judge(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := &admission{
			request: domain.Request{
				ID: RequestID(r.Context()), IP: g.config.Proxies.ClientIP(r),
				UserAgent: storable(r.UserAgent(), maxUserAgent), Device: deviceOf(r, g.config.Secure),
			},
			response: w,
			streams:  Streams(r),
		}
		load.ServeHTTP(answer{w, k}, r.WithContext(context.WithValue(r.Context(), admissionKey{}, k)))
	}))
}

// Ended reports whether the request came with a cookie whose session was no longer alive.
func (g *Gate) Ended(ctx context.Context) bool {
	k := admissionOf(ctx)
	return k != nil && k.ended
}

// Again gives an operation on a stream the viewer with the rights that they have now. Errors: UNAUTHENTICATED when the
// session was ended since the stream began.
func (g *Gate) Again(ctx context.Context) (context.Context, error) {
	k := admissionOf(ctx)
	if k == nil || k.session == nil {
		return ctx, nil
	}
	now, err := g.sessions.FindSession(ctx, k.tokenHash)
	switch {
	case err != nil:
		return ctx, err
	case now == nil:
		return ctx, errEnded
	}
	return domain.WithViewer(ctx, viewerOf(k.request, now)), nil
}

// Lasts returns nil as long as the session that a stream began with is alive. Asking does not prolong it. Errors:
// UNAUTHENTICATED once it has ended.
func (g *Gate) Lasts(ctx context.Context) error {
	k := admissionOf(ctx)
	if k == nil || k.session == nil {
		return nil
	}
	lasts, err := g.sessions.SessionLasts(ctx, k.tokenHash)
	if err == nil && !lasts {
		err = errEnded
	}
	return err
}

func viewerOf(r domain.Request, s *security.LiveSession) domain.Viewer {
	v := domain.Viewer{Request: r}
	if s != nil {
		v.UserID, v.SessionID, v.Roles, v.Permissions = s.UserID, s.ID, s.Roles, s.Permissions
	}
	return v
}

// answer swallows what a handler writes after its session could not be saved: scs lets it through, behind the error.
type answer struct {
	http.ResponseWriter
	admission *admission
}

func (a answer) WriteHeader(status int) {
	if !a.admission.failed {
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a answer) Write(b []byte) (int, error) {
	if a.admission.failed {
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
}

// Flush keeps event streams flowing. What fails is a client that has gone: the request's context says so.
func (a answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap lets websockets take the connection over.
func (a answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

const userKey = "user"

// Begin signs a user in: the session gets a new token, whatever the browser sent before. Whatever fails comes first:
// what has changed when Begin returns an error would be saved with the response all the same.
func (g *Gate) Begin(ctx context.Context, who security.SignedIn) error {
	if err := g.begin(ctx, who.UserID); err != nil {
		return err
	}
	if k := admissionOf(ctx); k != nil {
		k.signedIn = &who
	}
	return nil
}

func (g *Gate) begin(ctx context.Context, user domain.UserID) error {
	rights, err := g.sessions.Rights(ctx, user)
	if err != nil {
		return err
	}
	if err := g.scs.RenewToken(ctx); err != nil {
		return err
	}
	if err := g.scs.Clear(ctx); err != nil {
		return err
	}
	if k := admissionOf(ctx); k != nil {
		k.user = user
		k.response.Header().Del(SessionEnded) // the next request has a session
	}
	g.scs.Put(ctx, userKey, user.String())
	v := domain.ViewerFrom(ctx)
	domain.Become(ctx, domain.Viewer{UserID: user, Roles: rights.Roles, Permissions: rights.Permissions, Request: v.Request})
	return nil
}

// Renew gives the viewer's session a new token, as after a change of the password: what somebody may have copied is dead. A stream cannot
// set the cookie, and keeps the token.
func (g *Gate) Renew(ctx context.Context) error {
	k := admissionOf(ctx)
	if k == nil || k.streams {
		return nil
	}
	return g.begin(ctx, domain.ViewerFrom(ctx).UserID)
}

// Forget takes the cookie of a session that has ended back, for somebody who signs out.
func (g *Gate) Forget(ctx context.Context) error {
	if !g.Ended(ctx) {
		return nil
	}
	return g.scs.Destroy(ctx)
}

// End signs the viewer out.
func (g *Gate) End(ctx context.Context) error {
	domain.Become(ctx, domain.Viewer{Request: domain.ViewerFrom(ctx).Request})
	return g.scs.Destroy(ctx)
}
