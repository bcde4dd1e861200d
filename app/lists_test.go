package app_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// school makes n items in a few categories, with authors and figures.
func school(h *apptest.App, n int) {
	author := h.User("author")
	top := h.Category("top")
	for i := range n {
		branch := top
		if i%3 == 0 {
			branch = h.Category(fmt.Sprintf("branch-%d", i), storetest.Values{"parent_id": top})
		}
		h.Item(branch, fmt.Sprintf("item-%d", i), i%4, storetest.Values{"author_id": author})
	}
	h.Exec("refresh materialized view content_popularity")
}

func TestAPageTakesTheSameStatementsWhateverItsLength(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 60)
	for i := range 12 {
		user := h.User(fmt.Sprintf("learner%d", i))
		h.Seat(h.Subscription(user, h.Plan(2)), h.User(fmt.Sprintf("guest%d", i)))
		records(h, user, i)
	}
	h.UserWithRole("boss", "admin")
	boss := h.As(t, "boss@test.example")
	for name, c := range map[string]struct {
		query string
		most  int
	}{
		"items": {`{ contentItems(first: %d) { edges { cursor node { title category { name path { name } } author { username } access { hasAccess reason remedy { plan { name } } }
			popularity { views } myProgress { percent } } } pageInfo { hasNextPage } } }`, 9},
		"bodies": {`{ contentItems(first: %d) { nodes { title body } } }`, 4},
		"HTML":   {`{ contentItems(first: %d) { nodes { title bodyHtml } } }`, 4},
		"search": {`{ search(query: "title", first: %d) { nodes { title access { hasAccess } category { name } } } }`, 3},
		"users":  {`{ users(first: %d) { nodes { email roles { name } subscription { plan { name } } securityStatus { activeSessions } activity { seconds } } } }`, 7},
		"what people learn": {`{ users(first: %d, filter: {search: "learner"}) { nodes { email roles { name } consumption(first: 5) { nodes { item { title category { name } } } }
			progress(first: 3) { nodes { item { title } } } apiTokens(first: 2) { nodes { name user { email } } } } } }`, 10},
		"what people pay": {`{ users(first: %d, filter: {search: "learner"}) { nodes { email subscription { plan { name } } payments(first: 3) { nodes { status subscription { plan { name } } } }
			subscriptions(first: 2) { nodes { seats(first: 3) { nodes { user { username } } } changes(first: 2) { nodes { kind toPlan { name } } } payments(first: 2) { nodes { id } } } } } } }`, 12},
		"learners":        {`{ contentLibrary(first: %d) { nodes { title learners(first: 3) { nodes { percent user { username } } } prerequisites { title } } } }`, 5},
		"payments":        {`{ payments(first: %d) { nodes { user { email } subscription { plan { name } owner { username } } } } }`, 6},
		"changes":         {`{ subscriptionChanges(first: %d) { nodes { user { email } toPlan { name } actor { username } subscription { status } } } }`, 5},
		"consumption":     {`{ contentConsumption(first: %d) { nodes { user { username } item { title } } } }`, 4},
		"verifications":   {`{ verifications(first: %d) { nodes { user { email } } } }`, 3},
		"passwordChanges": {`{ passwordChanges(first: %d) { nodes { user { email } } } }`, 3},
		"backups":         {`{ backups(first: %d) { nodes { id name state } totalCount } }`, 3},
		"restoreDrills":   {`{ restoreDrills(first: %d) { nodes { id state lostMs } } }`, 2},
		"jobs":            {`{ jobs(first: %d) { nodes { id kind state lastError } } }`, 2},
		"alerts":          {`{ alerts(first: %d) { nodes { reads what acknowledgedBy { email } } } }`, 3},
		"mail":            {`{ mailMessages(first: %d) { nodes { user { email } } } }`, 3},
		"sessions":        {`{ userSessions(first: %d) { nodes { user { email } } } }`, 3},
		"refreshTokens":   {`{ refreshTokens(first: %d) { nodes { user { email } } } }`, 3},
		"roleAssignments": {`{ roleAssignments(first: %d) { nodes { user { email } role { name } grantedBy { username } } } }`, 4},
		"catalogue":       {`{ contentCategories(first: %d) { nodes { name items(first: 3) { nodes { title access { hasAccess } myProgress { percent } } } } } }`, 6},
		"popularity":      {`{ contentPopularity(first: %d) { nodes { views item { title category { name } } } } subscriptionMetrics { plan { name } mrr { amount } } }`, 6},
		"grants":          {`{ contentGrants(first: %d) { nodes { user { username } item { title } category { name } } } }`, 5},
		"audit":           {`{ auditLog(first: %d) { nodes { actor { username } subject { username } } } }`, 3},
		"attempts":        {`{ loginAttempts(first: %d) { nodes { user { username } } } }`, 3},
		"branches":        {`{ categories { name items(first: %d) { nodes { title access { hasAccess } } } children { name items(first: 3) { nodes { title } } } } }`, 6},
	} {
		var counts []int
		for _, first := range []int{2, 10, 50} {
			query := fmt.Sprintf(c.query, first)
			counts = append(counts, len(h.Statements(func() { boss.Must(query) })))
		}
		if counts[0] != counts[1] || counts[1] != counts[2] || counts[0] > c.most {
			t.Errorf("%s: %v statements for 2, 10 and 50 rows, at most %d", name, counts, c.most)
		}
	}
}

