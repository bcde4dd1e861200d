package domain_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

func TestAnIdSurvivesTheWayToAClientAndBack(t *testing.T) {
	t.Parallel()
	for range 200 {
		id := domain.ItemID{UUID: uuid.New()}
		parsed, err := domain.ParseGlobalID(domain.FormatID(id))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := domain.AsID[domain.ItemID](parsed); err != nil || back != id {
			t.Errorf("%v became %v, %v", id, back, err)
		}
		if _, err := domain.AsID[domain.UserID](parsed); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("an item's id passed for a person's: %v", err)
		}
	}
}

func TestMalformedIdsAreRefused(t *testing.T) {
	t.Parallel()
	good := domain.FormatID(domain.ItemID{UUID: uuid.New()})
	for _, bad := range []string{"", "item", "item_", good + "0", good[:len(good)-1], strings.ToUpper(good), "_" + good[5:], "item_" + strings.Repeat("g", 32), "item_\x00" + good[6:]} {
		if _, err := domain.ParseGlobalID(bad); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestALogRowsKeyIsPackedWithoutLoss(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		at, n := time.UnixMicro(r.Int64N(1<<52)).UTC(), r.Int64()
		if gotAt, gotN := domain.LogKey(domain.LogUUID(at, n)); !gotAt.Equal(at) || gotN != n {
			t.Errorf("%v %d became %v %d", at, n, gotAt, gotN)
		}
	}
}

func TestPagesOfAnySizeAddUpToTheWholeList(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		list := make([]int, r.IntN(60))
		for i := range list {
			list[i] = i * 3
		}
		size, backward := int32(1+r.IntN(12)), r.IntN(2) == 0
		var got []int
		for cursor := (*string)(nil); ; {
			args := domain.PageArgs{First: &size, After: cursor}
			if backward {
				args = domain.PageArgs{Last: &size, Before: cursor}
			}
			q, err := domain.ParsePage(args, "list", 1)
			if err != nil {
				t.Fatal(err)
			}
			page := domain.NewPage(q, window(list, q, r), func(v int) string { return domain.EncodeCursor("list", strconv.Itoa(v)) }, nil)
			if backward {
				got = append(page.Nodes(), got...)
			} else {
				got = append(got, page.Nodes()...)
			}
			if backward && !page.PageInfo.HasPreviousPage || !backward && !page.PageInfo.HasNextPage {
				break
			}
			cursor = page.PageInfo.EndCursor()
			if backward {
				cursor = page.PageInfo.StartCursor()
			}
		}
		if !slices.Equal(got, list) && len(list) > 0 {
			t.Fatalf("size %d, backward %v: %v", size, backward, got)
		}
	}
}

// window is what a database would return: at least one row more than asked for, if there are more.
func window(list []int, q domain.PageQuery, r *rand.Rand) []int {
	rows := slices.Clone(list)
	if q.Key != nil {
		key, _ := strconv.Atoi(q.Key[0])
		rows = slices.DeleteFunc(rows, func(v int) bool { return q.Backward && v >= key || !q.Backward && v <= key })
	}
	most := min(len(rows), q.Size+1+r.IntN(5))
	if q.Backward {
		return rows[len(rows)-most:]
	}
	return rows[:most]
}

