package app_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/graph"
	"lyceum/store/storetest"
)

func TestAMutationIsAnsweredFromWhatItsOwnFieldLeftBehind(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	branch := h.Category("c")
	free, paid := domain.FormatID(h.Item(branch, "free", 1)), h.Item(branch, "paid", 3)
	h.User("ada")
	h.User("bob")
	helper := h.UserWithRole("helper", "support")
	subscription := domain.FormatID(h.Subscription(helper, h.Plan(2)))
	grant := domain.FormatID(h.Grant(helper, storetest.Values{"content_id": paid}))
	report := func(key, percent string) string {
		return `reportProgress(input: {itemId: "` + free + `", eventKey: "01900000-0000-7000-8000-00000000000` + key + `", percent: ` + percent +
			`}) { progress { percent item { myProgress { percent } } } userErrors { code } }`
	}
	for _, c := range []struct {
		name, who, operation string
		want                 map[string]string
	}{ // one after another: they share people
		{
			"two reports", "ada", `mutation { a: ` + report("1", "10") + ` b: ` + report("2", "60") + ` }`,
			map[string]string{"a.progress.item.myProgress.percent": "10", "b.progress.percent": "60", "b.progress.item.myProgress.percent": "60"},
		},
		{
			"two reports of one fragment", "ada", `mutation { a: ` + report("3", "70") + ` ...M ...M } fragment M on Mutation { b: ` + report("4", "80") + ` }`,
			map[string]string{"a.progress.item.myProgress.percent": "70", "b.progress.item.myProgress.percent": "80"},
		},
		{
			"two people", "bob", `mutation { a: ` + report("5", "5") + `
				signIn(input: {email: "ada@test.example", password: "` + storetest.Password + `"}) { viewer { username progress { nodes { percent } } } }
				b: ` + report("6", "90") + ` signOut { signedOut } }`,
			map[string]string{
				"a.progress.item.myProgress.percent": "5", "signIn.viewer.username": "ada", "b.progress.item.myProgress.percent": "90", "signOut.signedOut": "true",
			},
		},
		{
			"a grant after its end", "helper", `mutation {
				a: revokeContentAccess(input: {idempotencyKey: "a", grantId: "` + grant + `"}) { grant { item { access { reason } } } }
				b: grantContentAccess(input: {idempotencyKey: "b", userId: "` + domain.FormatID(helper) + `", itemId: "` + domain.FormatID(paid) + `"}) { grant { item { access { reason } body } } }
			}`,
			map[string]string{"a.grant.item.access.reason": "PLAN_REQUIRED", "b.grant.item.access.reason": "GRANTED", "b.grant.item.body": "The body of paid."},
		},
		{
			"a subscription canceled and kept", "helper", `mutation {
				a: cancelSubscription(input: {idempotencyKey: "a", subscriptionId: "` + subscription + `"}) { subscription { owner { subscription { status cancelAt } } } }
				b: resumeSubscription(input: {idempotencyKey: "b", subscriptionId: "` + subscription + `"}) { subscription { owner { subscription { status cancelAt } } } }
			}`,
			map[string]string{"b.subscription.owner.subscription.status": "ACTIVE", "b.subscription.owner.subscription.cancelAt": ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.As(t, c.who+"@test.example").Must(c.operation)
			for path, want := range c.want {
				if got := a.String(path); got != want {
					t.Errorf("%s is %q, not %q: %s", path, got, want, a.Raw)
				}
			}
		})
	}
}

