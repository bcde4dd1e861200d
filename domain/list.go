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

// Words is a list of words that is read when somebody asks for it: most who read the row do not.
type Words struct{ json string }

// Scan keeps the column; NULL is an empty list.
func (w *Words) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		w.json = "[]"
	case []byte:
		w.json = string(v)
	case string:
		w.json = v
	default:
		return fmt.Errorf("words cannot be read from %T", src)
	}
	return nil
}

// List reads the words. What is no list of words, which PostgreSQL never sends for an array of text, has none.
func (w Words) List() []string {
	words := []string{}
	if json.Unmarshal([]byte(w.json), &words) != nil {
		return []string{}
	}
	return words
}

// WordsOf are the words of a list.
func WordsOf(words []string) Words {
	text, _ := json.Marshal(append([]string{}, words...)) // a list of strings cannot fail
	return Words{json: string(text)}
}

// MarshalJSON writes the words as a list, so that rows that have some can be kept.
func (w Words) MarshalJSON() ([]byte, error) { return json.Marshal(w.List()) }

// UnmarshalJSON reads a list of words.
func (w *Words) UnmarshalJSON(text []byte) error {
	var words []string
	if err := json.Unmarshal(text, &words); err != nil {
		return err
	}
	*w = WordsOf(words)
	return nil
}
