package operations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lyceum/domain"
)

// AlertRule says what is watched, and from when on it is told.
type AlertRule struct {
	ID                domain.AlertRuleID `db:"id"`
	Reads             string             `db:"reads"` // a figure, or "doctor." and the name of a check
	Description       string             `db:"description"`
	Threshold         *int64             `db:"threshold"`          // nil for checks, which know by themselves
	CriticalThreshold *int64             `db:"critical_threshold"` // nil: it never becomes critical
	Enabled           bool               `db:"enabled"`
	QuietFrom         *string            `db:"quiet_from"` // 22:00; warnings are held back from then on
	QuietUntil        *string            `db:"quiet_until"`
	QuietZone         string             `db:"quiet_zone"` // of the two
	ChangedAt         time.Time          `db:"changed_at"`
}

// CheckPrefix begins what a rule reads that is a check of the doctor's.
const CheckPrefix = "doctor."

// figures are what a rule can read besides checks, with how it is said.
var figures = map[string]struct{ what, remedy string }{
	"active_sessions":        {"%d sessions are open", "see userSessions in the graph"},
	"login_attempts":         {"%d attempts to sign in were made within the last hour", "see loginAttempts in the graph"},
	"failed_login_attempts":  {"%d attempts to sign in failed within the last hour", "see loginAttempts in the graph: one address, or many?"},
	"suspicious_events":      {"the security log has %d suspicious events of the last day", "see securityEvents in the graph"},
	"past_due_subscriptions": {"%d subscriptions are not paid", "see subscriptions in the graph; is the payment provider up?"},
}

