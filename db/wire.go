package db

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"

	"github.com/lib/pq"
)

// What is wrong with the way to the server. No waiting mends it.
var (
	// ErrUnverified means that the server did not prove that it is the one of the URL, as sslmode asks.
	ErrUnverified = errors.New("the database server did not prove who it is")
	// ErrPooler means that something stands between the program and PostgreSQL that forgets what a session has set.
	ErrPooler = errors.New("the database URL leads to PgBouncer or another pooler, which is not supported in any mode: " +
		"name PostgreSQL itself; DATABASE_POOL bounds the connections")

	errNotVerified = errors.New("it must say sslmode=verify-full, so that nobody on the way can read along or answer in the server's place")
)

// Verified returns an error unless nobody between the program and the server of a database URL can read along or answer in its place: the
// URL says sslmode=verify-full, or the way stays on this machine, as a Unix socket or a loopback address does. On a loopback address only
// who rules this machine can listen in, and they need not. The environment (PGSSLMODE and its kin) counts as it does for the driver. The
// error names neither user nor password.
func Verified(databaseURL string) error {
	c, err := pq.NewConfig(databaseURL)
	if err != nil {
		return errors.New("it cannot be read") // the driver's message may quote it
	}
	servers := append([]pq.ConfigMultihost{{Host: c.Host, Hostaddr: c.Hostaddr, Port: c.Port}}, c.Multi...)
	for _, s := range servers {
		if !staysHere(s) && c.SSLMode != pq.SSLModeVerifyFull {
			return errNotVerified
		}
	}
	return nil
}

// staysHere reports whether what is sent to a server does not leave this machine.
func staysHere(s pq.ConfigMultihost) bool {
	if s.Hostaddr.IsValid() {
		return s.Hostaddr.IsLoopback()
	}
	if address, err := netip.ParseAddr(s.Host); err == nil {
		return address.Unmap().IsLoopback()
	}
	return s.Host == "localhost" || strings.HasPrefix(s.Host, "/") || strings.HasPrefix(s.Host, "@")
}

// directParameter is a start parameter that PostgreSQL keeps for the session without knowing it, and that a pooler refuses or drops.
const (
	directParameter = "lyceum.direct"
	directValue     = "yes"
)

// askServer reads the server's version, and whether it has kept what the session was begun with.
const askServer = "select current_setting('server_version_num')::int as version, " +
	"coalesce(current_setting('" + directParameter + "', true), '') = '" + directValue + "' as direct"

// answered is what askServer reads.
type answered struct {
	Version int
	Direct  bool
}

// wireFault says in one sentence what is wrong with the way to the server; nil when it is something else.
func wireFault(err error) error {
	var said *pq.Error
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var shown *tls.CertificateVerificationError
	var file *fs.PathError
	switch {
	case errors.As(err, &said):
		if strings.HasPrefix(said.Message, "unsupported startup parameter") {
			return ErrPooler
		}
		return nil
	case errors.Is(err, pq.ErrSSLNotSupported):
		return fmt.Errorf("%w: it does not speak TLS, which sslmode of the database URL asks for", ErrUnverified)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: its certificate is of an authority that is not known here; sslrootcert of the database URL names the file "+
			"with yours", ErrUnverified)
	case errors.As(err, &name):
		return fmt.Errorf("%w: its certificate is for another name than the host of the database URL (%w)", ErrUnverified, name)
	case errors.As(err, &invalid):
		return fmt.Errorf("%w: its certificate is not valid (%w)", ErrUnverified, invalid)
	case errors.As(err, &shown):
		return fmt.Errorf("%w: its certificate cannot be verified (%w)", ErrUnverified, shown)
	case errors.As(err, &file):
		return fmt.Errorf("%w: a file that the database URL names cannot be read (%w)", ErrUnverified, file)
	}
	return nil
}
