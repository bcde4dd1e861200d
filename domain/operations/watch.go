package operations

import (
	"context"
	"regexp"
	"strings"
	"time"

	"lyceum/domain"
)

// AlertReader is somebody whom alerts are told: a holder of operations.read who can sign in.
type AlertReader struct {
	ID     domain.UserID `db:"id"`
	Email  string        `db:"email"`
	Locale string        `db:"locale"`
}

// AlertTx has the writes of alerts.
type AlertTx interface {
	domain.MailTx
	// Figures reads the figures that rules can read, by name.
	Figures(ctx context.Context) (map[string]int64, error)
	// HoldAlertRules reads all rules and keeps others from changing them until the end: one evaluation at a time.
	HoldAlertRules(ctx context.Context) ([]*AlertRule, error)
	// UnfinishedAlerts reads the alerts that are open, or of whose end nobody was told yet.
	UnfinishedAlerts(ctx context.Context) ([]*Alert, error)
	// KeepAlert writes an alert as it is now.
	KeepAlert(ctx context.Context, a *Alert) error
	// AlertReaders reads who is told.
	AlertReaders(ctx context.Context) ([]AlertReader, error)
	// AcknowledgeAlert notes who looks after an alert, unless somebody does, and returns it; nil when there is none.
	AcknowledgeAlert(ctx context.Context, id domain.AlertID, by domain.UserID) (*Alert, error)
	// HoldAlertRule reads a rule to change it; nil when there is none.
	HoldAlertRule(ctx context.Context, id domain.AlertRuleID) (*AlertRule, error)
	// SetAlertRule writes a rule and returns it as it is then.
	SetAlertRule(ctx context.Context, r *AlertRule) (*AlertRule, error)
}

// Watch evaluates the rules.
type Watch struct {
	Store  Store
	Doctor Examiner
	Clock  domain.Clock
	IDs    domain.IDs
}

