package db

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/jmoiron/sqlx"
)

// How many statements each connection keeps prepared, at most. Lists have one for each set of filters and of columns: a client
// that asks for all of them must fill neither the server's memory nor push out what everybody uses.
const (
	maxTried = 64  // used once so far
	maxKept  = 256 // used again
)

// statements are those that are prepared, by their text: a first shelf for what was used once, from which what is used again
// moves to the second. The longest unused of each shelf gives way, and is closed when nobody uses it any more.
type statements struct {
	mu          sync.Mutex
	tried, kept *simplelru.LRU[string, *prepared]
}

// prepared is one of them, as long as it has users also when it was dropped.
type prepared struct {
	*sqlx.Stmt
	users   int
	dropped bool
}

func newStatements() *statements {
	return &statements{tried: newShelf(maxTried), kept: newShelf(maxKept)}
}

func newShelf(size int) *simplelru.LRU[string, *prepared] {
	shelf, err := simplelru.NewLRU[string, *prepared](size, nil)
	if err != nil {
		panic(err) // the size is positive
	}
	return shelf
}

// take finds a statement, which the caller gives back; nil when there is none.
func (c *statements) take(query string) *prepared {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(query)
}

func (c *statements) find(query string) *prepared {
	s, ok := c.kept.Get(query)
	if !ok {
		if s, ok = c.tried.Get(query); !ok {
			return nil
		}
		c.tried.Remove(query)
		c.put(c.kept, maxKept, query, s)
	}
	s.users++
	return s
}

// keep takes a new statement in, which the caller gives back. If another request was faster its statement is returned.
func (c *statements) keep(query string, fresh *sqlx.Stmt) *prepared {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first := c.find(query); first != nil {
		go fresh.Close() // see drop
		return first
	}
	s := &prepared{Stmt: fresh, users: 1}
	c.put(c.tried, maxTried, query, s)
	return s
}

func (c *statements) put(shelf *simplelru.LRU[string, *prepared], size int, query string, s *prepared) {
	if shelf.Len() >= size {
		if _, oldest, ok := shelf.RemoveOldest(); ok {
			c.drop(oldest)
		}
	}
	shelf.Add(query, s)
}

func (c *statements) drop(s *prepared) {
	s.dropped = true
	if s.users == 0 {
		go s.Close() // its connections are told when they are free; nobody waits for that
	}
}

// give gives a statement back.
func (c *statements) give(s *prepared) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.users--
	if s.dropped && s.users == 0 {
		go s.Close() // see drop
	}
}

// has reports whether a statement is prepared.
func (c *statements) has(query string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Contains(query) || c.tried.Contains(query)
}
