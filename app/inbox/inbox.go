// Package inbox is the page that shows mail in development, where no mail server is set: a list, and each message as text and as
// HTML. It is the program's own view of files that the program wrote; enter at Open.
package inbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"lyceum/gateways/mail"
)

//go:embed *.html inbox.css
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"lines": func(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") },
	"isLink": func(line string) bool {
		return strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")
	},
}).ParseFS(files, "*.html"))

// A message's HTML is shown in a frame that runs nothing, loads nothing and knows nothing of the page around it; its link opens in
// a window of its own.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
		"sandbox allow-popups allow-popups-to-escape-sandbox"
)

// Open adds the page to a mux.
func Open(mux *http.ServeMux, folder mail.Folder, failed func(http.ResponseWriter, *http.Request, error)) {
	mux.HandleFunc("GET /inbox", func(w http.ResponseWriter, r *http.Request) {
		all, err := folder.List()
		if err != nil {
			failed(w, r, err)
			return
		}
		send(w, r, "list.html", all, failed)
	})
	one := func(show func(http.ResponseWriter, *http.Request, *mail.Stored)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			m, err := folder.Read(r.PathValue("id"))
			switch {
			case err != nil:
				failed(w, r, err)
			case m == nil:
				http.NotFound(w, r)
			default:
				show(w, r, m)
			}
		}
	}
	mux.Handle("GET /inbox/{id}", one(func(w http.ResponseWriter, r *http.Request, m *mail.Stored) {
		send(w, r, "message.html", m, failed)
	}))
	mux.Handle("GET /inbox/{id}/html", one(func(w http.ResponseWriter, _ *http.Request, m *mail.Stored) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", mailPolicy)
		h.Set("X-Frame-Options", "SAMEORIGIN")
		page := []byte(strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
		_, _ = w.Write(page) //nolint:gosec // html/template wrote it, and it is shown in a sandbox; it fails for whoever has gone
	}))
	mux.HandleFunc("GET /inbox/style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "inbox.css")
	})
}

func send(w http.ResponseWriter, r *http.Request, name string, data any, failed func(http.ResponseWriter, *http.Request, error)) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	_, _ = w.Write(page.Bytes()) // fails for whoever has gone
}
