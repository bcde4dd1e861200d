package plans

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

var (
	owner     = domain.UserID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000001")}
	stranger  = domain.UserID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000002")}
	monthlyID = domain.SubscriptionID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000003")}
)

// memory is a Store and its Tx: what a failed transaction wrote is forgotten.
type memory struct {
	subs    map[domain.SubscriptionID]Subscription
	once    map[string]domain.OnceRecord
	changes []Change
	actors  []domain.UserID
	mails   []domain.Mail
	broken  error // what AddChanges fails with
}

func newMemory() *memory {
	end := now.Add(240 * time.Hour)
	return &memory{
		subs: map[domain.SubscriptionID]Subscription{
			monthlyID: {ID: monthlyID, OwnerID: owner, Status: Active, CurrentPeriodEnd: &end, AccessUntil: &end},
		},
		once: map[string]domain.OnceRecord{},
	}
}

func (m *memory) InTx(_ context.Context, _ domain.Actor, fn func(Tx) error) error {
	subs, once, n := maps.Clone(m.subs), maps.Clone(m.once), len(m.changes)
	err := fn(m)
	if err != nil {
		m.subs, m.once, m.changes, m.actors = subs, once, m.changes[:n], m.actors[:n]
	}
	return err
}

func (m *memory) LockSubscription(_ context.Context, id domain.SubscriptionID) (*Subscription, error) {
	s, ok := m.subs[id]
	if !ok {
		return nil, domain.Errorf(domain.CodeNotFound, "the subscription does not exist").At("subscriptionId")
	}
	return &s, nil
}

func (m *memory) DueSubscriptions(_ context.Context, at time.Time, limit int) ([]*Subscription, error) {
	var due []*Subscription
	for _, s := range m.subs {
		if _, when, ok := nextEvent(s); ok && !when.After(at) && len(due) < limit {
			due = append(due, &s)
		}
	}
	return due, nil
}

func (m *memory) SaveSubscriptions(_ context.Context, saved ...*Subscription) error {
	for _, s := range saved {
		m.subs[s.ID] = *s
	}
	return nil
}

func (m *memory) AddChanges(_ context.Context, entries ...Entry) error {
	for _, e := range entries {
		m.changes, m.actors = append(m.changes, e.Change), append(m.actors, e.Actor)
	}
	return m.broken
}

func (m *memory) Subscribers(_ context.Context, ids []domain.UserID) ([]*Subscriber, error) {
	var people []*Subscriber
	for _, id := range ids {
		if id == owner {
			people = append(people, &Subscriber{ID: owner, Email: "owner@test.example", Username: "owner", Locale: "de"})
		}
	}
	return people, nil
}

func (m *memory) PlansOf(_ context.Context, ids []domain.PlanID) ([]*Plan, error) {
	var found []*Plan
	for _, id := range ids {
		found = append(found, &Plan{ID: id, Name: "Basic"})
	}
	return found, nil
}

func (m *memory) SendMail(_ context.Context, mails ...domain.Mail) error {
	m.mails = append(m.mails, mails...)
	return nil
}

func (m *memory) BeginOnce(_ context.Context, actor domain.UserID, mutation, key string, body []byte) (*domain.OnceRecord, error) {
	name := actor.String() + mutation + key
	if found, ok := m.once[name]; ok {
		return &found, nil
	}
	m.once[name] = domain.OnceRecord{BodyHash: body}
	return nil, nil
}

func (m *memory) FinishOnce(_ context.Context, actor domain.UserID, mutation, key string, payload []byte) error {
	name := actor.String() + mutation + key
	m.once[name] = domain.OnceRecord{BodyHash: m.once[name].BodyHash, Payload: payload}
	return nil
}

func serviceOver(m *memory) Service {
	return Service{Store: m, Clock: domain.FixedClock(now), GraceDays: 7}
}

