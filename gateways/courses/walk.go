package courses

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// tree is what lies in the folder.
type tree struct {
	documents []string          // to import, sorted
	files     map[string]bool   // all ordinary files that may be pointed at
	folders   map[string]bool   // all folders that were entered
	folded    map[string]string // lower-case path → path, "" if several
	left      map[string]bool   // hidden and skipped: there, and nothing is said of them
	refused   map[string]string // what is no ordinary file, with what it is
}

var (
	// What tools put there, not authors.
	skippedFolders = []string{"node_modules", "bower_components", "__pycache__", "venv", "virtualenv", "_build", "site-packages"}
	// Pages about the project, wherever they stand, and those that are that only at the top.
	skippedAnywhere = []string{
		"license", "licence", "copying", "contributing", "code_of_conduct", "code-of-conduct", "pull_request_template",
		"issue_template",
	}
	skippedAtTop = []string{
		"changelog", "changes", "security", "support", "authors", "contributors", "maintainers", "governance",
		"notice", "citation",
	}
)

func isNotebook(name string) bool { return strings.EqualFold(path.Ext(name), ".ipynb") }

func isDocument(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".mdx", ".markdown", ".ipynb":
		return true
	}
	return false
}

// isSkipped reports whether a document is about the project rather than for learners; name has no language in it.
func isSkipped(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(path.Base(name)), ".")
	return slices.Contains(skippedAnywhere, stem) || path.Dir(name) == "." && slices.Contains(skippedAtTop, stem)
}

// walk lists the folder. Symbolic links are not entered; the file system that is handed in lets none lead outside.
func walk(ctx context.Context, fsys fs.FS, note func(path, format string, args ...any)) (*tree, error) {
	t := &tree{
		files: map[string]bool{}, folders: map[string]bool{}, folded: map[string]string{}, left: map[string]bool{},
		refused: map[string]string{},
	}
	entries := 0
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case err != nil && name != "." && ctx.Err() == nil:
			note(name, "cannot be entered: %s", reasonOf(err))
			return nil
		case err != nil:
			return err
		}
		if entries++; entries > maxEntries {
			return fmt.Errorf("the folder has more than %d files; %w", maxEntries, errTooMany)
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
		switch {
		case entry.IsDir() && (hidden || slices.Contains(skippedFolders, entry.Name())):
			t.left[name] = true
			return fs.SkipDir
		case entry.IsDir():
			t.folders[name] = true
		case hidden:
			t.left[name] = true
		case entry.Type()&fs.ModeSymlink != 0 && isDocument(name):
			note(name, "is a symbolic link; links are not followed")
		case entry.Type()&fs.ModeSymlink != 0:
			if reason := whyNotLinked(fsys, name); reason != "" {
				t.refuse(name, reason, note)
			} else {
				t.files[name] = true // opened only if something points at it
			}
		case entry.Type().IsRegular():
			t.files[name] = true
			if isDocument(name) {
				t.documents = append(t.documents, name)
			}
		default:
			t.refuse(name, kindOf(entry.Type()), note)
		}
		return nil
	})
	slices.Sort(t.documents)
	for name := range t.files {
		folded := strings.ToLower(name)
		if _, twice := t.folded[folded]; twice {
			name = ""
		}
		t.folded[folded] = name
	}
	return t, err
}

// refuse leaves out what is no ordinary file and says so.
func (t *tree) refuse(name, reason string, note func(path, format string, args ...any)) {
	t.refused[name] = reason
	note(name, "%s; it was left out", reason)
}

// kindOf says what a path is that is no ordinary file.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "is a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "is a named pipe"
	case mode&fs.ModeSocket != 0:
		return "is a socket"
	case mode&fs.ModeDevice != 0:
		return "is a device"
	}
	return "is no ordinary file"
}

// whyNotLinked is why a symbolic link leads to nothing that can be taken in; empty when it leads to a file of the folder.
func whyNotLinked(fsys fs.FS, name string) string {
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is a symbolic link to nothing"
	case err != nil:
		return "is a symbolic link that cannot be followed: " + reasonOf(err).Error()
	case !info.Mode().IsRegular():
		return "is a symbolic link to what " + kindOf(info.Mode())
	}
	return ""
}

var errTooMany = errors.New("is it the right one?")

func asPathError(err error, e **fs.PathError) bool { return errors.As(err, e) }

// inLeft reports whether a path lies in something that was skipped.
func (t *tree) inLeft(name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if t.left[name] {
			return true
		}
	}
	return false
}
