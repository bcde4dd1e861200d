package content

import (
	"context"

	"lyceum/domain"
)

// CategoryTx are the writes of the tree of categories.
type CategoryTx interface {
	// LockCategory reads a category and keeps others from changing or deleting it until the transaction ends. Errors: NOT_FOUND at path.
	LockCategory(ctx context.Context, id domain.CategoryID, path string) (*Category, error)
	// HoldCategory keeps a category from being deleted until the transaction ends. Errors: NOT_FOUND at path.
	HoldCategory(ctx context.Context, id domain.CategoryID, path string) error
	// SlugsFrom reads the slugs of items and of categories that begin with a word, those of deleted ones too.
	SlugsFrom(ctx context.Context, word string) (items, categories []string, err error)
	// AddCategory writes a category, the last below its parent. Errors: CONFLICT (SLUG_TAKEN).
	AddCategory(ctx context.Context, k Category) error
	// SaveCategory writes the words of a category if they are others. Errors: CONFLICT (SLUG_TAKEN).
	SaveCategory(ctx context.Context, k Category) error
	// IsBelow reports whether a category is another one or stands anywhere below it.
	IsBelow(ctx context.Context, id, above domain.CategoryID) (bool, error)
	// PlaceCategory moves a category with all below it, as the last below its parent. Errors: REFUSED (CATEGORY_CIRCLE).
	PlaceCategory(ctx context.Context, id domain.CategoryID, parent *domain.CategoryID) error
	// DepthBelow is how deep the tree is where it is deepest below a category, from the top. It is asked after the category was written, which
	// keeps other changes of the tree away.
	DepthBelow(ctx context.Context, id domain.CategoryID) (int, error)
	// LockChildren reads the ids of the categories right below one, or at the top, in their order, and locks them.
	LockChildren(ctx context.Context, parent *domain.CategoryID) ([]domain.CategoryID, error)
	// OrderCategories gives categories the positions of a list, and reads them.
	OrderCategories(ctx context.Context, ids []domain.CategoryID) ([]*Category, error)
	// CategoryContent counts what stands right in a category.
	CategoryContent(ctx context.Context, id domain.CategoryID) (CategoryContent, error)
	// MoveContent puts all that stands right in a category into another one: its categories as the last there, its items, and what imports
	// bring into it later. Errors: REFUSED (CATEGORY_CIRCLE).
	MoveContent(ctx context.Context, from, to domain.CategoryID) error
	// DeleteCategory takes a category out of the tree.
	DeleteCategory(ctx context.Context, id domain.CategoryID) error
	// CategoryNow reads a category as the transaction has made it.
	CategoryNow(ctx context.Context, id domain.CategoryID) (*Category, error)
}

// mayWrite is the guard of all that authors do. Errors: FORBIDDEN.
func mayWrite(viewer domain.Viewer) error {
	if !viewer.May(domain.ContentWrite) {
		return domain.Errorf(domain.CodeForbidden, "this requires the permission content.write")
	}
	return nil
}

// write opens the transaction of something that authors do. Errors: FORBIDDEN, and those of do.
func write[T any](ctx context.Context, s Service, viewer domain.Viewer, do func(Tx) (T, error)) (result T, err error) {
	if err = mayWrite(viewer); err != nil {
		return result, err
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		result, err = do(tx)
		return err
	})
	return result, err
}

// CreateCategory adds a category. Needs content.write. Errors: FORBIDDEN, INVALID (NAME_INVALID, TOO_LONG, SLUG_INVALID), NOT_FOUND,
// REFUSED (CATEGORY_TOO_DEEP), CONFLICT (SLUG_TAKEN, IDEMPOTENCY_KEY_REUSED).
func (s Service) CreateCategory(ctx context.Context, viewer domain.Viewer, c CreateCategoryCommand) (*Category, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Category, error) {
		return domain.Once(ctx, tx, viewer.UserID, "createCategory", c.IdempotencyKey, c, func() (*Category, error) {
			k, err := newCategory(c)
			if err != nil {
				return nil, err
			}
			k.ID = domain.CategoryID{UUID: s.IDs()}
			if k.ParentID != nil {
				if err := tx.HoldCategory(ctx, *k.ParentID, "parentId"); err != nil {
					return nil, err
				}
			}
			if k.Slug == "" {
				k.Slug = slugFrom(k.Name, "category")
				_, taken, err := tx.SlugsFrom(ctx, k.Slug)
				if err != nil {
					return nil, err
				}
				k.Slug = free(k.Slug, taken)
			}
			if err := tx.AddCategory(ctx, k); err != nil {
				return nil, err
			}
			if err := checkDepth(ctx, tx, k.ID, "parentId"); err != nil {
				return nil, err
			}
			return tx.CategoryNow(ctx, k.ID)
		})
	}))
}