// Evaluate looks at everything that rules read, and writes and tells what has changed. It returns how many messages it sent.
func (w Watch) Evaluate(ctx context.Context) (told int, err error) {
	health, err := w.Doctor.Examine(ctx, Brief)
	if err != nil {
		return 0, err
	}
	now := w.Clock()
	err = w.Store.InTx(ctx, domain.Actor{}, func(tx Tx) error {
		told = 0
		rules, err := tx.HoldAlertRules(ctx)
		if err != nil {
			return err
		}
		values, err := tx.Figures(ctx)
		if err != nil {
			return err
		}
		unfinished, err := tx.UnfinishedAlerts(ctx)
		if err != nil {
			return err
		}
		for _, r := range rules {
			var open *Alert
			for _, a := range unfinished {
				switch {
				case a.RuleID != r.ID:
				case a.EndedAt == nil:
					open = a
				default:
					n, err := tellOf(ctx, tx)(r.FollowEnded(now, a))
					if told += n; err != nil {
						return err
					}
				}
			}
			n, err := tellOf(ctx, tx)(r.Follow(now, open, r.Measure(values, health), func() domain.AlertID { return domain.AlertID{UUID: w.IDs()} }))
			if told += n; err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}

// tellOf writes an alert, and has its news sent to whom it concerns.
func tellOf(ctx context.Context, tx Tx) func(*Alert, News) (int, error) {
	return func(a *Alert, news News) (int, error) {
		if a == nil {
			return 0, nil
		}
		if err := tx.KeepAlert(ctx, a); err != nil || news == "" {
			return 0, err
		}
		readers, err := tx.AlertReaders(ctx)
		if err != nil {
			return 0, err
		}
		mails := make([]domain.Mail, len(readers))
		for i, reader := range readers {
			mails[i] = domain.Mail{
				Cause: "alert:" + a.ID.String() + ":" + string(news) + ":" + reader.ID.String(), Template: domain.MailTemplate(news), To: reader.Email,
				UserID: reader.ID, Locale: reader.Locale, Values: map[string]string{
					"check": strings.TrimPrefix(a.Reads, CheckPrefix), "what": a.What, "remedy": a.Remedy,
				},
			}
		}
		if len(mails) == 0 {
			return 0, nil
		}
		return len(mails), tx.SendMail(ctx, mails...)
	}
}

// Acknowledge notes that the viewer looks after an alert. One that somebody looks after already is left as it is. Errors: FORBIDDEN,
// NOT_FOUND.
func (s Service) Acknowledge(ctx context.Context, viewer domain.Viewer, c AcknowledgeAlertCommand) (a *Alert, err error) {
	if !viewer.May(domain.OperationsWrite) {
		return nil, domain.Errorf(domain.CodeForbidden, "this requires the permission operations.write")
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		a, err = tx.AcknowledgeAlert(ctx, c.AlertID, viewer.UserID)
		if err == nil && a == nil {
			err = domain.Errorf(domain.CodeNotFound, "there is no such alert").At("alertId")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// SetRule makes a rule as the command says. Errors: FORBIDDEN, NOT_FOUND, INVALID.
func (s Service) SetRule(ctx context.Context, viewer domain.Viewer, c SetAlertRuleCommand) (r *AlertRule, err error) {
	if !viewer.May(domain.OperationsWrite) {
		return nil, domain.Errorf(domain.CodeForbidden, "this requires the permission operations.write")
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		r, err = tx.HoldAlertRule(ctx, c.RuleID)
		if err != nil {
			return err
		}
		changes, err := setRule(r, c)
		if err != nil || !changes {
			return err
		}
		r, err = tx.SetAlertRule(ctx, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

var timeOfDay = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// setRule is the rule of rules: it changes one as the command says, and reports whether that is a change.
func setRule(r *AlertRule, c SetAlertRuleCommand) (bool, error) {
	if r == nil {
		return false, domain.Errorf(domain.CodeNotFound, "there is no such rule").At("ruleId")
	}
	isCheck := r.Threshold == nil
	switch {
	case isCheck && (c.Threshold != nil || c.CriticalThreshold != nil):
		return false, domain.Errorf(domain.CodeInvalid, "this rule reads a check, which has no threshold").At("threshold")
	case !isCheck && c.Threshold == nil:
		return false, domain.Errorf(domain.CodeInvalid, "this rule reads a figure and needs a threshold").At("threshold")
	case c.Threshold != nil && *c.Threshold < 1:
		return false, domain.Errorf(domain.CodeInvalid, "a threshold is 1 at least").At("threshold")
	case c.CriticalThreshold != nil && *c.CriticalThreshold <= *c.Threshold:
		return false, domain.Errorf(domain.CodeInvalid, "the critical threshold must be above the threshold").At("criticalThreshold")
	}
	was := *r
	r.Enabled, r.Threshold, r.CriticalThreshold = c.Enabled, c.Threshold, c.CriticalThreshold
	r.QuietFrom, r.QuietUntil, r.QuietZone = nil, nil, "UTC"
	if q := c.QuietHours; q != nil {
		if !timeOfDay.MatchString(q.From) || !timeOfDay.MatchString(q.Until) || q.From == q.Until {
			return false, domain.Errorf(domain.CodeInvalid, "quiet hours are two different times of day such as 22:00").At("quietHours")
		}
		if _, err := time.LoadLocation(q.TimeZone); err != nil || q.TimeZone == "" || q.TimeZone == "Local" || len(q.TimeZone) > 60 {
			return false, domain.Errorf(domain.CodeInvalid, "the time zone must be a name such as Europe/Zurich").At("quietHours", "timeZone")
		}
		r.QuietFrom, r.QuietUntil, r.QuietZone = &q.From, &q.Until, q.TimeZone
	}
	return !sameRule(&was, r), nil
}

func sameRule(a, b *AlertRule) bool {
	return a.Enabled == b.Enabled && a.QuietZone == b.QuietZone && same(a.Threshold, b.Threshold) &&
		same(a.CriticalThreshold, b.CriticalThreshold) && same(a.QuietFrom, b.QuietFrom) && same(a.QuietUntil, b.QuietUntil)
}

func same[T comparable](a, b *T) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// QuietHours are the rule's; nil when it has none.
func (r *AlertRule) QuietHours() *QuietHours {
	if r.QuietFrom == nil || r.QuietUntil == nil {
		return nil
	}
	return &QuietHours{From: *r.QuietFrom, Until: *r.QuietUntil, TimeZone: r.QuietZone}
}
