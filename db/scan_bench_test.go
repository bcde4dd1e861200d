package db_test

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"golang.org/x/sys/unix"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/users"
)

// These benchmarks are the figures of docs/decisions/0019.

// pageRow is what a page of the catalogue reads for an item, as store.ItemRow.
type pageRow struct {
	content.Item
	Category   *content.Category     `db:"category"`
	Author     *users.User           `db:"author"`
	Popularity *analytics.Popularity `db:"popularity"`
}

type countRow struct {
	ID domain.ItemID `db:"id"`
	N  int64         `db:"n"`
}

// The rows stand in tables as they come from the joins, so that the server's work is as small as can be.
const (
	makePage = `create table page as select gen_random_uuid() as id, gen_random_uuid() as category_id, gen_random_uuid() as author_id, 'a-slug-' || n as slug,
		'A title of usual length ' || n as title, repeat('A summary. ', 12) as summary, repeat('A preview. ', 30) as preview, 'lesson' as kind, 'published' as status,
		2::smallint as access_level, 600 as duration_seconds, 'en' as language, '["go","sql"]'::json as tags, now() as published_at, now() as created_at, now() as updated_at,
		c.*, u.*, p.* from generate_series(1, 50) n
		left join lateral (select gen_random_uuid() as "category.id", gen_random_uuid() as "category.parent_id", 'branch' as "category.slug", 'A branch' as "category.name",
			'What it is about' as "category.summary", n as "category.position") c on n <= :found
		left join lateral (select gen_random_uuid() as "author.id", ('a' || n || '@example.org')::citext as "author.email", ('author' || n)::citext as "author.username",
			'Ada' as "author.first_name", 'Lovelace' as "author.last_name", 'active' as "author.account_status", now() as "author.created_at", now() as "author.last_login_at") u on n <= :found
		left join lateral (select gen_random_uuid() as "popularity.content_id", 1000::bigint as "popularity.views", 100::bigint as "popularity.learners", 10::bigint as "popularity.completions",
			9999::bigint as "popularity.seconds", 4.5::float8 as "popularity.average_rating", 9::bigint as "popularity.ratings", 99::bigint as "popularity.views_30d",
			now() as "popularity.as_of") p on n <= :found`
	makeCounts = `create table counts as select gen_random_uuid() as id, n::bigint as n from generate_series(1, 500) n`
)

// made is a database with a table. As many rows as found are such whose joins have found something.
func made(t testing.TB, table string, found int) *db.DB {
	t.Helper()
	d := dbtest.New(t).Owner
	if _, err := d.ExecContext(t.Context(), strings.ReplaceAll(table, ":found", strconv.Itoa(found))); err != nil {
		t.Fatal(err)
	}
	return d
}

// sqlx allocates what a pointer points at before it knows whether there is anything.
func TestSqlxCannotReadWhatALeftJoinDoesNotFind(t *testing.T) {
	t.Parallel()
	d := made(t, makePage, 25)
	var ours, theirs []*pageRow
	if err := d.Select(t.Context(), &ours, dbtest.SQL(`select * from page`)); err != nil || len(ours) != 50 || ours[24].Author == nil || ours[25].Author != nil {
		t.Errorf("%d rows, %v", len(ours), err)
	}
	if err := d.SelectContext(t.Context(), &theirs, `select * from page`); err == nil || !strings.Contains(err.Error(), "NULL") {
		t.Errorf("sqlx says %v: db/scan.go may be needed no more", err)
	}
}

