package app_test

import (
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
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
				a: cancelSubscription(input: {subscriptionId: "` + subscription + `"}) { subscription { owner { subscription { status cancelAt } } } }
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
