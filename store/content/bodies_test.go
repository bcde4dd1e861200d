package content_test

import (
	"strings"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store"
	"lyceum/store/storetest"
)

func TestBodiesThatAreTooLargeTogetherAreNotReadAtAll(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	branch := b.Category("branch")
	ids := []domain.ItemID{b.Item(branch, "one", 0), b.Item(branch, "two", 0)}
	for _, id := range ids {
		b.Exec(`update content_bodies set body = $2 where content_id = $1`, id, strings.Repeat("ü", 500)) // 1,000 bytes
	}
	r := store.NewReader(d.DB)
	for room, read := range map[int64]int{0: 0, 1999: 0, 2000: 2, 1 << 62: 2} {
		list, size, err := r.Bodies(t.Context(), ids, room)
		if err != nil || size != 2000 || len(list) != read {
			t.Errorf("room for %d: %d texts of %d bytes, %v", room, len(list), size, err)
		}
		for _, body := range list {
			if len(body.Text) != 1000 {
				t.Errorf("a text has %d bytes", len(body.Text))
			}
		}
	}
	if list, size, err := r.Bodies(t.Context(), []domain.ItemID{}, 0); err != nil || size != 0 || len(list) != 0 {
		t.Errorf("of nothing: %v %d %v", list, size, err)
	}
}
