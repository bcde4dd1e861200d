package content

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"

	"lyceum/domain"
)

// ImportCommand asks for a source to be taken into the catalogue.
type ImportCommand struct {
	Source   string      // its name; a second import under the same name continues the first
	Under    string      // slug of the category below which new categories come; empty: at the top
	Author   string      // email of who shall be the author of new items; empty: nobody
	Language *string     // of documents that say nothing; nil: what it was before, DefaultLanguage for a new source
	Level    *int32      // of new items; nil: 0
	Status   *ItemStatus // of new items: draft or published; nil: draft
	Existing bool        // Level and Status, as far as they are given, hold for what is there already, too
	Prune    bool        // archive what vanished from the folder
	DryRun   bool        // change nothing, tell what would be
}

const maxLevel, maxSourceName = 1000, 100

// DefaultLanguage is that of documents that say nothing, in a source for which none was chosen.
const DefaultLanguage = "en"

// check is the rule of what may be asked of a source. Errors: INVALID.
func (c ImportCommand) check(s *Source) error {
	switch {
	case slugOf(c.Source) == "" || len(c.Source) > maxSourceName:
		return domain.Errorf(domain.CodeInvalid,
			"a source needs a name with Latin letters or digits, at most %d bytes", maxSourceName).At("source")
	case c.Level != nil && (*c.Level < 0 || *c.Level > maxLevel):
		return domain.Errorf(domain.CodeInvalid, "an access level must be 0 to %d", maxLevel).At("level")
	case c.Status != nil && *c.Status != Draft && *c.Status != Published:
		return domain.Errorf(domain.CodeInvalid, "the status of new items must be draft or published").At("status")
	case c.Existing && c.Level == nil && c.Status == nil:
		return domain.Errorf(domain.CodeInvalid, "state what existing items are to get: a status, a level or both").At("existing")
	case c.Prune && len(s.Documents) == 0: // a folder that is not mounted must not close a school
		return domain.Errorf(domain.CodeInvalid, "the source holds no documents: pruning would archive all that came from it").At("prune")
	}
	return nil
}

// importPlan is what an import would do.
type importPlan struct {
	added, changed []*SourceEntry
	left           []*SourceEntry  // changed here and in the folder: only what the folder says is noted
	kept           []Remark        // changed here
	back           []domain.ItemID // archived by an earlier import, and in the folder again
	gone           []domain.ItemID // vanished from the folder
	reset          []*SourceEntry  // of another level or status than they shall have
	closed         []Remark        // documents that are closed for what the domain does not know of them
	fell           []Remark        // of reset: what their documents came to ask for, not the command
	unchanged      int
	moved          int               // of the changed
	renamed        map[string]string // where the documents of a folder that is gone are now → that folder
	folders        []string          // that need a category, above before below
	placed         map[string]string // path of an added document → its folder
}

// planImport is the rule: what is new, what changed, what is gone. taken are the slugs of all items; it gets the new ones.
func planImport(c ImportCommand, s *Source, known []SourceItem, taken map[string]bool, ids domain.IDs) importPlan {
	before := make(map[string]SourceItem, len(known))
	slugs := make(map[string]string, len(s.Documents))
	for _, k := range known {
		before[k.Path] = k
		slugs[k.Path] = k.Slug
	}
	moved := movedFrom(s, known)
	for path, k := range moved {
		before[path], slugs[path] = k, k.Slug
	}
	for _, d := range s.Documents {
		if _, ok := slugs[d.Path]; !ok {
			slugs[d.Path] = freeSlug(documentSlug(slugOf(c.Source), d, s.Language), taken)
		}
	}
	p := importPlan{placed: map[string]string{}, renamed: renamedFolders(s, moved)}
	found := map[string]bool{}
	for _, d := range s.Documents {
		found[d.Path] = true
		k, ok := before[d.Path]
		var there *SourceItem
		if ok {
			there = &k
		}
		then, doubt := c.standingOf(d, there)
		if doubt != "" {
			p.closed = append(p.closed, Remark{Path: d.Path, Reason: doubt})
		}
		e := entryOf(d, then, s.Files, slugs)
		switch {
		case !ok:
			e.ItemID = domain.ItemID{UUID: ids()}
			p.added = append(p.added, e)
			p.placed[d.Path] = d.Folder
			p.folders = append(p.folders, withAbove(d.Folder)...)
			continue
		case k.Deleted: // somebody took it out of the school; the import does not argue
			p.unchanged++
			continue
		}
		e.ItemID, e.Slug = k.ItemID, k.Slug
		found[k.Path] = true // though moved
		if k.Path != e.Path {
			p.moved++
		}
		switch differs := k.differs(e); {
		case k.Edited:
			p.kept = append(p.kept, Remark{Path: d.Path, Reason: keptAs(differs || k.Behind)})
			if differs {
				p.left = append(p.left, e)
			}
		case differs, k.Behind: // behind: it was changed here, so that the text was kept from it, and was changed back
			p.changed = append(p.changed, e)
		case k.Pruned == nil:
			p.unchanged++
		}
		if k.Pruned != nil {
			p.back = append(p.back, k.ItemID)
		}
		now := standing{k.standsAs(), k.Level}
		e.WasStatus, e.WasLevel = now.status, now.level
		if e.Reset = then != now; e.Reset {
			p.reset = append(p.reset, e)
			if !c.Existing {
				p.fell = append(p.fell, Remark{Path: d.Path, Reason: fall(now, then)})
			}
		}
	}
	for _, k := range known {
		if !found[k.Path] && !s.Unread[k.Path] && k.Pruned == nil && !k.Deleted && k.Status != Archived {
			p.gone = append(p.gone, k.ItemID)
		}
	}
	slices.SortFunc(p.folders, func(a, b string) int { return cmp.Or(depth(a)-depth(b), strings.Compare(a, b)) })
	p.folders = slices.Compact(p.folders)
	return p
}

