package commands

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"lyceum/app"
	demoschool "lyceum/db/demo"
)

// demo fills an empty school; with any of the sizes, a large one.
type demo struct {
	creates
	Users  *int   `placeholder:"N" help:"Make a large school with so many people, 100 to 1,000,000 (1,000 if another size is given)."`
	Items  *int   `placeholder:"N" help:"… with so many items, 50 to 100,000 (200)."`
	Events *int   `placeholder:"N" help:"… with so many learning events of the last twelve months, 0 to 50,000,000 (50,000)."`
	Seed   *int64 `placeholder:"N" help:"… and another one of its kind: the same seed and sizes make, on the same day, the same rows (1)."`
}

func (d demo) large() bool {
	return d.Users != nil || d.Items != nil || d.Events != nil || d.Seed != nil
}

func (d demo) sizes() demoschool.Sizes {
	return demoschool.Sizes{Users: given(d.Users, 1_000), Items: given(d.Items, 200), Events: given(d.Events, 50_000), Seed: given(d.Seed, 1)}
}

func given[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// Validate refuses sizes that make no school, as a wrong command line.
func (d demo) Validate() error {
	if !d.large() {
		return nil
	}
	return d.sizes().Check()
}

// Run refuses a school that has users, and production.
func (d demo) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	if c.Production() {
		return errors.New("the demo's passwords are known to everyone; it is not loaded in production")
	}
	found, err := d.open(s, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	if _, err := found.Migrate(s.ctx, c); err != nil {
		return err
	}
	if d.large() {
		return d.loadLarge(s, found)
	}
	if err := app.LoadDemo(s.ctx, c, found); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the demo school is loaded; everyone's password is %s\n", demoschool.Password)
	return nil
}

func (d demo) loadLarge(s *session, found *app.Database) error {
	began := time.Now()
	made, err := app.LoadLargeDemo(s.ctx, found, d.sizes(), progressOn(s.out))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the demo school is loaded in %s; everyone's password is %s\n", time.Since(began).Round(time.Second),
		demoschool.Password)
	for _, table := range made {
		fmt.Fprintf(s.out, "  %-26s %12d\n", table.Name, table.Rows)
	}
	return nil
}

// progressOn draws a bar on a terminal, and writes a line for each step anywhere else.
func progressOn(out io.Writer) demoschool.Progress {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(done, of int, what string) { fmt.Fprintf(out, "%d of %d: %s\n", done+1, of, what) }
	}
	var bar *progressbar.ProgressBar
	return func(done, of int, what string) {
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(file), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
				progressbar.OptionShowCount(), progressbar.OptionSetElapsedTime(true), progressbar.OptionSetPredictTime(false),
				progressbar.OptionFullWidth())
		}
		bar.Describe(fmt.Sprintf("%-34s", what))
		_ = bar.Set(done) // it only draws
	}
}
