package content

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// shelf is a store with one item, one file, and whatever the access decision says.
type shelf struct {
	access *Access // nil: the item does not exist
	file   *File
	err    error
	asked  []domain.UserID
}

func (s *shelf) Access(_ context.Context, user domain.UserID, items []domain.ItemID) ([]*Access, error) {
	s.asked = append(s.asked, user)
	if s.access == nil || items[0] != s.access.ItemID {
		return nil, s.err
	}
	return []*Access{s.access}, s.err
}

func (s *shelf) FileOf(_ context.Context, item domain.ItemID, sum string) (*File, error) {
	if s.file == nil || item != s.file.ItemID || sum != s.file.Sum {
		return nil, nil
	}
	return s.file, nil
}

var (
	unit      = domain.ItemID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-000000000001")}
	sumOfFile = strings.Repeat("ab", 32)
)

// opened is a shelf whose item the viewer may open, and the downloads over it at a time.
func opened(at *time.Time) (*shelf, Downloads) {
	s := &shelf{access: &Access{ItemID: unit, HasAccess: true, Reason: ByPlan}, file: &File{ItemID: unit, Sum: sumOfFile, Name: "p.png"}}
	return s, Downloads{Store: s, Clock: func() time.Time { return *at }, Key: []byte("a key")}
}

func TestAFileIsGivenToWhomItsLinkWasMadeForWhileTheyMayOpenTheItem(t *testing.T) {
	t.Parallel()
	at := now
	for name, c := range map[string]struct {
		change       func(s *shelf)
		code         domain.Code
		reason, says string
	}{
		"may open it":           {func(*shelf) {}, "", "", ""},
		"no plan":               {func(s *shelf) { *s.access = Access{ItemID: unit, Reason: PlanRequired} }, domain.CodeLocked, "PLAN_REQUIRED", "plan of a higher level"},
		"denied":                {func(s *shelf) { *s.access = Access{ItemID: unit, Reason: AccessDenied} }, domain.CodeLocked, "DENIED", "closed for you"},
		"a draft":               {func(s *shelf) { *s.access = Access{ItemID: unit, Reason: NotPublished} }, domain.CodeNotFound, "", "the file does not exist"},
		"a draft for an editor": {func(s *shelf) { *s.access = Access{ItemID: unit, HasAccess: true, Reason: NotPublished} }, "", "", ""},
		"no such item":          {func(s *shelf) { s.access = nil }, domain.CodeNotFound, "", "the file does not exist"},
		"no such file":          {func(s *shelf) { s.file = nil }, domain.CodeNotFound, "", "the file does not exist"},
		"no answer":             {func(s *shelf) { s.err = domain.Errorf(domain.CodeUnavailable, "away") }, domain.CodeUnavailable, "", "away"},
		"broken":                {func(s *shelf) { s.err = errors.New("broken") }, domain.CodeInternal, "", "broken"},
	} {
		s, d := opened(&at)
		c.change(s)
		f, err := d.File(t.Context(), d.Link(ada, unit, sumOfFile))
		if domain.CodeOf(err) != c.code || (f == nil) == (c.code == "") {
			t.Errorf("%s: %v, %v", name, f, err)
			continue
		}
		var e *domain.Error
		if errors.As(err, &e) && e.Reason != c.reason || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if len(s.asked) != 1 || s.asked[0] != ada {
			t.Errorf("%s: the access decision was asked for %v", name, s.asked)
		}
	}
}

func TestALinkHoldsForWhatItSaysAlone(t *testing.T) {
	t.Parallel()
	at := now
	s, d := opened(&at)
	other := domain.FormatID(domain.ItemID{UUID: uuid.New()})
	for name, spoil := range map[string]func(l *FileLink){
		"another item":       func(l *FileLink) { l.Item = other },
		"another kind":       func(l *FileLink) { l.Item = domain.FormatID(ada) },
		"no item":            func(l *FileLink) { l.Item = "" },
		"another file":       func(l *FileLink) { l.Sum = strings.Repeat("cd", 32) },
		"another person":     func(l *FileLink) { l.For = domain.FormatID(domain.UserID{UUID: uuid.New()}) },
		"another kind of id": func(l *FileLink) { l.For = other },
		"the visitor":        func(l *FileLink) { l.For = domain.FormatID(domain.Anonymous) },
		"a later end":        func(l *FileLink) { l.Until = "9999999999" },
		"no end":             func(l *FileLink) { l.Until = "" },
		"a sign before":      func(l *FileLink) { l.Until, l.Signature = "+"+l.Until, "" },
		"no signature":       func(l *FileLink) { l.Signature = "" },
		"another signature":  func(l *FileLink) { l.Signature = strings.Repeat("A", 43) },
		"half a signature":   func(l *FileLink) { l.Signature = l.Signature[:22] },
		"a signature twice?": func(l *FileLink) { l.Signature += "AAAA" },
	} {
		l := d.Link(ada, unit, sumOfFile)
		spoil(&l)
		if f, err := d.File(t.Context(), l); f != nil || domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	stranger := d
	stranger.Key = []byte("another school's key")
	if _, err := d.File(t.Context(), stranger.Link(ada, unit, sumOfFile)); domain.CodeOf(err) != domain.CodeForbidden {
		t.Errorf("another school's key fits: %v", err)
	}
	if len(s.asked) > 0 {
		t.Error("the database was asked about a link that is not valid")
	}
}

func TestALinkHoldsForAnHourAndStaysTheSameForAWhile(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 24, 12, 3, 0, 0, time.UTC)
	at := begin
	_, d := opened(&at)
	l := d.Link(ada, unit, sumOfFile)
	if at = begin.Add(5 * time.Minute); d.Link(ada, unit, sumOfFile) != l {
		t.Error("the address changes every minute: no browser finds again what it has")
	}
	if at = begin.Add(59 * time.Minute); domain.CodeOf(second(d.File(t.Context(), l))) != "" {
		t.Error("it does not hold for an hour")
	}
	if at = begin.Add(71 * time.Minute); domain.CodeOf(second(d.File(t.Context(), l))) != domain.CodeForbidden {
		t.Error("it holds for ever")
	}
}

func second(_ *File, err error) error { return err }
