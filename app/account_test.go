package app_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/domain"
)

func TestTheAccountPageIsServedEverywhereWithItsOwnScriptsAlone(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]apptest.Option{"development": func(*app.Config) {}, "production": apptest.Production} {
		h := apptest.New(t, option)
		base := strings.TrimSuffix(h.URL, "/graphql")
		status, header, page := visit(t, base+"/account")
		policy := header.Get("Content-Security-Policy")
		if status != http.StatusOK || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || header.Get("Referrer-Policy") != "no-referrer" ||
			!strings.HasPrefix(header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", name, status, header)
		}
		for _, forbidden := range []string{"<style", " style=", "<script>", " onclick=", "javascript:", "http://", "https://"} {
			if strings.Contains(page, forbidden) {
				t.Errorf("the page has %q", forbidden)
			}
		}
		for _, asset := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if status, header, _ := visit(t, base+asset[1]); status != http.StatusOK || strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
				t.Errorf("%s: %s %d %v", name, asset[1], status, header)
			}
		}
		if status, _, _ := visit(t, base+"/account", "Host", "evil.example"); status != http.StatusMisdirectedRequest {
			t.Errorf("%s: another host gets it: %d", name, status)
		}
	}
}

func TestTheAccountPageKnowsEveryActionOfALinkInBothLanguages(t *testing.T) {
	t.Parallel()
	words, err := os.ReadFile("account/page/words.js")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("account/page/account.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []domain.LinkAction{domain.LinkVerify, domain.LinkInvitation, domain.LinkReset, domain.LinkEmailChange, domain.LinkUndoEmailChange} {
		if strings.Count(string(words), "'"+string(action)+"': { title:") != 2 || strings.Count(string(script), "'"+string(action)+"': { name:") != 1 {
			t.Errorf("%s is not known in both languages", action)
		}
	}
}
