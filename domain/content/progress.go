package content

import (
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// Progress is where a person stands with an item.
type Progress struct {
	UserID          domain.UserID `db:"user_id"`
	ItemID          domain.ItemID `db:"content_id"`
	Percent         int32         `db:"progress"`
	Seconds         int64         `db:"seconds"`
	PositionSeconds int32         `db:"position_seconds"`
	Opens           int32         `db:"opens"`
	Score           *float64      `db:"score"`  // 0 to 100
	Rating          *int32        `db:"rating"` // 1 to 5
	StartedAt       time.Time     `db:"started_at"`
	LastAt          time.Time     `db:"last_at"`
	CompletedAt     *time.Time    `db:"completed_at"`
}

// ProgressOrder is an order of a list of where people stand.
type ProgressOrder string

// The orders of progress.
const (
	RecentFirst ProgressOrder = "recent_first"
	IdleFirst   ProgressOrder = "idle_first"
)

// ProgressFilter narrows a list of where people stand; nil asks nothing.
type ProgressFilter struct {
	Completed *bool
}

// Report is what a learner's client says about one stretch of learning.
type Report struct {
	ItemID          domain.ItemID
	EventKey        uuid.UUID // chosen by the client; the same report may arrive twice
	Percent         int32     // 0 to 100
	Seconds         int32     // since the last report
	PositionSeconds int32     // where to resume
}

// ReportKind names what happened, as in content_consumption_event_known.
type ReportKind string

// The kinds.
const (
	Opened     ReportKind = "opened"
	Progressed ReportKind = "progressed"
	Completed  ReportKind = "completed"
)

const maxReportSeconds = 24 * 60 * 60

// advance is the rule: progress never goes back, completion stays, time adds up. before is nil at the first report.
// Errors: INVALID.
func advance(before *Progress, r Report, user domain.UserID, now time.Time) (Progress, ReportKind, error) {
	for _, v := range []struct {
		path      string
		value, to int32
	}{{"percent", r.Percent, 100}, {"seconds", r.Seconds, maxReportSeconds}, {"positionSeconds", r.PositionSeconds, 1 << 30}} {
		if v.value < 0 || v.value > v.to {
			return Progress{}, "", domain.Errorf(domain.CodeInvalid, "%s must be 0 to %d", v.path, v.to).Because("OUT_OF_RANGE").At(v.path)
		}
	}
	kind := Progressed
	p := Progress{UserID: user, ItemID: r.ItemID, StartedAt: now}
	if before == nil {
		kind = Opened
	} else {
		p = *before
	}
	p.Percent = max(p.Percent, r.Percent)
	p.Seconds += int64(r.Seconds)
	p.PositionSeconds = r.PositionSeconds
	p.LastAt = now
	if p.Percent == 100 && p.CompletedAt == nil {
		p.CompletedAt = &now
		kind = Completed
	}
	return p, kind, nil
}
