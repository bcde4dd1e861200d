package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
)

// Rows that are read with others come without the columns that no field looks at; so each field is asked alone, too.
func TestAFieldAskedAloneAnswersAsAmongOthers(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 12)
	for i := range 3 {
		user := h.User(fmt.Sprintf("learner%d", i))
		h.Subscription(user, h.Plan(i+1))
		records(h, user, i)
	}
	h.Exec("refresh materialized view content_popularity")
	h.Exec("refresh materialized view subscription_metrics")
	h.Exec("update content_categories set summary = 'told', parent_id = (select min(id::text)::uuid from content_categories) where id::text <> (select min(id::text) from content_categories)")
	h.Exec("update subscription_plans set description = 'told'")
	h.Exec("update users set last_login_at = clock_now()")
	h.Exec("update user_subscriptions set trial_ends_at = current_period_end, cancel_at = current_period_end")
	h.Exec("update content_consumption set progress = 40, seconds = 30, position_seconds = 20, withheld_seconds = 10, begins_visit = true, occurred_at = created_at - interval '1 hour'")
	h.UserWithRole("boss", "admin")
	boss, learner := h.As(t, "boss@test.example"), h.As(t, "learner0@test.example")

	const people, items, figures = `{ users(first: 20) { nodes { %s } } }`, `{ contentItems(first: 20) { nodes { %s } } }`, `{ contentPopularity(first: 20) { nodes { %s } } }`
	for around, fields := range map[string]string{
		"{ viewer { %s } }":                                                   "id username createdAt email firstName lastName accountStatus lastLoginAt",
		"{ viewer { subscription { %s } } }":                                  "id status startedAt trialEndsAt currentPeriodStart currentPeriodEnd accessUntil cancelAt",
		"{ viewer { subscription { owner { %s } } } }":                        "id email",
		"{ viewer { subscription { payments(first: 2) { nodes { %s } } } } }": "id status",
		"{ viewer { subscription { changes(first: 2) { nodes { %s } } } } }":  "id createdAt",
		"{ viewer { consumption(first: 2) { nodes { %s } } } }":               "id event",
		people: "id username createdAt email firstName lastName accountStatus lastLoginAt",
		fmt.Sprintf(people, "subscription { %s }"):                             "id status startedAt trialEndsAt currentPeriodStart currentPeriodEnd accessUntil cancelAt",
		fmt.Sprintf(people, "subscription { plan { %s } }"):                    "id slug name description accessLevel billingCycle trialDays seats isOffered createdAt",
		fmt.Sprintf(people, "subscription { plan { price { %s } } }"):          "amount currency",
		fmt.Sprintf(people, "subscription { owner { %s } }"):                   "id username",
		fmt.Sprintf(items, "category { parent { %s } }"):                       "id name",
		"{ subscriptionMetrics { %s } }":                                       "activeCount trialingCount asOf",
		"{ subscriptionMetrics { plan { %s } } }":                              "id slug name description accessLevel billingCycle trialDays seats isOffered createdAt",
		"{ contentConsumption(first: 20) { nodes { %s } } }":                   "id createdAt occurredAt event progress seconds withheldSeconds positionSeconds beginsVisit",
		fmt.Sprintf(people, "consumption(first: 5) { nodes { %s } }"):          "id createdAt occurredAt event progress seconds withheldSeconds positionSeconds beginsVisit",
		fmt.Sprintf(people, "consumption(first: 5) { nodes { item { %s } } }"): "id slug title",
		fmt.Sprintf(items, "access { %s }"):                                    "hasAccess reason requiredLevel",
		fmt.Sprintf(items, "author { %s }"):                                    "id username createdAt email firstName lastName accountStatus lastLoginAt",
		fmt.Sprintf(items, "category { %s }"):                                  "id slug name summary",
		fmt.Sprintf(items, "popularity { %s }"):                                "views learners completions seconds averageRating ratings views30d asOf",
		figures:                                                                "views learners completions seconds averageRating ratings views30d asOf",
		fmt.Sprintf(figures, "item { %s }"):                                    "id slug title summary preview kind status accessLevel durationSeconds language tags publishedAt updatedAt",
		fmt.Sprintf(figures, "item { category { %s } }"):                       "id slug name summary",
	} {
		caller := boss
		if strings.HasPrefix(around, "{ viewer ") {
			caller = learner // her own rows, which guards judge by their columns
		}
		answer := func(fields string) map[string][]any {
			var data any
			if err := json.Unmarshal([]byte(caller.Must(fmt.Sprintf(around, fields)).Raw), &data); err != nil {
				t.Fatal(err)
			}
			values := map[string][]any{}
			collect(data, values)
			return values
		}
		among := answer(fields)
		if len(among) != len(strings.Fields(fields)) {
			t.Fatalf("%s: only %q were answered", around, slices.Sorted(maps.Keys(among)))
		}
		for _, field := range strings.Fields(fields) {
			if field != "averageRating" && !slices.ContainsFunc(among[field], func(v any) bool { return v != nil && v != "" && !strings.HasPrefix(fmt.Sprint(v), "0001-") }) {
				t.Errorf("%s: %s is empty everywhere", around, field)
			}
			if alone := answer(field); !reflect.DeepEqual(alone[field], among[field]) {
				t.Errorf("%s: %s is %v alone and %v among others", around, field, alone[field], among[field])
			}
		}
	}
}

// collect finds the leaves of an answer by their names.
func collect(at any, values map[string][]any) {
	switch at := at.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(at)) {
			switch v := at[name].(type) {
			case map[string]any:
				collect(v, values)
			case []any:
				if name == "tags" {
					values[name] = append(values[name], v)
				} else {
					collect(v, values)
				}
			case nil:
				if name != "subscription" && name != "parent" {
					values[name] = append(values[name], nil)
				}
			default:
				values[name] = append(values[name], v)
			}
		}
	case []any:
		for _, v := range at {
			collect(v, values)
		}
	}
}
