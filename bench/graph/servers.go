package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// running is a server that the benchmark started, and ends.
type running struct {
	target
	cmd *exec.Cmd
	log *os.File
}

// readyQuery is what a server is asked until it answers.
const readyQuery = "{ __typename }"

// start runs a server and waits until it answers.
func start(ctx context.Context, name, url, logFile string, cmd *exec.Cmd) (*running, error) {
	log, err := os.Create(logFile) //nolint:gosec // below the benchmark's folder
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C ends the benchmark, which then ends its servers
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	r := &running{target: target{name: name, url: url, pid: cmd.Process.Pid, cursors: map[string][]string{}}, cmd: cmd, log: log}
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, err = r.ask(ctx, "", body(readyQuery, nil)); err == nil {
			return r, nil
		}
		if ctx.Err() != nil || time.Now().After(end) || !alive(r.pid) {
			return nil, errors.Join(fmt.Errorf("%s does not answer, see %s: %w", name, logFile, err), r.end())
		}
	}
}

// alive tells a process that runs from one that has ended and was not waited for.
func alive(pid int) bool {
	p, ok := readProcess(pid)
	return ok && p.state != 'Z'
}

func (r *running) end() error {
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(10*time.Second, func() { _ = r.cmd.Process.Kill() })
	defer timer.Stop()
	_ = r.cmd.Wait() // how a server ends that was told to is no matter
	return r.log.Close()
}

// startBuild starts a build of the product as production runs it, and returns its address for operators.
func startBuild(ctx context.Context, s *school, name, binary string) (*running, string, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	ops, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(binary) //nolint:noctx // the product; it is ended by end, with time to close
	cmd.Env = s.environment("LYCEUM_ENV=production", "LYCEUM_LISTEN="+listen, "LYCEUM_OPS_LISTEN="+ops)
	r, err := start(ctx, name, "http://"+listen+"/graphql", filepath.Join(s.dir, name+".log"), cmd)
	return r, ops, err
}

// startPeer starts PostGraphile with the Node that its package.json names. Its statements are prepared, and here PostgreSQL
// gains nothing by planning them for each set of arguments; without planned it is told not to, which PostGraphile cannot.
func startPeer(ctx context.Context, s *school, folder string, planned bool) (*running, error) {
	node, err := installPeer(ctx, folder)
	if err != nil {
		return nil, err
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(listen)
	cmd := exec.Command(node, "server.mjs") //nolint:gosec,noctx // installed just now; it is ended by end
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.url, "PORT="+port, "NODE_ENV=production")
	if !planned {
		cmd.Env = append(cmd.Env, "PGOPTIONS=-c plan_cache_mode=force_generic_plan")
	}
	return start(ctx, "postgraphile", "http://"+listen+"/graphql", filepath.Join(s.dir, "postgraphile.log"), cmd)
}

// installPeer runs npm ci once. npm 11 may hold the install script of the package "node" back, which fetches the program;
// then it is run by hand.
func installPeer(ctx context.Context, folder string) (node string, err error) {
	node = filepath.Join(folder, "node_modules", "node", "bin", "node")
	lock, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return "", err
	}
	if done, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json")); err != nil || done.ModTime().Before(lock.ModTime()) {
		if err := inFolder(ctx, folder, "npm", "ci", "--no-audit", "--no-fund"); err != nil {
			return "", fmt.Errorf("PostGraphile cannot be installed (npm and the npm registry are needed): %w", err)
		}
	}
	if _, err := os.Stat(node); err != nil {
		if err := inFolder(ctx, filepath.Join(folder, "node_modules", "node"), "node", "installArchSpecificPackage.js"); err != nil {
			return "", fmt.Errorf("the Node of PostGraphile cannot be installed: %w", err)
		}
	}
	return node, nil
}

func inFolder(ctx context.Context, folder, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // npm and node, with our own words
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

func freeAddress() (string, error) {
	var c net.ListenConfig
	l, err := c.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