func TestTheOperationsOfTheBenchmarkTakeTheSameStatementsWhateverTheirLength(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 60)
	for i := range 12 {
		user := h.User(fmt.Sprintf("learner%d", i))
		h.Subscription(user, h.Plan(2))
		records(h, user, i)
	}
	h.UserWithRole("boss", "admin")
	h.Exec("refresh materialized view subscription_metrics")
	boss := h.As(t, "boss@test.example")
	sizes := regexp.MustCompile(`first: (20|50|100)\b`)
	plain := strings.NewReplacer(", after: $after", "", "($after: String)", "", "($words: String!)", "", "$words", `"title"`)
	for name, most := range map[string]int{"q1": 2, "q2": 3, "q3": 5, "q4": 3, "q5": 3, "q6": 5} {
		text, err := os.ReadFile("../bench/graph/operations/" + name + ".graphql")
		if err != nil {
			t.Fatal(err)
		}
		var counts []int
		for _, first := range []int{2, 10, 50} {
			query := sizes.ReplaceAllString(plain.Replace(string(text)), fmt.Sprintf("first: %d", first))
			counts = append(counts, len(h.Statements(func() { boss.Must(query) })))
		}
		if counts[0] != counts[1] || counts[1] != counts[2] || counts[0] > most {
			t.Errorf("%s: %v statements for 2, 10 and 50 rows, at most %d", name, counts, most)
		}
	}
}

