package db_test

import (
	"io/fs"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// What stood in the catalogue before 015: an item of each kind, and what of its texts may stay.
const (
	beforeFreeTexts = `
		insert into content_categories (id, slug, name) values ('00000000-0000-7000-8000-000000000001', 'c', 'C');
		insert into content_items (category_id, slug, title, summary, preview, access_level)
		select '00000000-0000-7000-8000-000000000001', v.slug, 'T', v.summary, v.preview, v.level from (values
			('imported',  'Whose words?', 'Nobody knows.', 2), ('imported-free', 'Cut.', 'Cut words.', 0),
			('cut',       'A secret prompt is here.', E'Before it.\n\nThe secret prompt, with a link, is *this one* and …', 3),
			('written',   'What this lesson is about.', 'Three sentences. None of them stands below. Honestly.', 3),
			('half',      'Written by hand.', 'The secret prompt, with a [link](https://x.example), is <b>this one</b> and no other.', 1),
			('free',      'Cut.', 'The secret prompt, with a link, is this one and no other.', 0), ('silent', '', '', 2)) v (slug, summary, preview, level);
		update content_bodies set body = E'# T\n\n**The** secret prompt, with a [link](y.md), is *this one* and no other. A secret prompt is here.' where true;
		insert into content_sources (content_id, source, path, document, checksum)
		select id, 'course', slug || '.md', slug, sha256('x') from content_items where slug like 'imported%';
		update content_items set language = 'de' where slug like 'imported%';`
	afterFreeTexts = `select slug || ': ' || summary || ' ' || summary_is_authored || ', ' || replace(preview, E'\n', '/') || ' ' || preview_is_authored from content_items order by slug`
)

func TestTheMigrationTakesBackWhatWasCutFromPaidBodiesAndMarksItForTheNextImport(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), db.Config{URL: dbtest.Empty(t), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	run := func(text string) {
		t.Helper()
		tx, err := d.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
		if _, err := tx.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range migrationNames(t) {
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "015_free_texts.sql" {
			run(beforeFreeTexts)
		}
		run(string(text))
	}
	var got []string
	if err := d.SelectContext(t.Context(), &got, afterFreeTexts); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"cut:  false,  false", "free: Cut. false, The secret prompt, with a link, is this one and no other. false", "half: Written by hand. true,  false", "imported:  false,  false",
		"imported-free: Cut. false, Cut words. false", "silent:  false,  false", "written: What this lesson is about. true, Three sentences. None of them stands below. Honestly. true",
	} {
		if i >= len(got) || got[i] != want {
			t.Errorf("not %q: %q", want, got)
		}
	}
	var marked []string
	if err := d.SelectContext(t.Context(), &marked, `select path from content_sources where checksum = decode(repeat('00', 32), 'hex')`); err != nil || len(marked) != 1 || marked[0] != "imported.md" {
		t.Errorf("marked: %v, %v", marked, err)
	}
	var language string
	if err := d.GetContext(t.Context(), &language, `select language from content_source_settings where source = 'course'`); err != nil || language != "de" {
		t.Errorf("%q, %v", language, err)
	}
	var stale int
	if err := d.GetContext(t.Context(), &stale, `select count(*) from content_items i join content_bodies b on b.content_id = i.id where b.search <> content_document(i.title, i.summary, i.preview)`); err != nil || stale > 0 {
		t.Errorf("%d items are still found by what was taken back, %v", stale, err)
	}
}
