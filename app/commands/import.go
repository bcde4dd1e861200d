package commands

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"lyceum/app"
	"lyceum/domain/content"
	"lyceum/gateways/courses"
)

// imports takes a folder into the catalogue, again and again.
type imports struct {
	creates
	Dir      string  `arg:"" type:"path" help:"The folder."`
	DryRun   bool    `help:"Change nothing, tell what would be."`
	Source   string  `placeholder:"NAME" help:"What the folder is known as; imports under one name continue each other. Default: the folder's name."`
	Status   *string `enum:"draft,published" placeholder:"STATUS" help:"Of new items: draft or published. Drafts are seen by editors only. Default: draft."`
	Level    *int32  `placeholder:"N" help:"Access level of new items, 0 to 1000; a document may say another. Default: 0, for everyone."`
	Existing bool    `help:"Set --status and --level, as far as they are given, on items that are there already, too."`
	Language *string `placeholder:"CODE" help:"Of documents that say nothing. Default: what was given the last time, else en."`
	Author   string  `placeholder:"EMAIL" help:"Who shall be the author of new items, and stand in the audit trail."`
	Under    string  `placeholder:"SLUG" help:"The category below which a new source comes. Default: the top."`
	Prune    bool    `help:"Archive items whose documents are gone from the folder."`
	All      bool    `help:"List every reference that leads nowhere and everything that was left out."`
}

// Validate refuses a folder that is not there and a level that no item can have, as a wrong command line.
func (i imports) Validate() error {
	if info, err := os.Stat(i.Dir); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s", i.Dir)
	}
	if i.Level != nil && (*i.Level < 0 || *i.Level > 1000) {
		return fmt.Errorf("--level must be 0 to 1000, not %d", *i.Level)
	}
	return nil
}

// These make the exit code 1; the report has said why.
var (
	errNotAllRead       = errors.New("not everything could be read")
	errNotAllUnderstood = errors.New("not everything that documents say about access, status or dates is understood")
)

// errImportInterrupted is told instead of whatever the end of the context made of the step at hand.
var errImportInterrupted = interrupted{"the import was interrupted: what was written so far is in the catalogue, and the same command " +
	"completes it"}

// Run imports and reports. It ends with an error when something could not be read, or was closed because it is not understood; the rest is
// in the catalogue then. What leads nowhere or was left out is no error.
func (i imports) Run(s *session) (err error) {
	defer func() {
		if err != nil && s.ctx.Err() != nil {
			err = errImportInterrupted
		}
	}()
	folder, err := os.OpenRoot(i.Dir) // no path and no link leads out of it
	if err != nil {
		return err
	}
	defer folder.Close() // it was only read
	source := i.Source
	if source == "" {
		absolute, err := filepath.Abs(i.Dir)
		if err != nil {
			return err
		}
		source = filepath.Base(absolute)
	}
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := i.open(s, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Complete(c, true); err != nil {
		return i.hint(err)
	}
	if _, err := d.Migrate(s.ctx, c); err != nil {
		return err
	}
	command := content.ImportCommand{
		Source: source, Under: i.Under, Author: i.Author, Language: i.Language, Level: i.Level, Status: (*content.ItemStatus)(i.Status),
		Existing: i.Existing, Prune: i.Prune, DryRun: i.DryRun,
	}
	report, err := endable(s.ctx, func() (*content.ImportReport, error) {
		return app.Import(s.ctx, c, d, courses.Within(folder), command, s.progress())
	})
	if err != nil {
		return err
	}
	i.print(s, source, report)
	var faults []error
	if len(report.Faults) > 0 {
		faults = append(faults, errNotAllRead)
	}
	if len(report.Closed) > 0 {
		faults = append(faults, errNotAllUnderstood)
	}
	return errors.Join(faults...)
}

// progress draws a bar for each step on a terminal, and nothing anywhere else.
func (s *session) progress() app.ImportWatch {
	f, ok := s.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(string, int, int) {}
	}
	bars := map[string]*progressbar.ProgressBar{}
	return func(step string, done, total int) {
		if bars[step] == nil {
			bars[step] = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(step),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(40),
				progressbar.OptionClearOnFinish())
		}
		_ = bars[step].Set(done) // a bar that cannot be drawn is no reason to stop
	}
}

// fewNotes are shown without --all.
const fewNotes = 10

func (i imports) print(s *session, source string, r *content.ImportReport) {
	verb := ""
	if i.DryRun {
		verb = " (dry run: nothing was changed)"
	}
	fmt.Fprintf(s.out, "source %s%s\n", source, verb)
	for _, line := range []struct {
		count int
		what  string
		shown bool
	}{
		{r.New, "new", true},
		{r.Changed, "changed", true},
		{r.Moved, "of these moved to another path", r.Moved > 0},
		{r.Unchanged, "unchanged", true},
		{r.Archived, "archived", i.Prune},
		{r.Gone, "gone from the folder and still in the catalogue (--prune archives them)", r.Gone > 0},
		{len(r.Kept), "changed here, left as they are", len(r.Kept) > 0},
		{r.Returned, "back from the archive", r.Returned > 0},
		{r.Reset - len(r.Fell), "given the level and status asked for", r.Reset > len(r.Fell)},
		{r.Categories, "new categories", r.Categories > 0},
		{r.Files, "files stored", true},
	} {
		if line.shown {
			fmt.Fprintf(s.out, "%7d %s\n", line.count, line.what)
		}
	}
	if r.Drafts > 0 {
		fmt.Fprintf(s.out, "%d of the new items are drafts, for editors only; this publishes what its documents let be published:\n  %s\n",
			r.Drafts, i.publishing())
	}
	shown := func(list []content.Remark) int {
		if i.All {
			return len(list)
		}
		return min(len(list), fewNotes)
	}
	remarks(s, "could not be read", r.Faults, len(r.Faults))
	remarks(s, "not understood, about access, status or dates (drafts, until somebody publishes them)", r.Closed, len(r.Closed))
	remarks(s, "changed here, left as they are (`importConflict` of an item tells, `acceptImport` takes what the folder says)",
		r.Kept, shown(r.Kept))
	remarks(s, "closed, as their documents ask now", r.Fell, len(r.Fell))
	remarks(s, "lead nowhere", r.Dead, shown(r.Dead))
	remarks(s, "left out, or left as they are", r.Notes, shown(r.Notes))
}

// publishing is the command line that publishes the source, with all that was chosen for it.
func (i imports) publishing() string {
	line := []string{"lyceum", "import", shellWord(i.Dir)}
	add := func(flag, value string) {
		if value != "" {
			line = append(line, flag, shellWord(value))
		}
	}
	add("--source", i.Source)
	if i.Level != nil {
		add("--level", strconv.Itoa(int(*i.Level)))
	}
	if i.Language != nil {
		add("--language", *i.Language)
	}
	add("--under", i.Under)
	add("--author", i.Author)
	return strings.Join(append(line, "--status", "published", "--existing"), " ")
}

var plainWord = regexp.MustCompile(`^[\w./@:+,=-]+$`)

// shellWord is a word as a shell takes it.
func shellWord(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func remarks(s *session, title string, list []content.Remark, shown int) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(s.out, "\n%d %s:\n", len(list), title)
	for _, m := range list[:shown] {
		fmt.Fprintf(s.out, "  %q: %s\n", m.Path, m.Reason)
	}
	if shown < len(list) {
		fmt.Fprintf(s.out, "  and %d more (--all)\n", len(list)-shown)
	}
}
