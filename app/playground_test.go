package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/app/apptest"
	"lyceum/app/playground"
	"lyceum/db/demo"
	"lyceum/graph/serve"
)

// accounts are whom the examples are for.
var accounts = map[string]string{
	"learner": "pro@demo.test", "admin": "admin@demo.test", "analyst": "analyst@demo.test", "billing": "billing@demo.test", "support": "support@demo.test",
	"editor": "editor@demo.test", "operator": "admin@demo.test",
}

func TestEveryExampleOfThePlaygroundWorksForItsReaderTwice(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: serve.SDL()})
	for _, example := range playground.Examples() {
		t.Run(example.Reader, func(t *testing.T) {
			t.Parallel()
			reader := h.Anonymous(t)
			if email := accounts[example.Reader]; email != "" {
				if a := reader.Must(signIn, map[string]any{"email": email, "password": demo.Password}); a.At("signIn.viewer") == nil {
					t.Fatal(a.Raw)
				}
			}
			doc, err := gqlparser.LoadQueryWithRules(schema, example.Text, nil) // nil: all rules
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(example.Text, "# ") || len(doc.Operations) < 3 {
				t.Error("a tab begins with a comment and has several operations")
			}
			for _, operation := range doc.Operations { // GraphiQL names a tab after the operation that is chosen
				if !strings.HasPrefix(strings.ToLower(operation.Name), example.Reader) {
					t.Errorf("%s does not name its reader", operation.Name)
				}
			}
			for range 2 {
				for _, operation := range doc.Operations {
					a := reader.Named(example.Text, operation.Name)
					if len(a.Errors) > 0 || a.Status != http.StatusOK || strings.Contains(a.Raw, `"userErrors":[{`) {
						t.Errorf("%s: %d %s", operation.Name, a.Status, a.Raw)
					}
					for _, field := range operation.SelectionSet {
						if f, ok := field.(*ast.Field); ok && (a.At(f.Alias) == nil || strings.Contains(a.Raw, `"`+f.Alias+`":[]`)) {
							t.Errorf("%s: no %s: %s", operation.Name, f.Alias, a.Raw)
						}
					}
					if strings.Contains(a.Raw, `"nodes":[]`) {
						t.Errorf("%s shows an empty list: %s", operation.Name, a.Raw)
					}
				}
			}
		})
	}
}

// get asks for a page; headers come in pairs.
func get(t *testing.T, method, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func root(h *apptest.App) string { return strings.TrimSuffix(h.URL, "/graphql") }

var links = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestThePlaygroundLoadsNothingFromElsewhereAndKeepsItsAssets(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	response, page := get(t, http.MethodGet, root(h)+"/playground")
	policy := response.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %q: %s", part, policy)
		}
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
	if regexp.MustCompile(`<script(?: type="text/javascript")?>|\son[a-z]+="|style="`).MatchString(page) {
		t.Error("there is an inline script or style")
	}
	found := links.FindAllStringSubmatch(page, -1)
	if len(found) < 9 {
		t.Fatalf("too few assets: %v", found)
	}
	for _, link := range found {
		if !strings.HasPrefix(link[1], "/playground/assets/") {
			t.Errorf("%s is not ours", link[1])
			continue
		}
		plain, body := get(t, http.MethodGet, root(h)+link[1])
		if plain.StatusCode != http.StatusOK || plain.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || plain.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v", link[1], plain.StatusCode, plain.Header)
		}
		packed, small := get(t, http.MethodGet, root(h)+link[1], "Accept-Encoding", "br, gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("ETag") == plain.Header.Get("ETag") || len(body) > 2000 && len(small) >= len(body) {
			t.Errorf("%s is not packed: %v", link[1], packed.Header)
		}
		if refused, whole := get(t, http.MethodGet, root(h)+link[1], "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" || whole != body {
			t.Errorf("%s is packed for who refuses it", link[1])
		}
		if again, none := get(t, http.MethodGet, root(h)+link[1], "If-None-Match", plain.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || none != "" {
			t.Errorf("%s is sent again: %d", link[1], again.StatusCode)
		}
		if head, none := get(t, http.MethodHead, root(h)+link[1]); head.StatusCode != http.StatusOK || none != "" || head.ContentLength != int64(len(body)) {
			t.Errorf("HEAD %s: %d %d", link[1], head.StatusCode, head.ContentLength)
		}
	}
}

func TestThePlaygroundsAddressesAnswerAsTheyShould(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	for name, c := range map[string]struct {
		method, path, accept string
		status               int
		location             string
	}{
		"HEAD of the page":                  {http.MethodHead, "/playground", "", http.StatusOK, ""},
		"a slash at the end":                {http.MethodGet, "/playground/", "", http.StatusMovedPermanently, "/playground"},
		"an unknown asset":                  {http.MethodGet, "/playground/assets/graphiql.min.js", "", http.StatusNotFound, ""},
		"a way out of the assets":           {http.MethodGet, "/playground/assets/%2e%2e/page.go", "", http.StatusNotFound, ""},
		"the list of assets":                {http.MethodGet, "/playground/assets/", "", http.StatusNotFound, ""},
		"a form that was sent without us":   {http.MethodPost, "/playground", "", http.StatusNotFound, ""},
		"/ for a browser":                   {http.MethodGet, "/", "text/html,application/xhtml+xml", http.StatusFound, "/playground"},
		"/ for a program":                   {http.MethodGet, "/", "application/json", http.StatusNotFound, ""},
		"something beside the playground":   {http.MethodGet, "/playgrounds", "text/html", http.StatusNotFound, ""},
		"something behind the front's path": {http.MethodGet, "/x", "text/html", http.StatusNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response, _ := get(t, c.method, root(h)+c.path, "Accept", c.accept)
			if response.StatusCode != c.status || response.Header.Get("Location") != c.location {
				t.Errorf("%d %q", response.StatusCode, response.Header.Get("Location"))
			}
		})
	}
}