func TestWhoMayCancelAndResumeASubscription(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		viewer domain.Viewer
		want   domain.Code
	}{
		"the owner":                     {domain.Viewer{UserID: owner}, ""},
		"a stranger":                    {domain.Viewer{UserID: stranger}, domain.CodeNotFound},
		"the visitor":                   {domain.Viewer{}, domain.CodeNotFound},
		"who may only read billing":     {domain.Viewer{UserID: stranger, Permissions: []domain.Permission{domain.BillingRead}}, domain.CodeNotFound},
		"who may write everything else": {domain.Viewer{UserID: stranger, Permissions: []domain.Permission{domain.UsersWrite, domain.ContentWrite}}, domain.CodeNotFound},
		"who may write billing":         {domain.Viewer{UserID: stranger, Permissions: []domain.Permission{domain.BillingWrite}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			sub, err := serviceOver(m).Cancel(t.Context(), c.viewer, CancelCommand{IdempotencyKey: "c", SubscriptionID: monthlyID, Reason: "moving"})
			if domain.CodeOf(err) != c.want {
				t.Fatalf("cancel: got %v, want %q", err, c.want)
			}
			if c.want != "" {
				if sub != nil || m.subs[monthlyID].CancelAt != nil || len(m.changes) != 0 {
					t.Errorf("refused, and yet %+v, %+v", sub, m.changes)
				}
				return
			}
			if sub.CancelAt == nil || m.subs[monthlyID] != *sub {
				t.Errorf("answered %+v, kept %+v", sub, m.subs[monthlyID])
			}
			if _, err = serviceOver(m).Resume(t.Context(), c.viewer, ResumeCommand{IdempotencyKey: "k", SubscriptionID: monthlyID}); err != nil {
				t.Fatal(err)
			}
			if len(m.changes) != 2 || m.changes[1].Kind != CancelWithdrawn || !slices.Equal(m.actors, []domain.UserID{c.viewer.UserID, c.viewer.UserID}) {
				t.Errorf("the history says %+v by %v", m.changes, m.actors)
			}
		})
	}
}

func TestAStrangerCannotTellAForeignSubscriptionFromNone(t *testing.T) {
	t.Parallel()
	m, viewer := newMemory(), domain.Viewer{UserID: stranger}
	foreign := ResumeCommand{IdempotencyKey: "k", SubscriptionID: monthlyID}
	none := ResumeCommand{IdempotencyKey: "k", SubscriptionID: domain.SubscriptionID{UUID: uuid.Max}}
	_, first := serviceOver(m).Resume(t.Context(), viewer, foreign)
	_, second := serviceOver(m).Resume(t.Context(), viewer, none)
	a, _ := domain.AsUserError(first)
	b, _ := domain.AsUserError(second)
	if a == nil || b == nil || a.Code != b.Code || a.Message != b.Message || a.Reason != b.Reason || !slices.Equal(a.Path, b.Path) {
		t.Errorf("%+v is not %+v", first, second)
	}
	if len(m.once) != 0 {
		t.Error("a refused resumption kept its key")
	}
}

func TestAResumptionIsDoneOnce(t *testing.T) {
	t.Parallel()
	m, viewer := newMemory(), domain.Viewer{UserID: owner}
	if _, err := serviceOver(m).Cancel(t.Context(), viewer, CancelCommand{IdempotencyKey: "c", SubscriptionID: monthlyID}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		sub, err := serviceOver(m).Resume(t.Context(), viewer, ResumeCommand{IdempotencyKey: "k", SubscriptionID: monthlyID})
		if err != nil || sub.ID != monthlyID || sub.OwnerID != owner || sub.CancelAt != nil {
			t.Fatalf("got %+v, %v", sub, err)
		}
	}
	if len(m.changes) != 2 {
		t.Errorf("the history says %+v", m.changes)
	}
	_, err := serviceOver(m).Resume(t.Context(), viewer, ResumeCommand{IdempotencyKey: "k", SubscriptionID: domain.SubscriptionID{UUID: uuid.Max}})
	if domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("the key with other input gave %v", err)
	}
	_, err = serviceOver(m).Resume(t.Context(), viewer, ResumeCommand{SubscriptionID: monthlyID})
	if domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("no key gave %v", err)
	}
}

func TestACancellationIsDoneOnceAndARepeatGetsItsAnswer(t *testing.T) {
	t.Parallel()
	m, viewer := newMemory(), domain.Viewer{UserID: owner}
	command := CancelCommand{IdempotencyKey: "k", SubscriptionID: monthlyID, Reason: "moving"}
	first, err := serviceOver(m).Cancel(t.Context(), viewer, command)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := serviceOver(m).Cancel(t.Context(), viewer, command)
		if err != nil || !reflect.DeepEqual(again, first) {
			t.Fatalf("got %+v, %v, and first %+v", again, err, first)
		}
	}
	if len(m.changes) != 1 {
		t.Errorf("the history says %+v", m.changes)
	}
	other := command
	other.Reason = "staying"
	if _, err := serviceOver(m).Cancel(t.Context(), viewer, other); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("the key with other input gave %v", err)
	}
	other = command
	other.IdempotencyKey = "l"
	if _, err := serviceOver(m).Cancel(t.Context(), viewer, other); domain.CodeOf(err) != domain.CodeRefused {
		t.Errorf("another key gave %v", err)
	}
}

func TestACancellationsReasonHasItsLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]domain.Code{0: "", maxReason: "", maxReason + 1: domain.CodeInvalid} {
		m := newMemory()
		c := CancelCommand{IdempotencyKey: "c", SubscriptionID: monthlyID, Reason: strings.Repeat("x", n)}
		if _, err := serviceOver(m).Cancel(t.Context(), domain.Viewer{UserID: owner}, c); domain.CodeOf(err) != want {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestACancellationWithoutItsHistoryIsUndone(t *testing.T) {
	t.Parallel()
	m := newMemory()
	m.broken = errors.New("disk full")
	_, err := serviceOver(m).Cancel(t.Context(), domain.Viewer{UserID: owner}, CancelCommand{IdempotencyKey: "c", SubscriptionID: monthlyID})
	if !errors.Is(err, m.broken) || m.subs[monthlyID].CancelAt != nil {
		t.Errorf("got %v, kept %+v", err, m.subs[monthlyID])
	}
}

func TestACommandOnADueSubscriptionFindsItAsTheSweepWouldHaveLeftIt(t *testing.T) {
	t.Parallel()
	m, viewer := newMemory(), domain.Viewer{UserID: owner}
	due := m.subs[monthlyID]
	due.CurrentPeriodEnd, due.AccessUntil = ago(2*day), ago(-5*day)
	m.subs[monthlyID] = due
	sub, err := serviceOver(m).Cancel(t.Context(), viewer, CancelCommand{IdempotencyKey: "k", SubscriptionID: monthlyID})
	if err != nil || sub.Status != Canceled || !sub.EndedAt.Equal(now) {
		t.Fatalf("got %+v, %v", sub, err)
	}
	if len(m.changes) != 2 || m.changes[0].Kind != ChangeUnpaid || m.changes[1].Kind != ChangeCanceled ||
		!slices.Equal(m.actors, []domain.UserID{domain.Anonymous, owner}) {
		t.Errorf("the history says %+v by %v", m.changes, m.actors)
	}
}

func TestASweepTellsTheOwnerTheLastOfWhatHappened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sub  Subscription
		want domain.MailTemplate
	}{
		"a trial":            {Subscription{Status: Trialing, TrialEndsAt: ago(day), AccessUntil: ago(day)}, mailTrialEnded},
		"a period":           {Subscription{Status: Active, CurrentPeriodEnd: ago(day), AccessUntil: ago(-6 * day)}, mailPaymentDue},
		"both at once":       {Subscription{Status: Active, CurrentPeriodEnd: ago(20 * day), AccessUntil: ago(13 * day)}, mailSubscriptionEnded},
		"a cancellation":     {Subscription{Status: Active, CurrentPeriodEnd: ago(day), CancelAt: ago(day), AccessUntil: ago(day)}, mailSubscriptionEnded},
		"complimentary":      {Subscription{Status: Active, ComplimentaryReason: new(string), CurrentPeriodEnd: ago(day), AccessUntil: ago(day)}, mailSubscriptionEnded},
		"nothing due, alone": {Subscription{Status: Active, CurrentPeriodEnd: ago(-day), AccessUntil: ago(-8 * day)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			c.sub.ID, c.sub.OwnerID = monthlyID, owner
			m.subs[monthlyID] = c.sub
			swept, err := serviceOver(m).Sweep(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				if swept != (Swept{}) || len(m.mails) > 0 {
					t.Errorf("got %+v, %+v", swept, m.mails)
				}
				return
			}
			if len(m.mails) != 1 || m.mails[0].Template != c.want || m.mails[0].To != "owner@test.example" || m.mails[0].Locale != "de" ||
				m.mails[0].Values["plan"] != "Basic" || m.mails[0].Values["name"] != "owner" {
				t.Errorf("got %+v", m.mails)
			}
			if again, err := serviceOver(m).Sweep(t.Context()); err != nil || again.Subscriptions != 0 || swept.Subscriptions != 1 {
				t.Errorf("swept %+v, then %+v, %v", swept, again, err)
			}
		})
	}
}
