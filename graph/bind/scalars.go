package bind

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
)

// The scalars' Go types; ID is that of an argument, fields have a type of their own for each kind.
type (
	ID       = domain.GlobalID
	DateTime = time.Time
	Long     = int64
	UUID     = uuid.UUID
	JSON     = json.RawMessage
)

// maxLong is the largest whole number that every JSON reader keeps exactly.
const maxLong = 1<<53 - 1

func invalid(message string) error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(domain.CodeInvalid)}}
}

// refused keeps a domain error's sentence and gives it its code.
func refused(err error) error {
	var e *domain.Error
	if errors.As(err, &e) {
		return &gqlerror.Error{Message: e.Message, Extensions: map[string]any{"code": string(e.Code)}}
	}
	return err
}

// MarshalDateTime writes an instant in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		b := make([]byte, 0, 32)
		b = append(b, '"')
		b = t.UTC().AppendFormat(b, time.RFC3339Nano)
		_, _ = w.Write(append(b, '"'))
	})
}

// UnmarshalDateTime reads RFC 3339; PostgreSQL keeps microseconds.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	t = t.UTC() // an offset can lead out of the years that can be written
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, invalid("a time must look like 2026-11-24T09:30:00Z")
	}
	return t.Truncate(time.Microsecond), nil
}

// MarshalLong writes a whole number.
func MarshalLong(n int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.FormatInt(n, 10)) })
}

// UnmarshalLong reads a whole number of at most 2^53-1.
func UnmarshalLong(v any) (int64, error) {
	n, err := graphql.UnmarshalInt64(v)
	if err != nil || n > maxLong || n < -maxLong {
		return 0, invalid("this must be a whole number of at most 9007199254740991")
	}
	return n, nil
}

// MarshalUUID writes a UUID with dashes.
func MarshalUUID(u uuid.UUID) graphql.Marshaler { return graphql.MarshalString(u.String()) }

// UnmarshalUUID reads a UUID in any of its usual forms.
func UnmarshalUUID(v any) (uuid.UUID, error) {
	s, _ := v.(string)
	u, err := uuid.Parse(s)
	if err != nil {
		return u, invalid("a UUID must look like 0190c0ff-ee00-7000-8000-1234567890ab")
	}
	return u, nil
}

// MarshalJSON writes a JSON value as it stands.
func MarshalJSON(v json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		if len(v) == 0 {
			v = json.RawMessage("null")
		}
		_, _ = w.Write(v)
	})
}

// UnmarshalJSON reads any JSON value.
func UnmarshalJSON(v any) (json.RawMessage, error) { return json.Marshal(v) }
