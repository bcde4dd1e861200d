package serve

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/auth"
	"lyceum/graph/gqlerr"
)

// The two media types of the GraphQL-over-HTTP specification.
const (
	plainJSON   = "application/json"
	graphqlJSON = "application/graphql-response+json"
)

// single answers one POST or GET with one response, as the GraphQL-over-HTTP specification says. gqlgen's own transports
// answer 422 where 200 or 400 is due, quote the body back in errors, and have no limit on it.
type single struct {
	limits Limits
	out    encoder
}

func (single) Supports(r *http.Request) bool {
	return (r.Method == http.MethodPost || r.Method == http.MethodGet) && !auth.Websocket(r)
}

func (t single) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	mediaType := answerType(r.Header.Get("Accept"))
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	params, status, problem := readParams(w, r, t.limits.body(r.Context()))
	if problem != "" {
		e := &gqlerror.Error{Message: problem, Extensions: map[string]any{"code": gqlerr.CodeBadRequest}}
		t.out.write(r.Context(), w, status, exec.DispatchError(r.Context(), gqlerror.List{e}))
		return
	}
	params.Headers = r.Header
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs == nil && r.Method == http.MethodGet && op.Operation.Operation != ast.Query {
		w.Header().Set("Allow", http.MethodPost)
		e := &gqlerror.Error{Message: "only queries can be sent with GET; use POST", Extensions: map[string]any{"code": gqlerr.CodeBadRequest}}
		t.out.write(ctx, w, http.StatusMethodNotAllowed, exec.DispatchError(ctx, gqlerror.List{e}))
		return
	}
	if errs != nil {
		status := http.StatusOK
		if mediaType == graphqlJSON {
			status = http.StatusBadRequest
		}
		t.out.write(ctx, w, status, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs))
		return
	}
	respond, ctx := exec.DispatchOperation(ctx, op)
	t.out.write(ctx, w, http.StatusOK, respond(ctx))
}

// MediaType is the media type of a GraphQL response that a request asks for.
func MediaType(r *http.Request) string { return answerType(r.Header.Get("Accept")) }

// answerType picks from an Accept header; application/json where anything goes.
func answerType(accept string) string {
	if accept == "" {
		return plainJSON
	}
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch mediaType {
		case "*/*", "application/*", plainJSON:
			return plainJSON
		case graphqlJSON:
			return graphqlJSON
		}
	}
	return graphqlJSON
}

// readParams reads a request, or says in one sentence what is wrong with it.
func readParams(w http.ResponseWriter, r *http.Request, maxBody int64) (*graphql.RawParams, int, string) {
	if r.Method == http.MethodGet {
		return readQuery(r.URL.RawQuery)
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != plainJSON {
		return nil, http.StatusUnsupportedMediaType, "send JSON, with the header Content-Type: application/json"
	}
	return readBody(http.MaxBytesReader(w, r.Body, maxBody))
}

const malformed = "the body is not a JSON object with query, variables, operationName and extensions"

func readBody(body io.Reader) (*graphql.RawParams, int, string) {
	var params graphql.RawParams
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	err := decoder.Decode(&params)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.Join(errors.New("more than one value"), more)
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, "the body is too large"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, http.StatusRequestTimeout, "the body did not arrive in time"
	case err != nil:
		return nil, http.StatusBadRequest, malformed
	case params.Query == "":
		return nil, http.StatusBadRequest, "the request has no query"
	}
	return &params, 0, ""
}

func readQuery(raw string) (*graphql.RawParams, int, string) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, http.StatusBadRequest, "the address cannot be read"
	}
	params := &graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	for name, target := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if values.Get(name) == "" {
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(values.Get(name)))
		decoder.UseNumber()
		if decoder.Decode(target) != nil {
			return nil, http.StatusBadRequest, name + " must be a JSON object"
		}
	}
	if params.Query == "" {
		return nil, http.StatusBadRequest, "the request has no query"
	}
	return params, 0, ""
}
