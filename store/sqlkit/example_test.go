package sqlkit_test

import (
	"context"
	"fmt"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/store/sqlkit"
)

// printer stands in for the database: it shows what it is asked.
type printer struct{ db.Querier }

func (printer) Select(_ context.Context, _ any, s db.Statement, _ ...any) error {
	fmt.Println(s)
	return nil
}

type course struct {
	ID    string `db:"id"`
	Title string `db:"title"`
}

type courseFilter struct {
	Language *string
	Open     *bool
}

// A list is declared once, as a variable of the package: its columns, where its rows come from, its filters, each beside the
// field that it is about, and its orders, which end in a unique column.
var courses = sqlkit.NewList(sqlkit.ListOf[course, domain.TimeOrder, courseFilter]{
	Name: "courses", Columns: sqlkit.ColumnsOf[course]("c", "id", "title"), From: ` from courses c where true`,
	Filters: sqlkit.Filters[courseFilter]{
		sqlkit.Where(`c.language = ?`, func(f courseFilter) *string { return f.Language }),
		sqlkit.Whether(`c.closed_at is null`, func(f courseFilter) *bool { return f.Open }),
	},
	Orders: map[domain.TimeOrder]sqlkit.Order[course]{
		domain.NewestFirst: {Columns: []string{"c.id::text"}, Desc: true, Key: func(c *course) []string { return []string{c.ID} }},
	},
})

// What is not asked is not in the statement, so that PostgreSQL finds the index for what is.
func ExampleNewList() {
	german, size := "de", int32(10)
	page, filter := domain.PageArgs{First: &size}, courseFilter{Language: &german}
	if _, err := courses.Page(context.Background(), printer{}, nil, domain.NewestFirst, page, filter); err != nil {
		fmt.Println(err)
	}
	// Output:
	// select c.id, c.title from courses c where true and (c.language = $1) order by c.id desc limit 11
}
