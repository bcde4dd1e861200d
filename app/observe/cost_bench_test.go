package observe

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/auth"
	"lyceum/graph/rows"
)

// BenchmarkRequest is what observing adds to a request, without its statements.
func BenchmarkRequest(b *testing.B) {
	for _, c := range []struct{ format, level string }{{Text, "info"}, {JSON, "info"}, {JSON, "warn"}} {
		b.Run(c.format+" "+c.level, func(b *testing.B) {
			log, err := NewLog(io.Discard, c.format, c.level)
			if err != nil {
				b.Fatal(err)
			}
			o := New(Options{Log: log.Logger, Slow: 1 << 40})
			h := auth.WithRequestID(o.Requests(o.Viewer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				at := requestOf(r.Context())
				at.Name, at.Kind = "Shelf", ast.Query
				o.Answered(r.Context(), rows.Written)
			}))))
			sent := httptest.NewRequest(http.MethodPost, graphPath, nil)
			sent.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
			w := nothing{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, sent)
			}
		})
	}
}

type nothing struct{ header http.Header }

func (n nothing) Header() http.Header         { return n.header }
func (n nothing) Write(b []byte) (int, error) { return len(b), nil }
func (n nothing) WriteHeader(int)             {}
