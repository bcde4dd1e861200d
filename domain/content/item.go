package content

import (
	"time"

	"lyceum/domain"
)

// Category is a category of the catalogue.
type Category struct {
	ID       domain.CategoryID  `db:"id"`
	ParentID *domain.CategoryID `db:"parent_id"`
	Slug     string             `db:"slug"`
	Name     string             `db:"name"`
	Summary  string             `db:"summary"`
	Position int32              `db:"position"`
}

// Item is something to learn from: a lesson, a notebook, a course. Its body is read apart, and only by who may.
type Item struct {
	ID              domain.ItemID     `db:"id"`
	CategoryID      domain.CategoryID `db:"category_id"`
	AuthorID        *domain.UserID    `db:"author_id"`
	Slug            string            `db:"slug"`
	Title           string            `db:"title"`
	Summary         string            `db:"summary"`
	Preview         string            `db:"preview"`
	Kind            ItemKind          `db:"kind"`
	Status          ItemStatus        `db:"status"`
	AccessLevel     int32             `db:"access_level"`
	DurationSeconds int32             `db:"duration_seconds"`
	Language        string            `db:"language"`
	TagWords        domain.Words      `db:"tags"`
	PublishedAt     *time.Time        `db:"published_at"`
	CreatedAt       time.Time         `db:"created_at"`
	UpdatedAt       time.Time         `db:"updated_at"`
	Version         int32             `db:"version"` // grows with every change of the item
	DeletedAt       *time.Time        `db:"deleted_at"`
}

// Tags are free words, lower-case. Columns: tags.
func (i *Item) Tags() []string { return i.TagWords.List() }

// ItemKind is the form of an item.
type ItemKind string

// The kinds, as in content_items_kind_known.
const (
	Lesson   ItemKind = "lesson"
	Notebook ItemKind = "notebook"
	Video    ItemKind = "video"
	Course   ItemKind = "course"
	Module   ItemKind = "module"
	Dataset  ItemKind = "dataset"
)

// ItemStatus is where an item stands between its author and its readers.
type ItemStatus string

// The statuses, as in content_items_status_known.
const (
	Draft     ItemStatus = "draft"
	Published ItemStatus = "published"
	Archived  ItemStatus = "archived"
)

// ItemOrder is an order of a list of items.
type ItemOrder string

// The orders.
const (
	NewestFirst ItemOrder = "newest_first"
	OldestFirst ItemOrder = "oldest_first"
	ByTitle     ItemOrder = "by_title"
)

// ItemFilter narrows a list of items; nil asks nothing.
type ItemFilter struct {
	CategoryID *domain.CategoryID // this category and all below it
	Kind       *ItemKind
	Accessible bool // only what the viewer may open now

	AuthorID           *domain.UserID
	Language, Tag      *string
	MaxAccessLevel     *int32
	MaxDurationSeconds *int32
	Since, Until       *time.Time // of publication
}

// LibraryOrder is an order of the list of all items, whatever their status.
type LibraryOrder string

// The orders of the library.
const (
	BegunLastFirst   LibraryOrder = "newest_first"
	ChangedLastFirst LibraryOrder = "recently_updated_first"
	LibraryByTitle   LibraryOrder = "by_title"
)

// LibraryFilter narrows the list of all items; nil asks nothing.
type LibraryFilter struct {
	Status     *ItemStatus
	CategoryID *domain.CategoryID
	Kind       *ItemKind
	AuthorID   *domain.UserID
	Language   *string
	Search     *string // a prefix of the title
	Deleted    bool    // the deleted items instead of the others
}

// CategoryOrder is an order of the list of categories.
type CategoryOrder string

// The orders of categories.
const (
	ByPosition CategoryOrder = "by_position"
	ByName     CategoryOrder = "by_name"
)

// CategoryFilter narrows the list of categories; nil asks nothing.
type CategoryFilter struct {
	ParentID *domain.CategoryID
	Search   *string // a prefix of the name
}

// Hit is an item that a search found. The rank orders hits of one search and means nothing else.
type Hit struct {
	Item
	Rank float64 `db:"rank"`
}

// HitPage is a page of a search, as a list of items.
type HitPage struct{ *domain.Page[*Hit] }

// Nodes are the items that were found.
func (p *HitPage) Nodes() []*Item {
	items := make([]*Item, len(p.Page.Edges))
	for i, edge := range p.Page.Edges {
		items[i] = &edge.Node.Item
	}
	return items
}

// Edges are the items with their ranks.
func (p *HitPage) Edges() []HitEdge {
	edges := make([]HitEdge, len(p.Page.Edges))
	for i, edge := range p.Page.Edges {
		edges[i] = HitEdge{edge}
	}
	return edges
}

// HitEdge is an item in a page of a search.
type HitEdge struct{ domain.Edge[*Hit] }

// Node is the item.
func (e *HitEdge) Node() *Item { return &e.Edge.Node.Item }

// Rank is that of the hit.
func (e *HitEdge) Rank() float64 { return e.Edge.Node.Rank }

// Grant is an explicit permission or denial for a user, on an item or on a category and all below it.
type Grant struct {
	ID         domain.GrantID     `db:"id"`
	UserID     domain.UserID      `db:"user_id"`
	ItemID     *domain.ItemID     `db:"content_id"`
	CategoryID *domain.CategoryID `db:"category_id"`
	Effect     Effect             `db:"effect"`
	StartsAt   time.Time          `db:"starts_at"`
	EndsAt     *time.Time         `db:"ends_at"`
	GrantedBy  *domain.UserID     `db:"granted_by"`
	Reason     string             `db:"reason"`
	CreatedAt  time.Time          `db:"created_at"`
	RevokedAt  *time.Time         `db:"revoked_at"`
	RevokedBy  *domain.UserID     `db:"revoked_by"`
}

// Effect is what a grant does.
type Effect string

// The effects. On one target deny wins; the nearest target wins over one farther up.
const (
	Allow Effect = "allow"
	Deny  Effect = "deny"
)

// GrantFilter narrows the list of grants; nil asks nothing.
type GrantFilter struct {
	UserID      *domain.UserID
	Active      *bool // in force or still to come; false: ended or revoked
	ItemID      *domain.ItemID
	CategoryID  *domain.CategoryID
	Effect      *Effect
	GrantedByID *domain.UserID
}

// GrantOrder is an order of the list of grants.
type GrantOrder string

// The orders of grants.
const (
	NewestGrantFirst GrantOrder = "newest_first"
	OldestGrantFirst GrantOrder = "oldest_first"
	EndingGrantFirst GrantOrder = "ending_soonest_first"
)
