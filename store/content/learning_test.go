package content_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
	"lyceum/store/storetest"
)

// Months are left out by what the records say; whatever somebody learned when, nothing of the first page may be missing.
func TestTheFirstPageOfReportsIsTheBeginningOfTheList(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b, reader := storetest.New(t, d.Owner), store.NewReader(d.DB)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	branch := b.Category("branch")
	var items []domain.ItemID
	for i := range 9 {
		items = append(items, b.Item(branch, fmt.Sprintf("item-%d", i), 0))
	}
	people := []domain.UserID{b.User("nobody-yet")}
	for i := range 30 {
		person := b.User(fmt.Sprintf("learner-%d", i))
		people = append(people, person)
		for _, item := range items[:1+random.IntN(len(items))] {
			at := time.Now().AddDate(0, 0, -random.IntN(400))
			first := at
			for range 1 + random.IntN(4) {
				b.Exec(`insert into content_consumption (user_id, content_id, event, progress, created_at) values ($1, $2, 'progressed', 10, $3)`, person, item, at)
				b.Exec(`insert into learning_analytics as l (user_id, content_id, started_at, last_at) values ($1, $2, $3, $4)
					on conflict (user_id, content_id) do update set last_at = excluded.last_at`, person, item, first, at)
				at = at.Add(time.Duration(random.IntN(60*24)) * time.Hour)
				if at.After(time.Now()) {
					break
				}
			}
		}
	}
	for _, size := range []int32{1, 5, 20, 100} {
		pages, err := reader.FirstConsumption(t.Context(), people, size)
		if err != nil {
			t.Fatal(err)
		}
		for _, person := range people {
			list, err := reader.ListConsumption(t.Context(), content.ConsumptionFilter{UserID: &person}, domain.NewestFirst, domain.PageArgs{First: &size})
			if err != nil {
				t.Fatal(err)
			}
			number := func(c *content.Consumption) int64 { return c.Number }
			got, want := mapped(pages[person].Nodes(), number), mapped(list.Nodes(), number)
			if !slices.Equal(got, want) || pages[person].PageInfo.HasNextPage != list.PageInfo.HasNextPage {
				t.Errorf("the first %d of %s: got %v, want %v", size, person, got, want)
			}
		}
	}
}

func mapped[T, U any](list []T, as func(T) U) []U {
	all := make([]U, len(list))
	for i, v := range list {
		all[i] = as(v)
	}
	return all
}
