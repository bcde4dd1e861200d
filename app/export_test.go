package app

import (
	"time"

	"lyceum/domain"
)

// LinkMadeAt is the address of a file as it was made at another time, for tests.
func LinkMadeAt(c *Config, at time.Time, viewer domain.UserID, item domain.ItemID, sum string) (string, error) {
	links, err := newFileLinks(c, domain.FixedClock(at))
	if err != nil {
		return "", err
	}
	return links.FileLink(viewer, item, sum), nil
}
