package observe

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/graph/serve"
)

// The messages of lines.
const (
	requestLine   = "request"
	operationLine = "operation" // on a websocket
	openedLine    = "stream opened"
	closedLine    = "stream closed"
)

// How much of a text of the client's is written, in bytes. Handlers escape what could end a line or forge a field.
const (
	longestName  = 100
	longestPath  = 200
	longestAgent = 200
)

// write writes the line of a request. One that was slow, or that the server is to blame for, is a warning.
func (o *Observer) write(r *request, message string, status int, bytes int64) {
	took := time.Since(r.began)
	slow := o.Slow > 0 && took >= o.Slow && r.isShort()
	level := slog.LevelInfo
	if slow || status >= http.StatusInternalServerError || r.Errors.Has(string(domain.CodeInternal)) {
		level = slog.LevelWarn
	}
	h := o.Log.Handler()
	if !h.Enabled(r.seen, level) {
		return
	}
	var room [20]slog.Attr
	attrs := append(room[:0], slog.String("request", auth.RequestID(r.seen)))
	attrs = r.appendWhat(attrs)
	if message != openedLine {
		attrs = append(attrs, slog.Int("status", status), slog.Float64("duration_ms", milliseconds(took)),
			slog.Int64("statements", r.tally.Statements()), slog.Float64("database_ms", milliseconds(r.tally.Took())))
		if message != closedLine || r.stream != websocketStream { // what a socket sent is told of its operations
			attrs = append(attrs, slog.Int64("bytes", bytes))
		}
		attrs = r.appendHow(attrs)
	}
	attrs = r.appendWho(attrs)
	if slow {
		attrs = append(attrs, slog.Bool("slow", true), slog.Any("slow_statements", r.slowStatements()))
	}
	line := slog.NewRecord(r.began.Add(took), level, message, 0)
	line.AddAttrs(attrs...)
	_ = h.Handle(context.WithoutCancel(r.seen), line) // a log that cannot be written has nobody to tell
}

// isShort reports whether an operation is meant to end soon; downloads and streams last as long as their clients take.
func (r *request) isShort() bool {
	return r.Kind == ast.Query || r.Kind == ast.Mutation || r.path == graphPath && r.stream == ""
}

func (r *request) appendWhat(attrs []slog.Attr) []slog.Attr {
	attrs = append(attrs, slog.String("method", shortened(r.method, longestName)), slog.String("path", shortened(r.path, longestPath)))
	if r.stream != "" {
		attrs = append(attrs, slog.String("stream", r.stream))
	}
	if r.Name != "" {
		attrs = append(attrs, slog.String("operation", shortened(r.Name, longestName)))
	}
	if r.Kind != "" {
		attrs = append(attrs, slog.String("type", string(r.Kind)))
	}
	return attrs
}

func (r *request) appendHow(attrs []slog.Attr) []slog.Attr {
	if way := r.way(); way != "" {
		attrs = append(attrs, slog.String("way", way))
	}
	if len(r.Errors) > 0 {
		attrs = append(attrs, codes("errors", r.Errors))
	}
	if len(r.UserErrors) > 0 {
		attrs = append(attrs, codes("user_errors", r.UserErrors))
	}
	return attrs
}

func (r *request) appendWho(attrs []slog.Attr) []slog.Attr {
	if viewer := domain.ViewerFrom(r.seen); viewer.SignedIn() {
		attrs = append(attrs, slog.String("viewer", viewer.UserID.String()))
	}
	if r.address != "" {
		attrs = append(attrs, slog.String("address", r.address))
	}
	if r.agent != "" {
		attrs = append(attrs, slog.String("agent", shortened(r.agent, longestAgent)))
	}
	return attrs
}

// way names how the root fields were answered, each way once.
func (r *request) way() string {
	set := r.ways.Load()
	text := ""
	for i, way := range ways {
		switch {
		case set&(1<<i) == 0:
		case text == "":
			text = string(way) // nearly always the only one
		default:
			text += "+" + string(way)
		}
	}
	return text
}

// codes is a group with a number for each code.
func codes(name string, counted serve.Codes) slog.Attr {
	group := make([]slog.Attr, len(counted))
	for i, c := range counted {
		group[i] = slog.Int(c.Code, c.Count)
	}
	return slog.Attr{Key: name, Value: slog.GroupValue(group...)}
}

// milliseconds is a duration with three decimals.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// shortened is the beginning of a text, cut between characters.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
