package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/auth"
)

// encoder writes responses as JSON.
type encoder struct{ log *slog.Logger }

// json writes a value. One that cannot be written is null for the client, as if there were no errors or no extensions: only the
// log tells that something is missing.
func (e encoder) json(ctx context.Context, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		e.log.ErrorContext(ctx, "a part of a response cannot be written as JSON; null stands in for it",
			"request", auth.RequestID(ctx), "error", err)
		return []byte("null")
	}
	return text
}

// write sends a response with its data as it stands, without a copy of it; a request error has no data key.
func (e encoder) write(ctx context.Context, w http.ResponseWriter, status int, response *graphql.Response) {
	if response == nil {
		return // there is nobody to answer
	}
	var head, tail bytes.Buffer
	head.WriteByte('{')
	if len(response.Errors) > 0 {
		head.WriteString(`"errors":`)
		head.Write(e.json(ctx, response.Errors))
	}
	if response.Data != nil {
		comma(&head)
		head.WriteString(`"data":`)
	}
	if len(response.Extensions) > 0 {
		if head.Len() > 1 {
			tail.WriteByte(',')
		}
		tail.WriteString(`"extensions":`)
		tail.Write(e.json(ctx, response.Extensions))
	}
	tail.WriteByte('}')
	w.WriteHeader(status)
	for _, part := range [][]byte{head.Bytes(), response.Data, tail.Bytes()} {
		if _, err := w.Write(part); err != nil {
			return // the client has gone
		}
	}
}

func comma(b *bytes.Buffer) {
	if b.Len() > 1 {
		b.WriteByte(',')
	}
}

// pieces are the parts of a response as JSON, with its data as it stands. Nothing is copied together: data may be large.
func (e encoder) pieces(ctx context.Context, response *graphql.Response) [][]byte {
	var all [][]byte
	add := func(name string, value []byte) {
		before := `,"`
		if len(all) == 0 {
			before = `{"`
		}
		all = append(all, []byte(before+name+`":`), value)
	}
	if len(response.Errors) > 0 {
		add("errors", e.json(ctx, response.Errors))
	}
	if response.Data != nil {
		add("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		add("extensions", e.json(ctx, response.Extensions))
	}
	if len(all) == 0 {
		return [][]byte{[]byte("{}")}
	}
	return append(all, []byte("}"))
}

// refuse answers a request that does not become a stream.
func (e encoder) refuse(ctx context.Context, w http.ResponseWriter, status int, exec graphql.GraphExecutor, problem *gqlerror.Error) {
	w.Header().Set("Content-Type", plainJSON+"; charset=utf-8")
	e.write(ctx, w, status, exec.DispatchError(ctx, gqlerror.List{problem}))
}
