package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// hostname is a name as browsers write it in an origin; names in other scripts are written in their xn-- form there.
var hostname = regexp.MustCompile(`^([a-z0-9]([a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9_-]*[a-z0-9])?$`)

// parseOrigin reads an origin and writes it as browsers do: scheme and host in lower case, no port that is the scheme's
// own, no slash at the end. Whatever is more, less or other than one origin is refused: a pattern, null, a user, a path.
func parseOrigin(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("it must begin with https:// or http://")
	}
	if u.User != nil || u.Opaque != "" || u.Path != "" && u.Path != "/" || strings.ContainsAny(text, `?#\`) || strings.HasSuffix(u.Host, ":") {
		return nil, errors.New("it must have a host and perhaps a port, and nothing else")
	}
	host, err := plainHost(u.Hostname())
	if err != nil {
		return nil, err
	}
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
			return nil, errors.New("its port must be 1 to 65535")
		}
		host += ":" + port
	}
	return &url.URL{Scheme: u.Scheme, Host: host}, nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// plainHost is a host as browsers write it, an IPv6 address in brackets.
func plainHost(host string) (string, error) {
	host = strings.ToLower(host)
	if address, err := netip.ParseAddr(host); err == nil {
		if address.Zone() != "" || address.Is4In6() {
			return "", errors.New("its address must be a plain one")
		}
		if address.Is6() {
			return "[" + address.String() + "]", nil
		}
		return address.String(), nil
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || !hostname.MatchString(host) || len(host) > 253 {
		return "", errors.New("its host must be a name of Latin letters, digits and hyphens, or an address; patterns are not understood")
	}
	return host, nil
}

func isPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n <= 65535
}

// checkAddresses reads what the settings say about where the server is reached and by whom.
func (c *Config) checkAddresses() (faults []error) {
	public, err := c.publicURL()
	if err != nil {
		return []error{fmt.Errorf("LYCEUM_PUBLIC_URL must look like https://school.example: %w", err)}
	}
	c.public, c.PublicURL = public, public.String()
	if c.Production() && public.Scheme != "https" && !loopback(public.Hostname()) {
		faults = append(faults, errors.New("LYCEUM_PUBLIC_URL must be https in production"))
	}
	for i, text := range c.Origins {
		u, err := parseOrigin(text)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("LYCEUM_ORIGINS must list origins like https://app.example, not %q: %w", text, err))
			continue
		case c.Production() && u.Scheme != "https" && !loopback(u.Hostname()):
			faults = append(faults, fmt.Errorf("LYCEUM_ORIGINS: %s must be https in production: whoever is on the way could write its pages", u))
		case !sameSite(u, public) && public.Scheme != "https":
			faults = append(faults, fmt.Errorf("LYCEUM_ORIGINS: %s is another site than LYCEUM_PUBLIC_URL, and browsers send cookies there only "+
				"over https", u))
		}
		c.Origins[i] = u.String()
	}
	if !c.Production() && c.Exposed() && !c.ExposeDemo {
		faults = append(faults, errors.New("LYCEUM_ENV is development, where everybody knows the passwords of the demo's accounts: it is "+
			"served on loopback addresses only. Set LYCEUM_ENV=production, or LYCEUM_EXPOSE_DEMO=true if others may reach it at "+
			"LYCEUM_LISTEN or LYCEUM_PUBLIC_URL all the same"))
	}
	return faults
}

// publicURL is how users reach the server: as the setting says, or where it listens.
func (c *Config) publicURL() (*url.URL, error) {
	if c.PublicURL != "" {
		return parseOrigin(c.PublicURL)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return &url.URL{Scheme: c.Scheme(), Host: "localhost"}, nil //nolint:nilerr // LYCEUM_LISTEN is a fault of its own
	}
	if address, err := netip.ParseAddr(host); host == "" || err == nil && address.IsUnspecified() {
		if c.Production() {
			return nil, errors.New("in production it must be set where LYCEUM_LISTEN names no host")
		}
		host = "localhost"
	}
	if port == "0" { // any free one
		return &url.URL{Scheme: c.Scheme(), Host: net.JoinHostPort(host, port)}, nil
	}
	return parseOrigin(c.Scheme() + "://" + net.JoinHostPort(host, port))
}

// Exposed reports whether others than this machine's own users can reach the server, directly or through a proxy.
func (c *Config) Exposed() bool {
	return !loopback(hostOf(c.Listen)) || !loopback(c.public.Hostname())
}

// opsExposed is Exposed for the operators' address.
func (c *Config) opsExposed() bool { return !loopback(hostOf(c.OpsListen)) }

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "localhost" // an address that cannot be read is a fault of its own
	}
	return strings.ToLower(host)
}

// Networks that are wider hold strangers; the widest that are anybody's own are 10.0.0.0/8 and fc00::/7.
const (
	widestIPv4 = 8
	widestIPv6 = 7
)

func (c *Config) checkProxies() (faults []error) {
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(strings.TrimSpace(text))
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("LYCEUM_TRUSTED_PROXIES must list networks like 10.0.0.0/8, not %q", text))
		case network.Addr().Is4() && network.Bits() < widestIPv4 || network.Addr().Is6() && network.Bits() < widestIPv6 ||
			network.Addr().Is4In6():
			faults = append(faults, fmt.Errorf("LYCEUM_TRUSTED_PROXIES: %s is no network of your proxies: whoever it holds may say any address "+
				"is theirs", text))
		default:
			c.proxies = append(c.proxies, network)
		}
	}
	return faults
}

// Secure reports whether cookies travel over HTTPS only.
func (c *Config) Secure() bool { return c.public.Scheme == "https" || c.Production() }

// CrossSite reports whether a listed origin is another site, so that cookies must be allowed to travel there.
func (c *Config) CrossSite() bool {
	return slices.ContainsFunc(c.Origins, func(origin string) bool {
		u, err := url.Parse(origin)
		return err == nil && !sameSite(u, c.public)
	})
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
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
