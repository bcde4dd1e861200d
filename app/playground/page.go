package playground

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"lyceum/domain"
)

//go:embed pages/*.html
var pages embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"asset": func(name string) string { return paths[name] },
}).ParseFS(pages, "pages/*.html"))

// Account is somebody who can be signed in with one click.
type Account struct {
	Email  string `json:"email"`
	Note   string `json:"note"`
	Reader string `json:"reader"` // whose tab is opened; empty for none of them
}

// Options say whose page it is.
type Options struct {
	// Production keeps GraphiQL from whoever lacks schema.read, and shows no accounts.
	Production bool
	// Accounts are the demo's, with their password; none where the demo school is not loaded. Never asked in production.
	Accounts func(context.Context) (accounts []Account, password string)
}

// settings is what the page's script gets to know.
type settings struct {
	Production bool      `json:"production"`
	Examples   []Example `json:"examples"`
	Accounts   []Account `json:"accounts,omitempty"`
	Password   string    `json:"password,omitempty"`
}

// The page loads what this server sends and nothing else. CodeMirror, GraphiQL's editor, places its lines by inline
// styles; its fonts are in its style sheet.
const (
	signInPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors 'none'"
	labPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
		"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// Page serves /playground. It decides on the server what a viewer gets: GraphiQL with the examples, or the sign-in page, which has
// a form to sign in and says what is missing.
func Page(o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		viewer := domain.ViewerFrom(r.Context())
		switch {
		case !o.Production:
			s := settings{Examples: Examples()}
			if o.Accounts != nil {
				s.Accounts, s.Password = o.Accounts(r.Context())
				slices.SortStableFunc(s.Accounts, func(a, b Account) int { return cmp.Compare(tab(a.Reader), tab(b.Reader)) })
			}
			send(w, http.StatusOK, labPolicy, "lab.html", s)
		case viewer.May(domain.SchemaRead):
			send(w, http.StatusOK, labPolicy, "lab.html", settings{Production: true, Examples: examples(viewer.May)})
		case viewer.SignedIn():
			send(w, http.StatusForbidden, signInPolicy, "signin.html", signInPage{SignedIn: true, Roles: strings.Join(viewer.Roles, ", ")})
		default:
			send(w, http.StatusOK, signInPolicy, "signin.html", signInPage{})
		}
	})
}

// signInPage is what the sign-in page shows.
type signInPage struct {
	SignedIn bool
	Roles    string
}

func send(w http.ResponseWriter, status int, policy, name string, data any) {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, data); err != nil {
		panic(err) // the middleware logs it and answers
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // fails for a client that has gone
}
