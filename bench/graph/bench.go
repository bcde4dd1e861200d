package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench is a school with both servers in front of it.
type bench struct {
	options
	school     *school
	ops        []*operation
	log        *slog.Logger
	product    *running
	peer       *running
	operators  string // the product's address for operators
	postmaster int
	pgbench    string
}

// open starts the servers, signs staff in, and finds where the pages begin.
func (b *bench) open(ctx context.Context) (err error) {
	if b.postmaster, err = b.school.postmaster(); err != nil {
		return err
	}
	if b.pgbench, err = findPgbench(ctx); err != nil {
		return err
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	if b.product, b.operators, err = startProduct(ctx, b.school); err != nil {
		return err
	}
	if b.peer, err = startPeer(ctx, b.school, filepath.Join(strings.TrimSpace(string(root)), "bench", "graph", "postgraphile"), b.planned); err != nil {
		return err
	}
	for _, staff := range []string{asAnalyst, asAdmin} {
		if err := b.school.signIn(ctx, &b.product.target, staff); err != nil {
			return err
		}
	}
	for _, o := range b.ops {
		if o.walk == "" {
			continue
		}
		pages := b.school.pages[o.name]
		if err := b.product.walkPages(ctx, o.name, o.walk, b.school.cookies[o.as][0], pages); err != nil {
			return err
		}
		if err := b.peer.walkPages(ctx, o.name, o.peerWalk, "", pages); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) close() (err error) {
	if b.product != nil {
		err = b.product.end()
	}
	if b.peer != nil {
		err = errors.Join(err, b.peer.end())
	}
	return err
}

// measure warms both servers up and asks all targets every operation in turn, another one first in each round.
func (b *bench) measure(ctx context.Context) (results, error) {
	measured := results{}
	requests := map[string]string{}
	for _, t := range []*target{&b.product.target, &b.peer.target} {
		for _, o := range b.ops {
			name, err := t.requestsFile(b.dir, o, b.school)
			if err != nil {
				return nil, err
			}
			requests[t.name+o.name] = name
			if _, err := t.post(ctx, b.dir, name, b.clients, 2, b.postmaster); err != nil {
				return nil, fmt.Errorf("%s %s: %w", t.name, o.name, err)
			}
		}
	}
	for round := range b.rounds {
		for _, o := range b.ops {
			for turn := range 3 {
				var s sample
				var err error
				name := []string{"product", "postgraphile", "pgbench"}[(round+turn)%3]
				switch name {
				case "product":
					s, err = b.product.post(ctx, b.dir, requests[name+o.name], b.clients, b.seconds, b.postmaster)
				case "postgraphile":
					s, err = b.peer.post(ctx, b.dir, requests[name+o.name], b.clients, b.seconds, b.postmaster)
				default:
					s, err = limit(ctx, b.pgbench, b.dir, o, b.school, b.clients, b.seconds, b.postmaster)
				}
				if err != nil {
					return nil, fmt.Errorf("%s %s: %w", name, o.name, err)
				}
				measured.add(o.name, name, s)
				b.log.Info("measured", "round", round+1, "op", o.name, "target", name, "per_second", fmt.Sprintf("%.0f", s.rate()))
			}
		}
	}
	return measured, nil
}

// profiles asks the product each operation while it profiles itself.
func (b *bench) profiles(ctx context.Context) error {
	for _, o := range b.ops {
		requests, err := b.product.requestsFile(b.dir, o, b.school)
		if err != nil {
			return err
		}
		ended := make(chan error, 1)
		go func() {
			time.Sleep(time.Second)
			ended <- b.fetchProfile(ctx, filepath.Join(b.dir, o.name+".pprof"))
		}()
		s, err := b.product.post(ctx, b.dir, requests, b.clients, b.profile+3, b.postmaster)
		if err := errors.Join(err, <-ended); err != nil {
			return err
		}
		b.log.Info("profiled", "op", o.name, "per_second", fmt.Sprintf("%.0f", s.rate()), "server_ms", fmt.Sprintf("%.2f", s.perRequest(s.server)), "database_ms", fmt.Sprintf("%.2f", s.perRequest(s.database)))
	}
	return nil
}

func (b *bench) fetchProfile(ctx context.Context, name string) error {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", b.operators, b.profile), nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Timeout: time.Duration(b.profile+30) * time.Second}).Do(get)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}
