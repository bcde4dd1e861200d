package content

import (
	"strings"
	"testing"
)

func TestDocumentsCloseWhatIsThereAndOnlyCommandsOpenIt(t *testing.T) {
	t.Parallel()
	three, zero := new(int32(3)), new(int32(0))
	published := func(level int32, asks string) *SourceItem {
		return &SourceItem{Status: Published, Level: level, Asks: &asks}
	}
	never := func(level int32) *SourceItem { return &SourceItem{Status: Published, Level: level} }
	plain, open := ImportCommand{}, ImportCommand{Status: new(Published)}
	publish := ImportCommand{Status: new(Published), Existing: true}
	raise := ImportCommand{Level: new(int32(2)), Existing: true}
	for name, c := range map[string]struct {
		command ImportCommand
		said    Document
		item    *SourceItem
		status  ItemStatus
		level   int32
		doubt   bool
	}{
		"a new item is a draft for everyone":              {plain, Document{}, nil, Draft, 0, false},
		"unless asked otherwise":                          {ImportCommand{Status: new(Published), Level: three}, Document{}, nil, Published, 3, false},
		"a document knows its level better":               {ImportCommand{Status: new(Published), Level: three}, Document{Level: zero}, nil, Published, 0, false},
		"and that it is not ready":                        {open, Document{Draft: true}, nil, Draft, 0, false},
		"what is not understood is a draft":               {open, Document{Closed: true}, nil, Draft, 0, false},
		"what is paid for and names no level, too":        {open, Document{Paid: "paid"}, nil, Draft, 2, true},
		"also where the command names a free one":         {ImportCommand{Status: new(Published), Level: new(int32(1))}, Document{Paid: "paid"}, nil, Draft, 2, true},
		"unless the command names one":                    {ImportCommand{Status: new(Published), Level: three}, Document{Paid: "paid"}, nil, Published, 3, false},
		"flags without --existing change nothing":         {ImportCommand{Status: new(Draft), Level: three}, Document{}, published(1, ""), Published, 1, false},
		"nor does a flag that was not given":              {publish, Document{}, published(3, ""), Published, 3, false},
		"not even to what the document says":              {publish, Document{Level: zero}, published(3, "level 0"), Published, 3, false},
		"a level alone keeps the status":                  {raise, Document{}, &SourceItem{Status: Draft, Level: 1, Asks: new("")}, Draft, 2, false},
		"a document's level goes before the command's":    {raise, Document{Level: three}, published(0, "level 3"), Published, 3, false},
		"publishing publishes no draft of a document's":   {publish, Document{Draft: true}, &SourceItem{Status: Draft, Asks: new("draft")}, Draft, 0, false},
		"nor what is not understood":                      {publish, Document{Closed: true}, &SourceItem{Status: Draft, Asks: new("closed")}, Draft, 0, false},
		"nor what is paid for at a free level":            {publish, Document{Paid: "paid"}, &SourceItem{Status: Draft, Level: 1, Asks: new("paid")}, Draft, 1, true},
		"nor at the level that an import closed it with":  {publish, Document{Paid: "paid"}, &SourceItem{Status: Draft, Level: 2, Asks: new("paid")}, Draft, 2, true},
		"unless the command names that level":             {ImportCommand{Status: new(Published), Level: new(int32(2)), Existing: true}, Document{Paid: "paid"}, &SourceItem{Status: Draft, Level: 2, Asks: new("paid")}, Published, 2, false},
		"but what got another level since":                {publish, Document{Paid: "paid"}, &SourceItem{Status: Draft, Level: 3, Asks: new("paid")}, Published, 3, false},
		"what an editor published at it stays so":         {plain, Document{Paid: "paid"}, published(2, "paid"), Published, 2, false},
		"a command opens what is paid for to no level":    {ImportCommand{Level: zero, Existing: true}, Document{Paid: "paid"}, published(2, "paid"), Published, 2, true},
		"an editor's draft stays one":                     {plain, Document{Level: three}, &SourceItem{Status: Draft, Level: 3, Asks: new("level 3")}, Draft, 3, false},
		"an editor may open what a document closes":       {plain, Document{Level: three, Draft: true}, published(0, "level 3, draft"), Published, 0, false},
		"also what is not understood":                     {plain, Document{Closed: true}, published(0, "closed"), Published, 0, false},
		"a document that comes to ask for a level":        {plain, Document{Level: three}, published(0, ""), Published, 3, false},
		"but for none below":                              {plain, Document{Level: zero}, published(3, "level 3"), Published, 3, false},
		"a document that comes to be a draft":             {plain, Document{Draft: true}, published(0, ""), Draft, 0, false},
		"or not to be understood":                         {plain, Document{Closed: true}, published(0, "level 0"), Draft, 0, false},
		"or not to be for nothing":                        {plain, Document{Paid: "paid"}, published(0, ""), Draft, 2, true},
		"what is mended is not published by itself":       {plain, Document{}, &SourceItem{Status: Draft, Asks: new("closed")}, Draft, 0, false},
		"what was never compared closes, too":             {plain, Document{Level: three, Draft: true}, never(0), Draft, 3, false},
		"but does not fall":                               {plain, Document{Level: zero}, never(3), Published, 3, false},
		"what an editor archived stays so":                {publish, Document{}, &SourceItem{Status: Archived, Level: 1, Asks: new("")}, Archived, 1, false},
		"what the import archived comes back as it was":   {plain, Document{}, &SourceItem{Status: Archived, Pruned: new(Published), Level: 1, Asks: new("")}, Published, 1, false},
		"but as a draft if it is not understood any more": {plain, Document{Closed: true}, &SourceItem{Status: Archived, Pruned: new(Published), Level: 1, Asks: new("")}, Draft, 1, false},
	} {
		then, doubt := c.command.standingOf(&c.said, c.item)
		if then != (standing{c.status, c.level}) || (doubt != "") != c.doubt {
			t.Errorf("%s: %+v, %q", name, then, doubt)
		}
	}
}

