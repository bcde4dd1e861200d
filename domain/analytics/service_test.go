package analytics

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

var ada = domain.UserID{UUID: uuid.Max}

type memory struct {
	queued int
	actors []domain.Actor
	fails  error
}

func (m *memory) InTx(_ context.Context, actor domain.Actor, fn func(Tx) error) error {
	m.actors = append(m.actors, actor)
	return fn(m)
}

func (m *memory) EnqueueRefresh(context.Context) error {
	if m.fails == nil {
		m.queued++
	}
	return m.fails
}

func TestOnlyWhoMayRefreshHasFiguresWorkedOut(t *testing.T) {
	t.Parallel()
	for _, p := range append([]domain.Permission{""}, domain.Permissions...) {
		m := &memory{}
		viewer := domain.Viewer{UserID: ada, Permissions: []domain.Permission{p}, Request: domain.Request{ID: "r1"}}
		err := Service{m}.Refresh(t.Context(), viewer)
		if p == domain.AnalyticsRefresh {
			if err != nil || m.queued != 1 || m.actors[0] != (domain.Actor{UserID: ada, RequestID: "r1"}) {
				t.Errorf("%s: %v, %d queued on behalf of %+v", p, err, m.queued, m.actors)
			}
			continue
		}
		if domain.CodeOf(err) != domain.CodeForbidden || m.queued != 0 || len(m.actors) != 0 {
			t.Errorf("%s: %v, %d queued", p, err, m.queued)
		}
	}
}

func TestAQueueThatFailsIsNoSuccess(t *testing.T) {
	t.Parallel()
	full := errors.New("the queue is full")
	viewer := domain.Viewer{UserID: ada, Permissions: []domain.Permission{domain.AnalyticsRefresh}}
	if err := (Service{&memory{fails: full}}).Refresh(t.Context(), viewer); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestMoneyKeepsItsAmountAndCurrency(t *testing.T) {
	t.Parallel()
	m := SubscriptionMetrics{Currency: "EUR", MRRMinor: 1234, RevenueMinor: -5}
	if m.MRR() != (domain.Money{Amount: 1234, Currency: "EUR"}) || m.Revenue30d() != (domain.Money{Amount: -5, Currency: "EUR"}) {
		t.Errorf("%+v and %+v", m.MRR(), m.Revenue30d())
	}
}

func TestTheRefreshJobKeepsItsName(t *testing.T) {
	t.Parallel()
	if got := (RefreshJob{}).Kind(); got != "refresh_analytics" {
		t.Errorf("jobs that wait in the queue are called refresh_analytics, not %s", got)
	}
}
