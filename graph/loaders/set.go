package loaders

import (
	"context"
	"sync"

	"lyceum/domain"
	"lyceum/store"
)

// Set is what one operation has read, and the Reader to read more with. Loaders are declared in the file of their word.
type Set struct {
	Reader store.Reader
	viewer func() domain.Viewer // asked at each batch: a sign-in changes who is asking

	mu     sync.Mutex
	loaded []any // *loaded[K, V], by the place of its loader

	texts sync.Map // func() (string, error), by what it makes
}

// NewSet makes the set of an operation.
func NewSet(r store.Reader, viewer func() domain.Viewer) *Set { return &Set{Reader: r, viewer: viewer} }

// Text returns a text that is made of a row, and makes it once however often the operation asks: it may be large. Its error
// is that of build.
func (s *Set) Text(key any, build func() (string, error)) (string, error) {
	made, _ := s.texts.LoadOrStore(key, sync.OnceValues(build))
	return made.(func() (string, error))() //nolint:forcetypeassert // nothing else is stored
}

// Begin gives an operation new loaders over a reader. Who is asking is looked up in the context at each batch.
func Begin(ctx context.Context, r store.Reader) context.Context {
	return With(ctx, NewSet(r, func() domain.Viewer { return domain.ViewerFrom(ctx) }))
}

// Afresh gives a context new loaders over the Reader of those that it has.
func Afresh(ctx context.Context) context.Context { return Begin(ctx, From(ctx).Reader) }

type setKey struct{}

// With gives an operation its set.
func With(ctx context.Context, s *Set) context.Context { return context.WithValue(ctx, setKey{}, s) }

// From finds the set of the operation.
func From(ctx context.Context) *Set {
	s, _ := ctx.Value(setKey{}).(*Set)
	return s
}
