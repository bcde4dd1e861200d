package sqlkit

import (
	"maps"

	"lyceum/db"
)

// Projection says which columns of which rows somebody will look at: by the Go type of the row ("content.Item"), the names of
// its columns. Rows that it does not name are read whole, and so is everything without a projection.
type Projection map[string][]string

// rowTypes are the Go types of rows whose columns a projection can leave out.
var rowTypes = map[string]bool{}

// narrowest is the projection that asks for nothing but what is always read.
func narrowest() Projection {
	p := make(Projection, len(rowTypes))
	for row := range maps.Keys(rowTypes) {
		p[row] = nil
	}
	return p
}

// Selection is a select whose columns a projection can leave out.
type Selection struct {
	columns Columns
	rest    string
	whole   db.Statement
}

// Select declares a select of columns; rest is everything behind them.
func Select(columns Columns, rest string) *Selection {
	s := &Selection{columns: columns, rest: rest}
	s.whole = db.NewStatement(s.text(nil))
	declare(func() []string { return []string{s.text(nil), s.text(narrowest())} })
	return s
}

func (s *Selection) text(p Projection) string { return "select " + s.columns.Text(p) + s.rest }

// For is the statement with the columns of a projection.
func (s *Selection) For(p Projection) db.Statement {
	if !s.columns.narrowed(p) {
		return s.whole
	}
	return db.NewStatement(s.text(p))
}

// Paged is a statement of one page of rows that is no list's.
type Paged struct {
	text func(p Projection, limit int) string
}

// Pages declares a statement that depends on a projection and on how many rows it reads.
func Pages(text func(p Projection, limit int) string) *Paged {
	s := &Paged{text: text}
	declare(func() []string {
		limit := limits[0]
		return []string{text(nil, limit), text(narrowest(), limit)}
	})
	return s
}

// For is the statement of a page, with one row more than the page has at least.
func (s *Paged) For(p Projection, size int) db.Statement {
	return db.NewStatement(s.text(p, limitFor(size)))
}
