package sqlkit_test

import (
	"slices"
	"strings"
	"testing"

	"lyceum/store/sqlkit"
)

type row struct {
	ID   int    `db:"id"`
	Name string `db:"name"`
	Note string `db:"note"`
}

func (r *row) key() []string { return []string{r.Name} }

type order string

type asked struct {
	name *string
	old  *bool
}

var (
	columns = sqlkit.ColumnsOf[row]("r", "id", "name", "note").Keep("id")
	fixed   = sqlkit.FixedColumns("f", "address").With("address", "host(f.address)")
	byID    = sqlkit.Select(columns.And(fixed.Under("home")), ` from rows r where r.id = $1`)
	rows    = sqlkit.NewList(sqlkit.ListOf[row, order, asked]{
		Name: "rows", Columns: columns, From: ` from rows r where r.owner = $1`,
		Own: []func(asked) any{func(asked) any { return 7 }},
		Filters: sqlkit.Filters[asked]{
			sqlkit.Where(`r.name = ?`, func(f asked) *string { return f.name }),
			sqlkit.Whether(`r.age > 9`, func(f asked) *bool { return f.old }),
		},
		Orders: map[order]sqlkit.Order[row]{"by_name": {Columns: []string{"r.name::text"}, Key: (*row).key, Needs: []string{"name"}}},
	})
)

func TestADeclarationTellsItsPlaceAndItsForms(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, d := range sqlkit.Declared() {
		if strings.HasPrefix(d.At, "sqlkit/example_test.go:") {
			continue
		}
		if !strings.HasPrefix(d.At, "sqlkit/statement_test.go:") {
			t.Errorf("%s", d.At)
		}
		texts = append(texts, d.Forms()...)
	}
	for _, want := range []string{
		`select r.id, r.name, r.note, host(f.address) as "home.address" from rows r where r.id = $1`,
		`select r.id, host(f.address) as "home.address" from rows r where r.id = $1`,
		`select count(*) from rows r where r.owner = $1`,
		`select count(*) from rows r where r.owner = $1 and (r.name = $2)`,
		`select count(*) from rows r where r.owner = $1 and (r.age > 9) is not true`,
		`select r.id, r.name from rows r where r.owner = $1 and (r.name = $2) and (r.age > 9) and (r.name) < ($3::text) order by r.name desc limit 6`,
		`select r.id, r.name, r.note from rows r where r.owner = $1 order by r.name asc limit 6`,
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("no form is\n%s\nbut\n%s", want, strings.Join(texts, "\n"))
		}
	}
}

func TestAStatementThatIsMadeWhileTheProgramRunsIsNone(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("it was declared")
		}
	}()
	sqlkit.Statement(`select 1`)
}

func TestAProjectionLeavesOutWhatNobodyLooksAt(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]sqlkit.Projection{
		`select r.id, r.name, r.note, host(f.address) as "home.address" from rows r where r.id = $1`: {"another.Row": {}, "": {}},
		`select r.id, r.note, host(f.address) as "home.address" from rows r where r.id = $1`:         {"sqlkit_test.row": {"note"}},
	} {
		if got := byID.For(p).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
