package domain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

var allCodes = []Code{
	CodeInvalid, CodeNotFound, CodeConflict, CodeRefused, CodeLocked, CodeUnauthenticated, CodeForbidden, CodeOverloaded,
	CodeTimeout, CodeUnavailable, CodeInternal,
}

func TestTheCodeOfAnErrorIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	refused := Errorf(CodeRefused, "no")
	for name, c := range map[string]struct {
		err  error
		want Code
	}{
		"no error":             {nil, ""},
		"a domain error":       {refused, CodeRefused},
		"wrapped once":         {fmt.Errorf("save: %w", refused), CodeRefused},
		"wrapped twice":        {fmt.Errorf("tx: %w", fmt.Errorf("save: %w", refused)), CodeRefused},
		"joined with another":  {errors.Join(errors.New("rollback failed"), refused), CodeRefused},
		"a foreign error":      {errors.New("pq: relation does not exist"), CodeInternal},
		"the end of a context": {context.Canceled, CodeInternal},
	} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOnlyWhatOtherInputCanMendIsMendable(t *testing.T) {
	t.Parallel()
	mendable := []Code{CodeInvalid, CodeNotFound, CodeConflict, CodeRefused}
	for _, code := range allCodes {
		made := Errorf(code, "no").Because("WHY").At("input", "email")
		for _, err := range []error{made, fmt.Errorf("save: %w", made)} {
			got, ok := AsUserError(err)
			if ok != slices.Contains(mendable, code) {
				t.Errorf("%s: mendable %t", code, ok)
			}
			if ok && got != made {
				t.Errorf("%s: got another error: %v", code, got)
			}
			if !ok && got != nil {
				t.Errorf("%s: is not mendable and comes all the same", code)
			}
		}
	}
	for _, err := range []error{nil, errors.New("pq: deadlock detected")} {
		if got, ok := AsUserError(err); ok || got != nil {
			t.Errorf("%v is mendable", err)
		}
	}
}

func TestAReasonAndAPathAreGivenToCopies(t *testing.T) {
	t.Parallel()
	plain := Errorf(CodeInvalid, "%s is wrong", "it")
	why := plain.Because("WHY")
	where := why.At("input", "email")
	other := where.At("input", "name").Because("ELSE")
	for name, c := range map[string]struct {
		err    *Error
		reason string
		path   []string
	}{
		"the first":  {plain, "", nil},
		"the second": {why, "WHY", nil},
		"the third":  {where, "WHY", []string{"input", "email"}},
		"the fourth": {other, "ELSE", []string{"input", "name"}},
	} {
		if c.err.Reason != c.reason || !slices.Equal(c.err.Path, c.path) || c.err.Code != CodeInvalid || c.err.Error() != "it is wrong" {
			t.Errorf("%s is %+v", name, *c.err)
		}
	}
}