// After a lost reply a client sends the same again. Every mutation of the schema is asked twice here, with all that it can answer.
func TestAMutationSentAgainAnswersTheSameAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	boss := h.UserWithRole("boss", "admin")
	ada := h.User("ada")
	h.User("bob")
	item := h.Item(h.Category("c"), "paid", 3)
	grant := h.Grant(ada, storetest.Values{"content_id": item})
	other := h.Subscription(ada, h.Plan(2), storetest.Values{"cancel_at": "2049-01-01T00:00:00.123456Z", "canceled_at": "2026-01-01T00:00:00Z"})
	var session domain.SessionID
	h.Get(&session, `insert into user_sessions (user_id, session_token, data, expires_at) values ($1, 'x', '', now() + interval '1 hour') returning id`, boss)
	things, more := []string{}, map[string]string{}
	for _, of := range []func(*apptest.App) ([]string, map[string]string){usersAgain, plansAgain, contentAgain, integrationAgain, operationsAgain} {
		pairs, asked := of(h)
		things = append(things, pairs...)
		maps.Copy(more, asked)
	}
	ids := strings.NewReplacer(append(things, "ITEM", domain.FormatID(item), "ADA", domain.FormatID(ada), "GRANT", domain.FormatID(grant), "SESSION", domain.FormatID(session),
		"SUB", domain.FormatID(h.Subscription(h.User("holder"), h.Plan(3))), "OTHER", domain.FormatID(other))...)
	const (
		ofSubscription = `{ subscription { id plan { id } owner { id } status startedAt trialEndsAt currentPeriodStart currentPeriodEnd accessUntil cancelAt } userErrors { code message path } } }`
		ofGrant        = `{ grant { id user { id } item { id } category { id } effect grantedBy { id } revokedBy { id } startsAt endsAt reason createdAt revokedAt } userErrors { code message path } } }`
	)
	mutations := map[string]string{
		"cancelSubscription":  `(input: {idempotencyKey: "k", subscriptionId: "SUB", reason: "moving \u0001 <é>"}) ` + ofSubscription,
		"resumeSubscription":  `(input: {idempotencyKey: "k", subscriptionId: "OTHER"}) ` + ofSubscription,
		"grantContentAccess":  `(input: {idempotencyKey: "k", userId: "ADA", itemId: "ITEM", reason: "a \"gift\" \u2028", endsAt: "2049-01-01T00:00:00.123456789+02:00"}) ` + ofGrant,
		"revokeContentAccess": `(input: {idempotencyKey: "k", grantId: "GRANT"}) ` + ofGrant,
		"reportProgress":      `(input: {itemId: "ITEM", eventKey: "01900000-0000-7000-8000-000000000001", percent: 100, seconds: 7, positionSeconds: 3}) { progress { percent seconds positionSeconds opens score rating startedAt lastAt completedAt } userErrors { code message path } } }`,
		"updateProfile":       `(input: {firstName: "New"}) { user { id firstName lastName username } userErrors { code message path } } }`,
		"refreshAnalytics":    ` { queued } }`,
		"revokeSession":       `(input: {sessionId: "SESSION"}) { session { id isActive endedAt endReason } userErrors { code message path } } }`,
		"revokeOtherSessions": ` { ended } }`,
		"signIn":              `(input: {email: "boss@test.example", password: "` + storetest.Password + `"}) { viewer { id } userErrors { code message path } } }`,
		"signOut":             ` { signedOut } }`,
	}
	maps.Copy(mutations, more)
	for _, f := range graph.NewExecutableSchema(graph.Config{}).Schema().Mutation.Fields {
		if mutations[f.Name] == "" {
			t.Errorf("%s is not asked", f.Name)
			continue
		}
		caller := h.As(t, cmp.Or(againBy[f.Name], "boss")+"@test.example")
		ask := "mutation { " + f.Name + ids.Replace(mutations[f.Name])
		first := caller.Must(ask)
		if !strings.Contains(strings.ReplaceAll(first.Raw, `"userErrors":[]`, ""), `":`) || strings.Contains(first.Raw, `"code"`) || first.At(f.Name) == nil {
			t.Fatalf("%s: %s", f.Name, first.Raw)
		}
		before := effects(h)
		if f.Name == "closeAccount" { // nobody is left who could send it
			continue
		}
		again := caller.Must(ask)
		switch f.Name {
		case "revokeOtherSessions", "signOut": // they tell what they did
		case "verifyEmail", "resetPassword", "acceptInvitation", "confirmEmailChange", "undoEmailChange": // a link serves once
			if codes(again, f.Name) != "TOKEN_INVALID" {
				t.Errorf("%s sent again: %s", f.Name, again.Raw)
			}
		default:
			if again.Raw != first.Raw {
				t.Errorf("%s answers\n%s, then\n%s", f.Name, first.Raw, again.Raw)
			}
		}
		// A sign-in is logged each time; what is asked for by an address is judged when it is worked off.
		if after := effects(h); after != before && !slices.Contains([]string{"signIn", "register", "resendVerification", "requestPasswordReset"}, f.Name) {
			t.Errorf("%s sent again has %d more effects", f.Name, after-before)
		}
	}
}
