package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"lyceum/db/embedded"
	"lyceum/domain"
)

// MakeSchool makes the owner and the database on a built-in server, for tests.
func MakeSchool(ctx context.Context, server *embedded.Server, password string) error {
	return makeSchool(ctx, server, password)
}

// LinkMadeAt is the address of a file as it was made at another time, for tests.
func LinkMadeAt(c *Config, at time.Time, viewer domain.UserID, item domain.ItemID, sum string) (string, error) {
	links, err := newFileLinks(c, nil, domain.FixedClock(at))
	if err != nil {
		return "", err
	}
	return links.FileLink(viewer, item, sum), nil
}

// SteadyWithin is Steady with another time to stall.
func SteadyWithin(l net.Listener, stall time.Duration) net.Listener {
	return steady{Listener: l, stall: stall}
}

// SteadyStreamsWithin is what NewServer makes of a handler, with another time to stall.
func SteadyStreamsWithin(h http.Handler, stall time.Duration) http.Handler {
	return steadyStreams(h, stall)
}

// Checked is a configuration as ReadConfig would return it.
func Checked(c *Config) (*Config, error) { return c, errors.Join(c.check()...) }
