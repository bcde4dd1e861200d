package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// The formats of the log.
const (
	Text = "text"
	JSON = "json"
)

// Log is the program's log.
type Log struct {
	*slog.Logger
	out *writer
}

// NewLog writes a log in a format, from a level on. Lines of requests that went well are gathered for a second at most; Flush writes
// them now, and any other line takes them along. Errors: one sentence for a format or a level that there is not.
func NewLog(w io.Writer, format, level string) (*Log, error) {
	least, err := ParseLevel(level)
	if err != nil {
		return nil, err
	}
	out, options := &writer{to: w}, &slog.HandlerOptions{Level: least}
	var h slog.Handler
	switch format {
	case Text:
		h = slog.NewTextHandler(out, options)
	case JSON:
		h = slog.NewJSONHandler(out, options)
	default:
		return nil, fmt.Errorf("a log is text or json, not %q", format)
	}
	return &Log{Logger: slog.New(gathering{h, out}), out: out}, nil
}

// Flush writes what was gathered.
func (l *Log) Flush() { l.out.flush() }

// ParseLevel reads a level. Errors: one sentence.
func ParseLevel(text string) (slog.Level, error) {
	switch text {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("the level of a log is debug, info, warn or error, not %q", text)
}

// gathering is a handler whose lines reach the system at once, but for those of requests that went well.
type gathering struct {
	slog.Handler
	out *writer
}

// Handle implements slog.Handler.
func (g gathering) Handle(ctx context.Context, r slog.Record) error {
	err := g.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn || r.Message != requestLine && r.Message != operationLine {
		g.out.flush()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (g gathering) WithAttrs(attrs []slog.Attr) slog.Handler {
	return gathering{g.Handler.WithAttrs(attrs), g.out}
}

// WithGroup implements slog.Handler.
func (g gathering) WithGroup(name string) slog.Handler {
	return gathering{g.Handler.WithGroup(name), g.out}
}
