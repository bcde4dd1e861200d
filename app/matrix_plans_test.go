package app_test

import (
	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

var billers = []string{admin, billing}

func billingRow(mutation, input string) row {
	return row{ask: `mutation { ` + mutation + `(input: {idempotencyKey: "matrix", ` + input + `}) { userErrors { code } } }`, at: mutation, may: billers}
}

func ownRow(mutation, input string) row {
	r := billingRow(mutation, input)
	r.may = everyoneSignedIn
	return r
}

const newPlan = `name: "New", accessLevel: 2, price: {amount: 1000, currency: "EUR"}, billingCycle: MONTHLY`

// plansRows are the rows of the matrix for mutations and fields of plans.
var plansRows = map[string]row{
	"UserSubscription.complimentaryReason": {
		ask: `{ node(id: "SUB") { ... on UserSubscription { complimentaryReason } } }`, at: "node.complimentaryReason",
		may: []string{self, admin, billing, support}, silent: []string{visitor, editor, analyst},
	},
	"Query.planChangePreview":      {ask: `{ planChangePreview(planId: "TIERPLAN", changes: {name: "Newer"}) { plan { name } userErrors { code } } }`, at: "planChangePreview", may: billers},
	"Mutation.createPlan":          billingRow("createPlan", newPlan),
	"Mutation.updatePlan":          billingRow("updatePlan", `planId: "TIERPLAN", changes: {name: "Newer"}`),
	"Mutation.archivePlan":         billingRow("archivePlan", `planId: "TIERPLAN"`),
	"Mutation.reorderPlans":        billingRow("reorderPlans", `planIds: ["TIERPLAN"]`),
	"Mutation.subscribeToFreePlan": ownRow("subscribeToFreePlan", `planId: "FREEPLAN"`),
	"Mutation.startTrial":          ownRow("startTrial", `planId: "TIERPLAN"`),
	"Mutation.createSubscription":  billingRow("createSubscription", `userId: "BUYER", planId: "TIERPLAN", paidUntil: "2030-01-01T00:00:00Z"`),
	"Mutation.endSubscription":     billingRow("endSubscription", `subscriptionId: "BILLED"`),
	"Mutation.recordPayment":       billingRow("recordPayment", `subscriptionId: "BILLED", amount: {amount: 1000, currency: "EUR"}`),
	"Mutation.assignSeat":          ownRow("assignSeat", `subscriptionId: "BILLED", userId: "BUYER"`),
	"Mutation.withdrawSeat":        ownRow("withdrawSeat", `subscriptionId: "BILLED", userId: "BUYER"`),
}

// plansThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func plansThings(h *apptest.App) []string {
	h.Exec(`update user_subscriptions set complimentary_reason = 'a gift'`)
	return []string{
		"BILLED", domain.FormatID(h.Subscription(h.User("billed"), h.Plan(2))), "BUYER", domain.FormatID(h.User("buyer")),
		"TIERPLAN", domain.FormatID(h.Plan(1, storetest.Values{"trial_days": 7})),
		"FREEPLAN", domain.FormatID(h.Plan(1, storetest.Values{"price_minor": 0})),
	}
}

// plansAgain makes what the mutations of plans are sent for twice, as pairs like those above, and has the mutations, without their names.
func plansAgain(h *apptest.App) (pairs []string, mutations map[string]string) {
	plan, offer := h.Plan(2, storetest.Values{"seats": 3}), h.Plan(2, storetest.Values{"trial_days": 7})
	renewed, ended := h.Subscription(h.User("payer"), plan), h.Subscription(h.User("quitter"), plan)
	team := h.Subscription(h.User("team"), plan, storetest.Values{"seats": 3})
	guest := h.User("placed")
	h.Seat(team, guest)
	h.Exec(`update users set email_verified_at = clock_now() where username = 'boss'`)
	pairs = []string{
		"PLACED", domain.FormatID(guest), "RENEWED", domain.FormatID(renewed), "ENDED", domain.FormatID(ended), "TEAM", domain.FormatID(team), "OFFER", domain.FormatID(offer),
		"FREEPLAN", domain.FormatID(h.Plan(1, storetest.Values{"price_minor": 0})), "OLDPLAN", domain.FormatID(h.Plan(1)),
	}
	const (
		ofPlan = `{ plan { id slug name description accessLevel price { amount currency } position archivedAt isOffered createdAt } userErrors { code message path } } }`
		ofSub  = `{ subscription { id status startedAt currentPeriodEnd accessUntil endedAt seatsTotal complimentaryReason } userErrors { code message path } } }`
	)
	return pairs, map[string]string{
		"createPlan":          `(input: {idempotencyKey: "k", ` + newPlan + `, description: "\u2028 <b>"}) ` + ofPlan,
		"updatePlan":          `(input: {idempotencyKey: "k", planId: "OFFER", changes: {name: "Newer"}}) ` + ofPlan,
		"archivePlan":         `(input: {idempotencyKey: "k", planId: "OLDPLAN"}) ` + ofPlan,
		"reorderPlans":        `(input: {idempotencyKey: "k", planIds: ["OFFER"]}) { plans { id position } userErrors { code } } }`,
		"subscribeToFreePlan": `(input: {idempotencyKey: "k", planId: "FREEPLAN"}) ` + ofSub,
		"startTrial":          `(input: {idempotencyKey: "k", planId: "OFFER"}) ` + ofSub,
		"createSubscription":  `(input: {idempotencyKey: "k", userId: "PLACED", planId: "OFFER", complimentary: {reason: "a prize", endsAt: "2030-01-01T00:00:00Z"}}) ` + ofSub,
		"endSubscription":     `(input: {idempotencyKey: "k", subscriptionId: "ENDED", reason: "asked by mail"}) ` + ofSub,
		"recordPayment":       `(input: {idempotencyKey: "k", subscriptionId: "RENEWED", amount: {amount: 1000, currency: "EUR"}, reference: "invoice 7"}) { payment { id reference provider providerPaymentId paidAt createdAt } subscription { id currentPeriodEnd } userErrors { code } } }`,
		"assignSeat":          `(input: {idempotencyKey: "k", subscriptionId: "TEAM", email: "boss@test.example"}) { seat { createdAt user { id } } subscription { id } userErrors { code } } }`,
		"withdrawSeat":        `(input: {idempotencyKey: "k", subscriptionId: "TEAM", userId: "PLACED"}) ` + ofSub,
	}
}
