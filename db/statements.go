package db

import (
	"sync"
	"sync/atomic"

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

// prepared is one of them, as long as somebody holds it.
type prepared struct {
	*sqlx.Stmt
	holders atomic.Int32 // those who use it, and the shelf
}

func newStatements() *statements {
	return &statements{tried: newShelf(maxTried), kept: newShelf(maxKept)}
}

// newShelf lets go of what is taken from it, or gives way.
func newShelf(size int) *simplelru.LRU[string, *prepared] {
	shelf, err := simplelru.NewLRU(size, func(_ string, s *prepared) { s.release() })
	if err != nil {
		panic(err) // the size is positive
	}
	return shelf
}

// release ends the use of a statement. The last one closes it: what is on no shelf is found by nobody any more.
func (s *prepared) release() {
	if s.holders.Add(-1) == 0 {
		go s.Close() // its connections are told when they are free; nobody waits for that
	}
}

// take finds a statement, which the caller releases; nil when there is none.
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
		s.holders.Add(1) // before the first shelf lets go
		c.kept.Add(query, s)
		c.tried.Remove(query)
	}
	s.holders.Add(1)
	return s
}

// keep takes a new statement in, which the caller releases. If another request was faster its statement is returned.
func (c *statements) keep(query string, fresh *sqlx.Stmt) *prepared {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first := c.find(query); first != nil {
		go fresh.Close() // see release
		return first
	}
	s := &prepared{Stmt: fresh}
	s.holders.Store(2) // the caller and the shelf
	c.tried.Add(query, s)
	return s
}

// has reports whether a statement is prepared.
func (c *statements) has(query string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Contains(query) || c.tried.Contains(query)
}
