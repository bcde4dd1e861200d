package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/riverqueue/river/rivertype"
)

func TestAJobThatFailsIsLoggedAndOneThatIsCanceledIsNot(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	f := failures{slog.New(slog.NewTextHandler(&log, nil))}
	job := &rivertype.JobRow{ID: 7, Kind: "clean_up", Attempt: 2, MaxAttempts: 25}
	if f.HandleError(t.Context(), job, errors.New("no such table")) != nil {
		t.Error("it does what River would not")
	}
	for _, part := range []string{"level=WARN", "kind=clean_up", "attempt=2", "no such table"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log does not say %s: %s", part, log.String())
		}
	}
	log.Reset()
	f.HandleError(t.Context(), job, fmt.Errorf("clean up: %w", context.Canceled))
	if log.Len() > 0 {
		t.Errorf("the log says %s", log.String())
	}
}
