package app_test

import (
	"net/http"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
)

func TestBadInputGetsOneClearTypedError(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	branch := h.Category("branch")
	item := domain.FormatID(h.Item(branch, "item", 0))
	h.UserWithRole("boss", "admin")
	boss := h.As(t, "boss@test.example")
	foreign := boss.Must(`{ users(first: 1) { pageInfo { endCursor } } }`).String("users.pageInfo.endCursor")
	for name, c := range map[string]struct{ query, code, says string }{
		"page of a million":     {`{ contentItems(first: 1000000) { nodes { id } } }`, "INVALID", "1 to 100"},
		"negative page":         {`{ contentItems(first: -1) { nodes { id } } }`, "INVALID", "1 to 100"},
		"page of zero":          {`{ contentItems(last: 0) { nodes { id } } }`, "INVALID", "1 to 100"},
		"first and last":        {`{ contentItems(first: 1, last: 1) { nodes { id } } }`, "INVALID", "not both"},
		"cursor of nothing":     {`{ contentItems(after: "abc") { nodes { id } } }`, "INVALID", "cursor"},
		"cursor of another":     {`{ contentItems(after: "` + foreign + `") { nodes { id } } }`, "INVALID", "cursor"},
		"cursor that was bent":  {`{ contentItems(after: "` + domain.EncodeCursor("items:newest_first", "not a time", "not an id") + `") { nodes { id } } }`, "INVALID", "cannot be"},
		"malformed id":          {`{ node(id: "42") { id } }`, "INVALID", "hex digits"},
		"id in capitals":        {`{ node(id: "` + strings.ToUpper(item) + `") { id } }`, "INVALID", "hex digits"},
		"id of another kind":    {`{ contentItem(id: "` + strings.Replace(item, "item_", "user_", 1) + `") { id } }`, "INVALID", "item_"},
		"id and slug":           {`{ contentItem(id: "` + item + `", slug: "item") { id } }`, "INVALID", "exactly one of"},
		"neither id nor slug":   {`{ contentItem { id } }`, "INVALID", "exactly one of"},
		"NUL in a slug":         {`{ contentItem(slug: "a\u0000b") { id } }`, "INVALID", "cannot be"},
		"NUL in a search":       {`{ search(query: "a\u0000b") { nodes { id } } }`, "INVALID", "cannot be"},
		"empty search":          {`{ search(query: "") { nodes { id } } }`, "INVALID", "characters"},
		"unknown enum value":    {`{ contentItems(orderBy: BY_MAGIC) { nodes { id } } }`, "VALIDATION_FAILED", "BY_MAGIC"},
		"unknown field":         {`{ nothing }`, "VALIDATION_FAILED", "nothing"},
		"not GraphQL":           {`{ `, "PARSE_FAILED", ""},
		"bad date":              {`mutation { grantContentAccess(input: {idempotencyKey: "k", userId: "user_01900000000070008000000000000001", itemId: "` + item + `", endsAt: "yesterday"}) { grant { id } } }`, "INVALID", "a time must look like"},
		"number beyond 32 bits": {`mutation { reportProgress(input: {itemId: "` + item + `", eventKey: "01900000-0000-7000-8000-000000000001", percent: 9223372036854775807}) { userErrors { code } } }`, "INVALID", "too large"},
		"recursion":             {`{ __schema { types { fields { type { fields { name } } } } } }`, "LIMIT_EXCEEDED", "introspection"},
		"too deep":              {`{ categories { parent { parent { parent { parent { parent { parent { parent { parent { parent { parent { parent { parent { id } } } } } } } } } } } } } }`, "LIMIT_EXCEEDED", "depth"},
		"too many objects":      {`{ categories { children { children { children { items(first: 100) { nodes { category { items(first: 100) { nodes { id } } } } } } } } } }`, "LIMIT_EXCEEDED", ""},
	} {
		sent := h.Statements(func() {
			a := boss.Ask(c.query)
			if len(a.Errors) != 1 || a.Errors[0].Code() != c.code || !strings.Contains(a.Errors[0].Message, c.says) {
				t.Errorf("%s: want %s %q, got %s", name, c.code, c.says, a.Raw)
			}
			if len(a.Errors) > 0 && (a.Errors[0].Extensions["requestId"] == nil || strings.Contains(a.Raw, "pq:")) {
				t.Errorf("%s: no request id, or the database shows through: %s", name, a.Raw)
			}
		})
		if strings.HasPrefix(c.code, "LIMIT") || strings.Contains(name, "page of") {
			if len(sent) > 1 { // the session
				t.Errorf("%s: refused after %d statements", name, len(sent))
			}
		}
	}
}

// PostgreSQL quotes a value that it cannot read, and lib/pq loses count in an error that is too long.
func TestAValueWithoutEndLeavesNoConnectionInDisorder(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss, digits := h.As(t, "boss@test.example"), strings.Repeat("9", 40_000)
	for query, value := range map[string]string{
		`query ($v: String) { contentItems(after: $v) { nodes { id } } }`:                domain.EncodeCursor("items:newest_first", digits, "x"),
		`query ($v: String) { search(query: "item", after: $v) { nodes { id } } }`:       domain.EncodeCursor("search", digits, "x"),
		`query ($v: String) { loginAttempts(filter: {ip: $v}) { nodes { id } } }`:        digits,
		`query ($v: String) { loginAttempts(filter: {ip: $v}) { totalCount } }`:          digits,
		`query ($v: String) { userSessions(filter: {ip: $v}) { totalCount } }`:           digits,
		`query ($v: String) { contentItem(slug: $v) { id } }`:                            digits,
		`query ($v: String) { users(filter: {search: $v}) { totalCount nodes { id } } }`: digits,
	} {
		for range 10 {
			if a := boss.Ask(query, map[string]any{"v": value}); len(a.Errors) != 1 || a.Errors[0].Code() != "INVALID" {
				t.Fatalf("%s: %.300s", query, a.Raw)
			}
		}
	}
	for range 20 {
		boss.Must(`{ contentItems { nodes { id } } loginAttempts { totalCount } }`)
	}
}

