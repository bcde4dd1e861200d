package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/graph"
	"lyceum/store/storetest"
)

// The kinds of callers. self owns what the rows ask for: she is the author of the item, holds a Pro subscription, and
// gave learner a seat in it.
const (
	visitor = "visitor"
	learner = "learner"
	self    = "self"
	admin   = "admin"
	editor  = "editor"
	analyst = "analyst"
	billing = "billing"
	support = "support"
)

var callers = []string{visitor, learner, self, admin, editor, analyst, billing, support}

// row says who gets a guarded field. Whoever is neither in may nor in silent gets an error with one of the codes of a
// refusal, no data, and changes nothing.
type row struct {
	ask    string   // ITEM, LOCKED, USER, SUB, GRANT, SESSION stand for ids
	at     string   // where the guarded value is in the answer
	may    []string // who gets it
	silent []string // who is told nothing, not even that it exists
}

var (
	everyoneSignedIn = callers[1:]
	usersReaders     = []string{self, admin, billing, support}
)

func author(field string) (ask, at string) {
	name, _, _ := strings.Cut(field, " ")
	return `{ contentItem(id: "ITEM") { author { ` + field + ` } } }`, "contentItem.author." + name
}

func authorRow(field string, may ...string) row {
	ask, at := author(field)
	return row{ask: ask, at: at, may: may}
}

// subRow is a list that hangs on a subscription: whoever may not know of it is told nothing.
func subRow(field string) row {
	return row{
		ask: `{ node(id: "SUB") { ... on UserSubscription { ` + field + `(first: 1) { totalCount } } } }`, at: "node." + field,
		may: []string{self, admin, billing, support}, silent: []string{visitor, editor, analyst},
	}
}

func listRow(field string, may ...string) row {
	return row{ask: `{ ` + field + `(first: 1) { totalCount } }`, at: field, may: may}
}

// matrix has a row for each guarded field. What belongs to one word alone stands in a file of its own: matrix_<word>_test.go.
var matrix = func() map[string]row {
	all := reads
	for _, rows := range []map[string]row{usersRows, plansRows, contentRows, integrationRows, operationsRows} {
		maps.Copy(all, rows)
	}
	return all
}()

