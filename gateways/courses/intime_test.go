package courses

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestATextThatTakesTooLongIsGivenUp(t *testing.T) {
	t.Parallel()
	r := &reader{patience: 50 * time.Millisecond}
	if _, err := r.understandInTime(strings.Repeat("[a](", 30_000), false); !errors.Is(err, errSlow) || r.slow != 1 {
		t.Errorf("%v", err)
	}
	if _, err := r.understandInTime("# A text", false); err != nil {
		t.Error(err)
	}
}
