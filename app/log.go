package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"lyceum/app/observe"
)

// maxSlowMS is what LYCEUM_SLOW_MS may be: no operation takes longer.
const maxSlowMS = int(deadline / time.Millisecond)

// checkLog reads what the settings say about the log.
func (c *Config) checkLog() (faults []error) {
	switch {
	case c.LogFormat == "" && c.Production():
		c.LogFormat = observe.JSON
	case c.LogFormat == "":
		c.LogFormat = observe.Text
	case c.LogFormat != observe.Text && c.LogFormat != observe.JSON:
		faults = append(faults, errors.New("LYCEUM_LOG_FORMAT must be text or json"))
	}
	if c.LogLevel == "" {
		c.LogLevel = "info"
	}
	if _, err := observe.ParseLevel(c.LogLevel); err != nil {
		faults = append(faults, errors.New("LYCEUM_LOG_LEVEL must be debug, info, warn or error"))
	}
	if c.SlowMS < 0 || c.SlowMS > maxSlowMS {
		faults = append(faults, fmt.Errorf("LYCEUM_SLOW_MS must be 0 to %d; 0 tells of no operation that it is slow", maxSlowMS))
	}
	return faults
}

// OpenLog opens the log that the settings ask for.
func (c *Config) OpenLog(w io.Writer) (*observe.Log, error) {
	return observe.NewLog(w, c.LogFormat, c.LogLevel)
}

// observing is what the settings say about observing.
func (c *Config) observing(log *slog.Logger) observe.Options {
	return observe.Options{Log: log, Slow: time.Duration(c.SlowMS) * time.Millisecond, Proxies: c.proxies}
}
