package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
)

// or is a filter that may be left out.
func or[T any](filter *T) T {
	if filter == nil {
		var nothing T
		return nothing
	}
	return *filter
}

// oneOf refuses a look-up by both id and slug, or by neither.
func oneOf(id *domain.GlobalID, slug *string) error {
	if (id == nil) == (slug == nil) {
		return domain.Errorf(domain.CodeInvalid, "provide exactly one of id and slug").At("id")
	}
	return nil
}

// byID loads what a client's id names. Errors: INVALID for an id of another kind.
func byID[K domain.TypedID, V any](ctx context.Context, loader *loaders.Loader[K, *V], id domain.GlobalID) (*V, error) {
	key, err := domain.AsID[K](id)
	if err != nil {
		return nil, err
	}
	return loader.LoadNow(ctx, loaders.From(ctx), key)
}

// userErrors splits an error into what the caller can inputErrors, which is data, and the rest. The list is never null.
func userErrors[E any](err error, as func(*domain.Error) *E) ([]*E, error) {
	e, ok := domain.AsUserError(err)
	if !ok {
		return []*E{}, err
	}
	return []*E{as(e)}, nil
}

// reasonOf is the finest code of an error that an enum knows.
func reasonOf[C interface {
	~string
	IsValid() bool
}](e *domain.Error) C {
	if c := C(e.Reason); c.IsValid() {
		return c
	}
	return C(e.Code)
}

func pathOf(e *domain.Error) []string {
	return append([]string{}, e.Path...)
}

func usersError(e *domain.Error) *model.UsersError {
	return &model.UsersError{Code: reasonOf[model.UsersErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

func plansError(e *domain.Error) *model.PlansError {
	return &model.PlansError{Code: reasonOf[model.PlansErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

func contentError(e *domain.Error) *model.ContentError {
	return &model.ContentError{Code: reasonOf[model.ContentErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

func mailError(e *domain.Error) *model.MailError {
	return &model.MailError{Code: reasonOf[model.MailErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

func operationsError(e *domain.Error) *model.OperationsError {
	return &model.OperationsError{Code: reasonOf[model.OperationsErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

func securityError(e *domain.Error) *model.SecurityError {
	return &model.SecurityError{Code: reasonOf[model.SecurityErrorCode](e), Message: e.Message, Path: pathOf(e)}
}

// answers are the answers to the rows of a call about content; nil when nothing was done with them.
func answers[T, A any](results []domain.BulkResult[T], as func(index int32, value T, errs []*model.ContentError) *A) []*A {
	if results == nil {
		return nil
	}
	all := make([]*A, len(results))
	for i, r := range results {
		errs := []*model.ContentError{}
		if r.Err != nil {
			errs = append(errs, contentError(r.Err))
		}
		all[i] = as(int32(r.Index), r.Value, errs) //nolint:gosec // at most domain.MaxBulk
	}
	return all
}
