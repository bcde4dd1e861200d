package domain

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"sync"
)

// Page sizes. The transport refuses anything outside before execution; ParsePage does so again.
const (
	MaxPage     = 100
	DefaultPage = 25
)

// TimeOrder is an order of a list that stands in the order of time.
type TimeOrder string

// The two ways to stand in the order of time.
const (
	NewestFirst TimeOrder = "newest_first"
	OldestFirst TimeOrder = "oldest_first"
)

// PageArgs are the paging arguments of a list as the client sent them.
type PageArgs struct {
	First, Last   *int32
	After, Before *string
}

// PageQuery is a checked request for one page of a list that stands in some order.
type PageQuery struct {
	Size     int
	Backward bool     // the page before Key (or the last page), still returned in list order
	Key      []string // the sort values of the row next to the page, id last; nil at the end of the list
}

type cursor struct {
	List string   `json:"l"`
	Key  []string `json:"k"`
}

// EncodeCursor makes the opaque cursor of a row. list names the list and its order, so that a cursor of another list is
// noticed.
func EncodeCursor(list string, key ...string) string {
	b, err := json.Marshal(cursor{List: list, Key: key})
	if err != nil {
		panic(err) // strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParsePage checks paging arguments for a list whose cursors have keyLen sort values. Errors: INVALID.
func ParsePage(a PageArgs, list string, keyLen int) (PageQuery, error) {
	q := PageQuery{Size: DefaultPage}
	if a.First != nil && a.Last != nil {
		return q, Errorf(CodeInvalid, "give first or last, not both").At("last")
	}
	if a.After != nil && a.Before != nil || a.First != nil && a.Before != nil || a.Last != nil && a.After != nil {
		return q, Errorf(CodeInvalid, "after goes with first, before goes with last").At("before")
	}
	q.Backward = a.Last != nil || a.Before != nil
	for name, n := range map[string]*int32{"first": a.First, "last": a.Last} {
		if n == nil {
			continue
		}
		if *n < 1 || *n > MaxPage {
			return q, Errorf(CodeInvalid, "%s must be 1 to %d", name, MaxPage).At(name)
		}
		q.Size = int(*n)
	}
	for name, c := range map[string]*string{"after": a.After, "before": a.Before} {
		if c == nil || *c == "" { // some tools send an empty first cursor
			continue
		}
		key, err := decodeCursor(*c, list, keyLen)
		if err != nil {
			return q, err.At(name)
		}
		q.Key = key
	}
	return q, nil
}

// maxCursor is more than any cursor has, in bytes: the longest holds a title of 300 characters.
const maxCursor = 4096

func decodeCursor(s, list string, keyLen int) ([]string, *Error) {
	var c cursor
	if len(s) > maxCursor {
		s = "" // no list's
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.List != list || len(c.Key) != keyLen {
		return nil, Errorf(CodeInvalid, "this cursor is not one of this list in this order: take one that a page of it gave").
			Because("FOREIGN_CURSOR")
	}
	return c.Key, nil
}

// Page is one page of a list, a Relay connection.
type Page[T any] struct {
	Edges    []Edge[T]
	PageInfo PageInfo
	count    func(context.Context) (int64, error)
}

// Edge is a row and its cursor, which is made when it is asked for.
type Edge[T any] struct {
	Node   T
	cursor func() string
}

// Cursor is where the row stands in its list.
func (e *Edge[T]) Cursor() string { return e.cursor() }

// PageInfo says where a page stands in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	start, end      func() string
}

// StartCursor is that of the page's first row; nil for an empty page.
func (i *PageInfo) StartCursor() *string { return made(i.start) }

// EndCursor is that of the page's last row; nil for an empty page.
func (i *PageInfo) EndCursor() *string { return made(i.end) }

func made(cursor func() string) *string {
	if cursor == nil {
		return nil
	}
	c := cursor()
	return &c
}

// NewPage builds a page from rows in list order, of which there may be one more than asked for: it only tells that there
// are more. count is run when the client asks for totalCount.
func NewPage[T any](q PageQuery, rows []T, cursorOf func(T) string, count func(context.Context) (int64, error)) *Page[T] {
	more := len(rows) > q.Size
	if more && q.Backward {
		rows = rows[len(rows)-q.Size:]
	} else if more {
		rows = rows[:q.Size]
	}
	p := &Page[T]{Edges: make([]Edge[T], len(rows)), count: counted(count)}
	for i, row := range rows {
		p.Edges[i] = Edge[T]{Node: row, cursor: func() string { return cursorOf(row) }}
	}
	if len(rows) > 0 {
		p.PageInfo.start, p.PageInfo.end = p.Edges[0].cursor, p.Edges[len(rows)-1].cursor
	}
	if q.Backward {
		p.PageInfo.HasPreviousPage, p.PageInfo.HasNextPage = more, q.Key != nil
	} else {
		p.PageInfo.HasNextPage, p.PageInfo.HasPreviousPage = more, q.Key != nil
	}
	return p
}

// counted is a count that is made once, however often it is asked for.
func counted(count func(context.Context) (int64, error)) func(context.Context) (int64, error) {
	var once sync.Once
	var n int64
	var err error
	return func(ctx context.Context) (int64, error) {
		once.Do(func() { n, err = count(ctx) })
		return n, err
	}
}

// Nodes are the rows without their cursors.
func (p *Page[T]) Nodes() []T {
	nodes := make([]T, len(p.Edges))
	for i, e := range p.Edges {
		nodes[i] = e.Node
	}
	return nodes
}

// MapPage is the same page of other rows.
func MapPage[T, U any](p *Page[T], row func(T) U) *Page[U] {
	mapped := &Page[U]{Edges: make([]Edge[U], len(p.Edges)), PageInfo: p.PageInfo, count: p.count}
	for i, e := range p.Edges {
		mapped.Edges[i] = Edge[U]{Node: row(e.Node), cursor: e.cursor}
	}
	return mapped
}

// TotalCount counts the whole list; it costs a statement of its own, once.
func (p *Page[T]) TotalCount(ctx context.Context) (int64, error) { return p.count(ctx) }
