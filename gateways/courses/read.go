package courses

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lyceum/domain/content"
)

// Limits of what is read.
const (
	maxEntries   = 200_000 // files and folders
	maxDocuments = 20_000
	maxDocument  = 1 << 20 // bytes of text
	maxNotebook  = 20 << 20
	maxFile      = 20 << 20
	maxAllText   = 512 << 20
	maxRemarks   = 10_000
)

// Options say how to read.
type Options struct {
	Language string                // of documents that say nothing
	Now      time.Time             // what dates are compared with; zero: the time of the reading
	Watch    func(done, total int) // called for each document; may be nil
}

// reader reads one folder.
type reader struct {
	Options
	ctx    context.Context //nolint:containedctx // of the one call of Read that a reader lives for
	fsys   fs.FS
	out    *content.Source
	tree   *tree
	held   int // bytes of text so far
	images int // bytes of notebooks' images kept so far
	slow   int // documents that were given up

	again struct {
		name     string
		pictures []picture
	}

	patience time.Duration // with one document
	said     map[content.Remark]bool

	components map[string]map[string]bool // name → documents
}

// parsed is a document with its references as they are written.
type parsed struct {
	*content.Document
	refs     []ref
	attached []attached
}

// Read reads a folder. What cannot be read is named in the answer; an error means that nothing could be. When the context
// ends it returns at once, even if the file system does not answer.
func Read(ctx context.Context, fsys fs.FS, o Options) (*content.Source, error) {
	type answer struct {
		source *content.Source
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		source, err := read(ctx, fsys, o)
		done <- answer{source, err}
	}()
	select {
	case a := <-done:
		return a.source, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func read(ctx context.Context, fsys fs.FS, o Options) (*content.Source, error) {
	r := &reader{
		Options: o, ctx: ctx, fsys: fsys, patience: defaultPatience, said: map[content.Remark]bool{},
		components: map[string]map[string]bool{},
		out: &content.Source{
			Language: o.Language, Files: map[string]content.SourceFile{}, Folders: map[string]string{}, Unread: map[string]bool{},
		},
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	var err error
	if r.tree, err = walk(ctx, fsys, r.note); err != nil {
		return nil, err
	}
	places := layout(r.tree.documents, o.Language)
	names := slices.DeleteFunc(r.tree.documents, func(name string) bool { return isSkipped(places[name].key) })
	if len(names) > maxDocuments {
		return nil, fmt.Errorf("the folder has %d documents; %d are the most", len(names), maxDocuments)
	}
	documents := make([]*parsed, 0, len(names))
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.slow > maxSlow {
			return nil, errors.New("too many documents take too long to read")
		}
		if d := r.document(name, places[name]); d != nil {
			documents = append(documents, d)
		}
		if r.Watch != nil {
			r.Watch(i+1, len(names))
		}
	}
	if err := r.resolveAll(documents); err != nil {
		return nil, err
	}
	r.noteComponents()
	for _, d := range documents {
		r.out.Documents = append(r.out.Documents, d.Document)
		if isFolderPage(d.Key) && d.Language == o.Language {
			r.out.Folders[d.Folder] = d.Title
		}
	}
	for _, list := range []*[]content.Remark{&r.out.Faults, &r.out.Closed, &r.out.Dead, &r.out.Notes} {
		slices.SortStableFunc(*list, func(a, b content.Remark) int { return strings.Compare(a.Path, b.Path) })
	}
	return r.out, nil
}

// fault says that something could not be read, dead that a reference leads nowhere, note that something was left out or as it
// is; each once.
func (r *reader) fault(path, format string, args ...any) {
	r.remark(&r.out.Faults, path, format, args)
}

func (r *reader) dead(path, format string, args ...any) { r.remark(&r.out.Dead, path, format, args) }

func (r *reader) note(path, format string, args ...any) { r.remark(&r.out.Notes, path, format, args) }

func (r *reader) remark(list *[]content.Remark, path, format string, args []any) {
	m := content.Remark{Path: path, Reason: printable(fmt.Sprintf(format, args...))}
	if !r.said[m] && len(*list) < maxRemarks {
		r.said[m] = true
		*list = append(*list, m)
	}
}

// printable keeps what a file says from steering the operator's terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
			return '·'
		}
		return c
	}, s)
}

// document reads one document; nil when it cannot be, which it says.
func (r *reader) document(name string, p place) *parsed {
	text, reason := r.text(name)
	if reason != "" {
		r.out.Unread[name] = true
		r.fault(name, "%s", reason)
		return nil
	}
	d := &content.Document{Path: name, Key: p.key, Folder: path.Dir(p.key), Kind: content.Lesson, Language: p.language}
	if isNotebook(name) {
		d.Kind = content.Notebook
	}
	u, err := r.understandInTime(func() (understood, error) { return convert(name, text) })
	if err == nil && r.held+len(u.text) > maxAllText {
		err = fmt.Errorf("all documents together are larger than %d MB", maxAllText>>20)
	}
	if err != nil {
		r.out.Unread[name] = true
		r.fault(name, "%s", err)
		return nil
	}
	text = u.text
	for _, component := range u.left {
		r.component(name, component)
	}
	if strings.TrimSpace(text) == "" {
		r.out.Unread[name] = true
		r.note(name, "is empty")
		return nil
	}
	r.held += len(text)
	d.Body = text
	u.head.fill(d, u.page)
	r.readAccess(d, u.head, u.unclear)
	if d.Title == "" {
		d.Title = titleFromName(p.key)
	}
	r.keepPictures(name, u.pictures)
	return &parsed{Document: d, refs: u.refs, attached: u.attached}
}

