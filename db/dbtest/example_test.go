package dbtest_test

import (
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store"
	"lyceum/store/storetest"
)

// One line gives a test a migrated database of its own, which is gone when the test is. The owner writes what the test needs; the
// code under test reads as the serving role.
func ExampleNew() {
	test := func(t *testing.T) {
		t.Parallel()
		d := dbtest.New(t)
		builder := storetest.New(t, d.Owner)
		ada := builder.User("ada")
		found, err := store.NewReader(d.DB).UsersByID(t.Context(), []domain.UserID{ada})
		if err != nil || len(found) != 1 || found[0].Username != "ada" {
			t.Errorf("%v, %v", found, err)
		}
	}
	_ = test // go test calls those that are named TestXxx
}
