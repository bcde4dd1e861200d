package store_test

import (
	"testing"

	"lyceum/db/dbtest"
	"lyceum/store"
	"lyceum/store/sqlkit"
)

// Everything that the program can send is declared with sqlkit, since the database layer takes nothing else. It is prepared here
// as the role that will run it, in every form: a typo, a missing column or a missing privilege fails here and not at a user's.
func TestEveryStatementOfTheProgramPrepares(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	_ = store.Reader{} // its package declares them
	declarations, seen := sqlkit.Declared(), map[string]bool{}
	for _, declared := range declarations {
		for _, text := range declared.Forms() {
			if seen[text] {
				continue
			}
			seen[text] = true
			s, err := d.PreparexContext(t.Context(), text)
			if err != nil {
				t.Errorf("%s: %v\n%s", declared.At, err, text)
				continue
			}
			_ = s.Close()
		}
	}
	t.Logf("%d declarations, %d texts", len(declarations), len(seen))
	if len(declarations) < 150 || len(seen) < 1000 {
		t.Errorf("only %d declarations and %d texts were found", len(declarations), len(seen))
	}
}
