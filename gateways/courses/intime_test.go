package courses

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestATextThatTakesTooLongIsGivenUp(t *testing.T) {
	t.Parallel()
	r := &reader{patience: 50 * time.Millisecond, ctx: t.Context()}
	convertInTime := func(text string) error {
		_, err := r.understandInTime(func() (understood, error) { return convert("a.md", text) })
		return err
	}
	if err := convertInTime(strings.Repeat("[a](", 30_000)); !errors.Is(err, errSlow) || r.slow != 1 {
		t.Errorf("%v", err)
	}
	r.patience = defaultPatience
	if err := convertInTime("# A text"); err != nil {
		t.Error(err)
	}
}
