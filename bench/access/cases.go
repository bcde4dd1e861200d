package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
)

// The two content access queries of SPEC.md as they stand there, and pairs as a loader would join them.
const (
	onePair  = `SELECT has_access FROM user_content_access WHERE user_id = $1 AND content_id = $2`
	allItems = `SELECT * FROM content_items ci JOIN user_content_access uca ON ci.id = uca.content_id WHERE uca.user_id = $1 AND uca.has_access = true`
	pairs    = `select a.user_id, a.content_id, a.has_access, a.reason from unnest($1::uuid[], $2::uuid[]) pair (user_id, content_id)
		join user_content_access a on a.user_id = pair.user_id and a.content_id = pair.content_id`
)

// The same rows without the decision: the user, where there is one, and the items by the same keys, as many columns of the same
// kinds. Which items a user may open all in all, only the decision knows; its answers stand in a table of this connection.
const (
	onePairPlain  = `select i.status = 'published' from content_items i left join users u on u.id = $1 where i.id = $2`
	allItemsPlain = `select * from content_items ci join bench_open o on ci.id = o.content_id where o.user_id = $1 and o.has_access`
	manyIDsPlain  = `select i.id, i.status = 'published' from content_items i left join users u on u.id = $1 where i.id = any($2)`
	pairsPlain    = `select u.id, i.id, i.status = 'published', i.status from unnest($1::uuid[], $2::uuid[]) pair (user_id, content_id)
		join users u on u.id = pair.user_id join content_items i on i.id = pair.content_id`

	keepOpen = `create temp table bench_open as select * from user_content_access where user_id = any($1) and has_access`
	lookOver = `analyze bench_open`
)

const fifty = 50

// reads runs a statement and says how many rows came.
type reads func(context.Context) (rows int, err error)

type benchCase struct {
	name, who  string
	limit      float64 // of how often the plain statement's time
	least      int     // rows
	run, plain reads
}

// asker is somebody of world.sql.
type asker struct {
	name string
	id   domain.UserID
}

// The kinds of id in world.sql.
const (
	person = 1
	item   = 5
)

func worldID(kind, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n))
}

func cases(ctx context.Context, d *db.DB) ([]benchCase, error) {
	askers := []asker{
		{"ordinary", domain.UserID{UUID: worldID(person, 42000)}},
		{"heavy", domain.UserID{UUID: worldID(person, 100000)}},
		{"visitor", domain.UserID{}},
	}
	reader, raw := store.NewReader(d), statements{d, map[string]*sqlx.Stmt{}}
	var ids []domain.ItemID
	var people, items []uuid.UUID
	for n := range fifty {
		ids = append(ids, domain.ItemID{UUID: worldID(item, 1+199*n)})
		people, items = append(people, worldID(person, 2000*(n+1))), append(items, worldID(item, 1+197*n))
	}
	asking := func(query string, args ...any) reads {
		return func(ctx context.Context) (int, error) { return raw.read(ctx, query, args...) }
	}
	all := []benchCase{{
		name: "50 pairs joined", who: "50 people", limit: manyLimit, least: fifty,
		run: asking(pairs, pq.Array(people), pq.Array(items)), plain: asking(pairsPlain, pq.Array(people), pq.Array(items)),
	}}
	var who []domain.UserID
	for _, a := range askers {
		l := limits[a.name]
		all = append(all,
			benchCase{"SPEC: check one pair", a.name, l.pair, 1, asking(onePair, a.id, ids[1]), asking(onePairPlain, a.id, ids[1])},
			benchCase{"SPEC: all items of one person", a.name, l.all, 2000, asking(allItems, a.id), asking(allItemsPlain, a.id)},
			benchCase{"50 ids, = any (Reader.Access)", a.name, l.ids, fifty, func(ctx context.Context) (int, error) {
				found, err := reader.Access(ctx, a.id, ids)
				return len(found), err
			}, asking(manyIDsPlain, a.id, pq.Array(ids))},
			benchCase{"newest 50 open (Reader.ListItems)", a.name, l.newest, fifty, newest(reader, a.id, true), newest(reader, a.id, false)},
		)
		who = append(who, a.id)
	}
	slices.SortStableFunc(all, func(a, b benchCase) int { return cmp.Compare(a.name, b.name) })
	_, err := d.ExecContext(ctx, keepOpen, pq.Array(who))
	if err == nil {
		_, err = d.ExecContext(ctx, lookOver)
	}
	return all, err
}

// newest reads the newest items, those that the viewer may open or, as plain as the product has it, all.
func newest(r store.Reader, viewer domain.UserID, open bool) reads {
	return func(ctx context.Context) (int, error) {
		first := int32(fifty)
		page, err := r.ListItems(ctx, viewer, content.ItemFilter{Accessible: open}, content.NewestFirst, domain.PageArgs{First: &first})
		if err != nil {
			return 0, err
		}
		return len(page.Edges), nil
	}
}

// statements prepares each text once, for queries that the product does not send itself.
type statements struct {
	db   *db.DB
	kept map[string]*sqlx.Stmt
}

// read runs a query and reads every column of every row, and counts the rows.
func (s statements) read(ctx context.Context, query string, args ...any) (int, error) {
	if s.kept[query] == nil {
		stmt, err := s.db.PreparexContext(ctx, query)
		if err != nil {
			return 0, err
		}
		s.kept[query] = stmt
	}
	rows, err := s.kept[query].QueryContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}
