package content

import (
	"cmp"
	"context"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lyceum/domain"
)

// SourceStore is what the importer needs of the database.
type SourceStore interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(SourceTx) error) error
}

// SourceTx is one transaction of an import.
type SourceTx interface {
	// HoldSource keeps other imports of the source away until the transaction ends. Errors: CONFLICT while one runs.
	HoldSource(ctx context.Context, source string) error
	// SourceItems reads what was imported before.
	SourceItems(ctx context.Context, source string) ([]SourceItem, error)
	// SourceFolders reads the categories that were made before and are still there.
	SourceFolders(ctx context.Context, source string) ([]SourceFolder, error)
	// SlugsFrom reads the slugs of items and of categories that begin with a word.
	SlugsFrom(ctx context.Context, word string) (items, categories []string, err error)
	// BranchBySlug finds a category. Errors: NOT_FOUND.
	BranchBySlug(ctx context.Context, slug string) (domain.CategoryID, error)
	// PersonByEmail finds an account. Errors: NOT_FOUND.
	PersonByEmail(ctx context.Context, email string) (domain.UserID, error)
	// SourceLanguage reads the language that was chosen for a source; empty when there is none.
	SourceLanguage(ctx context.Context, source string) (string, error)
	// KeepSourceLanguage notes the language of a source.
	KeepSourceLanguage(ctx context.Context, source, language string) error
	// AddBranch makes a folder a category, the last below its parent. Errors: CONFLICT as AddEntries.
	AddBranch(ctx context.Context, source, folder string, k *Category) error
	// KeepCategory notes that a folder belongs to a category. Errors: CONFLICT when it was deleted meanwhile.
	KeepCategory(ctx context.Context, source, folder string, category domain.CategoryID) error
	// AddEntries writes new items with their bodies and files. Errors: CONFLICT when a slug was taken or a category deleted meanwhile.
	AddEntries(ctx context.Context, source string, entries []*SourceEntry) error
	// ChangeEntries writes what a source says of its items again, and where it has them; category, author and slug stay, and so do level and
	// status unless the entry resets them.
	ChangeEntries(ctx context.Context, entries []*SourceEntry) error
	// EditedEntries locks the items of entries, and reads which of them were changed here since they were imported.
	EditedEntries(ctx context.Context, entries []*SourceEntry) ([]domain.ItemID, error)
	// KeepEntries notes what a source says of items that were changed here, and leaves the items as they are.
	KeepEntries(ctx context.Context, entries []*SourceEntry) error
	// ArchiveEntries takes items out of the catalogue and remembers what they were.
	ArchiveEntries(ctx context.Context, items []domain.ItemID) error
	// ReturnEntries makes archived items what they were.
	ReturnEntries(ctx context.Context, items []domain.ItemID) error
	// ResetEntries sets the level and status of items, as far as they are what they were when the import was planned: what an editor has
	// decided since stays, and a level never falls below it.
	ResetEntries(ctx context.Context, entries []*SourceEntry) error
}

// Blobs is the file store. Names are SHA-256 sums in hex, so that a file is kept once and never changes.
type Blobs interface {
	Has(ctx context.Context, sum string, bytes int64) (bool, error)
	// Put keeps a file; its content must have the sum.
	Put(ctx context.Context, sum, mediaType string, content io.Reader) error
}

// Importer takes sources into the catalogue.
type Importer struct {
	Store SourceStore
	Blobs Blobs
	IDs   domain.IDs
	Watch func(done, total int) // called while writing; may be nil
}

// ImportReport is what an import did, or would do.
type ImportReport struct {
	New, Changed, Unchanged, Archived, Returned, Reset int
	Moved                                              int // of the changed ones, to another path
	Gone                                               int // vanished from the folder and still in the catalogue
	Categories, Files                                  int // made and stored now
	Drafts                                             int // of the new ones

	Kept   []Remark // changed here, and so left as they are; neither changed nor unchanged
	Fell   []Remark // of Reset: closed because their documents came to ask for it
	Faults []Remark // what could not be read
	Closed []Remark // what documents say about access, status or dates and nobody understands: drafts
	Dead   []Remark // references that lead nowhere
	Notes  []Remark // what was left out, or as it is
}

// Import takes a source into the catalogue; what is there already and has not changed is not touched. It works in batches:
// one that is interrupted is completed by the next. Errors: INVALID, NOT_FOUND, CONFLICT.
func (i Importer) Import(ctx context.Context, c ImportCommand, s *Source) (*ImportReport, error) {
	if err := c.check(s); err != nil {
		return nil, err
	}
	report := &ImportReport{Faults: s.Faults, Dead: s.Dead, Notes: s.Notes}
	return report, i.Store.InTx(ctx, domain.Actor{}, func(hold SourceTx) error {
		if err := hold.HoldSource(ctx, c.Source); err != nil {
			return err
		}
		w, err := i.prepare(ctx, hold, c, s)
		if err != nil {
			return err
		}
		w.report = report
		report.Closed = slices.Concat(s.Closed, w.plan.closed)
		slices.SortStableFunc(report.Closed, func(a, b Remark) int { return strings.Compare(a.Path, b.Path) })
		if err := w.files(ctx, s); err != nil || c.DryRun {
			w.count()
			return err
		}
		return w.write(ctx)
	})
}