func TestBadPagingIsRefused(t *testing.T) {
	t.Parallel()
	n, zero, million := int32(5), int32(0), int32(1000000)
	cursor, other, junk, empty := domain.EncodeCursor("list", "1"), domain.EncodeCursor("another", "1"), "%%%", ""
	long, endless := domain.EncodeCursor("list", strings.Repeat("\u2028", 300)), domain.EncodeCursor("list", strings.Repeat("9", 4096))
	for name, c := range map[string]struct {
		args domain.PageArgs
		ok   bool
	}{
		"nothing":           {domain.PageArgs{}, true},
		"an empty cursor":   {domain.PageArgs{First: &n, After: &empty}, true},
		"its own cursor":    {domain.PageArgs{First: &n, After: &cursor}, true},
		"another's cursor":  {domain.PageArgs{First: &n, After: &other}, false},
		"the longest title": {domain.PageArgs{First: &n, After: &long}, true},
		"one without end":   {domain.PageArgs{First: &n, After: &endless}, false},
		"junk":              {domain.PageArgs{First: &n, After: &junk}, false},
		"zero":              {domain.PageArgs{First: &zero}, false},
		"a million":         {domain.PageArgs{Last: &million}, false},
		"first and last":    {domain.PageArgs{First: &n, Last: &n}, false},
		"first with before": {domain.PageArgs{First: &n, Before: &cursor}, false},
		"last with after":   {domain.PageArgs{Last: &n, After: &cursor}, false},
	} {
		if _, err := domain.ParsePage(c.args, "list", 1); (err == nil) != c.ok || err != nil && domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// memory is an OnceTx without a database.
type memory map[string]*domain.OnceRecord

func (m memory) BeginOnce(_ context.Context, actor domain.UserID, mutation, key string, body []byte) (*domain.OnceRecord, error) {
	at := fmt.Sprint(actor, mutation, key)
	if r, ok := m[at]; ok {
		return r, nil
	}
	m[at] = &domain.OnceRecord{BodyHash: body}
	return nil, nil
}

func (m memory) FinishOnce(_ context.Context, actor domain.UserID, mutation, key string, payload []byte) error {
	m[fmt.Sprint(actor, mutation, key)].Payload = payload
	return nil
}

func TestAMutationWithAKeyRunsOnce(t *testing.T) {
	t.Parallel()
	m, runs := memory{}, 0
	once := func(key, body string) (int, error) {
		return domain.Once(t.Context(), m, domain.UserID{UUID: uuid.Max}, "pay", key, body, func() (int, error) { runs++; return runs, nil })
	}
	for range 3 {
		if got, err := once("k", "ten euros"); got != 1 || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
	}
	if _, err := once("k", "twenty euros"); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("another body with the same key: %v", err)
	}
	if got, err := once("k2", "ten euros"); got != 2 || err != nil {
		t.Errorf("another key: %d, %v", got, err)
	}
	for _, bad := range []string{"", strings.Repeat("k", 256)} {
		if _, err := once(bad, "x"); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("a key of %d characters: %v", len(bad), err)
		}
	}
}

func TestOnlyWhatACallerCanMendIsMendable(t *testing.T) {
	t.Parallel()
	for code, want := range map[domain.Code]bool{
		domain.CodeInvalid: true, domain.CodeNotFound: true, domain.CodeConflict: true, domain.CodeRefused: true, domain.CodeLocked: false,
		domain.CodeForbidden: false, domain.CodeUnauthenticated: false, domain.CodeOverloaded: false, domain.CodeTimeout: false,
		domain.CodeUnavailable: false,
	} {
		if _, got := domain.AsUserError(fmt.Errorf("around: %w", domain.Errorf(code, "x"))); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
	if domain.CodeOf(errors.New("x")) != domain.CodeInternal || domain.CodeOf(nil) != "" {
		t.Error("an unknown error is internal, no error has no code")
	}
	first := domain.Errorf(domain.CodeInvalid, "x")
	if second := first.Because("WHY").At("a", "b"); first.Reason != "" || first.Path != nil || second.Reason != "WHY" || len(second.Path) != 2 {
		t.Error("Because and At must copy")
	}
}

func TestAnActorIsWhoSentARequestAndFromWhere(t *testing.T) {
	t.Parallel()
	request := domain.Request{ID: "r", IP: "203.0.113.7", UserAgent: "Browser/1.0", Device: "d"}
	v := domain.Viewer{UserID: domain.UserID{UUID: uuid.New()}, SessionID: domain.SessionID{UUID: uuid.New()}, Request: request}
	if a := v.Actor(); a != (domain.Actor{UserID: v.UserID, SessionID: v.SessionID, RequestID: "r", IP: "203.0.113.7", UserAgent: "Browser/1.0"}) {
		t.Errorf("a viewer: %+v", a)
	}
	if a := request.Actor(); a != (domain.Actor{RequestID: "r", IP: "203.0.113.7", UserAgent: "Browser/1.0"}) {
		t.Errorf("before it is known who it is: %+v", a)
	}
}