// UpdateCategory changes the words of a category. Needs content.write. Errors: FORBIDDEN, INVALID (NAME_INVALID, TOO_LONG, SLUG_INVALID),
// NOT_FOUND, CONFLICT (SLUG_TAKEN).
func (s Service) UpdateCategory(ctx context.Context, viewer domain.Viewer, c UpdateCategoryCommand) (*Category, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Category, error) {
		k, err := tx.LockCategory(ctx, c.CategoryID, "categoryId")
		if err != nil {
			return nil, err
		}
		changed, err := withWords(*k, c)
		if err != nil {
			return nil, err
		}
		return &changed, tx.SaveCategory(ctx, changed)
	}))
}

// MoveCategory moves a category with all below it; where it stands already it stays. Needs content.write.
// Errors: FORBIDDEN, NOT_FOUND, REFUSED (CATEGORY_CIRCLE, CATEGORY_TOO_DEEP).
func (s Service) MoveCategory(ctx context.Context, viewer domain.Viewer, c MoveCategoryCommand) (*Category, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Category, error) {
		k, err := tx.LockCategory(ctx, c.CategoryID, "categoryId")
		if err != nil {
			return nil, err
		}
		if sameParent(k.ParentID, c.ParentID) {
			return k, nil
		}
		if c.ParentID != nil {
			if err := keepApart(ctx, tx, *c.ParentID, k.ID, "parentId"); err != nil {
				return nil, err
			}
		}
		if err := tx.PlaceCategory(ctx, k.ID, c.ParentID); err != nil {
			return nil, err
		}
		if err := checkDepth(ctx, tx, k.ID, "parentId"); err != nil {
			return nil, err
		}
		return tx.CategoryNow(ctx, k.ID)
	}))
}

// ReorderCategories puts the categories below one in another order. Needs content.write.
// Errors: FORBIDDEN, INVALID (LIST_SIZE), NOT_FOUND, CONFLICT (ORDER_INCOMPLETE).
func (s Service) ReorderCategories(ctx context.Context, viewer domain.Viewer, c ReorderCategoriesCommand) ([]*Category, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) ([]*Category, error) {
		if c.ParentID != nil {
			if err := tx.HoldCategory(ctx, *c.ParentID, "parentId"); err != nil {
				return nil, err
			}
		}
		there, err := tx.LockChildren(ctx, c.ParentID)
		if err != nil {
			return nil, err
		}
		if err := checkOrder(c.CategoryIDs, there); err != nil {
			return nil, err
		}
		return tx.OrderCategories(ctx, c.CategoryIDs)
	}))
}

// DeleteCategory takes a category out of the tree, and what is in it to another one. Needs content.write.
// Errors: FORBIDDEN, NOT_FOUND, REFUSED (CATEGORY_NOT_EMPTY, CATEGORY_CIRCLE, CATEGORY_TOO_DEEP), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) DeleteCategory(ctx context.Context, viewer domain.Viewer, c DeleteCategoryCommand) (*Category, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Category, error) {
		return domain.Once(ctx, tx, viewer.UserID, "deleteCategory", c.IdempotencyKey, c, func() (*Category, error) {
			k, err := tx.LockCategory(ctx, c.CategoryID, "categoryId")
			if err != nil {
				return nil, err
			}
			in, err := tx.CategoryContent(ctx, k.ID)
			if err != nil {
				return nil, err
			}
			if err := checkDelete(c, in); err != nil {
				return nil, err
			}
			if c.MoveContentTo != nil {
				if err := keepApart(ctx, tx, *c.MoveContentTo, k.ID, "moveContentTo"); err != nil {
					return nil, err
				}
				if err := tx.MoveContent(ctx, k.ID, *c.MoveContentTo); err != nil {
					return nil, err
				}
				if err := checkDepth(ctx, tx, *c.MoveContentTo, "moveContentTo"); err != nil {
					return nil, err
				}
			}
			return k, tx.DeleteCategory(ctx, k.ID)
		})
	}))
}

// keepApart holds a target and refuses one that is the category itself or below it.
func keepApart(ctx context.Context, tx Tx, target, category domain.CategoryID, path string) error {
	if err := tx.HoldCategory(ctx, target, path); err != nil {
		return err
	}
	below, err := tx.IsBelow(ctx, target, category)
	if err == nil && below {
		err = circle(path)
	}
	return err
}

func checkDepth(ctx context.Context, tx Tx, id domain.CategoryID, path string) error {
	depth, err := tx.DepthBelow(ctx, id)
	if err == nil && depth > maxCategoryDepth {
		err = tooDeep(path)
	}
	return err
}

func sameParent(a, b *domain.CategoryID) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// orNil drops what a transaction made that did not come to be.
func orNil[T any](result T, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}
