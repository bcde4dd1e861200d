package rows

import (
	"bytes"

	"lyceum/graph/loaders"
)

// output is the text of a root field's answer while it is written. What is written is spent from the operation's budget,
// row by row, so that too large an answer ends early.
type output struct {
	bytes.Buffer
	budget *loaders.Budget
	spent  int
}

// spend counts what was written since it was last called.
func (b *output) spend() error {
	n := b.Len() - b.spent
	b.spent = b.Len()
	return b.budget.Spend(n)
}
