package serve

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
)

// A parsed document takes about 25 times its text. 500 of at most 4 KB keep the cache below 64 MB whatever is sent.
const (
	maxDocuments   = 500
	maxCachedChars = 4 << 10
)

// documents caches documents of a usual size that were accepted.
type documents struct {
	graphql.Cache[*ast.QueryDocument]
}

func newDocuments() documents {
	return documents{lru.New[*ast.QueryDocument](maxDocuments)}
}

// Add keeps what is small enough.
func (d documents) Add(ctx context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxCachedChars {
		d.Cache.Add(ctx, text, doc)
	}
}

// handed is the cache that gqlgen looks into before it would read a document itself: it has the one that was read for this
// request.
type handed struct{}

type documentKey struct{}

func withDocument(ctx context.Context, doc *ast.QueryDocument) context.Context {
	return context.WithValue(ctx, documentKey{}, doc)
}

// Get returns the document of the request.
func (handed) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(documentKey{}).(*ast.QueryDocument)
	return doc, ok
}

// Add keeps nothing.
func (handed) Add(context.Context, string, *ast.QueryDocument) {}
