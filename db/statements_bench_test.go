package db_test

import (
	"testing"

	"github.com/google/uuid"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain/users"
)

const (
	onePerson = `select u.id, u.email, u.username, u.first_name, u.last_name, u.account_status, u.created_at, u.last_login_at
		from users u where u.id = $1 and u.deleted_at is null`
	onePage = `select i.id, i.title, i.slug, i.published_at, k.id as "category.id", k.name as "category.name", u.id as "author.id", u.username as "author.username",
			p.content_id as "popularity.content_id", p.views as "popularity.views"
		from content_items i left join content_categories k on k.id = i.category_id and k.deleted_at is null left join users u on u.id = i.author_id and u.deleted_at is null
		left join content_popularity p on p.content_id = i.id
		where i.status = 'published' and i.deleted_at is null and i.published_at <= (select clock_now()) and i.author_id = $1
		order by i.published_at desc, i.id desc limit 51`
)

// What it is worth to keep statements prepared. Nothing is found: the figures are the ways to ask, and the plans.
func BenchmarkStatementOfOnePerson(b *testing.B) { asks[users.User](b, onePerson) }
func BenchmarkStatementOfAPage(b *testing.B)     { asks[pageRow](b, onePage) }

func asks[T any](b *testing.B, query string) {
	made := dbtest.New(b)
	open := func(also string) *db.DB {
		pool, err := db.Open(b.Context(), db.Config{URL: made.AppURL + also, Pool: 1, PlanOnce: true})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = pool.Close() })
		return pool
	}
	pool, unnamed := open(""), open("&binary_parameters=yes")
	ctx, id := b.Context(), uuid.New()
	compare(b, []measure{
		{name: "kept", do: func() error {
			var rows []*T
			return pool.Select(ctx, &rows, dbtest.SQL(query), id)
		}},
		{name: "each-time", do: func() error {
			s, err := pool.PreparexContext(ctx, query)
			if err != nil {
				return err
			}
			defer s.Close()
			var rows []*T
			return db.SelectAll(ctx, s, &rows, id)
		}},
		{name: "unprepared", do: func() error {
			var rows []*T
			return pool.SelectContext(ctx, &rows, query, id)
		}},
		{name: "one-message", do: func() error {
			var rows []*T
			return unnamed.SelectContext(ctx, &rows, query, id)
		}},
	})
}
