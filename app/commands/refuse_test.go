package commands_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"lyceum/app/commands"
)

// nothingTouched runs a command line in a folder of its own, once with the built-in database and once with one that
// listens, and fails when anything was made in the folder or anybody called at the database.
func nothingTouched(t *testing.T, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	database, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	called := make(chan struct{})
	go func() {
		if conn, err := database.Accept(); err == nil {
			_ = conn.Close()
			close(called)
		}
	}()
	var out, problems bytes.Buffer
	for _, settings := range [][]string{{}, {"DATABASE_URL=postgres://nobody@" + database.Addr().String() + "/none?sslmode=disable"}} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "course"), 0o700); err != nil {
			t.Fatal(err)
		}
		out.Reset()
		problems.Reset()
		cmd := command(t, dir, settings, args...)
		cmd.Stdout, cmd.Stderr = &out, &problems
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != wantCode {
			t.Errorf("%q ended with %v: %s%s", args, err, out.String(), problems.String())
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("%q left %v, %v in the folder", args, entries, err)
		}
	}
	_ = database.Close()
	select {
	case <-called:
		t.Errorf("%q called at the database", args)
	default:
	}
	return out.String(), problems.String()
}

// commandsOf are the words of every command and of every group of commands.
func commandsOf(node *kong.Node, words ...string) [][]string {
	all := [][]string{words}
	for _, child := range node.Children {
		all = append(all, commandsOf(child, append(words[:len(words):len(words)], child.Name)...)...)
	}
	return all
}

func model(t *testing.T) *kong.Application {
	t.Helper()
	m, err := commands.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHelpOfEveryCommandIsPrintedAndNothingElseIsDone(t *testing.T) {
	t.Parallel()
	for _, words := range commandsOf(model(t).Node) {
		lines := [][]string{append(words[:len(words):len(words)], "--help"), append(words[:len(words):len(words)], "-h"), append([]string{"help"}, words...)}
		if len(words) > 0 {
			lines = append(lines, append([]string{"--help"}, words...))
		}
		if slices.Equal(words, []string{"import"}) {
			lines = append(lines, []string{"import", "missing", "--help"})
		}
		for _, args := range lines {
			t.Run(strings.Join(args, " "), func(t *testing.T) {
				t.Parallel()
				out, problems := nothingTouched(t, 0, args...)
				if !strings.HasPrefix(out, "Usage: lyceum") || !strings.Contains(out, "--help") || problems != "" {
					t.Errorf("%q says %q and %q", args, out, problems)
				}
				if len(words) > 0 && args[0] != "--help" && !strings.Contains(out, "lyceum "+strings.Join(words, " ")) {
					t.Errorf("%q is not about its command: %s", args, out)
				}
			})
		}
	}
}

func TestAWrongCommandLineEndsBeforeAnythingIsTouched(t *testing.T) {
	t.Parallel()
	wrong := [][]string{{"nonsense"}, {"help", "nonsense"}, {"--nonsense", "demo"}, {"import"}, {"import", "missing"}, {"import", "course", "--level", "5000"}, {"db"}, {"audit"}, {"demo", "--users", "3"}}
	for _, words := range commandsOf(model(t).Node) {
		line := func(more ...string) {
			wrong = append(wrong, append(words[:len(words):len(words)], more...))
		}
		line("--no-such-flag")
		line("course", "and", "more")
		line("--help", "--no-such-flag")
	}
	_ = kong.Visit(model(t), func(visited kong.Visitable, next kong.Next) error {
		if node, ok := visited.(*kong.Node); ok && node.Type == kong.CommandNode {
			words := strings.Fields(node.Path())
			for _, flag := range node.Flags {
				switch kind := flag.Target.Type(); {
				case flag.Name == "help":
				case flag.IsBool():
					wrong = append(wrong, append(words[:len(words):len(words)], "--"+flag.Name+"=perhaps"))
				case kind.Kind() == reflect.String:
					wrong = append(wrong, append(words[:len(words):len(words)], "--"+flag.Name)) // without its value
				default:
					wrong = append(wrong, append(words[:len(words):len(words)], "--"+flag.Name+"=many"))
				}
			}
		}
		return next(nil)
	})
	for _, args := range wrong {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			if out, problems := nothingTouched(t, 2, args...); !strings.HasPrefix(problems, "lyceum: ") || !strings.Contains(problems, "--help") || out != "" {
				t.Errorf("%q says %q and %q", args, out, problems)
			}
		})
	}
}

func TestTheVersionIsPrintedWithoutSettingsOrDatabase(t *testing.T) {
	t.Parallel()
	for _, argument := range []string{"version", "--version"} {
		out, _ := nothingTouched(t, 0, argument)
		for _, said := range []string{"lyceum ", "commit ", "go1.", runtime.GOOS + "/" + runtime.GOARCH} {
			if !strings.Contains(out, said) {
				t.Errorf("%s does not say %q: %s", argument, said, out)
			}
		}
	}
}