// headOf cuts off what a document says of itself; said are a notebook's metadata. unclear is why it cannot be read.
func headOf(text string, said json.RawMessage, mdx bool) (head matter, body string, unclear error) {
	head, body, unclear = cutMatter(text)
	if mdx && unclear == nil {
		unclear = exported(body)
	}
	more, err := metadata(said)
	return append(head, more...), body, cmp.Or(unclear, err)
}

// readAccess reads who may read a document. Where that is not understood, the document is closed and reported.
func (r *reader) readAccess(d *content.Document, head matter, unclear error) {
	notes, faults := head.readAccess(d, r.Now)
	for _, words := range notes {
		r.note(d.Path, "%s", words)
	}
	if unclear != nil {
		d.Closed = true
		faults = append(faults, fmt.Sprintf("front matter: %s", unclear))
	}
	for _, words := range faults {
		r.remark(&r.out.Closed, d.Path, "%s", []any{words})
	}
}

// text is a document's text with plain line ends, or why it has none.
func (r *reader) text(name string) (text, reason string) {
	limit := int64(maxDocument)
	if isNotebook(name) {
		limit = maxNotebook
	}
	raw, err := r.readLimited(name, limit)
	switch {
	case err != nil:
		return "", err.Error()
	case bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return "", "is UTF-16; save it as UTF-8"
	case bytes.IndexByte(raw, 0) >= 0:
		return "", "holds NUL bytes: it is no text"
	case !utf8.Valid(raw):
		return "", "is not valid UTF-8"
	}
	text = strings.TrimPrefix(string(raw), "\ufeff")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), ""
}

// readLimited reads a regular file that is not too large. Opening anything else can wait for ever, or start something: it is
// looked at before and, since it may have become something else, after.
func (r *reader) readLimited(name string, limit int64) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if info, err := fs.Stat(r.fsys, name); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New(kindOf(info.Mode()))
	}
	f, err := r.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", reasonOf(err))
	}
	defer f.Close() // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", reasonOf(err))
	case !info.Mode().IsRegular():
		return nil, errors.New(kindOf(info.Mode()))
	case info.Size() > limit:
		return nil, fmt.Errorf("is too large: %d KB, %d are the most", info.Size()>>10, limit>>10)
	}
	raw, err := io.ReadAll(io.LimitReader(endable{r.ctx, f}, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("is too large: %d KB are the most", limit>>10)
	}
	return raw, err
}

// endable is a file whose reading ends with a context.
type endable struct {
	ctx context.Context //nolint:containedctx // io.Reader has no place for it
	io.Reader
}

func (e endable) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.Reader.Read(p)
}

// reasonOf leaves the path out of an error; the remark has it.
func reasonOf(err error) error {
	if e := (*fs.PathError)(nil); asPathError(err, &e) {
		return e.Err
	}
	return err
}

// keepPictures makes what a notebook's cells show files that its text points at.
func (r *reader) keepPictures(name string, pictures []picture) {
	for i, p := range pictures {
		id := pictureID(name, i)
		f := describe(fmt.Sprintf("%s-%d%s", slugless(path.Base(name)), i+1, p.extension), p.data)
		if len(p.data) > maxFile {
			r.fault(name, "the image of an output is too large")
			continue
		}
		data := p.data
		if r.images += len(data); r.images > maxPicturesKept {
			data = nil // read again when it is stored
		}
		r.out.Files[id] = content.SourceFile{File: f, Open: func() (io.ReadCloser, error) {
			if data != nil {
				return io.NopCloser(bytes.NewReader(data)), nil
			}
			return r.pictureAgain(name, i)
		}}
	}
}

const maxPicturesKept = 64 << 20

// pictureAgain reads a notebook again for one of its images. Images are asked for notebook by notebook, so that the last one
// is remembered.
func (r *reader) pictureAgain(name string, i int) (io.ReadCloser, error) {
	if r.again.name != name {
		raw, err := r.readLimited(name, maxNotebook)
		if err != nil {
			return nil, err
		}
		c, err := notebook(string(raw))
		if err != nil {
			return nil, err
		}
		r.again.name, r.again.pictures = name, c.pictures
	}
	if i >= len(r.again.pictures) {
		return nil, fmt.Errorf("%s changed while it was read", name)
	}
	return io.NopCloser(bytes.NewReader(r.again.pictures[i].data)), nil
}

// dropUnused forgets files that no document points at.
func (r *reader) dropUnused(used map[string]bool) {
	maps.DeleteFunc(r.out.Files, func(id string, _ content.SourceFile) bool { return !used[id] })
}

// component remembers that a document has a component of which nothing could be kept.
func (r *reader) component(document, name string) {
	if r.components[name] == nil {
		r.components[name] = map[string]bool{}
	}
	r.components[name][document] = true
}

// noteComponents says once for all documents what was left out of them.
func (r *reader) noteComponents() {
	for _, name := range sortedKeys(r.components) {
		in := sortedKeys(r.components[name])
		r.note(in[0], "the component <%s> was left out, here and in %d other documents", name, len(in)-1)
	}
}
