package resolvers

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

// documents caches parsed and validated documents of a usual size.
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
