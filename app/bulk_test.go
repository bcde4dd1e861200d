package app_test

import (
	"fmt"
	"strings"
	"testing"

	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestSeveralGrantsAreAllMadeOrEachThatCanBe(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.UserWithRole("support", "support")
	d.editor = d.As(t, "support@test.example")
	k := d.Category("c")
	item, ada, bob := domain.FormatID(d.Item(k, "lesson", 3)), domain.FormatID(d.User("ada")), domain.FormatID(d.User("bob"))
	rows := `rows: [{userId: "` + ada + `", itemId: "` + item + `"}, {userId: "user_01900000000070008000000000000001", itemId: "` + item + `"},
		{userId: "` + bob + `"}, {userId: "` + bob + `", categoryId: "` + domain.FormatID(k) + `", startsAt: "2030-01-01T00:00:00Z", endsAt: "2029-01-01T00:00:00Z"},
		{userId: "` + bob + `", categoryId: "` + domain.FormatID(k) + `", reason: "A gift"}]`
	const fields = `results { index grant { id user { username } reason } userErrors { code path } } `
	count := func() (n int) {
		d.Get(&n, `select count(*) from user_content_permissions`)
		return n
	}
	before := effects(d.App)
	a := d.do("grantContentAccessBulk", `KEY, mode: ALL_OR_NOTHING, `+rows, fields)
	if count() != 0 || effects(d.App) != before || a.Len("it.results") != 5 {
		t.Errorf("%d grants: %s", count(), a.Raw)
	}
	for i, want := range []string{"", "NOT_FOUND rows.1.userId", "ONE_TARGET rows.2.itemId", "DATES_REVERSED rows.3.endsAt", ""} {
		at := fmt.Sprintf("it.results.%d.", i)
		got := ""
		if a.Len(at+"userErrors") == 1 {
			got = a.String(at+"userErrors.0.code") + " " + a.String(at+"userErrors.0.path.0") + "." + a.String(at+"userErrors.0.path.1") + "." + a.String(at+"userErrors.0.path.2")
		}
		if got != want || a.String(at+"index") != fmt.Sprint(i) || a.At(at+"grant") != nil {
			t.Errorf("row %d: %q: %s", i, got, a.Raw)
		}
	}
	a = d.do("grantContentAccessBulk", `idempotencyKey: "each", mode: EACH, `+rows, fields)
	if count() != 2 || a.String("it.results.0.grant.user.username") != "ada" || a.String("it.results.4.grant.reason") != "A gift" || a.At("it.results.1.grant") != nil {
		t.Errorf("%d grants: %s", count(), a.Raw)
	}
	if again := d.do("grantContentAccessBulk", `idempotencyKey: "each", mode: EACH, `+rows, fields); again.Raw != a.Raw || count() != 2 {
		t.Errorf("%s\n%s", a.Raw, again.Raw)
	}
	if a := d.As(t, "bob@test.example").Must(`{ contentItem(slug: "lesson") { access { reason } } }`); a.String("contentItem.access.reason") != "GRANTED" {
		t.Error(a.Raw)
	}
	row := `{userId: "` + ada + `", itemId: "` + item + `"}, `
	for _, bad := range []string{"rows: []", "rows: [" + strings.Repeat(row, 101) + "]"} {
		if a := d.do("grantContentAccessBulk", `KEY, mode: EACH, `+bad, fields); wrong(a) != "LIST_SIZE rows" || a.At("it.results") != nil || count() != 2 {
			t.Error(a.Raw)
		}
	}
}

func TestSeveralItemsArePublishedAllOrEach(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	k, ids := d.Category("c"), []string{}
	for i := range 100 {
		ids = append(ids, `"`+domain.FormatID(d.Item(k, fmt.Sprintf("lesson-%d", i), 0, storetest.Values{"status": "draft", "published_at": nil}))+`"`)
	}
	const fields = `results { index item { slug status } userErrors { code } } `
	published := func() (n int) {
		d.Get(&n, `select count(*) from content_items where status = 'published'`)
		return n
	}
	some := ids[0] + `, "item_01900000000070008000000000000001", ` + ids[1]
	if a := d.do("publishItems", `KEY, mode: ALL_OR_NOTHING, itemIds: [`+some+`]`, fields); published() != 0 || a.String("it.results.1.userErrors.0.code") != "NOT_FOUND" || a.At("it.results.0.item") != nil {
		t.Error(a.Raw)
	}
	if a := d.do("publishItems", `KEY, mode: EACH, itemIds: [`+some+`]`, fields); published() != 2 || a.String("it.results.2.item.slug") != "lesson-1" {
		t.Error(a.Raw)
	}
	if a := d.do("publishItems", `KEY, mode: ALL_OR_NOTHING, itemIds: [`+strings.Join(ids, ", ")+`]`, fields); published() != 100 || a.Len("it.results") != 100 || a.String("it.results.99.item.status") != "PUBLISHED" {
		t.Error(a.Raw)
	}
	for _, bad := range []string{"", ids[0] + ", " + ids[0], strings.Join(ids, ", ") + `, "item_01900000000070008000000000000001"`} {
		if a := d.do("publishItems", `KEY, mode: EACH, itemIds: [`+bad+`]`, fields); wrong(a) != "LIST_SIZE itemIds" {
			t.Error(a.Raw)
		}
	}
}
