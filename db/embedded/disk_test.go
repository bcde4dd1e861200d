//go:build linux

package embedded_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestADiskThatIsTooSmallIsOneSentenceAndLeavesNoHalfMadeData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := run(t, part{Dir: dir, Disks: map[string]string{dir: "size=20m"}}, ownMounts())
	oneSentence(t, o.Error, dir, "No space left on device")
	if seen := o.sees(dir); exists(seen, "data") || exists(seen, "initdb") || !exists(seen, "start.lock") {
		t.Errorf("half-made data is left, or this is not the folder that the other program saw")
	}
}

func TestADiskThatFillsUpCostsNoCommittedRow(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := run(t, part{Dir: dir, Disks: map[string]string{dir: "size=110m"}}, ownMounts())
	if o.Error != "" {
		t.Fatal(o.Error)
	}
	// Space that will be freed: crash recovery may need a segment of the log (16 MB).
	ballast := filepath.Join(o.sees(dir), "ballast")
	if err := os.WriteFile(ballast, make([]byte, 40<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	d := pool(t, o.URL)
	do(t, d, "create table rows (id int primary key, body bytea not null)")
	committed := fillWithRows(t, d)
	if committed == 0 {
		t.Fatal("the disk was full before the first row")
	}
	crash(t, d)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	until(t, "the server is back", func() bool { return d.PingContext(t.Context()) == nil })
	var found int
	if err := d.QueryRowContext(t.Context(), "select count(*) from rows where id <= $1 and length(body) = 65536", committed).Scan(&found); err != nil {
		t.Fatal(err)
	}
	if found != committed {
		t.Errorf("%d of %d committed rows are there", found, committed)
	}
	do(t, d, "insert into rows values (-1, '')")
}

// fillWithRows commits rows until the disk is full and tells how many were committed.
func fillWithRows(t *testing.T, d *sql.DB) int {
	t.Helper()
	body := make([]byte, 65536)
	for id := 1; id < 2000; id++ {
		_, _ = rand.Read(body) // what does not compress
		if _, err := d.ExecContext(t.Context(), "insert into rows values ($1, $2)", id, body); err != nil {
			t.Logf("row %d: %v", id, err)
			return id - 1
		}
	}
	t.Fatal("the disk does not fill up")
	return 0
}

// crash writes to the server's log, which takes no refusal: when there is no room for it the server crashes, and cannot
// come back.
func crash(t *testing.T, d *sql.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		_, err := d.ExecContext(ctx, "select pg_logical_emit_message(false, 'test', repeat('x', 1000000))")
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
	}
	t.Fatal("the server lives on without room for its log")
}
