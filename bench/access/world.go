package main

import (
	"context"
	_ "embed" // world.sql
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lyceum/db"
	"lyceum/db/embedded"
)

//go:embed world.sql
var world string

const (
	isMigrated  = `select to_regclass('public.users') is not null`
	hasPeople   = `select exists (select from public.users)`
	isSuperuser = `select rolsuper from pg_roles where rolname = current_user`
)

// makeWorld migrates a database and loads world.sql.
func makeWorld(ctx context.Context, address string, log *slog.Logger) error {
	d, err := db.Open(ctx, db.Config{URL: address, Pool: 1, Name: "lyceum bench"})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := mayFill(ctx, d); err != nil {
		return err
	}
	if _, err := db.Migrate(ctx, db.Config{URL: address}); err != nil {
		return err
	}
	log.Info("loading the world; this takes a minute or two")
	start := time.Now()
	conn, err := d.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// Statement by statement, since vacuum does not run in a bunch.
	for _, statement := range strings.SplitAfter(world, ";\n") {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("world.sql: %w at: %s", err, strings.TrimSpace(statement))
		}
	}
	log.Info("loaded", "took", time.Since(start).Round(time.Second))
	return nil
}

// mayFill refuses, before anything is written, a database in which somebody lives.
func mayFill(ctx context.Context, d *db.DB) error {
	var super, migrated, people bool
	if err := errors.Join(d.GetContext(ctx, &super, isSuperuser), d.GetContext(ctx, &migrated, isMigrated)); err != nil {
		return err
	}
	if !super {
		return errors.New("world.sql switches triggers off, which only a superuser may: name one in -url")
	}
	if migrated {
		if err := d.GetContext(ctx, &people, hasPeople); err != nil {
			return err
		}
	}
	if people {
		return errors.New("there are people in this database; leave out -make if they are those of world.sql, or name an empty database")
	}
	return nil
}

// server is a built-in PostgreSQL in a folder of its own, for one run.
type server struct {
	*embedded.Server
	url, dir string
}

func startServer(ctx context.Context, log *slog.Logger) (*server, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lyceum-bench-")
	if err != nil {
		return nil, err
	}
	s, err := embedded.Start(ctx, embedded.Options{
		Dir: dir, Cache: filepath.Join(cache, "lyceum"), Settings: map[string]string{"shared_buffers": "1GB"}, Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &server{Server: s, url: s.SuperuserURL(), dir: dir}, nil
}

func (s *server) remove() error {
	return errors.Join(s.Stop(), os.RemoveAll(s.dir))
}