var reads = map[string]row{
	"User.email":          authorRow("email", usersReaders...),
	"User.firstName":      authorRow("firstName", usersReaders...),
	"User.lastName":       authorRow("lastName", usersReaders...),
	"User.accountStatus":  authorRow("accountStatus", usersReaders...),
	"User.lastLoginAt":    authorRow("lastLoginAt", usersReaders...),
	"User.roles":          authorRow("roles { name }", usersReaders...),
	"User.subscription":   authorRow("subscription { id }", self, admin, billing, support),
	"User.activity":       authorRow("activity { seconds }", self, admin, analyst),
	"User.securityStatus": authorRow("securityStatus { emailVerified }", self, admin, support),
	"UserSubscription.owner": {
		ask: `{ node(id: "SUB") { ... on UserSubscription { owner { id } } } }`, at: "node.owner",
		may: []string{self, admin, billing, support}, silent: []string{visitor, editor, analyst},
	},
	"UserSubscription.seats":    subRow("seats"),
	"UserSubscription.payments": subRow("payments"),
	"UserSubscription.changes":  subRow("changes"),
	"User.subscriptions":        authorRow("subscriptions { totalCount }", self, admin, billing, support),
	"User.payments":             authorRow("payments { totalCount }", self, admin, billing, support),
	"User.consumption":          authorRow("consumption { totalCount }", self, admin, analyst),
	"User.progress":             authorRow("progress { totalCount }", self, admin, analyst),
	"User.apiTokens":            authorRow("apiTokens { totalCount }", self, admin, support),
	"ContentItem.learners":      {ask: `{ contentItem(id: "ITEM") { learners { totalCount } } }`, at: "contentItem.learners", may: []string{admin, analyst}},
	"ContentItem.accessOf": {
		ask: `{ contentItem(id: "ITEM") { accessOf(userId: "USER") { hasAccess } } }`, at: "contentItem.accessOf", may: []string{admin, support},
	},
	"ContentItem.bodyHtml": {
		ask: `{ contentItem(id: "LOCKED") { bodyHtml } }`, at: "contentItem.bodyHtml", may: []string{self, learner, admin, editor},
	},
	"ContentItem.body":  {ask: `{ contentItem(id: "LOCKED") { body } }`, at: "contentItem.body", may: []string{self, learner, admin, editor}},
	"ContentItem.files": {ask: `{ contentItem(id: "LOCKED") { files { url } } }`, at: "contentItem.files", may: []string{self, learner, admin, editor}},
	"ContentItem.myProgress": {
		ask: `{ contentItem(id: "ITEM") { myProgress { percent } } }`, at: "", may: everyoneSignedIn,
	},
	"Query.users":               {ask: `{ users(first: 1) { nodes { id } } }`, at: "users", may: []string{admin, billing, support}},
	"Query.roles":               {ask: `{ roles { name } }`, at: "roles", may: []string{admin}},
	"Query.subscriptions":       {ask: `{ subscriptions(first: 1) { nodes { id } } }`, at: "subscriptions", may: []string{admin, billing, support}},
	"Query.subscriptionPlans":   listRow("subscriptionPlans", admin, billing, support),
	"Query.payments":            listRow("payments", admin, billing, support),
	"Query.subscriptionChanges": listRow("subscriptionChanges", admin, billing, support),
	"Query.contentLibrary":      listRow("contentLibrary", admin, editor),
	"Query.contentConsumption":  listRow("contentConsumption", admin, analyst),
	"Query.userSessions":        listRow("userSessions", admin, support),
	"Query.apiTokens":           listRow("apiTokens", admin, support),
	"Query.refreshTokens":       listRow("refreshTokens", admin, support),
	"Query.passwordChanges":     listRow("passwordChanges", admin, support),
	"Query.roleAssignments":     listRow("roleAssignments", admin, billing, support),
	"Query.verifications":       listRow("verifications", admin, billing, support),
	"Query.contentGrants":       {ask: `{ contentGrants(first: 1) { nodes { id } } }`, at: "contentGrants", may: []string{admin, support}},
	"Query.subscriptionMetrics": {ask: `{ subscriptionMetrics { activeCount } }`, at: "subscriptionMetrics", may: []string{admin, analyst}},
	"Query.contentPopularity":   {ask: `{ contentPopularity(first: 1) { nodes { views } } }`, at: "contentPopularity", may: []string{admin, analyst}},
	"Query.sessions":            {ask: `{ sessions { id } }`, at: "sessions", may: everyoneSignedIn},
	"Query.loginAttempts":       {ask: `{ loginAttempts(first: 1) { nodes { id } } }`, at: "loginAttempts", may: []string{admin, support}},
	"Query.securityEvents":      {ask: `{ securityEvents(first: 1) { nodes { id } } }`, at: "securityEvents", may: []string{admin, support}},
	"Query.auditLog":            {ask: `{ auditLog(first: 1) { nodes { id } } }`, at: "auditLog", may: []string{admin}},
	"Mutation.updateProfile": {
		ask: `mutation { updateProfile(input: {firstName: "New"}) { user { id } userErrors { code } } }`, at: "updateProfile.user", may: everyoneSignedIn,
	},
	"Mutation.cancelSubscription": {
		ask: `mutation { cancelSubscription(input: {subscriptionId: "SUB", idempotencyKey: "matrix"}) { subscription { id } userErrors { code } } }`, at: "cancelSubscription",
		may: everyoneSignedIn,
	},
	"Mutation.resumeSubscription": {
		ask: `mutation { resumeSubscription(input: {subscriptionId: "SUB", idempotencyKey: "matrix"}) { subscription { id } userErrors { code } } }`,
		at:  "resumeSubscription", may: everyoneSignedIn,
	},
	"Mutation.reportProgress": {
		ask: `mutation { reportProgress(input: {itemId: "ITEM", eventKey: "01900000-0000-7000-8000-000000000001", percent: 5}) { progress { percent } userErrors { code } } }`,
		at:  "reportProgress.progress", may: everyoneSignedIn,
	},
	"Mutation.grantContentAccess": {
		ask: `mutation { grantContentAccess(input: {idempotencyKey: "matrix", userId: "USER", itemId: "ITEM"}) { grant { id } userErrors { code } } }`,
		at:  "grantContentAccess.grant", may: []string{admin, support},
	},
	"Mutation.revokeContentAccess": {
		ask: `mutation { revokeContentAccess(input: {idempotencyKey: "matrix", grantId: "GRANT"}) { grant { id } userErrors { code } } }`,
		at:  "revokeContentAccess", may: []string{admin, support},
	},
	"Mutation.refreshAnalytics": {ask: `mutation { refreshAnalytics { queued } }`, at: "refreshAnalytics", may: []string{admin, analyst}},
	"Mutation.revokeSession": {
		ask: `mutation { revokeSession(input: {sessionId: "SESSION"}) { session { id } userErrors { code } } }`, at: "revokeSession", may: everyoneSignedIn,
	},
	"Mutation.revokeOtherSessions": {ask: `mutation { revokeOtherSessions { ended } }`, at: "revokeOtherSessions", may: everyoneSignedIn},
}

