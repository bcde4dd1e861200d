package app_test

import (
	"slices"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
)

// The remedy is that of the user whom the decision is about, not that of the viewer who asks.
func TestTheRemedyOfAnotherUsersAccessIsTheirs(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	category := h.Category("category")
	first, second := h.Item(category, "first", 0), h.Item(category, "second", 0)
	h.Exec(`insert into content_prerequisites (content_id, required_id) values ($1, $2)`, second, first)
	ada, grace, boss := h.User("ada"), h.User("grace"), h.UserWithRole("boss", "admin")
	h.Completed(grace, first)
	h.Completed(boss, first)
	h.Exec(`insert into content_unlocks (content_id, user_id, opens_at) values ($1, $2, now() + interval '1 day')`, second, grace)
	ask := `query ($ada: ID!, $grace: ID!) { contentItem(slug: "second") {
		ada: accessOf(userId: $ada) { reason remedy { opensAt prerequisites { slug } } }
		grace: accessOf(userId: $grace) { reason remedy { opensAt prerequisites { slug } } } } }`
	a := h.As(t, "boss@test.example").Must(ask, map[string]any{"ada": domain.FormatID(ada), "grace": domain.FormatID(grace)})
	if slugs := a.Strings("contentItem.ada.remedy.prerequisites", "slug"); !slices.Equal(slugs, []string{"first"}) ||
		a.String("contentItem.grace.reason") != "NOT_YET_OPEN" || a.String("contentItem.grace.remedy.opensAt") == "" {
		t.Error(a.Raw)
	}
}
