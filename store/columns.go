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

// inCursors are the columns that the orders of items, and so their cursors, go by.
var inCursors = []string{"title", "published_at"}

// Only is a Reader that reads these columns of items only, and what cursors need of them; and of rows that are read with others
// no column that merely one field shows, unless it is among these fields. What is not read is empty: whoever asks for it
// knows what will be looked at. The library is read whole.
func (r Reader) Only(names []string, fields map[string]bool) Reader {
	r.fields = fields
	var columns []string
	for _, part := range itemParts {
		if part[0] == "id" || slices.Contains(names, part[0]) || r.cursors() && slices.Contains(inCursors, part[0]) {
			columns = append(columns, part[1])
		}
	}
	r.items = strings.Join(columns, ", ")
	return r
}

// cursors tells whether somebody may look at cursors.
func (r Reader) cursors() bool {
	return r.fields == nil || r.fields["cursor"] || r.fields["startCursor"] || r.fields["endCursor"]
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

// joined are the columns of rows that are read with others, some of which one field of the graph alone shows.
type joined struct {
	all   string
	parts []joinedColumn
}

type joinedColumn struct{ text, field string } // field is empty if the column is always read

// under are columns as those of a field that a row has. Nothing but the field of the same name may look at the spare ones, or
// the field named behind a colon: no rule and no guard. An order may; whoever reads in that order keeps its columns.
func under(field, columns string, spare ...string) joined {
	all := joinedColumns(columns, spare)
	for i, c := range all.parts {
		expression, name, renamed := strings.Cut(c.text, " as ")
		if !renamed {
			_, name, _ = strings.Cut(expression, ".")
		}
		all.parts[i].text = expression + ` as "` + field + "." + name + `"`
	}
	all.all = all.of(nil, nil)
	return all
}

func joinedColumns(columns string, spare []string) joined {
	shownBy := map[string]string{}
	for _, s := range spare {
		column, field, other := strings.Cut(s, ":")
		if !other {
			field = fieldOf(column)
		}
		shownBy[column] = field
	}
	var j joined
	for text := range strings.SplitSeq(columns, ",") {
		text = strings.TrimSpace(text)
		j.parts = append(j.parts, joinedColumn{text, shownBy[text[strings.LastIndexAny(text, ". ")+1:]]})
	}
	j.all = j.of(nil, nil)
	return j
}

// fieldOf is the field that shows a column: account_status, accountStatus.
func fieldOf(column string) string {
	words := strings.Split(column, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// of are the columns that these fields need, and those that an order goes by; all of them without any fields.
func (j joined) of(fields map[string]bool, order []string) string {
	var b strings.Builder
	b.Grow(len(j.all))
	for _, c := range j.parts {
		if fields != nil && c.field != "" && !fields[c.field] && !slices.ContainsFunc(order, func(o string) bool { return strings.Contains(o, c.text) }) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.text)
	}
	return b.String()
}

// lean is a statement without the columns that nobody looks at. order are the columns that its cursors need.
func (r Reader) lean(statement string, order []string, groups ...joined) string {
	if r.fields == nil {
		return statement
	}
	if !r.cursors() {
		order = nil
	}
	for _, j := range groups {
		statement = strings.Replace(statement, j.all, j.of(r.fields, order), 1)
	}
	return statement
}