func TestWhatIsCutFromABodyIsWrittenAtLevelZeroOnlyAndALevelIsAChange(t *testing.T) {
	t.Parallel()
	d := lesson("a.md", "a", "en")
	d.Summary, d.Preview = "Cut.", "Cut from it."
	s := &Source{Language: "en", Documents: []*Document{d}}
	free := ImportCommand{Source: "a", Status: new(Published)}
	first := planImport(free, s, nil, map[string]bool{}, newIDs)
	if e := first.added[0]; e.Summary != "Cut." || e.Preview != "Cut from it." {
		t.Errorf("for everyone: %+v", e)
	}
	known := imported(t, first)
	known[0].Level = 2 // raised by an editor
	raised := planImport(free, s, known, map[string]bool{}, newIDs)
	if len(raised.changed) != 1 || raised.changed[0].Summary+raised.changed[0].Preview != "" || len(raised.reset) != 0 {
		t.Errorf("raised: %+v", raised)
	}
	d.Body += " Changed."
	if p := planImport(free, s, known, map[string]bool{}, newIDs); p.changed[0].Summary+p.changed[0].Preview != "" {
		t.Errorf("changed: %+v", p.changed[0])
	}
	known = imported(t, raised)
	known[0].Level = 0
	if p := planImport(free, s, known, map[string]bool{}, newIDs); len(p.changed) != 1 || p.changed[0].Preview != "Cut from it." {
		t.Errorf("lowered: %+v", p)
	}
	d.SummaryIsAuthored = true
	d.Level = new(int32(1))
	if e := planImport(free, s, nil, map[string]bool{}, newIDs).added[0]; e.Summary != "Cut." || e.Preview != "" || !e.SummaryIsAuthored || e.PreviewIsAuthored {
		t.Errorf("the author's: %+v", e)
	}
}

func TestWhatIsPaidForWithoutALevelIsReported(t *testing.T) {
	t.Parallel()
	d := lesson("a.md", "a", "en")
	d.Paid = "access"
	p := planImport(ImportCommand{Source: "a"}, &Source{Documents: []*Document{d}}, nil, map[string]bool{}, newIDs)
	if len(p.closed) != 1 || p.closed[0].Path != "a.md" || !strings.HasPrefix(p.closed[0].Reason, "access: ") {
		t.Errorf("%+v", p.closed)
	}
}
