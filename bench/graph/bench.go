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

// bench is a school with the servers in front of it.
type bench struct {
	options
	school     *school
	ops        []*operation
	log        *slog.Logger
	product    *running
	peer       *running
	bare       *running
	operators  string // the product's address for operators
	postmaster int
	pgbench    string
}

// names are those of the operations.
func (b *bench) names() []string {
	var all []string
	for _, o := range b.ops {
		all = append(all, o.name)
	}
	return all
}

// open starts the product, signs staff in, and finds where the pages begin.
func (b *bench) open(ctx context.Context) (err error) {
	if b.postmaster, err = b.school.postmaster(); err != nil {
		return err
	}
	if b.product, b.operators, err = startBuild(ctx, b.school, "product", b.school.binary); err != nil {
		return err
	}
	for _, staff := range []string{asAnalyst, asAdmin} {
		if err := b.school.signIn(ctx, &b.product.target, staff); err != nil {
			return err
		}
	}
	return b.walk(ctx, &b.product.target, b.ops...)
}

// openPeers starts what the product is measured beside.
func (b *bench) openPeers(ctx context.Context) (err error) {
	if b.pgbench, err = findPgbench(ctx); err != nil {
		return err
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	if b.bare, err = startBare(ctx, b.school); err != nil {
		return err
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "bench", "graph", "postgraphile")
	if b.peer, err = startPeer(ctx, b.school, folder, b.planned); err != nil {
		return err
	}
	return b.walk(ctx, &b.peer.target, b.ops...)
}

// walk finds where a target's pages begin.
func (b *bench) walk(ctx context.Context, t *target, ops ...*operation) error {
	for _, o := range ops {
		if o.walk == "" {
			continue
		}
		query, cookie := o.walk, b.school.cookies[o.as][0]
		if t.name == "postgraphile" {
			query, cookie = o.peerWalk, ""
		}
		if err := t.walkPages(ctx, o.name, query, cookie, b.school.pages[o.name]); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) close() (err error) {
	for _, r := range []*running{b.product, b.peer, b.bare} {
		if r != nil {
			err = errors.Join(err, r.end())
		}
	}
	return err
}

// targets are those that take turns, in the order of the report.
var targets = []string{"product", "postgraphile", bareCommand, "pgbench"}

// measure warms the servers up and asks all targets every operation in turn, another one first in each round.
func (b *bench) measure(ctx context.Context) (results, error) {
	measured := results{}
	for _, r := range []*running{b.product, b.peer, b.bare} {
		for _, o := range b.ops {
			if err := b.warm(ctx, &r.target, o); err != nil {
				return nil, err
			}
		}
	}
	servers := map[string]*target{"product": &b.product.target, "postgraphile": &b.peer.target, bareCommand: &b.bare.target}
	for round := range b.rounds {
		for _, o := range b.ops {
			for turn := range targets {
				var s sample
				var err error
				name := targets[(round+turn)%len(targets)]
				if server := servers[name]; server != nil {
					s, err = b.load(ctx, server, o, b.seconds)
				} else {
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

// warm writes what a target is asked, and asks it for a while.
func (b *bench) warm(ctx context.Context, t *target, o *operation) error {
	err := t.writeRequests(b.dir, o, b.school)
	if err == nil {
		_, err = b.load(ctx, t, o, 2)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", t.name, o.name, err)
	}
	return nil
}

// load asks a target that is warm.
func (b *bench) load(ctx context.Context, t *target, o *operation, seconds float64) (sample, error) {
	return t.post(ctx, b.dir, o, b.clients, seconds, b.postmaster)
}

// profiles asks the product each operation while it profiles itself.
func (b *bench) profiles(ctx context.Context) error {
	for _, o := range b.ops {
		if err := b.product.writeRequests(b.dir, o, b.school); err != nil {
			return err
		}
		ended := make(chan error, 1)
		go func() {
			time.Sleep(time.Second)
			ended <- b.fetchProfile(ctx, filepath.Join(b.dir, o.name+".pprof"))
		}()
		s, err := b.load(ctx, &b.product.target, o, b.profile+3)
		if err := errors.Join(err, <-ended); err != nil {
			return err
		}
		b.log.Info("profiled", "op", o.name, "per_second", fmt.Sprintf("%.0f", s.rate()),
			"server_ms", fmt.Sprintf("%.2f", s.perRequest(s.server)), "database_ms", fmt.Sprintf("%.2f", s.perRequest(s.database)))
	}
	return nil
}

func (b *bench) fetchProfile(ctx context.Context, name string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", b.operators, b.profile)
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
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
