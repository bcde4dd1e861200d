package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
	"golang.org/x/net/publicsuffix"

	"lyceum/gateways/blobs"
)

// Config are the settings, each an environment variable. README.md lists them.
type Config struct {
	DatabaseURL    string   `env:"DATABASE_URL"`
	DatabaseAppURL string   `env:"DATABASE_APP_URL"`
	DatabasePool   int      `env:"DATABASE_POOL" envDefault:"20"`
	Listen         string   `env:"LYCEUM_LISTEN" envDefault:"127.0.0.1:8080"`
	OpsListen      string   `env:"LYCEUM_OPS_LISTEN" envDefault:"127.0.0.1:8081"`
	PublicURL      string   `env:"LYCEUM_PUBLIC_URL"`
	Origins        []string `env:"LYCEUM_ORIGINS"`
	TrustedProxies []string `env:"LYCEUM_TRUSTED_PROXIES"`
	DataDir        string   `env:"LYCEUM_DATA_DIR" envDefault:".lyceum"`
	Env            string   `env:"LYCEUM_ENV" envDefault:"development"`
	Blobs          string   `env:"LYCEUM_BLOBS"`
	AdminEmail     string   `env:"LYCEUM_ADMIN_EMAIL"`
	AdminPassword  string   `env:"LYCEUM_ADMIN_PASSWORD,unset"`

	public  *url.URL
	proxies []netip.Prefix
}

// The two values of LYCEUM_ENV.
const (
	development = "development"
	production  = "production"
)

// ReadConfig reads and checks the settings. Its error names every fault at once.
func ReadConfig() (*Config, error) {
	var c Config
	var faults []error
	if err := env.Parse(&c); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, c.check()...)
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("the settings are wrong:\n%w", err)
	}
	return &c, nil
}

// Production tells whether strict cookies, no demo and no introspection for visitors are in force.
func (c *Config) Production() bool { return c.Env == production }

// Embedded tells whether the built-in PostgreSQL is used.
func (c *Config) Embedded() bool { return c.DatabaseURL == "" }

func (c *Config) check() (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for name, value := range map[string]string{"DATABASE_URL": c.DatabaseURL, "DATABASE_APP_URL": c.DatabaseAppURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || !strings.HasPrefix(u.Scheme, "postgres") || u.Host == "") {
			fault("%s must look like postgres://user:password@host:5432/database", name)
		}
	}
	if c.DatabaseAppURL != "" && c.DatabaseURL == "" {
		fault("DATABASE_APP_URL needs DATABASE_URL")
	}
	if c.DatabasePool < 1 || c.DatabasePool > 500 {
		fault("DATABASE_POOL must be 1 to 500")
	}
	for name, value := range map[string]string{"LYCEUM_LISTEN": c.Listen, "LYCEUM_OPS_LISTEN": c.OpsListen} {
		if _, port, err := net.SplitHostPort(value); err != nil || !isPort(port) {
			fault("%s must look like 127.0.0.1:8080", name)
		}
	}
	if c.Env != development && c.Env != production {
		fault("LYCEUM_ENV must be development or production")
	}
	if err := blobs.Check(c.Blobs); c.Blobs != "" && err != nil {
		fault("LYCEUM_BLOBS: %w", err)
	}
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			fault("LYCEUM_TRUSTED_PROXIES must list networks like 10.0.0.0/8, not %q", text)
			continue
		}
		c.proxies = append(c.proxies, network)
	}
	if (c.AdminPassword != "") && c.AdminEmail == "" {
		fault("LYCEUM_ADMIN_PASSWORD needs LYCEUM_ADMIN_EMAIL")
	}
	return append(faults, c.checkOrigins()...)
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= 65535
}

func (c *Config) checkOrigins() (faults []error) {
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return []error{errors.New("LYCEUM_PUBLIC_URL must look like https://school.example")}
	}
	c.public = public
	if c.Production() && public.Scheme != "https" && !loopback(public.Hostname()) {
		faults = append(faults, errors.New("LYCEUM_PUBLIC_URL must be https in production"))
	}
	for _, origin := range c.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" {
			faults = append(faults, fmt.Errorf("LYCEUM_ORIGINS must list origins like https://app.example, not %q", origin))
			continue
		}
		if !sameSite(u, public) && public.Scheme != "https" {
			faults = append(faults, fmt.Errorf("LYCEUM_ORIGINS: %s is another site than LYCEUM_PUBLIC_URL, and browsers send cookies there only over https", origin))
		}
	}
	return faults
}

// Secure tells whether cookies travel over HTTPS only.
func (c *Config) Secure() bool { return c.public.Scheme == "https" || c.Production() }

// CrossSite tells whether a listed origin is another site, so that cookies must be allowed to travel there.
func (c *Config) CrossSite() bool {
	for _, origin := range c.Origins {
		if u, err := url.Parse(origin); err == nil && !sameSite(u, c.public) {
			return true
		}
	}
	return false
}

// sameSite is the browsers' notion: the same scheme and the same registrable domain; ports do not count.
func sameSite(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && site(a.Hostname()) == site(b.Hostname())
}

func site(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && net.ParseIP(host) == nil {
		return domain
	}
	return host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
