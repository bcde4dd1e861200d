package app_test

import "lyceum/app/apptest"

// plansRows are the rows of the matrix for mutations and fields of plans.
var plansRows = map[string]row{
	"UserSubscription.complimentaryReason": {
		ask: `{ node(id: "SUB") { ... on UserSubscription { complimentaryReason } } }`, at: "",
		may: []string{self, admin, billing, support}, silent: []string{visitor, editor, analyst},
	},
}

// plansThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func plansThings(*apptest.App) []string { return nil }

// plansAgain makes what the mutations of plans are sent for twice, as pairs like those above, and has the mutations, without their names.
func plansAgain(*apptest.App) (pairs []string, mutations map[string]string) { return nil, nil }
