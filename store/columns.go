package store

import (
	"slices"
	"strings"
)

// itemParts are the columns of an item, each with its name. Most lists show few of them, and an item has long ones.
var itemParts = [][2]string{
	{"id", "i.id"},
	{"category_id", "i.category_id"},
	{"author_id", "i.author_id"},
	{"slug", "i.slug"},
	{"title", "i.title"},
	{"summary", "i.summary"},
	{"preview", "i.preview"},
	{"kind", "i.kind"},
	{"status", "i.status"},
	{"access_level", "i.access_level"},
	{"duration_seconds", "i.duration_seconds"},
	{"language", "i.language"},
	{"tags", "to_json(i.tags) as tags"},
	{"published_at", "i.published_at"},
	{"created_at", "i.created_at"},
	{"updated_at", "i.updated_at"},
}

// alwaysRead is what rows are known and sorted by.
var alwaysRead = []string{"id", "title", "published_at"}

// ItemColumns is a Reader that reads these columns of items only, and what lists need of them. The other fields of its
// items are empty: whoever asks for it knows what will be looked at. The library is read whole.
func (r Reader) ItemColumns(names []string) Reader {
	var columns []string
	for _, part := range itemParts {
		if slices.Contains(alwaysRead, part[0]) || slices.Contains(names, part[0]) {
			columns = append(columns, part[1])
		}
	}
	r.items = strings.Join(columns, ", ")
	return r
}

// ofItems is a statement with the columns of items that this reader reads.
func (r Reader) ofItems(statement string) string {
	if r.items == "" {
		return statement
	}
	return strings.Replace(statement, itemColumns, r.items, 1)
}

// narrowed is a list whose items have the columns that a reader reads.
func narrowed[T any, O ~string](r Reader, l list[T, O]) list[T, O] {
	l.query = r.ofItems(l.query)
	return l
}