// Language is that of the documents of a source that say nothing: what the command says, else what was chosen before.
func (i Importer) Language(ctx context.Context, c ImportCommand) (language string, err error) {
	if c.Language != nil {
		return *c.Language, nil
	}
	err = i.Store.InTx(ctx, domain.Actor{}, func(tx SourceTx) error {
		language, err = tx.SourceLanguage(ctx, c.Source)
		return err
	})
	return cmp.Or(language, DefaultLanguage), err
}

// importWork is one import on its way.
type importWork struct {
	Importer
	ImportCommand
	plan       importPlan
	actor      domain.Actor
	author     *domain.UserID
	under      *domain.CategoryID
	categories map[string]domain.CategoryID // by folder
	followed   []string                     // folders that have the category of the folder that they were
	taken      map[string]bool              // slugs of categories
	names      map[string]string            // of folders
	language   string                       // of documents that say nothing
	late       []Remark                     // of documents whose items were changed here while the import ran
	report     *ImportReport
}

func (i Importer) prepare(ctx context.Context, tx SourceTx, c ImportCommand, s *Source) (*importWork, error) {
	w := &importWork{
		Importer: i, ImportCommand: c, names: s.Folders, language: s.Language,
		categories: map[string]domain.CategoryID{}, taken: map[string]bool{},
	}
	if c.Author != "" {
		id, err := tx.PersonByEmail(ctx, c.Author)
		if err != nil {
			return nil, err
		}
		w.author, w.actor = &id, domain.Actor{UserID: id}
	}
	if c.Under != "" {
		id, err := tx.BranchBySlug(ctx, c.Under)
		if err != nil {
			return nil, err
		}
		w.under = &id
	}
	known, err := tx.SourceItems(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	folders, err := tx.SourceFolders(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		w.categories[f.Path] = f.CategoryID
	}
	items, categories, err := tx.SlugsFrom(ctx, slugOf(c.Source))
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, slug := range items {
		taken[slug] = true
	}
	for _, slug := range categories {
		w.taken[slug] = true
	}
	w.plan = planImport(c, s, known, taken, i.IDs)
	for _, folder := range slices.Sorted(maps.Keys(w.plan.renamed)) {
		category, known := w.categories[w.plan.renamed[folder]]
		if _, has := w.categories[folder]; known && !has {
			w.categories[folder] = category
			w.followed = append(w.followed, folder)
		}
	}
	w.plan.folders = slices.DeleteFunc(w.plan.folders, func(f string) bool { _, there := w.categories[f]; return there })
	return w, nil
}

// count fills the report with what the plan says.
func (w *importWork) count() {
	r, p := w.report, w.plan
	r.New, r.Changed, r.Unchanged = len(p.added), len(p.changed)-len(w.late), p.unchanged
	r.Kept = slices.Concat(p.kept, w.late)
	r.Returned, r.Reset, r.Categories = len(p.back), len(p.reset), len(p.folders)
	r.Moved, r.Fell = p.moved, p.fell
	for _, e := range p.added {
		if e.Status == Draft {
			r.Drafts++
		}
	}
	if w.Prune {
		r.Archived = len(p.gone)
	} else {
		r.Gone = len(p.gone)
	}
}

// files keeps the files of the source that the store has not; rows that name them come after.
func (w *importWork) files(ctx context.Context, s *Source) error {
	done := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(s.Files)) {
		f := s.Files[id]
		if done[f.Sum] {
			continue
		}
		done[f.Sum] = true
		has, err := w.Blobs.Has(ctx, f.Sum, f.Bytes)
		if err != nil {
			return err
		}
		if has {
			continue
		}
		w.report.Files++
		if w.DryRun {
			continue
		}
		if err := w.put(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (w *importWork) put(ctx context.Context, f SourceFile) error {
	content, err := f.Open()
	if err != nil {
		return err
	}
	defer content.Close() // it was only read
	return w.Blobs.Put(ctx, f.Sum, f.MediaType, content)
}

// folderName is the name of a folder's category: what its own page says, else its words.
func folderName(source, folder string, names map[string]string) string {
	if name := names[folder]; name != "" {
		return name
	}
	if folder == "." {
		return source
	}
	words := strings.Join(strings.FieldsFunc(path.Base(folder), func(c rune) bool { return c == '-' || c == '_' || unicode.IsSpace(c) }), " ")
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[min(size, len(words)):]
}
