//go:build fixture

package rows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/graph"
)

// These tests run where TestEachKindOfFieldIsAnsweredAsGqlgenAnswersIt has put fields of each kind into the graph.

var (
	stranger = domain.Viewer{UserID: domain.UserID{UUID: uuid.New()}}
	reader   = domain.Viewer{UserID: domain.UserID{UUID: uuid.New()}, Permissions: []domain.Permission{domain.UsersRead}}
)

// compared asks both ways, and wants the rows to be written at once and to the letter as gqlgen answers them.
func (h *fake) compared(t *testing.T, text string) *graphql.Response {
	t.Helper()
	fast := h.ask(t, text)
	if way := h.ways[len(h.ways)-1]; way != Written {
		t.Errorf("%s is %s: %s", text, way, h.log.String())
	}
	if slow := h.fieldByField(t, text); told(fast) != told(slow) {
		t.Errorf("%s is answered\n%s\nand field by field\n%s", text, told(fast), told(slow))
	}
	return fast
}

// A guard stands before plain fields of the struct and before methods alike, and what it refuses is not written.
func TestFixtureGuardsAreAskedBeforePlainFieldsAndMethods(t *testing.T) {
	t.Parallel()
	plan := &plans.Plan{Name: "the name", PriceMinor: 4711}
	for _, field := range []string{"priceMinor", "slogan", "motto"} {
		h := &fake{answer: []*plans.Plan{plan, plan}, viewer: stranger}
		refused := h.compared(t, "{ plans { "+field+" } }")
		if told(refused) != fmt.Sprintf(`{"plans":[{"%[1]s":null},{"%[1]s":null}]}
plans[0].%[1]s FORBIDDEN this requires the permission users.read
plans[1].%[1]s FORBIDDEN this requires the permission users.read`, field) {
			t.Errorf("%s is refused with %s", field, told(refused))
		}
		h.viewer = reader
		if open := h.compared(t, "{ plans { "+field+" } }"); len(open.Errors) > 0 || strings.Contains(told(open), "null") {
			t.Errorf("%s is answered to its readers with %s", field, told(open))
		}
	}
}

// A plain field looks at its column, a method at those that its comment names, and without them at the whole row.
func TestFixtureFieldsSayWhatTheyLookAt(t *testing.T) {
	t.Parallel()
	for field, want := range map[string][]string{"priceMinor": {"price_minor"}, "motto": {"name"}, "motto priceMinor": {"name", "price_minor"}, "slogan": nil, "open": nil, "priceMinor slogan": nil} {
		if got := projectionOf(t, "{ plans { "+field+" } }")["plans.Plan"]; !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %q are read, not %q", field, got, want)
		}
	}
	// The guard's own rows are read whole: a refusal tells the reason.
	if got := projectionOf(t, "{ contentItems { nodes { secret access { hasAccess } } } }"); got["content.Access"] != nil || !slices.Contains(got["content.Item"], "slug") {
		t.Errorf("@contentAccess: %q are read", got)
	}
}

func projectionOf(t *testing.T, text string) (projection map[string][]string) {
	t.Helper()
	exec := executor.New(graph.NewExecutableSchema(graph.Config{}))
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	if errs != nil {
		t.Fatal(errs)
	}
	_, projection = Prepare(graphql.WithOperationContext(ctx, op))
	return projection
}

// decisions is a database that knows of items who may open them: those of an even number.
type decisions struct {
	db.Querier
	asked int
}

func (d *decisions) Select(_ context.Context, dest any, _ db.Statement, args ...any) error {
	d.asked++
	rows := dest.(*[]*content.Access)
	for _, id := range args[1].(pq.GenericArray).A.([]domain.ItemID) {
		*rows = append(*rows, &content.Access{ItemID: id, HasAccess: id.UUID[15]%2 == 0, Reason: content.PlanRequired, RequiredLevel: 3})
	}
	return nil
}

