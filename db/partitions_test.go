package db_test

import (
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

func TestPartitionsStandReadyAndStraysFindTheirs(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	for _, table := range []string{"login_attempts", "content_consumption", "security_audit_log"} {
		var n int
		if b.Get(&n, `select count(*) from pg_inherits where inhparent = $1::regclass`, table); n != 5 {
			t.Errorf("%s has %d partitions; a default, this month and three ahead were wanted", table, n)
		}
	}
	// Rows of any time are taken: years ago, and far ahead.
	for _, at := range []string{"2021-03-15", "2021-03-31 23:59:59.999999+00", "2021-04-01 00:00:00+00", "2049-12-31"} {
		b.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ($1, new_id(), new_id(), 'opened', 0)`, at)
	}
	var stray int
	if b.Get(&stray, `select count(*) from content_consumption_default`); stray != 4 {
		t.Fatalf("%d rows went to the default partition", stray)
	}
	var made []string
	if err := d.Select(t.Context(), &made, dbtest.SQL(`select p from ensure_partitions(3) p order by p`)); err != nil {
		t.Fatal(err)
	}
	if len(made) != 3 || made[0] != "content_consumption_y2021m03" {
		t.Errorf("made %v", made)
	}
	if b.Get(&stray, `select count(*) from content_consumption_default`); stray != 0 {
		t.Errorf("%d rows are still in the default partition", stray)
	}
	var march, all int
	b.Get(&march, `select count(*) from content_consumption_y2021m03`)
	if b.Get(&all, `select count(*) from content_consumption`); march != 2 || all != 4 {
		t.Errorf("%d rows in March, %d in all", march, all)
	}
	if err := d.Select(t.Context(), &made, dbtest.SQL(`select p from ensure_partitions(3) p`)); err != nil || len(made) != 0 {
		t.Errorf("a second run made %v, %v", made, err)
	}
	b.Exec(`update clock set shift = '1 year'`)
	if err := d.Select(t.Context(), &made, dbtest.SQL(`select p from ensure_partitions(3) p`)); err != nil || len(made) != 12 {
		t.Errorf("a year later it made %v, %v", made, err)
	}
}

// A partition takes neither from its table by itself.
func TestANewMonthTakesTheSettingsOfItsTable(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	b.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2021-03-15', new_id(), new_id(), 'opened', 0)`)
	b.Exec(`select ensure_partitions(3)`)
	var bare, coarse int
	b.Get(&bare, `select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
		where p.relkind = 'p' and p.relnamespace = 'public'::regnamespace and c.reloptions is null`)
	b.Get(&coarse, `select count(*) from pg_inherits i join pg_attribute a on a.attrelid = i.inhparent and a.attstattarget > 0
		join pg_attribute c on c.attrelid = i.inhrelid and c.attname = a.attname where c.attstattarget is distinct from a.attstattarget`)
	if bare != 0 || coarse != 0 {
		t.Errorf("%d partitions without settings, %d columns with other statistics", bare, coarse)
	}
}

func TestTheQueueIsVacuumedSoonAndAnOperatorsSettingsStay(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	for _, want := range []string{"0.02", "0.5"} {
		if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err != nil {
			t.Fatal(err)
		}
		d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var options string
		if err := d.GetContext(t.Context(), &options, `select reloptions::text from pg_class where oid = 'river.river_job'::regclass`); err != nil || !strings.Contains(options, "scale_factor="+want) {
			t.Errorf("%s, not %s, %v", options, want, err)
		}
		if _, err := d.ExecContext(t.Context(), `alter table river.river_job set (autovacuum_vacuum_scale_factor = 0.5)`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheCategoryTreeKeepsItsPathsAndRefusesCircles(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	root := b.Category("root")
	middle := b.Category("middle", storetest.Values{"parent_id": root})
	leaf := b.Category("leaf", storetest.Values{"parent_id": middle})
	other := b.Category("other")
	check := func(want int, when string) {
		t.Helper()
		var n, wrong int
		b.Get(&n, `select count(*) from content_category_paths`)
		b.Get(&wrong, `with recursive t (a, d, depth) as (select id, id, 0 from content_categories union all
			select c.parent_id, t.d, t.depth + 1 from t join content_categories c on c.id = t.a where c.parent_id is not null)
			select count(*) from ((select * from t except select * from content_category_paths) union all (select * from content_category_paths except select * from t)) x`)
		if n != want || wrong != 0 {
			t.Errorf("%s: %d paths, %d wrong", when, n, wrong)
		}
	}
	check(7, "as made")
	b.Exec(`update content_categories set parent_id = $2 where id = $1`, middle, other)
	check(7, "moved to another root")
	b.Exec(`update content_categories set parent_id = null where id = $1`, middle)
	check(5, "moved to the top")
	b.Exec(`update content_categories set parent_id = $2 where id = $1`, root, leaf)
	if _, err := d.ExecContext(t.Context(), `update content_categories set parent_id = $2 where id = $1`, middle, root); err == nil {
		t.Error("a branch was moved below itself")
	}
	item := func(slug string) any { return b.Item(leaf, slug, 0) }
	a, c, e := item("a"), item("b"), item("c")
	b.Exec(`insert into content_prerequisites values ($1, $2), ($2, $3)`, a, c, e)
	if _, err := d.ExecContext(t.Context(), `insert into content_prerequisites values ($1, $2)`, e, a); err == nil {
		t.Error("an item requires itself by a detour")
	}
}
