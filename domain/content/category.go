package content

import (
	"slices"

	"lyceum/domain"
)

// Bounds of the tree of categories.
const (
	maxCategoryDepth = 10   // categories from the top down, both ends counted
	maxSiblings      = 1000 // that are put in order at once
)

// CreateCategoryCommand asks for a category, the last of those below its parent.
type CreateCategoryCommand struct {
	IdempotencyKey string `json:"-"`
	Name           string
	Slug           *string            // nil: from the name
	ParentID       *domain.CategoryID // nil: at the top
	Summary        string
}

// UpdateCategoryCommand asks for other words; nil leaves a value as it is.
type UpdateCategoryCommand struct {
	CategoryID          domain.CategoryID
	Name, Slug, Summary *string
}

// MoveCategoryCommand asks for a category and all below it to come below another one, as the last.
type MoveCategoryCommand struct {
	CategoryID domain.CategoryID
	ParentID   *domain.CategoryID // nil: to the top
}

// ReorderCategoriesCommand asks for another order of the categories right below one.
type ReorderCategoriesCommand struct {
	ParentID    *domain.CategoryID // nil: those at the top
	CategoryIDs []domain.CategoryID
}

// DeleteCategoryCommand asks for a category to be taken out of the tree.
type DeleteCategoryCommand struct {
	IdempotencyKey string `json:"-"`
	CategoryID     domain.CategoryID
	MoveContentTo  *domain.CategoryID // nil: it must be empty
}

// CategoryContent is what stands right in a category; deleted items count, because they can be restored.
type CategoryContent struct {
	Categories int32 `db:"categories"`
	Items      int32 `db:"items"`
}

// newCategory is the rule: what a category may look like. The slug may be empty: then it is made.
func newCategory(c CreateCategoryCommand) (k Category, err error) {
	k.ParentID = c.ParentID
	if k.Name, err = nameOf(c.Name, maxCategoryName, "name"); err != nil {
		return k, err
	}
	if k.Summary, err = proseOf(c.Summary, maxSummary, "summary"); err != nil {
		return k, err
	}
	if c.Slug != nil {
		k.Slug, err = slugIn(*c.Slug)
	}
	return k, err
}

// withWords is the rule: a category with other words.
func withWords(k Category, c UpdateCategoryCommand) (_ Category, err error) {
	if c.Name != nil {
		if k.Name, err = nameOf(*c.Name, maxCategoryName, "name"); err != nil {
			return k, err
		}
	}
	if c.Summary != nil {
		if k.Summary, err = proseOf(*c.Summary, maxSummary, "summary"); err != nil {
			return k, err
		}
	}
	if c.Slug != nil {
		k.Slug, err = slugIn(*c.Slug)
	}
	return k, err
}

// checkOrder is the rule: an order names all categories that are there, each once.
func checkOrder(given, there []domain.CategoryID) error {
	if err := listOf(given, maxSiblings, "categoryIds"); err != nil {
		return err
	}
	known := make(map[domain.CategoryID]bool, len(there))
	for _, id := range there {
		known[id] = true
	}
	if len(given) != len(there) || slices.ContainsFunc(given, func(id domain.CategoryID) bool { return !known[id] }) {
		return domain.Errorf(domain.CodeConflict, "the list must name all categories directly below this one, each once").
			Because("ORDER_INCOMPLETE").At("categoryIds")
	}
	return nil
}

// checkDelete is the rule: only an empty category goes without a place for what is in it.
func checkDelete(c DeleteCategoryCommand, in CategoryContent) error {
	if c.MoveContentTo == nil && in.Categories+in.Items > 0 {
		return domain.Errorf(domain.CodeRefused, "the category is not empty: it has %d categories and %d items, deleted ones included",
			in.Categories, in.Items).Because("CATEGORY_NOT_EMPTY").At("categoryId")
	}
	return nil
}

func circle(path string) error {
	return domain.Errorf(domain.CodeRefused, "a category cannot come below itself").Because("CATEGORY_CIRCLE").At(path)
}

func tooDeep(path string) error {
	return domain.Errorf(domain.CodeRefused, "the tree of categories must be at most %d deep", maxCategoryDepth).
		Because("CATEGORY_TOO_DEEP").At(path)
}
