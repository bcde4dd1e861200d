package content

import (
	"strings"

	"golang.org/x/text/language"

	"lyceum/domain"
)

// ItemValues are what authors write of an item; nil leaves a value as it is.
type ItemValues struct {
	Title, Slug, Summary, Preview, Body, Language *string
	Kind                                          *ItemKind
	AccessLevel, DurationSeconds                  *int32
	CategoryID                                    *domain.CategoryID
	AuthorID                                      *domain.UserID
	Tags                                          []string
	PrerequisiteIDs                               []domain.ItemID
}

// CreateItemCommand asks for an item, as a draft.
type CreateItemCommand struct {
	IdempotencyKey string `json:"-"`
	ItemValues
}

// UpdateItemCommand asks for other values of an item.
type UpdateItemCommand struct {
	IdempotencyKey  string `json:"-"`
	ItemID          domain.ItemID
	ExpectedVersion int32
	ItemValues
	WithoutAuthor bool
}

// ItemDraft is an item as its authors work on it. What is not its author's own words was cut from the body by a program, at level 0 only.
type ItemDraft struct {
	Item
	SummaryIsAuthored bool `db:"summary_is_authored"`
	PreviewIsAuthored bool `db:"preview_is_authored"`
}

// newItem is what an item is before its author has said anything.
func newItem(id domain.ItemID, author domain.UserID) ItemDraft {
	return ItemDraft{Item: Item{
		ID: id, AuthorID: &author, Kind: Lesson, Status: Draft, Language: DefaultLanguage, TagWords: domain.WordsOf(nil),
	}}
}

// withValues is the rule: what authors may write. The preview is decided by withPreview. Errors: INVALID.
func withValues(d ItemDraft, v ItemValues) (_ ItemDraft, err error) {
	if v.Title != nil {
		if d.Title, err = nameOf(*v.Title, maxTitle, "title"); err != nil {
			return d, err
		}
	}
	if v.Slug != nil {
		if d.Slug, err = slugIn(*v.Slug); err != nil {
			return d, err
		}
	}
	if v.Summary != nil {
		if d.Summary, err = proseOf(*v.Summary, maxSummary, "summary"); err != nil {
			return d, err
		}
		d.SummaryIsAuthored = d.Summary != ""
	}
	if v.Language != nil {
		if d.Language, err = languageIn(*v.Language); err != nil {
			return d, err
		}
	}
	if v.Tags != nil {
		tags, err := tagsIn(v.Tags, "tags")
		if err != nil {
			return d, err
		}
		d.TagWords = domain.WordsOf(tags)
	}
	if v.Kind != nil {
		d.Kind = *v.Kind
	}
	if v.CategoryID != nil {
		d.CategoryID = *v.CategoryID
	}
	if v.AuthorID != nil {
		d.AuthorID = v.AuthorID
	}
	return withNumbers(d, v)
}

func withNumbers(d ItemDraft, v ItemValues) (ItemDraft, error) {
	for _, number := range []struct {
		path string
		from *int32
		to   *int32
		most int32
	}{
		{"accessLevel", v.AccessLevel, &d.AccessLevel, maxLevel},
		{"durationSeconds", v.DurationSeconds, &d.DurationSeconds, maxDurationSeconds},
	} {
		if number.from == nil {
			continue
		}
		if *number.from < 0 || *number.from > number.most {
			return d, domain.Errorf(domain.CodeInvalid, "%s must be 0 to %d", number.path, number.most).
				Because("OUT_OF_RANGE").At(number.path)
		}
		*number.to = *number.from
	}
	if len(v.PrerequisiteIDs) == 0 {
		return d, nil
	}
	return d, listOf(v.PrerequisiteIDs, maxPrerequisites, "prerequisiteIds")
}

// languageIn is the rule of languages: a BCP 47 tag, in its usual form.
func languageIn(given string) (string, error) {
	tag, err := language.Parse(given)
	if len(given) > maxLanguage || err != nil || strings.ContainsRune(given, 0) || tag == language.Und {
		return "", domain.Errorf(domain.CodeInvalid,
			"a language must be a BCP 47 tag such as en or pt-BR, of at most %d characters", maxLanguage).
			Because("LANGUAGE_INVALID").At("language")
	}
	return tag.String(), nil
}

// previewWork says of which bodies the free beginning must be known to decide the preview.
func previewWork(d ItemDraft, v ItemValues) (ofBefore, ofAfter bool) {
	if v.Preview != nil {
		return false, strings.TrimSpace(*v.Preview) == ""
	}
	return v.Body != nil && d.PreviewIsAuthored && d.Preview != "", v.Body != nil
}

// withPreview is the rule: a preview is written by the author, or it is what the author has marked as free in the body. One that was made
// of the mark follows the body; one that a program cut from the body goes when the body changes. freeBefore and freeAfter are the free
// beginnings of the bodies, as far as previewWork asks for them.
func withPreview(d ItemDraft, v ItemValues, freeBefore, freeAfter string) (ItemDraft, error) {
	if v.Preview != nil {
		written, err := proseOf(*v.Preview, maxPreview, "preview")
		if err != nil {
			return d, err
		}
		if written != "" {
			d.Preview, d.PreviewIsAuthored = written, true
			return d, nil
		}
	} else if v.Body == nil || d.PreviewIsAuthored && d.Preview != "" && d.Preview != freeBefore {
		return d, nil
	}
	d.Preview, d.PreviewIsAuthored = freeAfter, freeAfter != ""
	return d, nil
}

func itemChanged(now int32) error {
	return domain.Errorf(domain.CodeConflict, "somebody changed the item in the meantime: its version is %d now", now).
		Because("ITEM_CHANGED").At("expectedVersion")
}
