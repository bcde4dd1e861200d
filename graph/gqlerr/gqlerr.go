package gqlerr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
)

// introspectionDisabled is gqlgen's own text; it has no type for it.
const introspectionDisabled = "introspection disabled"

const masked = "an internal error occurred; it was logged under this request id"

// Presenter turns every error of an execution into what the client hears.
func Presenter(log *slog.Logger, requestID func(context.Context) string) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := present(err)
		if shown.Path == nil && graphql.GetFieldContext(ctx) != nil {
			shown.Path = graphql.GetPath(ctx)
		}
		id := requestID(ctx)
		switch shown.Extensions["code"] {
		case string(domain.CodeInternal):
			log.ErrorContext(ctx, "masked error", "request", id, "path", shown.Path.String(), "error", err)
		case string(domain.CodeUnavailable): // the client is told less than operators need
			log.WarnContext(ctx, "unavailable", "request", id, "path", shown.Path.String(), "error", err)
		}
		if id != "" {
			shown.Extensions["requestId"] = id
		}
		return shown
	}
}

func present(err error) *gqlerror.Error {
	shown := told(err)
	bounded(shown)
	return shown
}

func told(err error) *gqlerror.Error {
	var own *domain.Error
	var request *gqlerror.Error
	var number *graphql.IntegerError
	isRequest := errors.As(err, &request)
	switch {
	case errors.As(err, &own):
		shown := &gqlerror.Error{Message: own.Message, Extensions: map[string]any{"code": string(own.Code)}}
		if isRequest {
			shown.Path, shown.Locations = request.Path, request.Locations
		}
		if own.Reason != "" {
			shown.Extensions["reason"] = own.Reason
		}
		if len(own.Path) > 0 {
			shown.Extensions["inputPath"] = own.Path
		}
		return shown
	case errors.Is(err, context.DeadlineExceeded):
		return &gqlerror.Error{Message: "the operation took longer than it may", Extensions: map[string]any{"code": string(domain.CodeTimeout)}}
	case errors.Is(err, context.Canceled):
		return &gqlerror.Error{Message: "the client closed the connection", Extensions: map[string]any{"code": CodeCanceled}}
	case errors.As(err, &number):
		return &gqlerror.Error{
			Message: "a number in the input is too large", Path: pathIn(request), Extensions: map[string]any{"code": string(domain.CodeInvalid)},
		}
	case strings.HasSuffix(err.Error(), introspectionDisabled):
		return &gqlerror.Error{
			Message: "introspection requires the permission schema.read", Path: pathIn(request),
			Extensions: map[string]any{"code": string(domain.CodeForbidden)},
		}
	case isRequest && request.Unwrap() == nil:
		// gqlparser's, about the document or its variables, or one of ours with a code already.
		return coded(request)
	default:
		shown := &gqlerror.Error{Message: masked, Extensions: map[string]any{"code": string(domain.CodeInternal)}}
		if isRequest {
			shown.Path, shown.Locations = request.Path, request.Locations
		}
		return shown
	}
}

func pathIn(e *gqlerror.Error) ast.Path {
	if e == nil {
		return nil
	}
	return e.Path
}

// coded gives gqlgen's own errors the codes of this graph.
func coded(e *gqlerror.Error) *gqlerror.Error {
	shown := *e
	shown.Extensions = map[string]any{}
	for k, v := range e.Extensions {
		shown.Extensions[k] = v
	}
	switch shown.Extensions["code"] {
	case errcode.ParseFailed:
		shown.Extensions["code"] = CodeParse
	case errcode.ValidationFailed, nil:
		shown.Extensions["code"] = CodeValidation
	}
	return &shown
}

// What of an error may stem from the client is bounded, so that a refusal never outgrows its request.
const (
	maxMessage = 500 // bytes
	maxSteps   = 30  // of a path
	maxStep    = 100 // bytes of one
	maxPlaces  = 5
)

func bounded(e *gqlerror.Error) {
	e.Message = shortened(e.Message, maxMessage)
	if len(e.Locations) > maxPlaces {
		e.Locations = e.Locations[:maxPlaces]
	}
	if e.Extensions["code"] != CodeValidation {
		return // the path of a field of the answer is needed whole; the budget of the answer counts it
	}
	path := make(ast.Path, 0, min(len(e.Path), maxSteps))
	for _, step := range e.Path[:min(len(e.Path), maxSteps)] {
		if name, ok := step.(ast.PathName); ok {
			step = ast.PathName(shortened(string(name), maxStep))
		}
		path = append(path, step)
	}
	if len(path) > 0 {
		e.Path = path
	}
}

// shortened is the beginning of a text, cut between characters.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// Recover turns a panic into an internal error; the stack goes to the log only.
func Recover(log *slog.Logger, requestID func(context.Context) string) graphql.RecoverFunc {
	return func(ctx context.Context, p any) error {
		log.ErrorContext(ctx, "panic", "request", requestID(ctx), "value", fmt.Sprint(p), "stack", string(debug.Stack()))
		return errors.New("panic")
	}
}

// Limit is the error for an operation that is larger than it may be. name is the limit's, so that clients know which.
func Limit(name string, limit, asked int64) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("this operation is too large: %s is %d, at most %d is allowed", name, asked, limit),
		Extensions: map[string]any{"code": CodeLimit, "limit": name, "maximum": limit},
	}
}

// AnswerLimit is the error for an answer that became larger than it may be.
func AnswerLimit(maximum int64) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("this answer is too large: at most %d bytes are allowed; ask for less at once", maximum),
		Extensions: map[string]any{"code": CodeLimit, "limit": "answer bytes", "maximum": maximum},
	}
}