// generated reads with functions as a generator would write them: for each type one by the name of each column.
func generated[T any](ctx context.Context, s *sqlx.Stmt, fields map[string]func(*T, any) error, into *[]*T) error {
	rows, err := s.QueryxContext(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, targets := make([]generatedCell[T], len(columns)), make([]any, len(columns))
	for i, name := range columns {
		cells[i].set, targets[i] = fields[name], &cells[i]
	}
	for rows.Next() {
		row := new(T)
		for i := range cells {
			cells[i].row = row
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		*into = append(*into, row)
	}
	return rows.Err()
}

type generatedCell[T any] struct {
	row *T
	set func(*T, any) error
}

func (c *generatedCell[T]) Scan(src any) error { return c.set(c.row, src) }

func text[S ~string](into *S, src any) error {
	switch v := src.(type) {
	case string:
		*into = S(v)
	case []byte:
		*into = S(v)
	default:
		return fmt.Errorf("not a text: %T", src)
	}
	return nil
}

func whole[I int32 | int64](into *I, src any) error {
	v, ok := src.(int64)
	if *into = I(v); !ok || int64(*into) != v {
		return fmt.Errorf("not a number that fits: %T", src)
	}
	return nil
}

func exact[T any](into *T, src any) (err error) {
	var ok bool
	if *into, ok = src.(T); !ok {
		err = fmt.Errorf("not as it should be: %T", src)
	}
	return err
}

func key(into *uuid.UUID, src any) (err error) {
	v, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("not a uuid: %T", src)
	}
	*into, err = uuid.ParseBytes(v)
	return err
}

// maybe is a field that may be NULL.
func maybe[T any](into **T, src any, set func(*T, any) error) error {
	if src == nil {
		return nil
	}
	*into = new(T)
	return set(*into, src)
}

// joined is a field of what a join may have found.
func joined[T, J any](at func(*T) **J, set func(*J, any) error) func(*T, any) error {
	return func(row *T, src any) error {
		if src == nil {
			return nil
		}
		p := at(row)
		if *p == nil {
			*p = new(J)
		}
		return set(*p, src)
	}
}

var (
	countFields = map[string]func(*countRow, any) error{
		"id": func(r *countRow, src any) error { return key(&r.ID.UUID, src) },
		"n":  func(r *countRow, src any) error { return whole(&r.N, src) },
	}
	categoryFields = map[string]func(*content.Category, any) error{
		"id": func(r *content.Category, src any) error { return key(&r.ID.UUID, src) },
		"parent_id": func(r *content.Category, src any) error {
			return maybe(&r.ParentID, src, func(id *domain.CategoryID, src any) error { return key(&id.UUID, src) })
		},
		"slug":     func(r *content.Category, src any) error { return text(&r.Slug, src) },
		"name":     func(r *content.Category, src any) error { return text(&r.Name, src) },
		"summary":  func(r *content.Category, src any) error { return text(&r.Summary, src) },
		"position": func(r *content.Category, src any) error { return whole(&r.Position, src) },
	}
	authorFields = map[string]func(*users.User, any) error{
		"id":             func(r *users.User, src any) error { return key(&r.ID.UUID, src) },
		"email":          func(r *users.User, src any) error { return text(&r.Email, src) },
		"username":       func(r *users.User, src any) error { return text(&r.Username, src) },
		"first_name":     func(r *users.User, src any) error { return text(&r.FirstName, src) },
		"last_name":      func(r *users.User, src any) error { return text(&r.LastName, src) },
		"account_status": func(r *users.User, src any) error { return text(&r.AccountStatus, src) },
		"created_at":     func(r *users.User, src any) error { return exact(&r.CreatedAt, src) },
		"last_login_at":  func(r *users.User, src any) error { return maybe(&r.LastLoginAt, src, exact[time.Time]) },
	}
	popularityFields = map[string]func(*analytics.Popularity, any) error{
		"content_id":     func(r *analytics.Popularity, src any) error { return key(&r.ItemID.UUID, src) },
		"views":          func(r *analytics.Popularity, src any) error { return whole(&r.Views, src) },
		"learners":       func(r *analytics.Popularity, src any) error { return whole(&r.Learners, src) },
		"completions":    func(r *analytics.Popularity, src any) error { return whole(&r.Completions, src) },
		"seconds":        func(r *analytics.Popularity, src any) error { return whole(&r.Seconds, src) },
		"average_rating": func(r *analytics.Popularity, src any) error { return maybe(&r.AverageRating, src, exact[float64]) },
		"ratings":        func(r *analytics.Popularity, src any) error { return whole(&r.Ratings, src) },
		"views_30d":      func(r *analytics.Popularity, src any) error { return whole(&r.Views30d, src) },
		"as_of":          func(r *analytics.Popularity, src any) error { return exact(&r.AsOf, src) },
	}
	pageFields = func() map[string]func(*pageRow, any) error {
		all := map[string]func(*pageRow, any) error{
			"id":          func(r *pageRow, src any) error { return key(&r.ID.UUID, src) },
			"category_id": func(r *pageRow, src any) error { return key(&r.CategoryID.UUID, src) },
			"author_id": func(r *pageRow, src any) error {
				return maybe(&r.AuthorID, src, func(id *domain.UserID, src any) error { return key(&id.UUID, src) })
			},
			"slug":             func(r *pageRow, src any) error { return text(&r.Slug, src) },
			"title":            func(r *pageRow, src any) error { return text(&r.Title, src) },
			"summary":          func(r *pageRow, src any) error { return text(&r.Summary, src) },
			"preview":          func(r *pageRow, src any) error { return text(&r.Preview, src) },
			"kind":             func(r *pageRow, src any) error { return text(&r.Kind, src) },
			"status":           func(r *pageRow, src any) error { return text(&r.Status, src) },
			"access_level":     func(r *pageRow, src any) error { return whole(&r.AccessLevel, src) },
			"duration_seconds": func(r *pageRow, src any) error { return whole(&r.DurationSeconds, src) },
			"language":         func(r *pageRow, src any) error { return text(&r.Language, src) },
			"tags":             func(r *pageRow, src any) error { return r.TagWords.Scan(src) },
			"published_at":     func(r *pageRow, src any) error { return maybe(&r.PublishedAt, src, exact[time.Time]) },
			"created_at":       func(r *pageRow, src any) error { return exact(&r.CreatedAt, src) },
			"updated_at":       func(r *pageRow, src any) error { return exact(&r.UpdatedAt, src) },
		}
		under(all, "category.", categoryFields, func(r *pageRow) **content.Category { return &r.Category })
		under(all, "author.", authorFields, func(r *pageRow) **users.User { return &r.Author })
		under(all, "popularity.", popularityFields, func(r *pageRow) **analytics.Popularity { return &r.Popularity })
		return all
	}()
)

func under[T, J any](all map[string]func(*T, any) error, prefix string, fields map[string]func(*J, any) error, at func(*T) **J) {
	for name, set := range fields {
		all[prefix+name] = joined(at, set)
	}
}

// way reads all rows of a statement.
type way[T any] struct {
	name string
	read func(ctx context.Context, s *sqlx.Stmt, into *[]*T) error
}

func waysOf[T any](fields map[string]func(*T, any) error) []way[T] {
	return []way[T]{
		{"ours", func(ctx context.Context, s *sqlx.Stmt, into *[]*T) error { return db.SelectAll(ctx, s, into) }},
		{"sqlx", func(ctx context.Context, s *sqlx.Stmt, into *[]*T) error { return s.SelectContext(ctx, into) }},
		{"generated", func(ctx context.Context, s *sqlx.Stmt, into *[]*T) error { return generated(ctx, s, fields, into) }},
	}
}

func BenchmarkScanPage(b *testing.B) { scans(b, makePage, `select * from page`, waysOf(pageFields)) }

func BenchmarkScanRow(b *testing.B) {
	scans(b, makePage, `select * from page limit 1`, waysOf(pageFields))
}

func BenchmarkScanCounts(b *testing.B) {
	scans(b, makeCounts, `select * from counts`, waysOf(countFields))
}

func scans[T any](b *testing.B, table, query string, ways []way[T]) {
	b.Helper()
	s, err := made(b, table, 50).PreparexContext(b.Context(), query)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var want []*T
	var compared []measure
	for _, w := range ways {
		var got []*T
		if err := w.read(b.Context(), s, &got); err != nil || want != nil && !reflect.DeepEqual(got, want) {
			b.Fatalf("%s reads something else: %v", w.name, err)
		}
		want = got
		compared = append(compared, measure{name: w.name, do: func() error {
			var rows []*T
			return w.read(b.Context(), s, &rows)
		}})
	}
	compare(b, compared)
}

// measure is one of several ways to do the same.
type measure struct {
	name      string
	do        func() error
	wall, cpu []float64
}

// compare does it in turns, so that busy neighbours meet all ways alike, and reports medians: the time, the processor time of
// the goroutine that asks, and allocations.
func compare(b *testing.B, ways []measure) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		for i := range ways {
			w := &ways[i]
			start, used := time.Now(), threadTime(b)
			if err := w.do(); err != nil {
				b.Fatalf("%s: %v", w.name, err)
			}
			w.cpu, w.wall = append(w.cpu, float64(threadTime(b)-used)), append(w.wall, float64(time.Since(start)))
		}
	}
	b.ReportMetric(0, "ns/op") // of all ways together, it says nothing
	for _, w := range ways {
		slices.Sort(w.wall)
		slices.Sort(w.cpu)
		b.ReportMetric(w.wall[len(w.wall)/2], w.name+"-ns")
		b.ReportMetric(w.cpu[len(w.cpu)/2], w.name+"-cpu-ns")
		b.ReportMetric(testing.AllocsPerRun(5, func() { _ = w.do() }), w.name+"-allocs")
	}
}

// threadTime is what the processor has spent on this thread.
func threadTime(b *testing.B) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}