// FigureNames are the figures that rules can read, sorted.
func FigureNames() []string {
	var names []string
	for name := range figures {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Measured is what is bad for a rule; nil when nothing is.
type Measured struct {
	Unread       bool // whether anything is bad could not be read; What may say why, and is empty when another check says it
	Level        Level
	What, Remedy string
	Value        *int64
}

// Measure is the rule of what is bad: a figure from its threshold on, a check that has something to say.
func (r *AlertRule) Measure(values map[string]int64, h *Health) *Measured {
	if check, isCheck := strings.CutPrefix(r.Reads, CheckPrefix); isCheck {
		return measureCheck(check, h)
	}
	value, known := values[r.Reads]
	said, sayable := figures[r.Reads]
	if !known || !sayable || r.Threshold == nil || value < *r.Threshold {
		return nil
	}
	m := &Measured{Level: Warning, What: fmt.Sprintf(said.what, value), Remedy: said.remedy, Value: &value}
	if r.CriticalThreshold != nil && value >= *r.CriticalThreshold {
		m.Level = Critical
	}
	return m
}

// measureCheck makes one of all that a check says.
func measureCheck(check string, h *Health) *Measured {
	var m *Measured
	if slices.Contains(h.Unread, check) {
		m = &Measured{Unread: true}
	}
	for _, f := range h.Findings {
		switch {
		case f.Check != check:
		case m == nil || m.What == "":
			m = &Measured{Unread: m != nil, Level: f.Level, What: f.What, Remedy: f.Remedy}
		default:
			m.What += "; " + f.What
			if f.Level.Worse(m.Level) {
				m.Level, m.Remedy = f.Level, f.Remedy
			}
		}
	}
	return m
}

// quiet reports whether warnings are held back now. A rule whose zone cannot be read holds nothing back.
func (r *AlertRule) quiet(now time.Time) bool {
	zone, err := time.LoadLocation(r.QuietZone)
	if r.QuietFrom == nil || r.QuietUntil == nil || err != nil {
		return false
	}
	at, from, until := now.In(zone).Format("15:04"), *r.QuietFrom, *r.QuietUntil
	if from < until {
		return at >= from && at < until
	}
	return at >= from || at < until // over midnight
}

// Alert is something that was or is wrong.
type Alert struct {
	ID             domain.AlertID     `db:"id"`
	RuleID         domain.AlertRuleID `db:"rule_id"`
	Reads          string             `db:"reads"` // of the rule
	Level          Level              `db:"level"`
	What           string             `db:"what"`
	Remedy         string             `db:"remedy"`
	Value          *int64             `db:"value"`
	OpenedAt       time.Time          `db:"opened_at"`
	LastSeenAt     time.Time          `db:"last_seen_at"`
	EndedAt        *time.Time         `db:"ended_at"`
	ToldLevel      *Level             `db:"told_level"`
	ToldAt         *time.Time         `db:"told_at"`
	EndTold        bool               `db:"end_told"`
	AcknowledgedAt *time.Time         `db:"acknowledged_at"`
	AcknowledgedBy *domain.UserID     `db:"acknowledged_by"`
}

// News is what people are told of an alert. The names are those of the templates.
type News string

// The news. Each is told once of an alert.
const (
	NewsOpened   News = "operations.alert_opened"   // a warning
	NewsCritical News = "operations.alert_critical" // it began so, or has become so
	NewsEnded    News = "operations.alert_ended"
)

// calm is for how long nothing bad must have been seen before an alert ends: what comes and goes every minute is one alert.
const calm = 3 * time.Minute

// Follow is the rule of an open alert, which may be nil: what becomes of it now that this was measured, and what people are told. The
// result is nil when there is neither an alert before nor after. What is bad is told when it is seen again, a minute later: rows wait to be
// sealed and mail to be sent for a moment after the clock of development was set or the program was away. A rule that is not enabled ends
// its alert in silence. What could not be read neither ends an open alert nor changes one that was told.
func (r *AlertRule) Follow(now time.Time, open *Alert, m *Measured, newID func() domain.AlertID) (*Alert, News) {
	if !r.Enabled {
		m = nil
	}
	switch {
	case open == nil && (m == nil || m.Unread && m.What == ""):
		return nil, ""
	case m != nil && m.Unread && open != nil && (m.What == "" || open.ToldLevel != nil):
		open.LastSeenAt = now // the three minutes without a fault begin when it can be read again
		return open, ""
	case m == nil:
		if r.Enabled && now.Sub(open.LastSeenAt) < calm {
			return open, ""
		}
		open.EndedAt = &now
		open.EndTold = !r.Enabled || open.ToldLevel == nil
		return r.FollowEnded(now, open)
	case open == nil:
		return &Alert{
			ID: newID(), RuleID: r.ID, Reads: r.Reads, Level: m.Level, What: m.What, Remedy: m.Remedy, Value: m.Value,
			OpenedAt: now, LastSeenAt: now,
		}, ""
	}
	open.Level, open.What, open.Remedy, open.Value, open.LastSeenAt = m.Level, m.What, m.Remedy, m.Value, now
	if m.Level == Warning && r.quiet(now) {
		return open, ""
	}
	if open.ToldLevel != nil && !m.Level.Worse(*open.ToldLevel) {
		return open, ""
	}
	level, news := m.Level, NewsOpened
	if level == Critical {
		news = NewsCritical
	}
	open.ToldLevel, open.ToldAt = &level, &now
	return open, news
}

// FollowEnded is the rule of an alert that has ended: that it did is told once, of a warning not in quiet hours.
func (r *AlertRule) FollowEnded(now time.Time, a *Alert) (*Alert, News) {
	if a.EndTold || *a.ToldLevel == Warning && r.quiet(now) {
		return a, ""
	}
	a.EndTold = true
	return a, NewsEnded
}

// AlertFilter narrows the list of alerts.
type AlertFilter struct {
	Open         *bool
	Acknowledged *bool
	Level        *Level
	Reads        *string
	Since, Until *time.Time
}

// AcknowledgeAlertCommand says that somebody looks after an alert.
type AcknowledgeAlertCommand struct{ AlertID domain.AlertID }

// QuietHours are the hours of a day in which warnings are held back.
type QuietHours struct {
	From, Until string // 22:00
	TimeZone    string // an IANA name
}

// SetAlertRuleCommand says how a rule is to be. What is left out is taken away.
type SetAlertRuleCommand struct {
	RuleID            domain.AlertRuleID
	Enabled           bool
	Threshold         *int64
	CriticalThreshold *int64
	QuietHours        *QuietHours
}
