package content

import (
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// Progress is where a user stands with an item.
type Progress struct {
	UserID          domain.UserID `db:"user_id"`
	ItemID          domain.ItemID `db:"content_id"`
	Percent         int32         `db:"progress"`
	Seconds         int64         `db:"seconds"`
	PositionSeconds int32         `db:"position_seconds"`
	PositionAt      *time.Time    `db:"position_at"` // when the person was there; nil: unknown
	Opens           int32         `db:"opens"`       // visits
	Score           *float64      `db:"score"`       // 0 to 100
	Rating          *int32        `db:"rating"`      // 1 to 5
	StartedAt       time.Time     `db:"started_at"`
	LastAt          time.Time     `db:"last_at"`
	CompletedAt     *time.Time    `db:"completed_at"`
}

// ProgressOrder is an order of a list of where users stand.
type ProgressOrder string

// The orders of progress.
const (
	RecentlyUpdatedFirst      ProgressOrder = "recently_updated_first"
	LeastRecentlyUpdatedFirst ProgressOrder = "least_recently_updated_first"
)

// ProgressFilter narrows a list of where users stand; nil asks nothing.
type ProgressFilter struct {
	Completed *bool
}

// Report is what a learner's client says about one stretch of learning.
type Report struct {
	ItemID          domain.ItemID
	EventKey        uuid.UUID  // chosen by the client; the same report may arrive twice
	Percent         int32      // 0 to 100
	Seconds         int32      // since the last report
	PositionSeconds int32      // where to resume
	OccurredAt      *time.Time // when the learner was there; nil: now
}

// ReportKind names what happened, as in content_consumption_event_known.
type ReportKind string

// The kinds. A report that completes an item is Completed, also if it begins a visit.
const (
	Opened     ReportKind = "opened"
	Progressed ReportKind = "progressed"
	Completed  ReportKind = "completed"
)

const (
	// visitGap without a report ends a visit.
	visitGap = 30 * time.Minute
	// A learner's time fills at the pace of the clock, from firstTime when the account was made up to mostTime, so that clients
	// may round and hours offline count.
	firstTime = time.Minute
	mostTime  = 12 * time.Hour
	// Reports may wait offline as long as their keys are remembered: what is older could be counted a second time.
	maxLate = 30 * 24 * time.Hour
	// maxAhead is how far a client's clock may be ahead.
	maxAhead = 2 * time.Minute

	maxReportSeconds = 24 * 60 * 60
)

// checked is the rule for what a report may say; what it tells of lies in the past then. Errors: INVALID (OUT_OF_RANGE).
func checked(r Report, now time.Time) (Report, error) {
	for _, v := range []struct {
		path      string
		value, to int32
	}{{"percent", r.Percent, 100}, {"seconds", r.Seconds, maxReportSeconds}, {"positionSeconds", r.PositionSeconds, 1 << 30}} {
		if v.value < 0 || v.value > v.to {
			return r, domain.Errorf(domain.CodeInvalid, "%s must be 0 to %d", v.path, v.to).Because("OUT_OF_RANGE").At(v.path)
		}
	}
	occurred := now
	if r.OccurredAt != nil {
		occurred = *r.OccurredAt
	}
	switch late := now.Sub(occurred); {
	case late < -maxAhead:
		return r, domain.Errorf(domain.CodeInvalid, "occurredAt lies in the future").Because("OUT_OF_RANGE").At("occurredAt")
	case late > maxLate:
		return r, domain.Errorf(domain.CodeInvalid, "occurredAt is more than 30 days ago").Because("OUT_OF_RANGE").At("occurredAt")
	case late < 0:
		occurred = now // the client's clock is a little ahead
	}
	r.OccurredAt = &occurred
	return r, nil
}

// advance is the rule for what a checked report, of which so many seconds count, changes, and how it is logged. before is nil
// at the first report. Percent is the highest and completion the earliest that was reported, and the position is that of the
// latest occurrence, so that reports may arrive in any order. What arrives lies between StartedAt and LastAt.
func advance(before *Progress, r Report, counted int32, user domain.UserID, now time.Time) (Progress, Consumption) {
	occurred := *r.OccurredAt
	logged := Consumption{
		CreatedAt: now, UserID: user, ItemID: r.ItemID, Event: Progressed, Progress: r.Percent, PositionSeconds: r.PositionSeconds,
		Seconds: counted, WithheldSeconds: r.Seconds - counted, OccurredAt: occurred,
		BeginsVisit: before == nil || now.Sub(before.LastAt) > visitGap,
	}
	p := Progress{UserID: user, ItemID: r.ItemID, StartedAt: occurred, LastAt: now}
	if before != nil {
		p = *before
	}
	if logged.BeginsVisit {
		logged.Event = Opened
		p.Opens++
	}
	if r.Percent == 100 {
		if p.CompletedAt == nil {
			logged.Event = Completed
		}
		if p.CompletedAt == nil || occurred.Before(*p.CompletedAt) {
			p.CompletedAt = &occurred
		}
	}
	p.Percent = max(p.Percent, r.Percent)
	p.Seconds += int64(counted)
	// Of two positions at one instant the farther one, whichever comes first.
	if at := p.PositionAt; at == nil || occurred.After(*at) || occurred.Equal(*at) && r.PositionSeconds > p.PositionSeconds {
		p.PositionSeconds, p.PositionAt = r.PositionSeconds, &occurred
	}
	if occurred.Before(p.StartedAt) {
		p.StartedAt = occurred
	}
	if now.After(p.LastAt) {
		p.LastAt = now
	}
	return p, logged
}