func TestMutationsAnswerBadInputAsData(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	item := domain.FormatID(h.Item(h.Category("c"), "item", 0))
	h.User("taken")
	ada := domain.FormatID(h.UserWithRole("ada", "admin"))
	caller := h.As(t, "ada@test.example")
	for name, c := range map[string]struct{ query, at, code string }{
		"name taken":      {`mutation { updateProfile(input: {username: "Taken"}) { user { id } userErrors { code path } } }`, "updateProfile", "USERNAME_TAKEN"},
		"NUL in a name":   {`mutation { updateProfile(input: {firstName: "A\u0000"}) { user { id } userErrors { code path } } }`, "updateProfile", "NAME_INVALID"},
		"over a hundred":  {`mutation { reportProgress(input: {itemId: "` + item + `", eventKey: "01900000-0000-7000-8000-000000000001", percent: 101}) { progress { percent } userErrors { code path } } }`, "reportProgress", "OUT_OF_RANGE"},
		"no such item":    {`mutation { reportProgress(input: {itemId: "item_01900000000070008000000000000001", eventKey: "01900000-0000-7000-8000-000000000001", percent: 1}) { progress { percent } userErrors { code path } } }`, "reportProgress", "NOT_FOUND"},
		"two targets":     {`mutation { grantContentAccess(input: {idempotencyKey: "a", userId: "` + ada + `"}) { grant { id } userErrors { code path } } }`, "grantContentAccess", "ONE_TARGET"},
		"no such person":  {`mutation { grantContentAccess(input: {idempotencyKey: "b", userId: "user_01900000000070008000000000000001", itemId: "` + item + `"}) { grant { id } userErrors { code path } } }`, "grantContentAccess", "NOT_FOUND"},
		"NUL in a reason": {`mutation { grantContentAccess(input: {idempotencyKey: "c", userId: "` + ada + `", itemId: "` + item + `", reason: "\u0000"}) { grant { id } userErrors { code path } } }`, "grantContentAccess", "INVALID_VALUE"},
		"empty key":       {`mutation { grantContentAccess(input: {idempotencyKey: "", userId: "` + ada + `", itemId: "` + item + `"}) { grant { id } userErrors { code path } } }`, "grantContentAccess", "INVALID"},
	} {
		if a := caller.Must(c.query); a.String(c.at+".userErrors.0.code") != c.code {
			t.Errorf("%s: want %s, got %s", name, c.code, a.Raw)
		}
	}
	var grants int
	if h.Get(&grants, `select count(*) from user_content_permissions`); grants != 0 {
		t.Error("something was granted all the same")
	}
}

func TestTheTransportRefusesWhatIsNotARequest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Production)
	caller := h.Anonymous(t)
	for name, c := range map[string]struct {
		method, contentType, body string
		status                    int
	}{
		"a form":             {http.MethodPost, "application/x-www-form-urlencoded", "query={__typename}", http.StatusUnsupportedMediaType},
		"plain text":         {http.MethodPost, "text/plain", `{"query":"{__typename}"}`, http.StatusUnsupportedMediaType},
		"broken JSON":        {http.MethodPost, "application/json", `{"query":"s3cret`, http.StatusBadRequest},
		"two values":         {http.MethodPost, "application/json", `{"query":"{__typename}"} {}`, http.StatusBadRequest},
		"no query":           {http.MethodPost, "application/json", `{}`, http.StatusBadRequest},
		"a batch":            {http.MethodPost, "application/json", `[{"query":"{__typename}"}]`, http.StatusBadRequest},
		"300 KB":             {http.MethodPost, "application/json", `{"query":"` + strings.Repeat(" ", 300<<10) + `"}`, http.StatusRequestEntityTooLarge},
		"PUT":                {http.MethodPut, "application/json", `{"query":"{__typename}"}`, http.StatusMethodNotAllowed},
		"an event stream":    {http.MethodPost, "application/json", `{"query":"s3cret`, http.StatusBadRequest},
		"another upgrade":    {http.MethodPost, "application/json", `{"query":"{__typename}"}`, http.StatusOK},
		"a mutation by GET":  {"GET mutation", "", "", http.StatusMethodNotAllowed},
		"a good one, by GET": {"GET query", "", "", http.StatusOK},
	} {
		url, headers := h.URL, map[string]string{"Content-Type": c.contentType}
		switch {
		case c.method == "GET mutation":
			url, c.method = url+"?query=mutation%7BsignOut%7BsignedOut%7D%7D", http.MethodGet
		case c.method == "GET query":
			url, c.method = url+"?query=%7B__typename%7D", http.MethodGet
		case name == "another upgrade":
			headers["Connection"], headers["Upgrade"] = "Upgrade", "h2c"
		case name == "an event stream":
			headers["Accept"] = "text/event-stream"
		}
		a := caller.Do(request(t, c.method, url, c.body, headers))
		if a.Status != c.status || strings.Contains(a.Raw, "s3cret") || !strings.Contains(a.Header.Get("Content-Type"), "charset=utf-8") {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
	if a := caller.Ask(`{ __schema { queryType { name } } }`); a.At("__schema") != nil || a.Codes()[0] != "FORBIDDEN" {
		t.Errorf("a visitor reads the schema in production: %s", a.Raw)
	}
}