func TestDemoAccountsAreOfferedOnlyWhereTheyExist(t *testing.T) {
	t.Parallel()
	if _, page := get(t, http.MethodGet, root(apptest.New(t))+"/playground"); strings.Contains(page, demo.Password) || strings.Contains(page, "Read as") {
		t.Error("an empty school offers the demo's accounts")
	}
	if _, page := get(t, http.MethodGet, root(apptest.Demo(t))+"/playground"); !strings.Contains(page, demo.Password) || !strings.Contains(page, "editor@demo.test") {
		t.Error("the demo school does not offer its accounts")
	}
	if _, page := get(t, http.MethodGet, root(apptest.Demo(t, apptest.Production))+"/playground"); strings.Contains(page, "demo") {
		t.Errorf("production offers the demo's accounts: %s", page)
	}
}

func TestInProductionTheServerDecidesWhoGetsThePlayground(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t, apptest.Production)
	for reader, c := range map[string]struct {
		status int
		has    string
		lacks  []string
	}{
		"":                  {http.StatusOK, "Sign in", []string{"graphiql", "Catalogue", "SCHEMA_READ", "demo"}},
		"pro@demo.test":     {http.StatusForbidden, "SCHEMA_READ", []string{"graphiql", "Catalogue", "demo"}},
		"billing@demo.test": {http.StatusForbidden, "(billing)", []string{"graphiql", "Catalogue", "demo"}},
		"analyst@demo.test": {http.StatusOK, "AnalystRevenue", []string{"AdminPeople", demo.Password, "Read as"}},
		"admin@demo.test":   {http.StatusOK, "AdminPeople", []string{demo.Password, "Read as"}},
	} {
		t.Run(reader, func(t *testing.T) {
			t.Parallel()
			response, page := get(t, http.MethodGet, root(h)+"/playground", "Cookie", cookie(t, h, reader))
			if response.StatusCode != c.status || !strings.Contains(page, c.has) || response.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%d %v %s", response.StatusCode, response.Header, page)
			}
			for _, secret := range c.lacks {
				if strings.Contains(page, secret) {
					t.Errorf("she gets to see %q", secret)
				}
			}
		})
	}
}

// GraphiQL asks in these words: getIntrospectionQuery of graphql-js 16.
const introspection = `query IntrospectionQuery {
  __schema {
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}`

func TestGraphiQLsIntrospectionPassesTheLimitsForWhoMayIntrospect(t *testing.T) {
	t.Parallel()
	if a := apptest.New(t).Anonymous(t).Must(introspection); a.Len("__schema.types") < 50 {
		t.Error(a.Raw)
	}
	h := apptest.Demo(t, apptest.Production)
	for reader, allowed := range map[string]bool{"": false, "pro@demo.test": false, "admin@demo.test": true} {
		body, err := json.Marshal(map[string]string{"query": introspection})
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Cookie", cookie(t, h, reader))
		if a := h.Anonymous(t).Do(request); (a.Len("__schema.types") > 50) != allowed || allowed != (len(a.Errors) == 0) {
			t.Errorf("%q: %s", reader, a.Raw)
		}
	}
}

// cookie signs in where cookies are for https alone: a Go client keeps none that came over http. Empty for an anonymous user.
func cookie(t *testing.T, h *apptest.App, email string) string {
	t.Helper()
	if email == "" {
		return ""
	}
	a := h.Anonymous(t).Must(signIn, map[string]any{"email": email, "password": demo.Password})
	for _, set := range a.Header.Values("Set-Cookie") {
		if strings.Contains(set, "lyceum_session=") {
			pair, _, _ := strings.Cut(set, ";")
			return pair
		}
	}
	t.Fatalf("%s cannot sign in: %s", email, a.Raw)
	return ""
}
