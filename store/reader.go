package store

import (
	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Reader reads. Its methods return rows in no promised order unless they say so, and leave out what is not there;
// loaders align. Errors are *domain.Error or internal.
type Reader struct {
	usersReader
	plansReader
	contentReader
	analyticsReader
	securityReader
	integrationReader
	operationsReader

	db         db.Querier // for what is read of two words together
	projection sqlkit.Projection
}

// NewReader reads from a pool.
func NewReader(q db.Querier) Reader { return newReader(q, nil) }

// Project is a Reader that leaves columns out which nobody looks at; what is not read is empty.
func (r Reader) Project(p sqlkit.Projection) Reader { return newReader(r.db, p) }
