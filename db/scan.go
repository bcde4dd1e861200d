package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// selectAll is sqlx's Select with a scan of its own: database/sql converts most values by reflection by way of their
// text, which was four tenths of the server's time on a page. Columns find their fields as sqlx finds them; what this scan
// does not know, sqlx reads.
func selectAll(ctx context.Context, s *sqlx.Stmt, dest any, args ...any) error {
	slice := reflect.ValueOf(dest).Elem()
	row, pointers := slice.Type().Elem(), false
	if row.Kind() == reflect.Pointer {
		row, pointers = row.Elem(), true
	}
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
	known, err := layoutOf(rows.Mapper.TraversalsByName, row, columns)
	if err != nil {
		return err
	}
	cells, targets := make([]cell, len(columns)), make([]any, len(columns))
	for i := range cells {
		cells[i].set, targets[i] = known.columns[i].set, &cells[i]
	}
	joined := make([]reflect.Value, len(known.joined))
	for rows.Next() {
		made := reflect.New(row)
		known.aim(cells, made.Elem(), joined)
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		known.keep(cells, made.Elem(), joined)
		if pointers {
			slice.Set(reflect.Append(slice, made))
		} else {
			slice.Set(reflect.Append(slice, made.Elem()))
		}
	}
	return rows.Err()
}

// cell is where a column of the present row goes.
type cell struct {
	field  reflect.Value
	set    setter
	joined bool // NULL leaves the field as it is
	filled bool // it was not NULL
}

// Scan implements sql.Scanner: it gets what the driver read, valid until the next row.
func (c *cell) Scan(src any) error {
	c.filled = src != nil
	if c.joined && src == nil {
		return nil
	}
	return c.set(c.field, src)
}

type setter func(field reflect.Value, src any) error

var (
	typeOfScanner = reflect.TypeFor[sql.Scanner]()
	typeOfTime    = reflect.TypeFor[time.Time]()
	typeOfUUID    = reflect.TypeFor[uuid.UUID]()
)

var errNull = errors.New("NULL for a field that takes none")

// setterOf is how values get into fields of a type.
func setterOf(t reflect.Type) setter {
	switch {
	case t.Kind() == reflect.Pointer:
		inner := setterOf(t.Elem())
		return func(field reflect.Value, src any) error {
			if src == nil {
				field.SetZero()
				return nil
			}
			value := reflect.New(t.Elem())
			field.Set(value)
			return inner(value.Elem(), src)
		}
	case t == typeOfTime:
		return setTime
	case t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == typeOfUUID:
		return func(field reflect.Value, src any) error { return setUUID(field.Field(0), src) }
	case t == typeOfUUID:
		return setUUID
	case reflect.PointerTo(t).Implements(typeOfScanner):
		return func(field reflect.Value, src any) error { return field.Addr().Interface().(sql.Scanner).Scan(src) } //nolint:forcetypeassert // checked above
	}
	switch t.Kind() {
	case reflect.String:
		return setString
	case reflect.Bool:
		return setBool
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Float64:
		return setFloat
	case reflect.Slice:
		return setBytes
	default:
		return func(reflect.Value, any) error { return fmt.Errorf("a field of type %s cannot be read into", t) }
	}
}

func setTime(field reflect.Value, src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return mismatch(field, src)
	}
	*field.Addr().Interface().(*time.Time) = t //nolint:forcetypeassert // the type says so
	return nil
}

func setUUID(field reflect.Value, src any) (err error) {
	into := field.Addr().Interface().(*uuid.UUID) //nolint:forcetypeassert // the type says so
	switch v := src.(type) {
	case []byte:
		*into, err = uuid.ParseBytes(v)
	case string:
		*into, err = uuid.Parse(v)
	case nil:
		*into = uuid.Nil // as uuid.UUID scans it
	default:
		err = mismatch(field, src)
	}
	return err
}

func setString(field reflect.Value, src any) error {
	switch v := src.(type) {
	case string:
		field.SetString(v)
	case []byte:
		field.SetString(string(v))
	default:
		return mismatch(field, src)
	}
	return nil
}

func setBool(field reflect.Value, src any) error {
	v, ok := src.(bool)
	if !ok {
		return mismatch(field, src)
	}
	field.SetBool(v)
	return nil
}

func setInt(field reflect.Value, src any) (err error) {
	n, ok := src.(int64)
	if text, isText := src.([]byte); isText { // numeric
		n, err = strconv.ParseInt(string(text), 10, 64)
		ok = err == nil
	}
	if !ok || field.OverflowInt(n) {
		return mismatch(field, src)
	}
	field.SetInt(n)
	return nil
}

func setFloat(field reflect.Value, src any) (err error) {
	n, ok := src.(float64)
	if text, isText := src.([]byte); isText { // numeric
		n, err = strconv.ParseFloat(string(text), 64)
		ok = err == nil
	}
	if !ok {
		return mismatch(field, src)
	}
	field.SetFloat(n)
	return nil
}

func setBytes(field reflect.Value, src any) error {
	switch v := src.(type) {
	case []byte:
		field.SetBytes(append([]byte{}, v...))
	case string:
		field.SetBytes([]byte(v))
	case nil:
		field.SetZero()
	default:
		return mismatch(field, src)
	}
	return nil
}

func mismatch(field reflect.Value, src any) error {
	if src == nil {
		return errNull
	}
	return fmt.Errorf("a value of type %T does not fit a field of type %s", src, field.Type())
}
