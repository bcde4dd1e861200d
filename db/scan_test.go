package db_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/db/dbtest"
)

type (
	word  string
	rowID struct{ uuid.UUID }
	inner struct {
		Text string `db:"text"`
	}
	everything struct {
		ID     rowID           `db:"id"`
		Maybe  *rowID          `db:"maybe"`
		Plain  uuid.UUID       `db:"plain"`
		Word   word            `db:"word"`
		Words  *word           `db:"words"`
		Small  int32           `db:"small"`
		Large  int64           `db:"large"`
		None   *int32          `db:"none"`
		Whole  int64           `db:"whole"`
		Part   float64         `db:"part"`
		Ratio  *float64        `db:"ratio"`
		Yes    bool            `db:"yes"`
		At     time.Time       `db:"at"`
		Never  *time.Time      `db:"never"`
		Raw    json.RawMessage `db:"raw"`
		Bytes  []byte          `db:"bytes"`
		Inside inner           `db:"inside"`
	}
)

const allKinds = `select '0190c0ff-ee00-7000-8000-000000000001'::uuid as id, null::uuid as maybe, '0190c0ff-ee00-7000-8000-000000000002'::uuid as plain, 'a'::text as word,
	'b'::citext as words, 7::smallint as small, 9007199254740993 as large, null::int as none, 12::numeric as whole, 0.25::numeric as part, 1.5::float8 as ratio, true as yes,
	'2026-11-24 10:00:00.123456+02'::timestamptz as at, null::timestamptz as never, '{"a": 1}'::jsonb as raw, '\x0102'::bytea as bytes, 'in' as "inside.text"`

// What sqlx reads from a value, the program's own scan must read too.
func TestTheScanReadsWhatSqlxReads(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var want, got []everything
	var pointers []*everything
	if err := d.SelectContext(t.Context(), &want, allKinds); err != nil {
		t.Fatal(err)
	}
	if err := d.Select(t.Context(), &got, dbtest.SQL(allKinds)); err != nil {
		t.Fatal(err)
	}
	if err := d.Select(t.Context(), &pointers, dbtest.SQL(allKinds)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) || len(pointers) != 1 || !reflect.DeepEqual(*pointers[0], want[0]) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	var numbers []int
	if err := d.Select(t.Context(), &numbers, dbtest.SQL(`select generate_series(1, 3)`)); err != nil || len(numbers) != 3 {
		t.Errorf("plain values: %v, %v", numbers, err)
	}
}

func TestAValueThatDoesNotFitIsAnError(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for query, said := range map[string]string{
		`select null::text as word`: "NULL", `select 3000000000 as small`: "does not fit", `select 'x'::text as yes`: "does not fit", `select 1 as nobody`: "no field",
		`select 'x'::text as at`: "does not fit", `select 1.5::numeric as whole`: "does not fit",
	} {
		var rows []everything
		if err := d.Select(t.Context(), &rows, dbtest.SQL(query)); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

type (
	leaf struct {
		Name  string `db:"name"`
		Count int64  `db:"count"`
	}
	branch struct {
		ID   int64 `db:"id"`
		Leaf *leaf `db:"leaf"`
	}
)

func TestWhatALeftJoinDoesNotFindStaysNil(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var rows []*branch
	err := d.Select(t.Context(), &rows, dbtest.SQL(`select b.id, l.name as "leaf.name", l.count as "leaf.count"
		from (values (1), (2), (3)) b (id) left join (values (1, 'a', 5), (3, 'c', 0)) l (id, name, count) on l.id = b.id order by b.id`))
	if err != nil || len(rows) != 3 || rows[0].Leaf == nil || *rows[0].Leaf != (leaf{"a", 5}) || rows[1].Leaf != nil || rows[2].Leaf == nil || rows[2].Leaf.Name != "c" {
		t.Errorf("%+v, %v", rows, err)
	}
}
