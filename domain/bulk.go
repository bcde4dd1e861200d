package domain

import (
	"context"
	"errors"
)

// MaxBulk is how many rows a call that takes several may have.
const MaxBulk = 100

// BulkMode says what becomes of the other rows of a call when one cannot be done.
type BulkMode string

// The modes.
const (
	AllOrNothing BulkMode = "all_or_nothing"
	Each         BulkMode = "each"
)

// BulkTx is the part of a transaction that can be taken back alone.
type BulkTx interface {
	// Try runs fn and takes back what it did when it fails; the transaction goes on either way. It returns the error of fn.
	Try(ctx context.Context, fn func() error) error
}

// BulkResult is the answer to one row: what was made of it, or the error that the caller can correct.
type BulkResult[T any] struct {
	Index int
	Value T
	Err   *Error // nil when the row was done
}

// ErrNothingDone ends the transaction of a call of which no row shall be done, because one cannot be. The results are still the
// answer: whoever opened the transaction returns them and drops this error.
var ErrNothingDone = errors.New("a row cannot be done, and so none is")

// Bulk does the rows of one call within one transaction. Every row is tried, so that all that is wrong is told at once. With
// AllOrNothing and a row that fails it returns the results and ErrNothingDone. Errors that no input can correct end it.
func Bulk[Row, T any](ctx context.Context, tx BulkTx, mode BulkMode, rows []Row, do func(Row) (T, error)) ([]BulkResult[T], error) {
	results := make([]BulkResult[T], len(rows))
	failed := false
	for i, row := range rows {
		var value T
		err := tx.Try(ctx, func() (err error) { value, err = do(row); return err })
		userError, correctable := AsUserError(err)
		switch {
		case err == nil:
			results[i] = BulkResult[T]{Index: i, Value: value}
		case correctable:
			results[i], failed = BulkResult[T]{Index: i, Err: userError}, true
		default:
			return nil, err
		}
	}
	if !failed || mode == Each {
		return results, nil
	}
	var none T
	for i := range results {
		results[i].Value = none
	}
	return results, ErrNothingDone
}
