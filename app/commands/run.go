package commands

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"lyceum/app"
)

// line is the command line; kong reads the tags.
type line struct {
	Serve   serve   `cmd:"" default:"1" help:"Serve the graph (the default)."`
	Migrate migrate `cmd:"" help:"Bring the database up to date."`
	Demo    demo    `cmd:"" help:"Fill an empty school with people and lessons."`
	Admin   admin   `cmd:"" help:"Make an administrator."`
	DB      dbURL   `cmd:"" name:"db" help:"Help other tools to reach the database."`
	Import  imports `cmd:"" help:"Take a folder of Markdown and notebooks into the catalogue."`
	Audit   audit   `cmd:"" help:"Verify the audit logs."`
}

// session is what every command gets.
type session struct {
	ctx context.Context //nolint:containedctx // a command line has one context, and kong calls with one value
	out io.Writer
	err io.Writer
	log *slog.Logger
}

// Run runs one command line and returns the exit code: 0, or 1 with a sentence on stderr, or 2 for a wrong command line.
func Run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var l line
	parser, err := kong.New(&l, kong.Name("lyceum"), kong.Description("The backend of an AI training content platform."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) {}))
	if err != nil {
		fmt.Fprintln(stderr, "lyceum:", err)
		return 2
	}
	words, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "lyceum: %v (lyceum --help lists the commands)\n", err)
		return 2
	}
	s := &session{ctx: ctx, out: stdout, err: stderr, log: slog.New(slog.NewTextHandler(stderr, nil))}
	if err := words.Run(s); err != nil {
		fmt.Fprintln(stderr, "lyceum:", err)
		return 1
	}
	return 0
}

// open reads the settings and finds or starts the database.
func (s *session) open() (*app.Config, *app.Database, error) {
	c, err := app.ReadConfig()
	if err != nil {
		return nil, nil, err
	}
	d, err := app.OpenDatabase(s.ctx, c, s.log)
	return c, d, err
}
