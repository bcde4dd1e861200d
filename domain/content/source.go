package content

import (
	"io"

	"lyceum/domain"
)

// Source is a folder of documents as a gateway read it, before anything is known of the catalogue.
type Source struct {
	Language  string // of documents that say nothing
	Documents []*Document
	Files     map[string]SourceFile // by what Ref.File names
	Folders   map[string]string     // the names of folders that have a page of their own
	Unread    map[string]bool       // paths that are there and could not be read: nothing is known of their items
	Faults    []Remark              // what could not be read
	Closed    []Remark              // what documents say about access, status or dates and nobody understands
	Dead      []Remark              // references that lead nowhere
	Notes     []Remark              // what was left out, or as it is
}

// Document is one version, in one language, of a lesson or notebook.
type Document struct {
	Path   string // in the folder
	Key    string // the path without its language, shared by all versions
	Folder string // of the key; "." at the top

	Language string
	Title    string
	Summary  string
	Preview  string
	Kind     ItemKind
	Tags     []string
	Seconds  int32 // how long it takes to read

	SummaryIsAuthored bool // else it is cut from the body, and only for documents that everyone may read
	PreviewIsAuthored bool

	Level  *int32 // what the document itself asks for
	Paid   string // the key by which it says that it is not for nothing, without a level
	Draft  bool   // it says that it is not to be read now
	Closed bool   // what it says about access, status or dates is not understood

	Body string // Markdown; its references still as they were written
	Refs []Ref  // in the order of Body, not overlapping
}

// Ref is a place in a body that points at another document or at a file of the same folder.
type Ref struct {
	Start, End     int // in Body
	Before, After  string
	Document, File string // one of the two
	Fragment       string // with its #
}

// SourceFile is a file that documents point at.
type SourceFile struct {
	File
	Open func() (io.ReadCloser, error)
}

// Remark is a word on a path.
type Remark struct{ Path, Reason string }

// SourceItem is what is known of a document that was imported before.
type SourceItem struct {
	ItemID   domain.ItemID `db:"content_id"`
	Path     string        `db:"path"`
	Key      string        `db:"document"`
	Checksum []byte        `db:"checksum"`
	Likeness []byte        `db:"likeness"` // nil: imported before it was kept
	Slug     string        `db:"slug"`
	Status   ItemStatus    `db:"status"`
	Level    int32         `db:"access_level"`
	Asks     *string       `db:"asks"`        // what its document asked for; nil: imported before it was kept
	Pruned   *ItemStatus   `db:"pruned_from"` // what it was when the import archived it
	Deleted  bool          `db:"deleted"`
	Edited   bool          `db:"edited"` // changed here since it was imported
	Behind   bool          `db:"behind"` // what was taken last is not what the source said last
}

// SourceFolder is a folder that became a category.
type SourceFolder struct {
	Path       string            `db:"path"`
	CategoryID domain.CategoryID `db:"category_id"`
}

// SourceEntry is one row to write: a document as an item.
type SourceEntry struct {
	ItemID     domain.ItemID     `json:"id"`
	CategoryID domain.CategoryID `json:"category_id"`
	AuthorID   *domain.UserID    `json:"author_id"`
	Path       string            `json:"path"`
	Key        string            `json:"document"`
	Checksum   string            `json:"checksum"` // hex
	Likeness   string            `json:"likeness"` // hex
	Slug       string            `json:"slug"`
	Title      string            `json:"title"`
	Summary    string            `json:"summary"`
	Preview    string            `json:"preview"`
	Kind       ItemKind          `json:"kind"`
	Status     ItemStatus        `json:"status"`
	Level      int32             `json:"access_level"`
	Reset      bool              `json:"reset"` // Status and Level replace what the item had when the import was planned
	WasStatus  ItemStatus        `json:"was_status"`
	WasLevel   int32             `json:"was_level"`
	Asks       string            `json:"asks"`
	Seconds    int32             `json:"duration_seconds"`
	Language   string            `json:"language"`
	Tags       []string          `json:"tags"`
	Body       string            `json:"body"`
	Files      []File            `json:"files"`

	SummaryIsAuthored bool `json:"summary_is_authored"`
	PreviewIsAuthored bool `json:"preview_is_authored"`
}