// A guard that reads does so once for all rows, whatever kind of field it stands before.
func TestFixtureAGuardThatReadsAsksOnceForAllRows(t *testing.T) {
	t.Parallel()
	var items []*content.Item
	for i := range 9 {
		id := domain.ItemID{UUID: uuid.UUID{15: byte(i)}}
		items = append(items, &content.Item{ID: id, Slug: fmt.Sprintf("slug-%d", i), CreatedAt: time.Date(2020+i, 1, 1, 0, 0, 0, 0, time.UTC)})
	}
	for field, word := range map[string]string{"createdAt": "202%d-01-01", "secret": "slug-%d"} {
		d := &decisions{}
		h := &fake{answer: pageOf(items), viewer: stranger, database: d}
		text := "{ contentItems { nodes { " + field + " } } }"
		if h.ask(t, text); d.asked != 1 {
			t.Errorf("%s: access is asked %d times for %d items", field, d.asked, len(items))
		}
		answer := h.compared(t, text)
		if len(answer.Errors) != 4 {
			t.Errorf("%s: %v", field, answer.Errors)
		}
		for i := range items {
			if told := strings.Contains(string(answer.Data), fmt.Sprintf(word, i)); told != (i%2 == 0) {
				t.Errorf("%s of item %d is told: %v", field, i, told)
			}
		}
	}
}

// works is the resolver of a list with an argument that no relation knows, and a database that holds nothing.
type works struct {
	graph.CategoryResolver
	db.Querier

	mu         sync.Mutex
	asked      []string
	statements int
}

func (w *works) Works(_ context.Context, k *content.Category, first *int32, after *string, last *int32, before *string, kind *content.ItemKind, open bool) (*domain.Page[*content.Item], error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, fmt.Sprint(k.Name, " ", first != nil, " ", after != nil, " ", last != nil, " ", before != nil, " ", kind != nil, " ", open))
	return pageOf([]*content.Item{{Title: k.Name}}), nil
}

func (w *works) Select(context.Context, any, db.Statement, ...any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statements++
	return nil
}

// A list with an argument that relations do not know is its resolver's, with all that it was given; nothing is read ahead.
func TestFixtureAListWithANewArgumentIsAnsweredByItsResolver(t *testing.T) {
	t.Parallel()
	branches := []*content.Category{{ID: domain.CategoryID{UUID: uuid.New()}, Name: "one"}, {ID: domain.CategoryID{UUID: uuid.New()}, Name: "two"}}
	for args, want := range map[string]struct {
		given string
		ahead int // statements: what was read ahead is kept, and the resolver may have use for it
	}{
		"first: 2, kind: LESSON":           {"true false false false true true", 0},
		"kind: LESSON":                     {"false false false false true true", 0},
		"first: 2, open: false":            {"true false false false false false", 0},
		`first: 2, after: "x"`:             {"true true false false false true", 0},
		"last: 2":                          {"false false true false false true", 0},
		"first: 2":                         {"true false false false false true", 1},
		"first: 2, kind: null, open: true": {"true false false false false true", 1},
	} {
		w := &works{}
		h := &fake{answer: branches, viewer: stranger, database: w, category: w}
		answer := h.compared(t, "{ categories { works("+args+") { nodes { title } } } }")
		slices.Sort(w.asked)
		if wanted := []string{"one " + want.given, "one " + want.given, "two " + want.given, "two " + want.given}; !slices.Equal(w.asked, wanted) {
			t.Errorf("%s: the resolver is asked %q, not %q", args, w.asked, wanted)
		}
		if want := `{"categories":[{"works":{"nodes":[{"title":"one"}]}},{"works":{"nodes":[{"title":"two"}]}}]}`; string(answer.Data) != want {
			t.Errorf("%s is answered %s", args, answer.Data)
		}
		if n := w.read(t); n != want.ahead {
			t.Errorf("%s: %d statements read ahead, not %d", args, n, want.ahead)
		}
	}
}

// read waits for what is being read ahead, which nobody waited for.
func (w *works) read(t *testing.T) int {
	t.Helper()
	time.Sleep(20 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.statements
}
