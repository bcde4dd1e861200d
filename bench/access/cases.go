package main

import (
	"context"
	"fmt"
	"time"

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

// What a query may take, as its client sees it.
const (
	pairLimit = time.Millisecond
	listLimit = 5 * time.Millisecond  // fifty items for one person
	manyLimit = 10 * time.Millisecond // fifty people, each with one item
	allLimit  = 60 * time.Millisecond
)

const fifty = 50

type benchCase struct {
	name, who string
	limit     time.Duration
	least     int // rows
	run       func(context.Context) (rows int, err error)
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

func cases(d *db.DB) []benchCase {
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
	var all []benchCase
	add := func(name, who string, limit time.Duration, least int, run func(context.Context) (int, error)) {
		all = append(all, benchCase{name, who, limit, least, run})
	}
	for _, a := range askers {
		add("SPEC: check one pair", a.name, pairLimit, 1, func(ctx context.Context) (int, error) {
			return raw.read(ctx, onePair, a.id, ids[1])
		})
	}
	for _, a := range askers {
		add("SPEC: all items of one person", a.name, allLimit, 2000, func(ctx context.Context) (int, error) {
			return raw.read(ctx, allItems, a.id)
		})
	}
	for _, a := range askers {
		add("50 ids, = any (Reader.Access)", a.name, listLimit, fifty, func(ctx context.Context) (int, error) {
			found, err := reader.Access(ctx, a.id, ids)
			return len(found), err
		})
	}
	for _, a := range askers {
		add("newest 50 open (Reader.ListItems)", a.name, listLimit, fifty, func(ctx context.Context) (int, error) {
			return newestOpen(ctx, reader, a.id)
		})
	}
	add("50 pairs joined", "50 people", manyLimit, fifty, func(ctx context.Context) (int, error) {
		return raw.read(ctx, pairs, pq.Array(people), pq.Array(items))
	})
	return all
}

func newestOpen(ctx context.Context, r store.Reader, viewer domain.UserID) (int, error) {
	first := int32(fifty)
	page, err := r.ListItems(ctx, viewer, content.ItemFilter{Accessible: true}, content.NewestFirst, domain.PageArgs{First: &first})
	if err != nil {
		return 0, err
	}
	return len(page.Edges), nil
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