func TestEveryListCanBeWalkedForwardAndBackward(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 23)
	boss := h.UserWithRole("boss", "admin")
	for i := range 9 {
		user := h.User(fmt.Sprintf("learner%d", i))
		h.Subscription(user, h.Plan(2))
		h.Grant(user, storetest.Values{"category_id": h.Category(fmt.Sprintf("extra-%d", i))})
		h.Exec(`select track_login_attempt($1, 'failed', '203.0.113.1', 'test', 'd', 'wrong_password')`, fmt.Sprintf("learner%d@test.example", i))
		h.Exec(`insert into security_audit_log (event, severity, user_id) values ('sign_in_failed', 'warning', $1)`, boss)
		records(h, user, i)
	}
	for i := range 5 {
		h.Item(h.Category(fmt.Sprintf("jars-%d", i)), fmt.Sprintf("jar-%d", i), 0, storetest.Values{"title": fmt.Sprintf("Marmalade %d", i)})
	}
	h.Exec("update content_bodies set body = 'Here is marmalade.' where content_id in (select id from content_items where slug like 'item-1%')")
	h.Exec("refresh materialized view content_popularity")
	caller := h.As(t, "boss@test.example")
	for list, key := range map[string]string{
		"contentItems": "id", "contentItems(orderBy: BY_TITLE)": "id", "contentItems(orderBy: OLDEST_FIRST, filter: {accessible: true})": "id",
		"users": "id", "users(orderBy: BY_USERNAME)": "id", "subscriptions": "id", "contentGrants": "id", "contentPopularity": "views item { id }",
		"loginAttempts": "id", "securityEvents": "id", "auditLog(filter: {table: \"content_items\"})": "id", `search(query: "title")`: "id", `search(query: "marmalade")`: "id", `search(query: "-marmalade")`: "id",
		`search(query: "marmalade", accessible: true)`: "id",
		"contentCategories":                            "id", "contentCategories(orderBy: BY_NAME)": "id", "contentLibrary": "id", "contentLibrary(orderBy: RECENTLY_UPDATED_FIRST)": "id",
		"contentLibrary(orderBy: BY_TITLE)": "id", "users(orderBy: RECENT_LOGIN_FIRST)": "id", "users(orderBy: OLDEST_FIRST, filter: {emailVerified: false})": "id",
		"subscriptions(orderBy: ENDING_SOONEST_FIRST)": "id", "subscriptions(orderBy: OLDEST_FIRST, filter: {givesAccess: true})": "id", "subscriptionPlans": "id",
		"subscriptionPlans(orderBy: NEWEST_FIRST)": "id", "payments": "id", "payments(orderBy: LARGEST_FIRST)": "id", "payments(orderBy: OLDEST_FIRST)": "id",
		"subscriptionChanges": "id", "roleAssignments": "user { id } role { name }", "verifications": "id", "passwordChanges": "id", "userSessions": "id",
		"backups": "id", "backups(orderBy: OLDEST_FIRST, filter: {kept: true})": "id", "restoreDrills": "id", "restoreDrills(filter: {state: PASSED})": "id",
		"jobs": "id", "jobs(orderBy: OLDEST_FIRST, filter: {failed: true})": "id",
		"mailMessages": "id", "mailMessages(orderBy: OLDEST_FIRST)": "id", "alerts": "id", "alerts(orderBy: OLDEST_FIRST, filter: {acknowledged: true})": "id",
		"userSessions(orderBy: RECENTLY_SEEN_FIRST)": "id", "apiTokens": "id", "refreshTokens(orderBy: OLDEST_FIRST)": "id", "contentConsumption": "id",
		"contentGrants(orderBy: ENDING_SOONEST_FIRST)": "id", "contentPopularity(orderBy: BEST_RATED)": "averageRating item { id }",
		"contentPopularity(orderBy: MOST_COMPLETED)": "completions item { id }",
	} {
		all := walk(caller, list, key, "first: 100", "")
		if len(all) < 5 {
			t.Errorf("%s has only %d rows", list, len(all))
		}
		if got := walk(caller, list, key, "first: 4", "endCursor"); !slices.Equal(got, all) {
			t.Errorf("%s forward: %d rows of %d, or in another order", list, len(got), len(all))
		}
		if strings.HasPrefix(list, "search") {
			continue
		}
		if got := walk(caller, list, key, "last: 4", "startCursor"); !slices.Equal(got, all) {
			t.Errorf("%s backward: %d rows of %d, or in another order", list, len(got), len(all))
		}
	}
}

// records gives a user one row in every table of records.
func records(h *apptest.App, user domain.UserID, n int) {
	h.Exec(`insert into user_roles (user_id, role_id) select $1, id from roles where name = 'editor'`, user)
	h.Exec(`insert into user_verifications (user_id, purpose, target, token_hash, expires_at)
		select $1, 'email', u.email, sha256(u.email::text::bytea), now() + interval '1 hour' from users u where u.id = $1`, user)
	h.Exec(`insert into mail_messages (cause, template, recipient, user_id) select 'test:' || u.id, 'users.account_closed', u.email, u.id from users u where u.id = $1`, user)
	h.Exec(`insert into alerts (rule_id, level, what, remedy, ended_at, acknowledged_at, acknowledged_by)
		select r.id, 'warning', 'the disk is full', 'make room', now(), now(), $1 from alert_rules r where r.reads = 'doctor.disk'`, user)
	h.Exec(`insert into river.river_job (kind, args, state, finalized_at, max_attempts) values ('clean_up', '{}', 'discarded', now(), 25)`)
	h.Exec(`insert into backups (reason, state, name, finished_at) values ('request', 'whole', 'backup ' || $1::int, now())`, n)
	h.Exec(`insert into restore_drills (reason, state, finished_at, lost_ms, took_ms, tables, rows_counted) values ('request', 'passed', now(), 1, 2, 3, $1)`, n)
	h.Exec(`insert into password_history (user_id, password_hash) values ($1, 'x')`, user)
	h.Exec(`insert into user_sessions (user_id, session_token, data, expires_at) values ($1, 'session-' || $2::int, '', now() + interval '1 hour')`, user, n)
	h.Exec(`insert into api_tokens (user_id, name, prefix, token_hash) values ($1, 'report', 'lyc_' || $2::int, sha256($2::int::text::bytea))`, user, n)
	h.Exec(`insert into refresh_tokens (user_id, family_id, token_hash, expires_at)
		values ($1, gen_random_uuid(), sha256(('r' || $2::int)::bytea), now() + interval '1 day')`, user, n)
	h.Exec(`insert into payments (user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id)
		select s.user_id, s.id, 'succeeded', 100 * ($2::int % 3), 'EUR', 'sandbox', 'pay-' || $2 from user_subscriptions s where s.user_id = $1`, user, n)
	h.Exec(`insert into subscription_changes (subscription_id, user_id, kind, to_plan_id, to_status, effective_at)
		select s.id, s.user_id, 'started', s.plan_id, 'active', now() from user_subscriptions s where s.user_id = $1`, user)
	h.Exec(`insert into learning_analytics (user_id, content_id, opens) select $1, i.id, 1 from content_items i`, user)
	h.Exec(`insert into content_consumption (user_id, content_id, event, progress, seconds, created_at)
		select l.user_id, l.content_id, 'opened', 0, 0, l.last_at from learning_analytics l where l.user_id = $1 limit 7`, user)
}

