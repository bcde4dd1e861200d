package store

import (
	"slices"
	"strings"
)

// Projection says which columns of which rows somebody will look at: by the Go type of the row ("content.Item"), the names of
// its columns. Rows that it does not name are read whole, and so is everything without a projection.
type Projection map[string][]string

// Project is a Reader that leaves columns out which nobody looks at; what is not read is empty.
func (r Reader) Project(p Projection) Reader {
	r.projection = p
	return r
}

// columns are those of a kind of rows.
type columns struct {
	row  string
	all  []column
	kept []string // read whatever is asked: keys, and what guards and rules look at
}

// column is one of them: its name, as the db tag of the struct has it, and its expression in a statement.
type column struct{ name, expression string }

// columnsOf lists the columns of a table or view under its alias.
func columnsOf(row, alias string, names ...string) columns {
	c := columns{row: row}
	for _, name := range names {
		c.all = append(c.all, column{name, alias + "." + name})
	}
	return c
}

// with gives a column another expression than its name.
func (c columns) with(name, expression string) columns {
	c.all = slices.Clone(c.all)
	if i := slices.IndexFunc(c.all, func(k column) bool { return k.name == name }); i >= 0 {
		c.all[i].expression = expression
	} else {
		c.all = append(c.all, column{name, expression})
	}
	return c
}

// keep says which columns are always read.
func (c columns) keep(names ...string) columns {
	c.kept = names
	return c
}

// text are the columns in a statement of this reader, and also those that an order needs.
func (c columns) text(p Projection, also ...string) string { return c.join(p, "", also) }

// under are the columns as those of a field of the struct that a row has: "category.id".
func (c columns) under(field string, p Projection) string { return c.join(p, field+".", nil) }

func (c columns) join(p Projection, prefix string, also []string) string {
	asked, narrow := p[c.row]
	var b strings.Builder
	for _, k := range c.all {
		if narrow && !slices.Contains(asked, k.name) && !slices.Contains(c.kept, k.name) && !slices.Contains(also, k.name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.expression)
		if prefix != "" || !strings.HasSuffix(k.expression, "."+k.name) {
			b.WriteString(` as "` + prefix + k.name + `"`)
		}
	}
	return b.String()
}

// projected is a list in one of its orders whose statement has the columns that this reader reads.
func projected[T any, O ~string](r Reader, l list[T, O], by O) list[T, O] {
	l.query = l.rows(r.projection, l.orders[by].needs)
	return l
}
