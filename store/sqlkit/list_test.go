package sqlkit_test

import (
	"context"
	"slices"
	"testing"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/store/sqlkit"
)

// recorder is a database that only remembers what it was asked last.
type recorder struct {
	text string
	args []any
}

func (r *recorder) Get(_ context.Context, _ any, s db.Statement, args ...any) error {
	r.text, r.args = s.String(), args
	return nil
}

func (r *recorder) Select(_ context.Context, _ any, s db.Statement, args ...any) error {
	r.text, r.args = s.String(), args
	return nil
}

func (r *recorder) Exec(context.Context, db.Statement, ...any) (int64, error) { return 0, nil }

func TestAFilterThatIsNotAskedIsNotInTheStatement(t *testing.T) {
	t.Parallel()
	name, yes, no := "ada", true, false
	for _, c := range []struct {
		f     asked
		where string
		args  []any
	}{
		{asked{}, ``, []any{7}},
		{asked{name: &name}, ` and (r.name = $2)`, []any{7, &name}},
		{asked{old: &yes}, ` and (r.age > 9)`, []any{7}},
		{asked{name: &name, old: &no}, ` and (r.name = $2) and (r.age > 9) is not true`, []any{7, &name}},
	} {
		q := &recorder{}
		page, err := rows.Page(t.Context(), q, sqlkit.Projection{"sqlkit_test.row": nil}, "by_name", domain.PageArgs{}, c.f)
		if err != nil {
			t.Fatal(err)
		}
		if want := `select r.id, r.name from rows r where r.owner = $1` + c.where + ` order by r.name asc limit 26`; q.text != want || !slices.Equal(q.args, c.args) {
			t.Errorf("%+v: %s %v", c.f, q.text, q.args)
		}
		if _, err := page.TotalCount(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := `select count(*) from rows r where r.owner = $1` + c.where; q.text != want || !slices.Equal(q.args, c.args) {
			t.Errorf("%+v: %s %v", c.f, q.text, q.args)
		}
	}
}

func TestAnOrderThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := rows.Page(t.Context(), &recorder{}, nil, "by_age", domain.PageArgs{}, asked{}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Error(err)
	}
}
