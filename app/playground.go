package app

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"lyceum/app/playground"
	"lyceum/auth"
	"lyceum/db/demo"
	"lyceum/domain"
)

// openPlayground adds the page to try the graph from. In development / redirects there.
func (a *App) openPlayground(mux *http.ServeMux) {
	options := playground.Options{Production: a.config.Production()}
	if !a.config.Production() {
		options.Accounts = a.demoAccounts
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.Header.Get("Accept"), "text/html") {
				nothingHere(w, r)
				return
			}
			http.Redirect(w, r, "/playground", http.StatusFound)
		})
	}
	mux.Handle("GET /playground", timed(a.resolver.Gate.Admit(playground.Page(options))))
	mux.Handle("GET /playground/{$}", http.RedirectHandler("/playground", http.StatusMovedPermanently))
	mux.Handle("GET /playground/assets/", playground.Assets())
}

// reads names the reader whose examples an account is for.
var reads = map[string]string{
	"admin@demo.test": "admin", "analyst@demo.test": "analyst", "pro@demo.test": "learner", "support@demo.test": "support",
}

// demoAccounts are the demo's sign-ins where the demo school is loaded.
func (a *App) demoAccounts(ctx context.Context) (accounts []playground.Account, password string) {
	admins, err := a.resolver.Reader.UsersByID(ctx, []domain.UserID{{UUID: uuid.MustParse(demo.AdminID)}})
	if err != nil {
		a.log.WarnContext(ctx, "the Playground is shown without the demo's accounts", "request", auth.RequestID(ctx), "error", err)
	}
	if len(admins) == 0 {
		return nil, "" // the page works without them
	}
	for _, account := range demo.SignIns {
		accounts = append(accounts, playground.Account{Email: account[0], Note: account[1], Reader: reads[account[0]]})
	}
	return accounts, demo.Password
}