// differs reports whether a document is to be written again.
func (k *SourceItem) differs(e *SourceEntry) bool {
	return hex.EncodeToString(k.Checksum) != e.Checksum || k.Key != e.Key || k.Path != e.Path || k.Likeness == nil || k.Asks == nil ||
		*k.Asks != e.Asks
}

// movedFrom finds, by path, what new documents were before: one that is gone from its path and reads the same. Where several
// do, the one whose file has the same name is meant.
func movedFrom(s *Source, known []SourceItem) map[string]SourceItem {
	before, there := map[string]bool{}, map[string]bool{}
	for _, d := range s.Documents {
		there[d.Path] = true
	}
	lost := map[string][]SourceItem{}
	for _, k := range slices.SortedFunc(slices.Values(known), func(a, b SourceItem) int { return strings.Compare(a.Path, b.Path) }) {
		before[k.Path] = true
		if !there[k.Path] && !s.Unread[k.Path] && k.Likeness != nil {
			lost[hex.EncodeToString(k.Likeness)] = append(lost[hex.EncodeToString(k.Likeness)], k)
		}
	}
	moved := map[string]SourceItem{}
	for _, sameName := range []bool{true, false} {
		for _, d := range s.Documents {
			if _, found := moved[d.Path]; found || before[d.Path] || len(lost) == 0 {
				continue
			}
			like := likenessOf(d)
			at := slices.IndexFunc(lost[like], func(k SourceItem) bool { return !sameName || path.Base(k.Path) == path.Base(d.Path) })
			if at >= 0 && (sameName || len(lost[like]) == 1) {
				moved[d.Path] = lost[like][at]
				lost[like] = slices.Delete(lost[like], at, at+1)
			}
		}
	}
	return moved
}

// renamedFolders finds the folders that moved with all they held: what comes into them later belongs to the same category.
func renamedFolders(s *Source, moved map[string]SourceItem) map[string]string {
	there := map[string]bool{}
	for _, d := range s.Documents {
		for _, folder := range withAbove(d.Folder) {
			there[folder] = true
		}
	}
	renamed := map[string]string{}
	for _, d := range s.Documents {
		if k, ok := moved[d.Path]; ok && !there[path.Dir(k.Key)] {
			renamed[d.Folder] = path.Dir(k.Key)
		}
	}
	return renamed
}

// likenessOf is what a document keeps when it moves: its text, without what its references point at.
func likenessOf(d *Document) string {
	sum, at := sha256.New(), 0
	for _, r := range d.Refs {
		_, _ = io.WriteString(sum, d.Body[at:r.Start]) // a hash takes everything
		_, _ = sum.Write([]byte{0})
		at = r.End
	}
	_, _ = io.WriteString(sum, d.Body[at:]+"\x00"+d.Language+"\x00"+string(d.Kind))
	return hex.EncodeToString(sum.Sum(nil))
}

func depth(folder string) int {
	if folder == "." {
		return -1
	}
	return strings.Count(folder, "/")
}

// withAbove is a folder and all above it, from "." on.
func withAbove(folder string) []string {
	all := []string{folder}
	for folder != "." {
		folder = path.Dir(folder)
		all = append(all, folder)
	}
	return all
}

// entryOf is the row of a document. Its checksum covers everything that an import writes again. What is cut from a body is left out above
// level 0, so that another level is another row.
func entryOf(d *Document, then standing, files map[string]SourceFile, slugs map[string]string) *SourceEntry {
	e := &SourceEntry{
		Path: d.Path, Key: d.Key, Slug: slugs[d.Path], Title: d.Title, Summary: d.Summary, Preview: d.Preview, Kind: d.Kind, Status: then.status,
		Level: then.level, Asks: d.asks(), Seconds: d.Seconds, Language: d.Language, Tags: append([]string{}, d.Tags...), Files: []File{},
		SummaryIsAuthored: d.SummaryIsAuthored, PreviewIsAuthored: d.PreviewIsAuthored,
	}
	if e.Level > 0 && !e.SummaryIsAuthored {
		e.Summary = ""
	}
	if e.Level > 0 && !e.PreviewIsAuthored {
		e.Preview = ""
	}
	e.Body, e.Files = render(d, files, slugs)
	e.Likeness = likenessOf(d)
	fields, _ := json.Marshal([]any{ // plain values cannot fail
		e.Title, e.Summary, e.Preview, e.SummaryIsAuthored, e.PreviewIsAuthored, e.Kind, e.Seconds, e.Language, e.Tags, e.Body, e.Files,
	})
	sum := sha256.Sum256(fields)
	e.Checksum = hex.EncodeToString(sum[:])
	return e
}

// render puts slugs and the names of files into a body, and lists the files, each once.
func render(d *Document, files map[string]SourceFile, slugs map[string]string) (string, []File) {
	var b strings.Builder
	used, at := []File{}, 0
	for _, r := range d.Refs {
		target := ""
		if slug, ok := slugs[r.Document]; ok && r.Document != "" {
			target = itemRef(slug, r.Fragment)
		} else if f, ok := files[r.File]; ok && r.File != "" {
			target = fileRef + f.Sum
			if !slices.ContainsFunc(used, func(u File) bool { return u.Sum == f.Sum }) {
				used = append(used, f.File)
			}
		}
		if target == "" {
			continue
		}
		b.WriteString(d.Body[at:r.Start])
		b.WriteString(r.Before + target + r.After)
		at = r.End
	}
	b.WriteString(d.Body[at:])
	return b.String(), used
}
