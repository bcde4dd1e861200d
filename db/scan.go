package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

// selectAll is sqlx's Select with a scan of its own. Columns find their fields as sqlx finds them, but what a pointer points at
// is made when a column below it is not NULL, and not before: sqlx ends with an error where a left join has found nothing. And
// values go into fields as they are, where database/sql takes the detour by way of their text.
func selectAll(ctx context.Context, s *sqlx.Stmt, dest any, args ...any) error {
	slice := reflect.ValueOf(dest).Elem()
	row := reflectx.Deref(slice.Type().Elem())
	pointers := row != slice.Type().Elem()
	if row.Kind() != reflect.Struct || reflect.PointerTo(row).Implements(typeOfScanner) {
		return s.SelectContext(ctx, dest, args...)
	}
	rows, err := s.QueryxContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, targets := make([]cell, len(columns)), make([]any, len(columns))
	fields := rows.Mapper.TypeMap(row).Names
	for i, name := range columns {
		field, ok := fields[name]
		if !ok {
			return fmt.Errorf("the column %s has no field in %s", name, row)
		}
		cells[i], targets[i] = cellOf(field), &cells[i]
	}
	for rows.Next() {
		made := reflect.New(row)
		for i := range cells {
			cells[i].row = made.Elem()
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if !pointers {
			made = made.Elem()
		}
		slice.Grow(1)
		slice.SetLen(slice.Len() + 1)
		slice.Index(slice.Len() - 1).Set(made)
	}
	return rows.Err()
}

// cell is where a column of the present row goes.
type cell struct {
	row      reflect.Value
	path     []int // to the field
	optional bool  // there is a pointer on the path, which stays nil for NULL
	scans    bool  // the field's type has a Scan of its own
}

// cellOf goes by the value that sqlx keeps of each field: to ask the types anew for each statement made the read of one wide row a
// sixth dearer.
func cellOf(field *reflectx.FieldInfo) cell {
	c, pointer := cell{path: field.Index}, field.Zero
	if pointer.Kind() != reflect.Pointer {
		pointer = pointer.Addr()
	}
	_, c.scans = pointer.Interface().(sql.Scanner)
	for ; field.Parent != nil; field = field.Parent {
		c.optional = c.optional || field.Zero.Kind() == reflect.Pointer
	}
	return c
}

var (
	typeOfScanner = reflect.TypeFor[sql.Scanner]()
	errNull       = errors.New("NULL for a field that takes none")
)

// Scan implements sql.Scanner: it gets what the driver read, valid until the next row.
func (c *cell) Scan(src any) error {
	if src == nil && c.optional {
		return nil
	}
	field := reflect.Indirect(reflectx.FieldByIndexes(c.row, c.path))
	if !c.scans {
		return set(field, src)
	}
	into := field.Addr().Interface()
	if text, isText := src.([]byte); isText {
		if id, isID := into.(encoding.TextUnmarshaler); isID { // its Scan would make a string first
			return id.UnmarshalText(text)
		}
	}
	return into.(sql.Scanner).Scan(src) //nolint:forcetypeassert // checked in cellOf
}

// set puts what lib/pq reads into a field: values of the types that it knows, and the text of all others.
func set(field reflect.Value, src any) error {
	fits := false
	switch v := src.(type) {
	case string:
		if field.Kind() != reflect.String {
			return setText(field, []byte(v))
		}
		field.SetString(v)
		return nil
	case []byte:
		return setText(field, v)
	case int64:
		if fits = field.CanInt() && !field.OverflowInt(v); fits {
			field.SetInt(v)
		}
	case float64:
		if fits = field.CanFloat(); fits {
			field.SetFloat(v)
		}
	case bool:
		if fits = field.Kind() == reflect.Bool; fits {
			field.SetBool(v)
		}
	case time.Time:
		var at *time.Time
		if at, fits = field.Addr().Interface().(*time.Time); fits {
			*at = v
		}
	case nil:
		if fits = field.Kind() == reflect.Slice; fits {
			field.SetZero()
		}
	}
	if !fits {
		return mismatch(field, src)
	}
	return nil
}

// setText reads a text: a citext, JSON, a numeric.
func setText(field reflect.Value, text []byte) error {
	switch {
	case field.Kind() == reflect.String:
		field.SetString(string(text))
		return nil
	case field.Kind() == reflect.Slice:
		field.SetBytes(bytes.Clone(text))
		return nil
	case field.CanInt():
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return set(field, n)
		}
	case field.CanFloat():
		if n, err := strconv.ParseFloat(string(text), 64); err == nil {
			return set(field, n)
		}
	}
	return mismatch(field, text)
}

func mismatch(field reflect.Value, src any) error {
	if src == nil {
		return errNull
	}
	return fmt.Errorf("a value of type %T does not fit a field of type %s", src, field.Type())
}
