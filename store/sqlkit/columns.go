package sqlkit

import (
	"reflect"
	"slices"
	"strings"
)

// Columns are what a statement selects: columns of one kind of rows, or of several that are read together.
type Columns struct{ groups []group }

// group is the columns of one kind of rows.
type group struct {
	row    string // the Go type, as projections name it; empty for rows that are always read whole
	prefix string // of the names: "category."
	all    []column
	kept   []string // read whatever is asked: keys, and what guards and rules look at
}

// column has a name, as the db tag of the struct has it, and an expression in a statement.
type column struct{ name, expression string }

// FixedColumns lists columns under the alias of their table or view. They are always read.
func FixedColumns(alias string, names ...string) Columns { return columnsOf("", alias, names) }

// ColumnsOf lists the columns of rows T, of which a projection says which are read.
func ColumnsOf[T any](alias string, names ...string) Columns {
	row := reflect.TypeFor[T]().String()
	rowTypes[row] = true
	return columnsOf(row, alias, names)
}

func columnsOf(row, alias string, names []string) Columns {
	g := group{row: row}
	for _, name := range names {
		g.all = append(g.all, column{name, alias + "." + name})
	}
	return Columns{[]group{g}}
}

// changed are columns with another last group.
func (c Columns) changed(change func(*group)) Columns {
	c.groups = slices.Clone(c.groups)
	change(&c.groups[len(c.groups)-1])
	return c
}

// With gives a column another expression than its name.
func (c Columns) With(name, expression string) Columns {
	return c.changed(func(g *group) {
		g.all = slices.Clone(g.all)
		if i := slices.IndexFunc(g.all, func(k column) bool { return k.name == name }); i >= 0 {
			g.all[i].expression = expression
		} else {
			g.all = append(g.all, column{name, expression})
		}
	})
}

// Keep says which columns are always read.
func (c Columns) Keep(names ...string) Columns { return c.changed(func(g *group) { g.kept = names }) }

// Fixed are the same columns, always read.
func (c Columns) Fixed() Columns { return c.changed(func(g *group) { g.row = "" }) }

// Under are the columns as those of a field of the struct that a row has: "category.id".
func (c Columns) Under(field string) Columns {
	return c.changed(func(g *group) { g.prefix = field + "." })
}

// And are these columns, then others.
func (c Columns) And(others ...Columns) Columns {
	c.groups = slices.Clone(c.groups)
	for _, o := range others {
		c.groups = append(c.groups, o.groups...)
	}
	return c
}

// All are all columns, for a statement that is always the same.
func (c Columns) All() string { return c.Text(nil) }

// Text are the columns that a projection asks for, and of the first kind of rows also those that an order needs.
func (c Columns) Text(p Projection, needs ...string) string {
	var b strings.Builder
	for _, g := range c.groups {
		g.write(&b, p, needs)
		needs = nil
	}
	return b.String()
}

// narrowed reports whether a projection can leave out any of the columns.
func (c Columns) narrowed(p Projection) bool {
	return slices.ContainsFunc(c.groups, func(g group) bool { return g.narrowed(p) })
}

func (g *group) narrowed(p Projection) bool {
	_, named := p[g.row]
	return named && g.row != ""
}

func (g *group) write(b *strings.Builder, p Projection, needs []string) {
	asked, narrow := p[g.row], g.narrowed(p)
	for _, k := range g.all {
		if narrow && !slices.Contains(asked, k.name) && !slices.Contains(g.kept, k.name) && !slices.Contains(needs, k.name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.expression)
		if g.prefix != "" || !strings.HasSuffix(k.expression, "."+k.name) {
			b.WriteString(` as "` + g.prefix + k.name + `"`)
		}
	}
}
