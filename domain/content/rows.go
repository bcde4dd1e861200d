package content

import "lyceum/domain"

// PathStep is a category on the way from the top down to another.
type PathStep struct {
	DescendantID domain.CategoryID `db:"descendant_id"`
	Category
}

// CategoryItem is an item in the list of a category.
type CategoryItem struct {
	OfCategory domain.CategoryID `db:"of_category"`
	Item
}

// Prerequisite is an item that another one asks for, as a user may know of it.
type Prerequisite struct {
	AsksID domain.ItemID `db:"asks_id"`
	Item
}

// Translation is an item in another language than the one it was asked for.
type Translation struct {
	OfID domain.ItemID `db:"of_id"`
	Item
}

// Body is the whole text of an item. Only loaders behind the guard ask for it.
type Body struct {
	ItemID domain.ItemID `db:"content_id"`
	Text   string        `db:"body"`
	Files  string        `db:"files"` // the sums of the files that belong to it, with spaces between
	Total  int64         `db:"total"` // bytes of all texts that were asked for together
}
