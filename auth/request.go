package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"lyceum/domain"
)

// Proxies are the networks whose X-Forwarded-For is believed.
type Proxies []netip.Prefix

// ClientIP is where a request comes from: the nearest address that is not a trusted proxy's.
func (p Proxies) ClientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if len(p) == 0 {
		return plain(host)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(host); i-- {
		hop := plain(strings.TrimSpace(hops[i]))
		if hop == "" {
			break
		}
		host = hop
	}
	return plain(host)
}

func (p Proxies) trusts(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, network := range p {
		if network.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// plain is an address without a zone or an IPv4 mapping; empty when it is none.
func plain(host string) string {
	a, err := netip.ParseAddr(host)
	if withPort, portErr := netip.ParseAddrPort(host); err != nil && portErr == nil {
		a, err = withPort.Addr(), nil // some proxies write the port too
	}
	if err != nil {
		return ""
	}
	return a.Unmap().WithZone("").String()
}

// Streams reports whether a request opens a stream, whose headers are gone before anything runs: a websocket, or events.
func Streams(r *http.Request) bool { return Websocket(r) || EventStream(r) }

// Websocket reports whether a request opens a websocket. Other upgrades, such as curl's to HTTP/2, may be left out of
// account, and are.
func Websocket(r *http.Request) bool { return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") }

// EventStream reports whether a request wants server-sent events before anything else. Some clients list them at the end
// of every Accept header, behind the JSON that they mean.
func EventStream(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		mediaType, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch mediaType {
		case "text/event-stream":
			return true
		case "application/json", "application/graphql-response+json", "application/*", "*/*":
			return false
		}
	}
	return false
}

// maxUserAgent is what is kept of a User-Agent, in bytes.
const maxUserAgent = 400

// storable is a text of a header's as the database takes it. A header may hold any bytes; PostgreSQL refuses what is not UTF-8,
// and with it the sign-in that would have logged it. Whatever else is kept of a request is parsed or hashed.
func storable(header string, limit int) string {
	if len(header) > limit {
		header = header[:limit]
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(header, "\uFFFD"), "\x00", "\uFFFD")
	for len(text) > limit { // what replaced a byte is longer than it
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// WithRequestID is the middleware that names each request, for logs, errors and the response header X-Request-Id. What a
// client sends under that name is not believed.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw := uuid.Must(uuid.NewV7())
		id := hex.EncodeToString(raw[:])
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

const deviceCookie = "lyceum_device"

// deviceOf is the digest of the cookie that a browser got when it first signed in; the throttle trusts such a device.
func deviceOf(r *http.Request, secure bool) string {
	c, err := r.Cookie(cookieName(deviceCookie, secure))
	if err != nil || len(c.Value) < 20 {
		return ""
	}
	return digest(c.Value)
}

// SigningIn is where a sign-in comes from. A browser without a device cookie gets one before it tries, so that its
// first success makes it a known device. done is called when the try is over. Errors: REFUSED on a stream, whose headers
// are long gone; OVERLOADED when too many tries from the same address are under way.
func (g *Gate) SigningIn(ctx context.Context) (from domain.Request, done func(), err error) {
	k := admissionOf(ctx)
	if k == nil || k.streams {
		return domain.Request{}, nil, domain.Errorf(domain.CodeRefused, "sign in with a plain POST: a stream cannot set the cookie")
	}
	done, ok := g.turns.TakeAddress(k.request.IP)
	if !ok {
		return domain.Request{}, nil, domain.Errorf(domain.CodeOverloaded,
			"too many sign-ins from your network are being handled right now; try again in a moment")
	}
	if k.request.Device == "" {
		value := rand.Text()
		http.SetCookie(k.response, &http.Cookie{ //nolint:gosec // Secure and SameSite follow the settings
			Name: cookieName(deviceCookie, g.config.Secure), Value: value, Path: "/", HttpOnly: true, Secure: g.config.Secure,
			SameSite: sameSite(g.config), MaxAge: int((2 * 365 * 24 * time.Hour).Seconds()),
		})
		k.request.Device = digest(value)
	}
	return k.request, done, nil
}

// Turn is the share of an address in what is as slow as a sign-in, such as choosing a password. done is called when it is over. Errors:
// OVERLOADED when too many of the address are under way.
func (g *Gate) Turn(ctx context.Context) (done func(), err error) {
	done, ok := g.turns.TakeAddress(domain.ViewerFrom(ctx).Request.IP)
	if !ok {
		return nil, domain.Errorf(domain.CodeOverloaded,
			"too many passwords from your network are being handled right now; try again in a moment")
	}
	return done, nil
}

func digest(device string) string {
	sum := sha256.Sum256([]byte(device))
	return hex.EncodeToString(sum[:16])
}