var guards = []string{"authenticated", "hasPermission", "hasRole", "self", "contentAccess"}

func TestEveryGuardedFieldHasARowInTheMatrix(t *testing.T) {
	t.Parallel()
	guarded := map[string]bool{}
	for _, object := range graph.NewExecutableSchema(graph.Config{}).Schema().Types {
		for _, field := range object.Fields {
			for _, guard := range guards {
				if field.Directives.ForName(guard) != nil {
					guarded[object.Name+"."+field.Name] = true
				}
			}
		}
	}
	for name := range guarded {
		if _, ok := matrix[name]; !ok {
			t.Errorf("%s is guarded and has no row", name)
		}
	}
	for name := range matrix {
		if !guarded[name] {
			t.Errorf("%s has a row and no guard", name)
		}
	}
}

func TestTheAccessMatrixHoldsForEveryCaller(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	ids := furnish(h)
	for _, caller := range callers {
		t.Run(caller, func(t *testing.T) {
			who := h.Anonymous(t)
			if caller != visitor {
				who = h.As(t, caller+"@test.example")
			}
			for name, r := range matrix {
				before := effects(h)
				a := who.Ask(ids.Replace(r.ask))
				refusals := slices.DeleteFunc(a.Codes(), func(code string) bool {
					return !slices.Contains([]string{"UNAUTHENTICATED", "FORBIDDEN", "CONTENT_LOCKED"}, code)
				})
				switch {
				case slices.Contains(r.may, caller):
					if len(a.Errors) > 0 || r.at != "" && a.At(r.at) == nil {
						t.Errorf("%s must be given to %s: %s", name, caller, a.Raw)
					}
				case slices.Contains(r.silent, caller):
					if len(a.Errors) > 0 || a.At(r.at) != nil {
						t.Errorf("%s must stay unknown to %s: %s", name, caller, a.Raw)
					}
				default:
					if len(refusals) == 0 || a.At(r.at) != nil && r.at != "" {
						t.Errorf("%s must be refused to %s: %s", name, caller, a.Raw)
					}
					if caller == visitor && !strings.HasPrefix(name, "ContentItem.body") && !strings.HasSuffix(name, ".files") && !slices.Contains(refusals, "UNAUTHENTICATED") {
						t.Errorf("%s: a visitor must be asked to sign in: %s", name, a.Raw)
					}
					if after := effects(h); after != before {
						t.Errorf("%s was refused to %s and still changed something", name, caller)
					}
				}
			}
		})
	}
}

// furnish makes the callers and what the rows ask for.
func furnish(h *apptest.App) *strings.Replacer {
	for _, role := range []string{admin, editor, analyst, billing, support} {
		h.UserWithRole(role, role)
	}
	owner, guest := h.User(self, storetest.Values{"last_login_at": "2026-01-01T00:00:00Z"}), h.User(learner)
	sub := h.Subscription(owner, h.Plan(3))
	h.Seat(sub, guest)
	branch := h.Category("branch")
	open, locked := h.Item(branch, "open", 0, storetest.Values{"author_id": owner}), h.Item(branch, "locked", 3, storetest.Values{"author_id": owner})
	grant := h.Grant(guest, storetest.Values{"content_id": open})
	var session domain.SessionID
	h.Get(&session, `insert into user_sessions (user_id, session_token, data, expires_at) values ($1, 'x', '', now() + interval '1 hour') returning id`, owner)
	h.Exec("refresh materialized view subscription_metrics")
	things := []string{}
	for _, more := range []func(*apptest.App) []string{usersThings, plansThings, contentThings, integrationThings, operationsThings} {
		things = append(things, more(h)...)
	}
	return strings.NewReplacer(append(things, "ITEM", domain.FormatID(open), "LOCKED", domain.FormatID(locked), "USER", domain.FormatID(guest),
		"SUB", domain.FormatID(sub), "GRANT", domain.FormatID(grant), "SESSION", domain.FormatID(session))...)
}

// effects is a number that grows with every change that a mutation can make.
func effects(h *apptest.App) (n int) {
	h.Get(&n, `select (select count(*) from audit_trail) + (select count(*) from idempotency_keys) + (select count(*) from content_consumption)
		+ (select count(*) from security_audit_log) + (select count(*) from subscription_changes) + (select count(*) from river.river_job)`)
	return n
}
