package apptest

import (
	"fmt"
	"strconv"
	"strings"
)

// At follows a path like "users.nodes.0.email" through the data; nil where it ends early.
func (a Answer) At(path string) any {
	var at any = a.Data
	for step := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

// String is the text at a path; empty for null.
func (a Answer) String(path string) string {
	v := a.At(path)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Len is the length of the list at a path.
func (a Answer) Len(path string) int {
	list, _ := a.At(path).([]any)
	return len(list)
}

// Strings are the texts of one field of the list at a path.
func (a Answer) Strings(path, field string) []string {
	texts := []string{}
	for i := range a.Len(path) {
		texts = append(texts, a.String(path+"."+strconv.Itoa(i)+"."+field))
	}
	return texts
}
