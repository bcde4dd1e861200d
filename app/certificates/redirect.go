package certificates

import (
	"net/http"
	"net/url"
)

// Redirect sends every request to the same path of the public URL. Where it goes depends on nothing else of the request: whoever writes
// the Host header could send our users to a place of theirs.
func Redirect(public *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := url.URL{Scheme: "https", Host: public.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
		h := w.Header()
		h.Set("Location", to.String())
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusPermanentRedirect) // 308 keeps method and body
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte("use https\n")) // fails for a client that has gone
		}
	})
}
