package rows

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
)

// leaf writes a value; false gives the answer back to gqlgen.
type leaf func(b *bytes.Buffer, v reflect.Value) bool

// typedID is what all ids of entities are.
type typedID interface{ Kind() string }

var (
	typeOfTime = reflect.TypeFor[time.Time]()
	typeOfUUID = reflect.TypeFor[uuid.UUID]()
	typeOfJSON = reflect.TypeFor[json.RawMessage]()
	typeOfID   = reflect.TypeFor[typedID]()
)

// leafOf is how values of a Go type are written where the schema says t; nil for what this package does not know. It
// writes as graph/bind and gqlgen do; a test holds both against each other.
func leafOf(t *ast.Type, goType reflect.Type) leaf {
	if goType.Kind() == reflect.Pointer {
		return orNull(t, leafOf(t, goType.Elem()))
	}
	if t.Elem != nil {
		return listOf(t, goType)
	}
	named := types()[t.NamedType]
	switch {
	case goType == typeOfTime:
		return writeTime
	case goType == typeOfUUID:
		return func(b *bytes.Buffer, v reflect.Value) bool { return writeText(b, v.Interface().(uuid.UUID).String()) } //nolint:forcetypeassert // checked above
	case goType == typeOfJSON:
		return writeJSON
	case goType.Implements(typeOfID) && goType.Kind() == reflect.Struct && goType.NumField() == 1 && goType.Field(0).Type == typeOfUUID:
		return idOf(goType)
	case named == nil || named.Kind != ast.Enum && named.Kind != ast.Scalar:
		return nil
	case named.Kind == ast.Enum && goType.Kind() == reflect.String:
		return func(b *bytes.Buffer, v reflect.Value) bool { return writeEnum(b, v.String()) }
	}
	switch goType.Kind() {
	case reflect.String:
		return func(b *bytes.Buffer, v reflect.Value) bool { return writeText(b, v.String()) }
	case reflect.Bool:
		return func(b *bytes.Buffer, v reflect.Value) bool {
			b.Write(strconv.AppendBool(b.AvailableBuffer(), v.Bool()))
			return true
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return func(b *bytes.Buffer, v reflect.Value) bool {
			b.Write(strconv.AppendInt(b.AvailableBuffer(), v.Int(), 10))
			return true
		}
	case reflect.Float64:
		return func(b *bytes.Buffer, v reflect.Value) bool {
			b.Write(strconv.AppendFloat(b.AvailableBuffer(), v.Float(), 'g', -1, 64))
			return true
		}
	default:
		return nil
	}
}

func orNull(t *ast.Type, inner leaf) leaf {
	if inner == nil {
		return nil
	}
	return func(b *bytes.Buffer, v reflect.Value) bool {
		if !v.IsNil() {
			return inner(b, v.Elem())
		}
		b.WriteString("null")
		return !t.NonNull
	}
}

func listOf(t *ast.Type, goType reflect.Type) leaf {
	if goType.Kind() != reflect.Slice {
		return nil
	}
	element := leafOf(t.Elem, goType.Elem())
	if element == nil {
		return nil
	}
	return func(b *bytes.Buffer, v reflect.Value) bool {
		if v.IsNil() {
			return false
		}
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if !element(b, v.Index(i)) {
				return false
			}
		}
		b.WriteByte(']')
		return true
	}
}

func idOf(goType reflect.Type) leaf {
	prefix := `"` + reflect.Zero(goType).Interface().(typedID).Kind() + "_" //nolint:forcetypeassert // checked by the caller
	return func(b *bytes.Buffer, v reflect.Value) bool {
		id, ok := v.Field(0).Interface().(uuid.UUID)
		b.WriteString(prefix)
		b.Write(hex.AppendEncode(b.AvailableBuffer(), id[:]))
		b.WriteByte('"')
		return ok
	}
}

func writeTime(b *bytes.Buffer, v reflect.Value) bool {
	t, ok := v.Interface().(time.Time)
	b.WriteByte('"')
	b.Write(t.UTC().AppendFormat(b.AvailableBuffer(), time.RFC3339Nano))
	b.WriteByte('"')
	return ok
}

func writeJSON(b *bytes.Buffer, v reflect.Value) bool {
	if v.Len() == 0 {
		b.WriteString("null")
	} else {
		b.Write(v.Bytes())
	}
	return true
}

var enumTexts sync.Map // of words in lower case, of which there are few

func writeEnum(b *bytes.Buffer, word string) bool {
	text, ok := enumTexts.Load(word)
	if !ok {
		text, _ = enumTexts.LoadOrStore(strings.Clone(word), `"`+strings.ToUpper(strings.ReplaceAll(word, ".", "_"))+`"`)
	}
	b.WriteString(text.(string)) //nolint:forcetypeassert // nothing else is stored
	return word != ""
}

// writeText writes a JSON string.
func writeText(b *bytes.Buffer, s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return writeEscaped(b, s)
		}
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
	return true
}

const hexDigits = "0123456789ABCDEF"

func writeEscaped(b *bytes.Buffer, s string) bool {
	b.WriteByte('"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[start:i])
		start = i + 1
		switch c {
		case '\t':
			b.WriteString(`\t`)
		case '\r':
			b.WriteString(`\r`)
		case '\n':
			b.WriteString(`\n`)
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteString(`\u00`)
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&0xf])
		}
	}
	b.WriteString(s[start:])
	b.WriteByte('"')
	return true
}
