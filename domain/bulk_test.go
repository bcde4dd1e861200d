package domain_test

import (
	"context"
	"errors"
	"testing"

	"lyceum/domain"
)

// undoing remembers what was tried and taken back.
type undoing struct{ tried, undone int }

func (u *undoing) Try(_ context.Context, fn func() error) error {
	u.tried++
	err := fn()
	if err != nil {
		u.undone++
	}
	return err
}

func TestABulkCallAnswersEveryRow(t *testing.T) {
	t.Parallel()
	odd := func(n int) (int, error) {
		if n%2 == 0 {
			return 0, domain.Errorf(domain.CodeInvalid, "%d is even", n)
		}
		return n * 10, nil
	}
	for _, c := range []struct {
		mode  domain.BulkMode
		want  error
		value int
	}{{domain.Each, nil, 10}, {domain.AllOrNothing, domain.ErrNothingDone, 0}} {
		tx := &undoing{}
		results, err := domain.Bulk(t.Context(), tx, c.mode, []int{1, 2, 4}, odd)
		if !errors.Is(err, c.want) || len(results) != 3 || tx.tried != 3 || tx.undone != 2 {
			t.Fatalf("%s: %v, %v, %+v", c.mode, results, err, tx)
		}
		if results[0].Value != c.value || results[0].Err != nil || results[1].Err == nil || results[2].Err == nil || results[2].Index != 2 {
			t.Errorf("%s: %+v", c.mode, results)
		}
	}
}

func TestABulkCallEndsWithAnErrorThatNoInputCorrects(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := domain.Bulk(t.Context(), &undoing{}, domain.Each, []int{1, 2}, func(int) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