// walk reads a list page by page, following the cursor named so, and returns its rows in list order.
func walk(c *apptest.Caller, list, key, size, follow string) []string {
	name, args, _ := strings.Cut(strings.TrimSuffix(list, ")"), "(")
	var rows []string
	for cursor := ""; ; {
		paging := size
		if cursor != "" {
			paging += map[string]string{"endCursor": ", after: ", "startCursor": ", before: "}[follow] + `"` + cursor + `"`
		}
		a := c.Must("{ " + name + "(" + strings.TrimPrefix(args+", "+paging, ", ") + ") { nodes { " + key + " } totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }")
		var page []string
		for i := range a.Len(name + ".nodes") {
			page = append(page, fmt.Sprint(a.At(fmt.Sprintf("%s.nodes.%d", name, i))))
		}
		if follow == "startCursor" {
			rows = append(page, rows...)
		} else {
			rows = append(rows, page...)
		}
		more := map[string]string{"endCursor": "hasNextPage", "startCursor": "hasPreviousPage", "": "none"}[follow]
		if a.String(name+".pageInfo."+more) != "true" {
			return rows
		}
		cursor = a.String(name + ".pageInfo." + follow)
	}
}

func TestNodesAreFoundByWhoMayKnowOfThem(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	owner := h.User("owner")
	h.User("stranger")
	h.UserWithRole("boss", "admin")
	branch := h.Category("branch")
	ids := map[string]string{
		"user": domain.FormatID(owner), "sub": domain.FormatID(h.Subscription(owner, h.Plan(2))), "branch": domain.FormatID(branch),
		"item": domain.FormatID(h.Item(branch, "open", 0)), "draft": domain.FormatID(h.Item(branch, "draft", 0, storetest.Values{"status": "draft"})),
		"grant": domain.FormatID(h.Grant(owner, storetest.Values{"category_id": branch})), "none": "item_01900000000070008000000000000001",
	}
	known := map[string][]string{
		"visitor": {"branch", "item"}, "stranger": {"branch", "item"}, "owner": {"user", "sub", "branch", "item"},
		"boss": {"user", "sub", "branch", "item", "draft", "grant"},
	}
	for who, may := range known {
		caller := h.Anonymous(t)
		if who != "visitor" {
			caller = h.As(t, who+"@test.example")
		}
		for name, id := range ids {
			a := caller.Must(`{ node(id: "` + id + `") { id __typename } }`)
			if got := a.String("node.id") == id; got != slices.Contains(may, name) {
				t.Errorf("%s finds %s: %v", who, name, got)
			}
		}
	}
	boss := h.As(t, "boss@test.example")
	boss.Must(`{ loginAttempts(first: 1) { nodes { id } } }`)
	failedJob(h)
	openAlert(h)
	h.Exec(`insert into backups (reason) values ('request')`)
	h.Exec(`insert into restore_drills (reason) values ('request')`)
	for _, list := range []string{"loginAttempts", "securityEvents", "auditLog", "roles", "jobs", "backups", "restoreDrills", "alerts", "alertRules"} {
		path, pages := "0", list+" { id }"
		if list != "roles" && list != "alertRules" {
			path, pages = "nodes.0", list+"(first: 1) { nodes { id } }"
		}
		id := boss.Must("{ " + pages + " }").String(list + "." + path + ".id")
		if a := boss.Must(`{ node(id: "` + id + `") { id } nodes(ids: ["` + id + `", "` + ids["none"] + `"]) { id } }`); a.String("node.id") != id || a.String("nodes.0.id") != id || a.At("nodes.1") != nil {
			t.Errorf("%s: %s is not found again: %s", list, id, a.Raw)
		}
	}
}
