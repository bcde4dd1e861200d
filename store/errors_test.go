package store_test

import (
	"context"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/store"
	"lyceum/store/sqlkit"
)

func TestAServerThatIsReallyReadOnlyOrFullOfConnectionsIsUnavailable(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	readOnly, err := db.Open(t.Context(), db.Config{URL: d.AppURL + "&default_transaction_read_only=on", Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = readOnly.Close() })
	if _, err := store.NewMaintenance(readOnly).CleanUp(t.Context()); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("a read-only server: %v", err)
	}
	if _, err := d.Owner.ExecContext(t.Context(), "alter database "+d.Database+" with connection limit 0"); err != nil {
		t.Fatal(err)
	}
	full, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	one, err := db.Open(full, db.Config{URL: d.AppURL, Pool: 1})
	if one != nil {
		_ = one.Close()
	}
	if domain.CodeOf(sqlkit.Wrap(err)) != domain.CodeOverloaded {
		t.Errorf("a server without a free connection: %v", err)
	}
}
