package plans

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
	"golang.org/x/text/unicode/norm"

	"lyceum/domain"
)

// The bounds of a plan; the database has the same or wider ones.
const (
	maxPlanName    = 100 // characters
	maxDescription = 2000
	maxSlug        = 100 // bytes
	maxLevel       = 1000
	maxPrice       = 1_000_000_000 // minor units
	maxTrialDays   = 365
	maxSeats       = 10_000
)

// PlanChanges are changes of a plan; nil leaves a field as it is.
type PlanChanges struct {
	Name         *string
	Description  *string
	AccessLevel  *int32
	Price        *domain.Money
	BillingCycle *BillingCycle
	TrialDays    *int32
	Seats        *int32
	IsOffered    *bool
}

// FieldChange is the change of one field, for a preview.
type FieldChange struct{ Field, Before, After string }

// StatusCount is a number of subscriptions.
type StatusCount struct {
	Status SubscriptionStatus `db:"status"`
	Count  int64              `db:"count"`
}

// change applies changes to a plan and lists them. Errors: those of check, REFUSED (PLAN_HAS_SUBSCRIBERS, PLAN_ARCHIVED).
func (p Plan) change(c PlanChanges, hasSubscribers bool) (Plan, []*FieldChange, error) {
	before := p
	set(&p.Name, c.Name)
	set(&p.Description, c.Description)
	set(&p.AccessLevel, c.AccessLevel)
	set(&p.BillingCycle, c.BillingCycle)
	set(&p.TrialDays, c.TrialDays)
	set(&p.Seats, c.Seats)
	set(&p.IsOffered, c.IsOffered)
	if c.Price != nil {
		p.PriceMinor, p.Currency = c.Price.Amount, c.Price.Currency
	}
	if err := p.check("changes"); err != nil {
		return before, nil, err
	}
	priced := p.PriceMinor != before.PriceMinor || p.Currency != before.Currency
	switch {
	case hasSubscribers && priced:
		return before, nil, hasSubscribersError("price")
	case hasSubscribers && p.BillingCycle != before.BillingCycle:
		return before, nil, hasSubscribersError("billingCycle")
	case p.ArchivedAt != nil && p.IsOffered:
		return before, nil, archivedError().At("changes", "isOffered")
	}
	return p, differences(before, p), nil
}

func hasSubscribersError(field string) *domain.Error {
	return domain.Errorf(domain.CodeRefused, "the plan has or had subscribers, so that its price, currency and billing cycle stay").
		Because("PLAN_HAS_SUBSCRIBERS").At("changes", field)
}

func archivedError() *domain.Error {
	return domain.Errorf(domain.CodeRefused, "the plan is archived").Because("PLAN_ARCHIVED")
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func differences(a, b Plan) []*FieldChange {
	number := func(n int32) string { return strconv.Itoa(int(n)) }
	all := []*FieldChange{
		{"name", a.Name, b.Name},
		{"description", a.Description, b.Description},
		{"accessLevel", number(a.AccessLevel), number(b.AccessLevel)},
		{"price", moneyText(a.Price()), moneyText(b.Price())},
		{"billingCycle", strings.ToUpper(string(a.BillingCycle)), strings.ToUpper(string(b.BillingCycle))},
		{"trialDays", number(a.TrialDays), number(b.TrialDays)},
		{"seats", number(a.Seats), number(b.Seats)},
		{"isOffered", strconv.FormatBool(a.IsOffered), strconv.FormatBool(b.IsOffered)},
	}
	changed := []*FieldChange{}
	for _, c := range all {
		if c.Before != c.After {
			changed = append(changed, c)
		}
	}
	return changed
}

// check holds a plan against the bounds. Errors: INVALID (NAME_INVALID, TOO_LONG, OUT_OF_RANGE, CURRENCY_UNKNOWN, SLUG_INVALID).
func (p *Plan) check(at ...string) error {
	ranged := func(n, low, high int64, field string) error {
		if n < low || n > high {
			return domain.Errorf(domain.CodeInvalid, "%s must be %d to %d", field, low, high).Because("OUT_OF_RANGE").At(append(at, field)...)
		}
		return nil
	}
	maxTrial := int64(maxTrialDays)
	if p.PriceMinor == 0 {
		maxTrial = 0
	}
	switch n := utf8.RuneCountInString(p.Name); {
	case n < 1 || n > maxPlanName || strings.TrimSpace(p.Name) != p.Name || strings.ContainsFunc(p.Name, unicode.IsControl) ||
		!utf8.ValidString(p.Name):
		return domain.Errorf(domain.CodeInvalid, "a name must have 1 to %d characters, without line breaks and blanks around them", maxPlanName).
			Because("NAME_INVALID").At(append(at, "name")...)
	case utf8.RuneCountInString(p.Description) > maxDescription:
		return domain.Errorf(domain.CodeInvalid, "a description must have at most %d characters", maxDescription).
			Because("TOO_LONG").At(append(at, "description")...)
	case p.Currency == "" || !currency.IsValid(p.Currency):
		return domain.Errorf(domain.CodeInvalid, "the currency must be one of ISO 4217, such as EUR").
			Because("CURRENCY_UNKNOWN").At(append(at, "price", "currency")...)
	case len(p.Slug) > maxSlug || !slugForm.MatchString(p.Slug):
		return domain.Errorf(domain.CodeInvalid, "a slug must have 1 to %d lower-case letters, digits and single hyphens between them", maxSlug).
			Because("SLUG_INVALID").At(append(at, "slug")...)
	}
	for _, err := range []error{
		ranged(int64(p.AccessLevel), 1, maxLevel, "accessLevel"), ranged(p.PriceMinor, 0, maxPrice, "price"),
		ranged(int64(p.TrialDays), 0, maxTrial, "trialDays"), ranged(int64(p.Seats), 1, maxSeats, "seats"),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// slugOf makes a name into what a slug may hold; empty when nothing of it can be kept.
func slugOf(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c): // the accent of the letter before
		default:
			gap = true
		}
	}
	return b.String()
}

// moneyText is an amount as people read it, such as "10.00 EUR".
func moneyText(m domain.Money) string {
	amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Amount, 10) + " " + m.Currency
	}
	return amount.String()
}

// free reports whether nothing is ever to be paid for the plan.
func (p *Plan) free() bool { return p.PriceMinor == 0 }

// paidPeriod begins a paid period, or one without end for a free plan and one that is paid once.
func (s *Subscription) paidPeriod(p *Plan, from time.Time) {
	s.CurrentPeriodStart = from
	if p.free() || p.BillingCycle == Lifetime {
		s.CurrentPeriodEnd, s.AnchorDay = nil, nil
		return
	}
	anchor := int16(from.UTC().Day()) //nolint:gosec // 1 to 31
	end := addCycle(from, p.BillingCycle, int(anchor))
	s.AnchorDay, s.CurrentPeriodEnd = &anchor, &end
}
