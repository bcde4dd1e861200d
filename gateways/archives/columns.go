package archives

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"lyceum/domain/operations"
)

// kind is how a column stands in a file. Whatever has no kind of its own stands as JSON.
type kind string

const (
	whole  kind = "whole"  // INT64
	moment kind = "moment" // TIMESTAMP in microseconds, UTC
	binar  kind = "binary" // BYTE_ARRAY
	text   kind = "text"   // STRING
	asJSON kind = "json"   // JSON
)

func kindOf(postgres string) kind {
	switch postgres {
	case "bigint", "integer", "smallint":
		return whole
	case "timestamp with time zone":
		return moment
	case "bytea":
		return binar
	case "text", "citext", "uuid", "inet", "character varying":
		return text
	default:
		return asJSON
	}
}

// column is one of a file. Its place is that of its name, since the columns of a Parquet group are sorted.
type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`
}

func columnsOf(all []operations.LogColumn) []column {
	columns := make([]column, len(all))
	for i, c := range all {
		columns[i] = column{c.Name, kindOf(c.Type)}
	}
	slices.SortFunc(columns, func(a, b column) int { return strings.Compare(a.Name, b.Name) })
	return columns
}

func schemaOf(columns []column) *parquet.Schema {
	group := parquet.Group{}
	for _, c := range columns {
		var node parquet.Node
		switch c.Kind {
		case whole:
			node = parquet.Leaf(parquet.Int64Type)
		case moment:
			node = parquet.TimestampAdjusted(parquet.Microsecond, true)
		case binar:
			node = parquet.Leaf(parquet.ByteArrayType)
		case text:
			node = parquet.String()
		default:
			node = parquet.JSON()
		}
		group[c.Name] = parquet.Compressed(parquet.Optional(node), &parquet.Zstd)
	}
	return parquet.NewSchema("log", group)
}

// row makes a row of a file from a row as the database writes it. A column that the file does not have is an error: nothing is lost in
// silence.
func row(columns []column, object json.RawMessage) (parquet.Row, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(object, &values); err != nil {
		return nil, err
	}
	if len(values) != len(columns) {
		return nil, fmt.Errorf("a row has %d columns, the file %d", len(values), len(columns))
	}
	made := make(parquet.Row, len(columns))
	for i, c := range columns {
		raw, has := values[c.Name]
		if !has {
			return nil, fmt.Errorf("a row has no column %s", c.Name)
		}
		if string(raw) == "null" {
			made[i] = parquet.NullValue().Level(0, 0, i)
			continue
		}
		v, err := value(c.Kind, raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		made[i] = v.Level(0, 1, i)
	}
	return made, nil
}

func value(k kind, raw json.RawMessage) (parquet.Value, error) {
	if k == asJSON {
		return parquet.ByteArrayValue(raw), nil
	}
	if k == whole {
		var n int64
		err := json.Unmarshal(raw, &n)
		return parquet.Int64Value(n), err
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return parquet.Value{}, err
	}
	switch k {
	case moment:
		at, err := time.Parse(time.RFC3339Nano, s)
		return parquet.Int64Value(at.UnixMicro()), err
	case binar:
		digits, ok := strings.CutPrefix(s, `\x`)
		b, err := hex.DecodeString(digits)
		if !ok || err != nil {
			return parquet.Value{}, errors.New("this is no bytea in hexadecimal digits")
		}
		return parquet.ByteArrayValue(b), nil
	default:
		return parquet.ByteArrayValue([]byte(s)), nil
	}
}

// object is the inverse of row.
func object(columns []column, r parquet.Row) (json.RawMessage, error) {
	if len(r) != len(columns) {
		return nil, fmt.Errorf("a row of the file has %d values, not %d", len(r), len(columns))
	}
	values := make(map[string]any, len(columns))
	for i, c := range columns {
		v := r[i]
		switch {
		case v.IsNull():
			values[c.Name] = nil
		case c.Kind == whole:
			values[c.Name] = v.Int64()
		case c.Kind == moment:
			values[c.Name] = time.UnixMicro(v.Int64()).UTC().Format("2006-01-02T15:04:05.999999+00:00")
		case c.Kind == binar:
			values[c.Name] = `\x` + hex.EncodeToString(v.ByteArray())
		case c.Kind == text:
			values[c.Name] = string(v.ByteArray())
		default:
			values[c.Name] = json.RawMessage(slices.Clone(v.ByteArray()))
		}
	}
	return json.Marshal(values)
}

// add puts the values of a row into a sum, each with its length, so that no two rows have the same.
func add(sum hash.Hash, columns []column, r parquet.Row) {
	var b []byte
	for i, c := range columns {
		v := r[i]
		switch {
		case v.IsNull():
			b = append(b, 0)
		case c.Kind == whole || c.Kind == moment:
			b = binary.BigEndian.AppendUint64(append(b, 1), uint64(v.Int64())) //nolint:gosec // a bit pattern, not a number
		default:
			b = binary.BigEndian.AppendUint64(append(b, 2), uint64(len(v.ByteArray())))
			b = append(b, v.ByteArray()...)
		}
	}
	_, _ = sum.Write(b) // a hash does not fail
}
