package domain

import (
	"encoding/json"
	"fmt"
)

// List is a column that the database hands over as JSON (to_json of an array).
type List[T any] []T

// Scan reads the column; NULL is an empty list.
func (l *List[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*l = List[T]{}
		return nil
	case []byte:
		return json.Unmarshal(v, (*[]T)(l))
	case string:
		return json.Unmarshal([]byte(v), (*[]T)(l))
	default:
		return fmt.Errorf("a JSON list cannot be read from %T", src)
	}
}
