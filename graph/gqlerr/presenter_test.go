package gqlerr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
)

const sql = `pq: column "password_hash" of relation "users" does not exist`

var path = ast.Path{ast.PathName("plans"), ast.PathIndex(2), ast.PathName("name")}

// heard is what a client reads of an error.
type heard struct {
	Message    string
	Path       []any
	Locations  []gqlerror.Location
	Extensions map[string]any
}

// tell presents an error in request r1: what the client hears, and what the log holds.
func tell(t *testing.T, ctx context.Context, err error) (heard, string, string) {
	t.Helper()
	var log bytes.Buffer
	shown := Presenter(slog.New(slog.NewJSONHandler(&log, nil)), func(context.Context) string { return "r1" })(ctx, err)
	text, bad := json.Marshal(shown)
	if bad != nil {
		t.Fatal(bad)
	}
	var h heard
	if bad := json.Unmarshal(text, &h); bad != nil {
		t.Fatal(bad)
	}
	return h, string(text), log.String()
}

func TestWhatIsNotOursNeverReachesTheClientButTheLog(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"as it came":               errors.New(sql),
		"as gqlgen wraps it":       gqlerror.WrapPath(path, errors.New(sql)),
		"wrapped by the store":     gqlerror.WrapPath(path, fmt.Errorf("list plans: %w", errors.New(sql))),
		"wrapped behind gqlgen":    fmt.Errorf("load: %w", gqlerror.WrapPath(path, errors.New(sql))),
		"in a list of errors":      errors.Join(errors.New("rollback"), errors.New(sql)),
		"an internal domain error": gqlerror.WrapPath(path, fmt.Errorf("%s: %w", sql, domain.Errorf(domain.CodeInternal, "the books do not balance"))),
	} {
		h, text, log := tell(t, t.Context(), err)
		if h.Extensions["code"] != "INTERNAL" || h.Extensions["requestId"] != "r1" || h.Message == "" {
			t.Errorf("%s: the client hears %s", name, text)
		}
		for _, secret := range []string{"pq:", "password_hash", "users", "list plans", "rollback"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the client hears %q: %s", name, secret, text)
			}
		}
		if !strings.Contains(log, "password_hash") || !strings.Contains(log, `"request":"r1"`) {
			t.Errorf("%s: the log holds %s", name, log)
		}
	}
}

func TestAPanicIsLoggedWithItsStackAndMasked(t *testing.T) {
	t.Parallel()
	for _, thrown := range []any{errors.New(sql), sql, gqlerror.Errorf(sql), domain.Errorf(domain.CodeInvalid, sql), 7, nil} {
		var log bytes.Buffer
		err := Recover(slog.New(slog.NewJSONHandler(&log, nil)), func(context.Context) string { return "r1" })(t.Context(), thrown)
		h, text, _ := tell(t, t.Context(), gqlerror.WrapPath(path, err))
		if h.Extensions["code"] != "INTERNAL" || h.Extensions["requestId"] != "r1" || strings.Contains(text, "pq:") || strings.Contains(text, "goroutine") {
			t.Errorf("%v: the client hears %s", thrown, text)
		}
		var entry struct{ Value, Stack, Request string }
		if err := json.Unmarshal(log.Bytes(), &entry); err != nil || entry.Value != fmt.Sprint(thrown) || entry.Request != "r1" || !strings.Contains(entry.Stack, "presenter_test.go") {
			t.Errorf("%v: the log holds %s", thrown, log.String())
		}
	}
}

func TestADomainErrorTellsItsSentenceCodeReasonAndPlace(t *testing.T) {
	t.Parallel()
	for _, code := range []domain.Code{
		domain.CodeInvalid, domain.CodeNotFound, domain.CodeConflict, domain.CodeRefused, domain.CodeLocked,
		domain.CodeUnauthenticated, domain.CodeForbidden, domain.CodeOverloaded, domain.CodeTimeout,
	} {
		own := domain.Errorf(code, "not like this").Because("WHY").At("input", "email")
		for name, err := range map[string]error{
			"bare": own, "wrapped": fmt.Errorf("%s: %w", sql, own), "by gqlgen": gqlerror.WrapPath(path, fmt.Errorf("%s: %w", sql, own)),
		} {
			h, text, log := tell(t, t.Context(), err)
			want := map[string]any{"code": string(code), "reason": "WHY", "inputPath": []any{"input", "email"}, "requestId": "r1"}
			if h.Message != "not like this" || !reflect.DeepEqual(h.Extensions, want) || log != "" {
				t.Errorf("%s %s: %s, log %q", code, name, text, log)
			}
			if (name == "by gqlgen") != reflect.DeepEqual(h.Path, []any{"plans", 2.0, "name"}) {
				t.Errorf("%s %s: the path is %v", code, name, h.Path)
			}
		}
		h, text, _ := tell(t, t.Context(), domain.Errorf(code, "no"))
		if !reflect.DeepEqual(h.Extensions, map[string]any{"code": string(code), "requestId": "r1"}) {
			t.Errorf("%s without a reason: %s", code, text)
		}
	}
}

