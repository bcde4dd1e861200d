package app

import (
	"errors"
	"fmt"
	"log"
	"log/slog"
	"math"
	"net"
	"net/http"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"lyceum/app/certificates"
	"lyceum/db"
)

// TLS reports whether the program itself speaks TLS to clients.
func (c *Config) TLS() bool { return c.TLSCert != "" || c.TLSKey != "" || c.ACMEEmail != "" }

// Scheme is that of the address where the program listens: https or http.
func (c *Config) Scheme() string {
	if c.TLS() {
		return "https"
	}
	return "http"
}

// checkTLS finds what is wrong with the settings of certificates. checkAddresses has read the public URL before.
func (c *Config) checkTLS() (faults []error) {
	fault := func(text string) { faults = append(faults, errors.New(text)) }
	if (c.TLSCert == "") != (c.TLSKey == "") {
		fault("LYCEUM_TLS_CERT and LYCEUM_TLS_KEY must be set both or neither")
	}
	if c.TLSCert != "" && c.ACMEEmail != "" {
		fault("LYCEUM_TLS_CERT and LYCEUM_ACME_EMAIL exclude each other: a certificate is yours, or is asked for")
	}
	if address, err := netmail.ParseAddress(c.ACMEEmail); c.ACMEEmail != "" && (err != nil || address.Address != c.ACMEEmail) {
		fault("LYCEUM_ACME_EMAIL must be an address like you@school.example")
	}
	if u, err := url.Parse(c.ACMEURL); c.ACMEURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		fault("LYCEUM_ACME_URL must look like https://acme.example/directory")
	}
	if c.ACMEURL != "" && c.ACMEEmail == "" {
		fault("LYCEUM_ACME_URL needs LYCEUM_ACME_EMAIL")
	}
	if _, port, err := net.SplitHostPort(c.RedirectListen); c.RedirectListen != "" && (err != nil || !isPort(port)) {
		fault("LYCEUM_REDIRECT_LISTEN must look like 0.0.0.0:80")
	}
	if c.public == nil {
		return faults
	}
	https := c.public.Scheme == "https"
	if c.TLS() && !https {
		fault("LYCEUM_PUBLIC_URL must begin with https://, since LYCEUM_TLS_CERT or LYCEUM_ACME_EMAIL makes the server speak TLS")
	}
	if c.RedirectListen != "" && !https {
		fault("LYCEUM_REDIRECT_LISTEN needs a LYCEUM_PUBLIC_URL that begins with https://")
	}
	if c.ACMEEmail != "" && https && !isName(c.public.Hostname()) {
		fault("LYCEUM_ACME_EMAIL needs a LYCEUM_PUBLIC_URL with the host name that the certificate shall be for")
	}
	return faults
}

// isName reports whether a host is a name that an authority can look up.
func isName(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && strings.Contains(host, ".")
}

// isDatabaseURL reports whether a text can be the URL of a database; one of a Unix socket has the socket's folder as the parameter host.
func isDatabaseURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && strings.HasPrefix(u.Scheme, "postgres") && (u.Host != "" || strings.HasPrefix(u.Query().Get("host"), "/"))
}

// How many characters a reason may have.
const (
	minReason = 10
	maxReason = 200
)

// checkWire refuses, in production, a way to the database on which a stranger could read along or answer, unless the settings say why
// that is wanted.
func (c *Config) checkWire() (faults []error) {
	reason := strings.TrimSpace(c.DatabaseUnverified)
	if n := utf8.RuneCountInString(reason); c.DatabaseUnverified != "" && (n < minReason || n > maxReason) {
		faults = append(faults, fmt.Errorf("LYCEUM_DATABASE_UNVERIFIED must say why, in %d to %d characters", minReason, maxReason))
	}
	if !c.Production() || reason != "" {
		return faults
	}
	for _, setting := range [][2]string{{"DATABASE_URL", c.DatabaseURL}, {"DATABASE_APP_URL", c.DatabaseAppURL}} {
		if setting[1] == "" {
			continue
		}
		if err := db.Verified(setting[1]); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w; or LYCEUM_DATABASE_UNVERIFIED says why the server need not be verified", setting[0], err))
		}
	}
	return faults
}

// openTLS reads the certificate or prepares to ask for one, where the settings want TLS.
func (a *App) openTLS() (err error) {
	c := a.config
	if reason := strings.TrimSpace(c.DatabaseUnverified); reason != "" && c.Production() && !c.Embedded() {
		a.log.Warn("the database server is not verified (LYCEUM_DATABASE_UNVERIFIED)", "reason", reason)
	}
	if !c.TLS() {
		return nil
	}
	a.certificates, err = certificates.Open(certificates.Options{
		Host: c.public.Hostname(), Log: a.log, CertFile: c.TLSCert, KeyFile: c.TLSKey, Email: c.ACMEEmail, Directory: c.ACMEURL,
		Cache: filepath.Join(c.DataDir, "acme"),
	})
	if err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	return nil
}

// publicServer is the public face's, with TLS where the settings want it.
func (a *App) publicServer() *http.Server {
	s := a.counted(NewServer(a.sayFarewell(a.Handler())))
	if a.certificates != nil {
		s.TLSConfig = a.certificates.TLS()
		s.ErrorLog = log.New(handshakes{a.log}, "", 0)
	}
	return s
}

// redirectServer sends HTTP to HTTPS and answers an authority's questions.
func (a *App) redirectServer() *http.Server {
	h := certificates.Redirect(a.config.public)
	if a.certificates != nil {
		h = a.certificates.Challenges(h)
	}
	return NewServer(h)
}

// serveOn serves until the server is told to stop, with TLS if it has a certificate.
func serveOn(s *http.Server, l net.Listener) error {
	var err error
	if s.TLSConfig != nil {
		err = s.ServeTLS(l, "", "")
	} else {
		err = s.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// handshakes logs what net/http says. A handshake that fails is the business of whoever began it: strangers do that all day.
type handshakes struct{ log *slog.Logger }

func (h handshakes) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	if strings.Contains(text, "TLS handshake error") {
		h.log.Debug("a TLS handshake failed", "error", text)
	} else {
		h.log.Error("net/http", "error", text)
	}
	return len(line), nil
}

// strict is for how long browsers shall ask this host over HTTPS only: a year.
const strict = "max-age=31536000"

// strictTransport tells browsers to come over HTTPS alone. Where a proxy speaks TLS for a school in production, the school says so all the
// same. A name like localhost in development is not ours alone: other programs of this machine serve HTTP under it.
func (a *App) strictTransport(next http.Handler) http.Handler {
	c := a.config
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure := r.TLS != nil || c.Production() && c.public.Scheme == "https"
		if secure && (c.Production() || !loopback(c.public.Hostname())) {
			w.Header().Set("Strict-Transport-Security", strict)
		}
		next.ServeHTTP(w, r)
	})
}

// certificateMetric is when the certificate that is shown ends; NaN while there is none.
func (a *App) certificateMetric() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "lyceum_certificate_expiry_timestamp_seconds", Help: "When the server's TLS certificate expires; NaN without one.",
	}, func() float64 {
		if a.certificates == nil {
			return math.NaN()
		}
		until, known := a.certificates.Expiry()
		if !known {
			return math.NaN()
		}
		return float64(until.Unix())
	})
}
