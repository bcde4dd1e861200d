package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/crypto/bcrypt"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/domain/security"
)

func TestPasswordsAreComparedWholeInAnyScript(t *testing.T) {
	t.Parallel()
	p, err := auth.NewPasswords(bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 100)
	for password, wrong := range map[string]string{"short": "Short", strings.Repeat("é", 64): strings.Repeat("é", 63) + "e", long: long[:99] + "y", strings.Repeat("a", 72): strings.Repeat("a", 73)} {
		hash, err := p.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := p.Matches(t.Context(), hash, password); !ok || err != nil {
			t.Errorf("%.8q does not match itself: %v", password, err)
		}
		if ok, _ := p.Matches(t.Context(), hash, wrong); ok {
			t.Errorf("%.8q matches another", password)
		}
	}
	hash, err := p.Hash(long)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(long))
	if ok, _ := p.Matches(t.Context(), hash, "sha256:"+base64.StdEncoding.EncodeToString(sum[:])); ok {
		t.Error("the digest of a long password is a password too")
	}
	for _, hash := range []string{"", "not a hash"} {
		if ok, err := p.Matches(t.Context(), hash, "nobody's password"); ok || err != nil {
			t.Errorf("%q matches something: %v", hash, err)
		}
	}
}

func TestOnlyTrustedProxiesSayWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	trusted := auth.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		proxies         auth.Proxies
		remote, forward string
		want            string
	}{
		"no proxy":                 {nil, "203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
		"a stranger's claim":       {trusted, "203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
		"one proxy":                {trusted, "10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		"two, and a forged prefix": {trusted, "10.0.0.1:1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		"a hop with its port":      {trusted, "10.0.0.1:1", "198.51.100.1:5678", "198.51.100.1"},
		"rubbish":                  {trusted, "10.0.0.1:1", "here", "10.0.0.1"},
		"IPv6":                     {trusted, "[fd00::1]:1", "2001:db8::1", "2001:db8::1"},
		"mapped":                   {nil, "[::ffff:203.0.113.7]:1", "", "203.0.113.7"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forward)
		if got := c.proxies.ClientIP(r); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// memory keeps sessions without a database.
type memory map[string]*security.LiveSession

func (m memory) FindSession(_ context.Context, hash string) (*security.LiveSession, error) {
	return m[hash], nil
}

func (m memory) SessionLasts(_ context.Context, hash string) (bool, error) {
	return m[hash] != nil, nil
}

func (m memory) Rights(context.Context, domain.UserID) (*security.Rights, error) {
	return &security.Rights{}, nil
}

func (m memory) SaveSession(_ context.Context, user domain.UserID, hash string, data []byte, _ time.Duration, _ *security.SignedIn, _ domain.Request) error {
	m[hash] = &security.LiveSession{UserID: user, Data: data}
	return nil
}

func (m memory) EndSession(_ context.Context, hash string) error { delete(m, hash); return nil }

// visit sends one request through the gate.
func visit(g *auth.Gate, cookie *http.Cookie, stream bool, do func(context.Context)) *http.Response {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	if stream {
		r.Header.Set("Accept", "text/event-stream")
	}
	w := httptest.NewRecorder()
	auth.WithRequestID(g.Admit(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) }))).ServeHTTP(w, r)
	return w.Result()
}

func sessionCookie(r *http.Response) *http.Cookie {
	for _, c := range r.Cookies() {
		if strings.HasSuffix(c.Name, "lyceum_session") {
			return c
		}
	}
	return nil
}

func TestTheCookieIsStrictAndItsTokenNewAtEverySignIn(t *testing.T) {
	t.Parallel()
	kept, ada := memory{}, domain.UserID{UUID: uuid.Max}
	g := auth.NewGate(kept, auth.Config{Secure: true, Lifetime: time.Hour})
	begin := func(ctx context.Context) {
		if err := g.Begin(ctx, security.SignedIn{UserID: ada}); err != nil {
			t.Error(err)
		}
	}
	planted := &http.Cookie{Name: "__Host-lyceum_session", Value: strings.Repeat("A", 43)}
	first := sessionCookie(visit(g, planted, false, begin))
	if first == nil || first.Value == planted.Value || !first.Secure || !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.Name != planted.Name {
		t.Fatalf("%+v", first)
	}
	second := sessionCookie(visit(g, first, false, begin))
	if second == nil || second.Value == first.Value {
		t.Fatal("the token did not change")
	}
	var seen, before domain.Viewer
	visit(g, second, false, func(ctx context.Context) { seen = domain.ViewerFrom(ctx) })
	visit(g, first, false, func(ctx context.Context) { before = domain.ViewerFrom(ctx) })
	if seen.UserID != ada || before.SignedIn() {
		t.Errorf("the new token is %v's, the old one %v's", seen.UserID, before.UserID)
	}
	for hash := range kept {
		if strings.Contains(hash, second.Value) {
			t.Error("the token itself is stored")
		}
	}
	cross := auth.NewGate(memory{}, auth.Config{Secure: true, CrossSite: true, Lifetime: time.Hour})
	if c := sessionCookie(visit(cross, nil, false, func(ctx context.Context) { _ = cross.Begin(ctx, security.SignedIn{UserID: ada}) })); c.SameSite != http.SameSiteNoneMode {
		t.Error("an app of another site would not get the cookie")
	}
}

// full is a memory that keeps nothing.
type full struct{ memory }

func (full) SaveSession(context.Context, domain.UserID, string, []byte, time.Duration, *security.SignedIn, domain.Request) error {
	return errors.New("disk full")
}

func TestASignInThatCannotBeKeptIsOneAnswerAndNoCookie(t *testing.T) {
	t.Parallel()
	g := auth.NewGate(full{memory{}}, auth.Config{Lifetime: time.Hour, Failed: func(w http.ResponseWriter, _ *http.Request, _ error) {
		http.Error(w, "away", http.StatusServiceUnavailable)
	}})
	w := httptest.NewRecorder()
	auth.WithRequestID(g.Admit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.Begin(r.Context(), security.SignedIn{UserID: domain.UserID{UUID: uuid.Max}}); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte("welcome"))
	}))).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusServiceUnavailable || w.Body.String() != "away\n" || sessionCookie(w.Result()) != nil {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestAStreamSignsNobodyInAndFeelsTheEndOfItsSession(t *testing.T) {
	t.Parallel()
	kept, ada := memory{}, domain.UserID{UUID: uuid.Max}
	g := auth.NewGate(kept, auth.Config{Lifetime: time.Hour})
	cookie := sessionCookie(visit(g, nil, false, func(ctx context.Context) { _ = g.Begin(ctx, security.SignedIn{UserID: ada}) }))
	visit(g, cookie, true, func(ctx context.Context) {
		if _, _, err := g.SigningIn(ctx); domain.CodeOf(err) != domain.CodeRefused {
			t.Errorf("signing in on a stream: %v", err)
		}
		now, err := g.Again(ctx)
		if err != nil || !domain.ViewerFrom(now).Is(ada) {
			t.Errorf("while it lives: %v", err)
		}
		if err := g.Lasts(ctx); err != nil {
			t.Errorf("while it lives: %v", err)
		}
		clear(kept)
		if _, err = g.Again(ctx); domain.CodeOf(err) != domain.CodeUnauthenticated {
			t.Errorf("an operation after its end: %v", err)
		}
		if err := g.Lasts(ctx); domain.CodeOf(err) != domain.CodeUnauthenticated {
			t.Errorf("after its end: %v", err)
		}
	})
}