func TestErrorsOfTheWayHaveStableCodes(t *testing.T) {
	t.Parallel()
	coded := func(code string) error {
		return &gqlerror.Error{Message: "m", Rule: "r", Extensions: map[string]any{"code": code}}
	}
	_, tooLarge := graphql.UnmarshalInt32(int64(1) << 40)
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"too late":             {context.DeadlineExceeded, "TIMEOUT"},
		"too late, wrapped":    {gqlerror.WrapPath(path, fmt.Errorf("%s: %w", sql, context.DeadlineExceeded)), "TIMEOUT"},
		"gone":                 {gqlerror.WrapPath(path, fmt.Errorf("%s: %w", sql, context.Canceled)), "CANCELED"},
		"a number too large":   {gqlerror.WrapPath(path, tooLarge), "INVALID"},
		"not GraphQL":          {coded(errcode.ParseFailed), CodeParse},
		"not of this schema":   {coded(errcode.ValidationFailed), CodeValidation},
		"without a code":       {gqlerror.Errorf("variable $a is missing"), CodeValidation},
		"a limit":              {Limit("depth", 12, 13), CodeLimit},
		"one of ours":          {coded("BAD_REQUEST"), CodeBadRequest},
		"no introspection":     {gqlerror.WrapPath(path, errors.New("introspection disabled")), "FORBIDDEN"},
		"the end of a request": {fmt.Errorf("read: %w", context.Canceled), "CANCELED"},
	} {
		h, text, log := tell(t, t.Context(), c.err)
		if h.Extensions["code"] != c.code || h.Extensions["requestId"] != "r1" || h.Message == "" || strings.Contains(text, "pq:") || log != "" {
			t.Errorf("%s: %s, log %q", name, text, log)
		}
	}
}

func TestALimitNamesItselfAndItsMaximum(t *testing.T) {
	t.Parallel()
	h, text, _ := tell(t, t.Context(), Limit("depth", 12, 13))
	if h.Extensions["limit"] != "depth" || h.Extensions["maximum"] != 12.0 || !strings.Contains(h.Message, "depth is 13") {
		t.Errorf("got %s", text)
	}
}

func TestAnErrorIsToldAtTheFieldItHappenedAt(t *testing.T) {
	t.Parallel()
	field := &graphql.FieldContext{Field: graphql.CollectedField{Field: &ast.Field{Alias: "plans"}}}
	ctx := graphql.WithFieldContext(t.Context(), field)
	h, text, _ := tell(t, ctx, errors.New(sql))
	if !reflect.DeepEqual(h.Path, []any{"plans"}) {
		t.Errorf("got %s", text)
	}
	if h, text, _ = tell(t, ctx, gqlerror.WrapPath(path, errors.New(sql))); len(h.Path) != 3 {
		t.Errorf("a path of its own is kept: %s", text)
	}
}

func TestPresentingAnErrorLeavesItAsItWas(t *testing.T) {
	t.Parallel()
	shared := &gqlerror.Error{Message: "m", Extensions: map[string]any{"code": errcode.ParseFailed}}
	for range 2 {
		if h, text, _ := tell(t, t.Context(), shared); h.Extensions["code"] != CodeParse {
			t.Errorf("got %s", text)
		}
	}
	if !reflect.DeepEqual(shared.Extensions, map[string]any{"code": errcode.ParseFailed}) {
		t.Errorf("it became %+v", shared.Extensions)
	}
}

func TestALongMessageIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for padding := range 4 {
		long := &gqlerror.Error{Message: strings.Repeat("x", padding) + strings.Repeat("€", 1000)}
		shown := present(long)
		if n := len(shown.Message); n > 500 || n < 497 || !utf8.ValidString(shown.Message) || !strings.HasPrefix(long.Message, shown.Message) {
			t.Errorf("%d bytes, ending in %q", n, shown.Message[n-6:])
		}
	}
}

func TestWithoutARequestThereIsNoRequestID(t *testing.T) {
	t.Parallel()
	shown := Presenter(slog.New(slog.DiscardHandler), func(context.Context) string { return "" })(t.Context(), errors.New(sql))
	if _, there := shown.Extensions["requestId"]; there || shown.Extensions["code"] != "INTERNAL" {
		t.Errorf("got %+v", shown.Extensions)
	}
}
