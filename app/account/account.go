// Package account is the page that links in mail lead to: it reads the link's token behind the #, which no server gets to see,
// shows a form and calls the graph of the same origin. A front end of one's own takes its place with LYCEUM_ACCOUNT_URL. It is
// three static files; enter at Open.
package account

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

//go:embed page
var files embed.FS

// policy lets the page load what this server sends, and talk to its graph.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'"

// Open adds the page to a mux.
func Open(mux *http.ServeMux) {
	for address, file := range map[string]string{
		"/account": "account.html", "/account/account.js": "account.js", "/account/words.js": "words.js", "/account/account.css": "account.css",
	} {
		mux.Handle("GET "+address, serve(file))
	}
}

func serve(file string) http.Handler {
	body, err := files.ReadFile(path.Join("page", file))
	if err != nil {
		panic(err) // the files are part of the program
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		http.ServeContent(w, r, file, time.Time{}, bytes.NewReader(body))
	})
}
