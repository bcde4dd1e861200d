// Command fidelity compares every block and span of code of folders of Markdown, MDX and notebooks with what the importer
// makes of it, and prints what differs; its exit code is 1 then, and 2 when it could not compare. The sources are read in
// another way than the importer reads them. ../README.md tells more.
package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"syscall"

	"lyceum/domain/content"
	"lyceum/gateways/courses"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	different, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(2)
	case different > 0:
		os.Exit(1)
	}
}

// run compares folders and returns how many pieces of code differ.
func run(ctx context.Context, folders []string, out io.Writer) (different int, err error) {
	if len(folders) == 0 {
		return 0, fmt.Errorf("name one or more folders")
	}
	for _, dir := range folders {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return different, err
		}
		result, err := compareFolder(ctx, courses.Within(root))
		_ = root.Close() // it was only read
		if err != nil {
			return different, err
		}
		for _, d := range result.different {
			fmt.Fprintf(out, "%s/%s\n", dir, d)
		}
		different += len(result.different)
		fmt.Fprintf(out, "%s: %d documents, %d blocks, %d spans, %d differ\n",
			dir, result.documents, result.blocks, result.spans, len(result.different))
	}
	return different, nil
}

// comparison is what a folder gave.
type comparison struct {
	documents, blocks, spans int
	different                []string
}

func compareFolder(ctx context.Context, folder fs.FS) (c comparison, err error) {
	source, err := courses.Read(ctx, folder, courses.Options{Language: "en"})
	if err != nil {
		return c, err
	}
	for _, d := range source.Documents {
		raw, err := fs.ReadFile(folder, d.Path)
		if err != nil {
			return c, err
		}
		c.documents++
		want := readSource(d.Path, string(raw))
		made := readMarkdown(imported(d))
		c.blocks += len(want.blocks)
		c.spans += len(want.spans)
		for _, missing := range notIn(want.blocks, made.blocks) {
			c.different = append(c.different, fmt.Sprintf("%s: the block %q is not what was imported", d.Path, missing))
		}
		for _, missing := range notIn(want.spans, made.spans) {
			c.different = append(c.different, fmt.Sprintf("%s: the span %q is not what was imported", d.Path, missing))
		}
		// A notebook has outputs, too.
		if extra := len(made.blocks) - len(want.blocks); extra > 0 && strings.ToLower(path.Ext(d.Path)) != ".ipynb" {
			c.different = append(c.different, fmt.Sprintf("%s: %d blocks of code came to be that the source does not have, as %q",
				d.Path, extra, extraOf(want.blocks, made.blocks)))
		}
	}
	return c, nil
}

// imported is a document's body as it is stored, with something in place of each reference that is followed.
func imported(d *content.Document) string {
	var b strings.Builder
	at := 0
	for _, r := range d.Refs {
		b.WriteString(d.Body[at:r.Start] + r.Before + "item:somewhere" + r.After)
		at = r.End
	}
	return b.String() + d.Body[at:]
}

// notIn returns what is wanted and is not there, as often as it is wanted.
func notIn(wanted, there []string) (missing []string) {
	left := map[string]int{}
	for _, t := range there {
		left[blankLines(t)]++
	}
	for _, w := range wanted {
		if left[blankLines(w)]--; left[blankLines(w)] < 0 {
			missing = append(missing, w)
		}
	}
	return missing
}

// blankLines is a block with nothing in its blank lines: of white space in such a line within a list parsers leave nothing.
func blankLines(block string) string {
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

func extraOf(wanted, there []string) string {
	for _, t := range there {
		if !slices.Contains(wanted, t) {
			return t
		}
	}
	return ""
}
