package users

import (
	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Reader reads. store.Reader embeds it, and says what holds for all its methods.
type Reader struct {
	db         db.Querier
	projection sqlkit.Projection
}

// NewReader reads from a pool, of each row the columns of a projection.
func NewReader(q db.Querier, p sqlkit.Projection) Reader { return Reader{q, p} }

// Tx writes, in a transaction. store.Tx embeds it.
type Tx struct{ db db.Querier }

// NewTx writes in a transaction.
func NewTx(q db.Querier) Tx { return Tx{q} }
