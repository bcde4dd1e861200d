package rows

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
)

// A float that JSON has no word for is an error at its place, and what stands around it is answered.
func TestAFloatThatIsNoNumberIsAnErrorAndNoBrokenJSON(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]float64{"NaN": math.NaN(), "infinity": math.Inf(1), "less than all": math.Inf(-1)} {
		figures, hit := []*analytics.Popularity{{Views: 1, AverageRating: &n}, {Views: 2}}, []*content.Hit{{Rank: n}}
		for query, answer := range map[string]any{
			`{ contentPopularity { nodes { views averageRating } } }`: pageOf(figures),
			`{ search(query: "x") { edges { rank cursor } } }`:        &content.HitPage{Page: pageOf(hit)}, // where no null may stand
		} {
			h := &fake{answer: answer, viewer: domain.Viewer{UserID: domain.UserID{UUID: uuid.New()}, Permissions: []domain.Permission{domain.AnalyticsRead}}}
			fast, slow := h.ask(t, query), h.fieldByField(t, query)
			if told(fast) != told(slow) {
				t.Errorf("%s: %s is answered\n%s\nand field by field\n%s", name, query, told(fast), told(slow))
			}
			if len(fast.Errors) != 1 || fast.Errors[0].Extensions["code"] != "INTERNAL" || !strings.HasPrefix(string(fast.Data), "{") {
				t.Errorf("%s: %s is answered %s", name, query, told(fast))
			}
		}
	}
}

// An interface may be answered with a row that the schema does not know, or with a pointer to nothing.
func TestARowOfNoKnownTypeIsLeftToGqlgen(t *testing.T) {
	t.Parallel()
	const query = `{ node(id: "item_01900000000070008000000000000001") { __typename id ... on User { username roles { name } } } }`
	for name, c := range map[string]struct {
		answer any
		way    Way
		data   string
	}{
		"an unknown type":      {struct{}{}, Fallback, `{"node":null}`},
		"a pointer to nothing": {(*users.User)(nil), Written, `{"node":null}`},
		"a known type":         {&plans.Plan{}, Written, `{"node":{"__typename":"Plan","id":"plan_00000000000000000000000000000000"}}`},
	} {
		h := &fake{answer: c.answer}
		fast := h.ask(t, query)
		if h.ways[0] != c.way || strings.Contains(h.log.String(), "field by field") {
			t.Errorf("%s: the answer is %s; %s", name, h.ways[0], h.log.String())
		}
		if slow := h.fieldByField(t, query); told(fast) != told(slow) || string(fast.Data) != c.data {
			t.Errorf("%s is answered\n%s\nand field by field\n%s", name, told(fast), told(slow))
		}
	}
}

// broken is a database that fails at every statement.
type broken struct {
	db.Querier
	err error
}

func (b broken) Select(context.Context, any, db.Statement, ...any) error { return b.err }

// What goes wrong where no null may stand is logged once, with its place, unless it is an answer to the client.
func TestAnUnexpectedErrorIsLoggedOnceWithItsPlace(t *testing.T) {
	t.Parallel()
	const query = `{ subscriptionMetrics { activeCount plan { name } } }`
	for name, c := range map[string]struct {
		err   error
		way   Way
		lines int
		code  string
	}{
		"a fault of ours":           {errors.New("the table is upside down"), Failed, 1, "INTERNAL"},
		"an answer to the client":   {domain.Errorf(domain.CodeInvalid, "this cursor is another list's"), Fallback, 0, "INVALID"},
		"a database that is away":   {domain.Errorf(domain.CodeUnavailable, "not now"), Failed, 1, "UNAVAILABLE"},
		"a school that is too full": {domain.Errorf(domain.CodeOverloaded, "not now"), Fallback, 0, "OVERLOADED"},
	} {
		h := &fake{
			answer: []*analytics.SubscriptionMetrics{{ActiveCount: 1}, {ActiveCount: 2}}, database: broken{err: c.err},
			viewer: domain.Viewer{Permissions: []domain.Permission{domain.AnalyticsRead}},
		}
		fast := h.ask(t, query)
		const words = `msg="an answer is made field by field" field=subscriptionMetrics path=subscriptionMetrics[0].plan error=`
		if h.ways[0] != c.way || strings.Count(h.log.String(), words) != c.lines || strings.Count(h.log.String(), "field by field") != c.lines {
			t.Errorf("%s: the answer is %s; %s", name, h.ways[0], h.log.String())
		}
		if slow := h.fieldByField(t, query); told(fast) != told(slow) || len(fast.Errors) == 0 || fast.Errors[0].Extensions["code"] != c.code {
			t.Errorf("%s is answered\n%s\nand field by field\n%s", name, told(fast), told(slow))
		}
	}
}

// A panic while rows are read ahead or written ends neither the program nor the answer.
func TestAPanicIsAnUnexpectedErrorLikeAnyOther(t *testing.T) {
	t.Parallel()
	h := &fake{answer: &content.HitPage{}} // of no page
	fast := h.ask(t, `{ search(query: "x") { edges { cursor } } }`)
	if h.ways[0] != Failed || strings.Count(h.log.String(), `path=search.edges error="panic: `) != 1 {
		t.Errorf("the answer is %s; %s", h.ways[0], h.log.String())
	}
	if len(fast.Errors) != 1 || fast.Errors[0].Extensions["code"] != "INTERNAL" || fast.Errors[0].Path.String() != "search.edges" {
		t.Errorf("a panic is answered %s", told(fast))
	}
}

func pageOf[T any](rows []T) *domain.Page[T] {
	return domain.NewPage(domain.PageQuery{Size: 10}, rows, func(T) string { return "here" }, func(context.Context) (int64, error) { return int64(len(rows)), nil })
}
