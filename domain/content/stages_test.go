package content

import (
	"testing"
	"time"
)

// The whole table once more, as sentences: what each action makes of each stage; "no" is refused, "gone" is not found.
func TestEveryActionOnEveryStageIsInTheTable(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before, ahead, at := now.Add(-time.Hour), now.Add(time.Hour), now.Add(2*time.Hour)
	items := map[ItemStage]Item{
		StageDraft: {Status: Draft}, StageScheduled: {Status: Published, PublishedAt: &ahead}, StagePublished: {Status: Published, PublishedAt: &before},
		StageArchived: {Status: Archived, PublishedAt: &before}, StageDeleted: {Status: Published, PublishedAt: &before, DeletedAt: &before},
	}
	const no, gone ItemStage = "no", "gone"
	for action, then := range map[ItemAction]map[ItemStage]ItemStage{
		Publish:   {StageDraft: StagePublished, StageScheduled: StagePublished, StagePublished: StagePublished, StageArchived: StagePublished, StageDeleted: gone},
		Schedule:  {StageDraft: StageScheduled, StageScheduled: StageScheduled, StagePublished: no, StageArchived: StageScheduled, StageDeleted: gone},
		Unpublish: {StageDraft: StageDraft, StageScheduled: StageDraft, StagePublished: StageDraft, StageArchived: StageDraft, StageDeleted: gone},
		Archive:   {StageDraft: StageArchived, StageScheduled: StageArchived, StagePublished: StageArchived, StageArchived: StageArchived, StageDeleted: gone},
		Delete:    {StageDraft: StageDeleted, StageScheduled: StageDeleted, StagePublished: StageDeleted, StageArchived: StageDeleted, StageDeleted: StageDeleted},
		Restore:   {StageDraft: StageDraft, StageScheduled: StageScheduled, StagePublished: StagePublished, StageArchived: StageArchived, StageDeleted: StagePublished},
	} {
		if len(then) != len(items) || len(transitions) != 6 {
			t.Errorf("%s: %d of %d stages", action, len(then), len(items))
		}
		for stage, want := range then {
			item := items[stage]
			if got := stageOf(item, now); got != stage {
				t.Errorf("%s is taken for %s", stage, got)
			}
			after, err := transit(item, action, &at, now)
			switch {
			case want == no && reasonOf(err) == "REFUSED STATUS_REFUSED itemId", want == gone && reasonOf(err) == "NOT_FOUND  itemId":
				continue
			case err != nil || stageOf(after, now) != want:
				t.Errorf("%s of %s: %s, %v", action, stage, stageOf(after, now), err)
			case stage == want && action != Schedule && after != item:
				t.Errorf("%s of %s changes it", action, stage)
			}
			again, err := transit(after, action, &at, now)
			if err != nil || again != after && (again.Status != after.Status || !again.PublishedAt.Equal(*after.PublishedAt)) {
				t.Errorf("%s of %s, again: %v, %v", action, stage, again, err)
			}
		}
	}
}

func TestTheDateOfAPublicationIsKeptAndThatOfAScheduleIsNot(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before, ahead := now.Add(-time.Hour), now.Add(time.Hour)
	for name, c := range map[string]struct {
		item   Item
		action ItemAction
		want   *time.Time
	}{
		"first":            {Item{Status: Draft}, Publish, &now},
		"again":            {Item{Status: Draft, PublishedAt: &before}, Publish, &before},
		"before its time":  {Item{Status: Published, PublishedAt: &ahead}, Publish, &now},
		"taken back":       {Item{Status: Published, PublishedAt: &before}, Unpublish, &before},
		"never came":       {Item{Status: Published, PublishedAt: &ahead}, Unpublish, nil},
		"archived":         {Item{Status: Published, PublishedAt: &before}, Archive, &before},
		"archived earlier": {Item{Status: Published, PublishedAt: &ahead}, Archive, nil},
		"deleted":          {Item{Status: Published, PublishedAt: &ahead}, Delete, &ahead},
	} {
		after, err := transit(c.item, c.action, nil, now)
		if err != nil || (after.PublishedAt == nil) != (c.want == nil) || c.want != nil && !after.PublishedAt.Equal(*c.want) {
			t.Errorf("%s: %v, %v", name, after.PublishedAt, err)
		}
	}
	for name, at := range map[string]*time.Time{"no time": nil, "now": &now, "before": &before, "in eleven years": new(now.AddDate(11, 0, 0))} {
		if _, err := transit(Item{Status: Draft}, Schedule, at, now); reasonOf(err) != "INVALID OUT_OF_RANGE at" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPreviewIsWrittenOrFollowsTheMark(t *testing.T) {
	t.Parallel()
	written := func(preview string) ItemDraft {
		return ItemDraft{Item: Item{Preview: preview}, PreviewIsAuthored: true}
	}
	body, empty, words := new("body"), new(" "), new("By hand.")
	for name, c := range map[string]struct {
		d             ItemDraft
		v             ItemValues
		before, after string
		want          string
		authored      bool
	}{
		"nothing said":               {written("Old."), ItemValues{}, "", "", "Old.", true},
		"written":                    {written("Old."), ItemValues{Preview: words}, "", "", "By hand.", true},
		"written with a body":        {written("Old."), ItemValues{Preview: words, Body: body}, "Old.", "Free.", "By hand.", true},
		"cleared":                    {written("Old."), ItemValues{Preview: empty}, "", "Free.", "Free.", true},
		"cleared without a mark":     {written("Old."), ItemValues{Preview: empty}, "", "", "", false},
		"a new body":                 {written("By hand."), ItemValues{Body: body}, "Other.", "Free.", "By hand.", true},
		"a new body, made by a mark": {written("Free."), ItemValues{Body: body}, "Free.", "Less.", "Less.", true},
		"the mark is gone":           {written("Free."), ItemValues{Body: body}, "Free.", "", "", false},
		"the first body":             {ItemDraft{}, ItemValues{Body: body}, "", "Free.", "Free.", true},
		"cut by a program":           {ItemDraft{Item: Item{Preview: "Cut."}}, ItemValues{Body: body}, "", "", "", false},
	} {
		ofBefore, ofAfter := previewWork(c.d, c.v)
		if !ofBefore {
			c.before = "unknown"
		}
		if !ofAfter {
			c.after = "unknown"
		}
		d, err := withPreview(c.d, c.v, c.before, c.after)
		if err != nil || d.Preview != c.want || d.PreviewIsAuthored != c.authored {
			t.Errorf("%s: %q %v, %v", name, d.Preview, d.PreviewIsAuthored, err)
		}
	}
}

func TestLanguagesAreTags(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"en": "en", "EN": "en", "pt-br": "pt-BR", "zh_hans": "zh-Hans", "": "", "english": "", "e": "", "und": "", "en\x00": "", "x-a-very-long-private-language-of-ours": "",
	} {
		got, err := languageIn(given)
		if got != want || (want == "") != (reasonOf(err) == "INVALID LANGUAGE_INVALID language") {
			t.Errorf("%q: %q, %v", given, got, err)
		}
	}
}
