package rows

import (
	"context"

	"lyceum/domain"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
)

// prefetch reads ahead for one root field.
type prefetch struct {
	ctx    context.Context //nolint:containedctx // it lives as long as the answer of one root field
	set    *loaders.Set
	viewer domain.Viewer
}

// relate begins to read what a relation points at for all rows. Where something is read ahead below, it is read later, once
// this is there; an error is met again, and reported, when the row is written.
func relate[P, V any](p *prefetch, later *[]func(), f *field, r relations.Relation[P, V], rows []P, below func([]V)) {
	if !f.first || len(rows) == 0 {
		return
	}
	r.Prefetch(p.ctx, p.set, rows, f.page)
	if below == nil || !f.deepBelow() {
		return
	}
	*later = append(*later, func() {
		values := make([]V, 0, len(rows))
		for _, row := range rows {
			v, err := r.Load(p.ctx, p.set, row, f.page)
			if err != nil {
				return
			}
			values = append(values, v)
		}
		below(values)
	})
}

func (f *field) deepBelow() bool {
	for _, s := range f.below {
		if s.deep {
			return true
		}
	}
	return false
}

// allowed are the rows whose guards let the viewer pass: what they may not have is not read.
func allowed[P any](rows []P, guard func(P) error) []P {
	open := make([]P, 0, len(rows))
	for _, row := range rows {
		if guard(row) == nil {
			open = append(open, row)
		}
	}
	return open
}

// flat are the elements of all lists.
func flat[T any](lists [][]T) []T {
	var all []T
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// there are the pointers that point at something.
func there[T any](values []*T) []*T {
	all := make([]*T, 0, len(values))
	for _, v := range values {
		if v != nil {
			all = append(all, v)
		}
	}
	return all
}

// pointers point at the values.
func pointers[T any](values []T) []*T {
	all := make([]*T, len(values))
	for i := range values {
		all[i] = &values[i]
	}
	return all
}

// only are the values of one type among those of an interface.
func only[T, I any](values []I) []T {
	var all []T
	for _, v := range values {
		if row, ok := any(v).(T); ok {
			all = append(all, row)
		}
	}
	return all
}
