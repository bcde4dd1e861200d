package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// line is the command line; kong reads the tags.
type line struct {
	Serve    serve       `cmd:"" default:"1" help:"Serve the graph (the default)."`
	Migrate  migrate     `cmd:"" help:"Bring the database up to date."`
	Demo     demo        `cmd:"" help:"Fill an empty school with people and lessons."`
	Admin    admin       `cmd:"" help:"Make an administrator."`
	DB       dbURL       `cmd:"" name:"db" help:"Help other tools to reach the database."`
	Import   imports     `cmd:"" help:"Take a folder of Markdown and notebooks into the catalogue."`
	Users    people      `cmd:"" help:"Invite people."`
	Audit    audit       `cmd:"" help:"Verify the audit logs."`
	Archive  archive     `cmd:"" help:"Take months of logs out of the database, and bring them back."`
	Keep     retention   `cmd:"" name:"retention" help:"Show or change for how long rows are kept."`
	Shape    maintenance `cmd:"" name:"maintenance" help:"Look at partitions, tables and indexes, and build indexes anew."`
	Clock    clock       `cmd:"" help:"Show the school's clock, or move it in development."`
	Backup   backup      `cmd:"" help:"Take, list and check backups."`
	Restore  restore     `cmd:"" help:"Bring the school back from a backup, on a machine without one."`
	Restored restored    `cmd:"" help:"Open a school whose database another program restored: end what let people in before."`
	Keys     keysets     `cmd:"" help:"Export or rotate the keys that backups are encrypted with."`
	WAL      wal         `cmd:"" name:"wal" hidden:"" help:"What PostgreSQL calls for its log."`
	Doctor   doctor      `cmd:"" help:"Examine the school and say what is wrong, and what to do."`
	Version  version     `cmd:"" help:"Print the version, the commit and the version of Go."`
}

// session is what every command gets.
type session struct {
	ctx context.Context //nolint:containedctx // a command line has one context, and kong calls with one value
	out io.Writer
	err io.Writer
	log *slog.Logger
}

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // a sentence on stderr says why
	exitUsage  = 2 // the command line is wrong; nothing was touched
	// exitStopRecovery ends PostgreSQL's recovery: of a code above 125 it takes it that no further file would help.
	exitStopRecovery = 200
	exitInterrupted  = 130 // what shells expect of a command that a signal ended
)

// Run runs one command line and returns the exit code: 0, or 1 with a sentence on stderr, or 2 for a wrong command line, or 130
// for a command that was interrupted.
func Run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help")
	}
	if len(args) > 0 && args[0] == "--version" {
		args = append([]string{"version"}, args[1:]...)
	}
	helped := false
	var l line
	parser, err := newParser(&l, stdout, stderr, func(int) { helped = true })
	if err != nil {
		fmt.Fprintln(stderr, "lyceum:", err)
		return exitUsage
	}
	words, err := parser.Parse(args)
	// kong prints the help and leaves it to us to end: whatever else it found, nothing is run.
	if helped {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(stderr, "lyceum: %v (lyceum --help lists the commands)\n", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	s := &session{ctx: ctx, out: stdout, err: stderr, log: slog.New(slog.NewTextHandler(stderr, nil))}
	if err := words.Run(s); err != nil {
		fmt.Fprintln(stderr, "lyceum:", err)
		if errors.As(err, new(interrupted)) {
			return exitInterrupted
		}
		if errors.As(err, new(stopRecovery)) {
			return exitStopRecovery
		}
		return exitFailed
	}
	return exitDone
}

func newParser(l *line, stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(l, kong.Name("lyceum"), kong.Description("The backend of an AI training content platform."),
		kong.Writers(stdout, stderr), kong.Exit(exit))
}
