package serve

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Record is what one operation came to, for whoever writes a log or counts: no document, no value of a variable and nothing of the
// answer. It is written by the goroutines of the operation one after another, and read once the answer is sent.
type Record struct {
	Name       string        // the operation's; while no document is accepted, the one that the client asked for
	Kind       ast.Operation // empty while no document is accepted
	Errors     Codes         // of the request and its fields
	UserErrors Codes         // of the inputs of mutations
	Bytes      int64         // of the responses on a websocket; others are counted by whoever writes them
}

// Codes counts errors by their code, in the order in which the codes came.
type Codes []CodeCount

// CodeCount is how often a code came.
type CodeCount struct {
	Code  string
	Count int
}

// Add counts a code.
func (c *Codes) Add(code string) {
	for i := range *c {
		if (*c)[i].Code == code {
			(*c)[i].Count++
			return
		}
	}
	*c = append(*c, CodeCount{Code: code, Count: 1})
}

// Has reports whether a code came.
func (c Codes) Has(code string) bool {
	for _, one := range c {
		if one.Code == code {
			return true
		}
	}
	return false
}

type recordKey struct{}

// WithRecord makes the operation of a context write into a record.
func WithRecord(ctx context.Context, r *Record) context.Context {
	return context.WithValue(ctx, recordKey{}, r)
}

// recordOf is the record of an operation; nil where nobody keeps one.
func recordOf(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// asked notes what a client wants before its document is read.
func (r *Record) asked(name string) {
	if r != nil {
		r.Name, r.Kind = name, ""
	}
}

// accepted notes the operation that will run.
func (r *Record) accepted(op *graphql.OperationContext) {
	if r != nil && op.Operation != nil {
		r.Name, r.Kind = op.Operation.Name, op.Operation.Operation
	}
}

// answered notes the errors of a response as the client gets them.
func (r *Record) answered(response *graphql.Response) *graphql.Response {
	if r != nil && response != nil {
		r.failed(response.Errors)
	}
	return response
}

func (r *Record) failed(errs gqlerror.List) {
	for _, e := range errs {
		code, ok := e.Extensions["code"].(string)
		if !ok {
			code = uncoded
		}
		r.Errors.Add(code)
	}
}

// sent notes a response on a websocket.
func (r *Record) sent(pieces [][]byte) {
	if r == nil {
		return
	}
	for _, piece := range pieces {
		r.Bytes += int64(len(piece))
	}
}

// uncoded is counted for an error without a code; the presenter leaves none.
const uncoded = "UNCODED"

// resolved notes the user errors of a mutation's field.
func (o Options) resolved(ctx context.Context, field string, payload any, err error) {
	var codes []string
	if err == nil {
		codes = userErrorCodes(payload)
	}
	if r := recordOf(ctx); r != nil {
		for _, code := range codes {
			r.UserErrors.Add(code)
		}
	}
	if o.Mutated != nil {
		o.Mutated(ctx, field, codes, err)
	}
}

// userErrorCodes are the codes of a payload's user errors. Each word has a type of its own for them, all with a Code that is a text:
// the rule of the schema. It is reflection, which a mutation can afford.
func userErrorCodes(payload any) (codes []string) {
	v := reflect.Indirect(reflect.ValueOf(payload))
	if v.Kind() != reflect.Struct {
		return nil
	}
	list := v.FieldByName("UserErrors")
	if list.Kind() != reflect.Slice {
		return nil
	}
	for i := range list.Len() {
		e := reflect.Indirect(list.Index(i))
		if e.Kind() != reflect.Struct {
			continue
		}
		if code := e.FieldByName("Code"); code.Kind() == reflect.String {
			codes = append(codes, code.String())
		}
	}
	return codes
}
