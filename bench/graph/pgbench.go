package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lyceum/db/embedded"
)

// findPgbench looks beside the server's programs first.
func findPgbench(ctx context.Context) (string, error) {
	if found, err := embedded.FindBinaries(ctx, os.TempDir()); err == nil {
		if name := filepath.Join(found.Dir, "pgbench"); exists(name) {
			return name, nil
		}
	}
	name, err := exec.LookPath("pgbench")
	if err != nil {
		return "", errors.New("pgbench is missing; on Debian it comes with apt-get install postgresql")
	}
	return name, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// warmUp is how long pgbench runs before it counts: each of its connections plans afresh, while servers' pools are warm.
const warmUp = 2 * time.Second

// limit lets pgbench run an operation's SQL for some seconds.
func limit(
	ctx context.Context, pgbench, dir string, o *operation, s *school, clients int, seconds float64, postmaster int,
) (sample, error) {
	script, prefix := filepath.Join(dir, o.name+".pgbench"), filepath.Join(dir, "pgbench-log")
	if err := os.WriteFile(script, []byte(o.script()), 0o600); err != nil {
		return sample{}, err
	}
	env, err := s.pgEnvironment()
	if err != nil {
		return sample{}, err
	}
	length := time.Duration(seconds * float64(time.Second))
	ctx, cancel := context.WithTimeout(ctx, warmUp+length+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), //nolint:gosec // found above
		"-j", strconv.Itoa(min(2, clients)), "-T", fmt.Sprintf("%.0f", (warmUp+length).Seconds()+1),
		"-D", "viewers="+strconv.Itoa(s.askersOf(o)), "-D", "pages="+strconv.Itoa(s.pagesOf(o)),
		"-f", script, "-l", "--log-prefix", prefix)
	var out bytes.Buffer
	// Else PostgreSQL plans these statements afresh each time, which takes longer than running them.
	cmd.Env, cmd.Stdout, cmd.Stderr = append(env, "PGOPTIONS=-c plan_cache_mode=force_generic_plan"), &out, &out
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	time.Sleep(warmUp)
	from, client, database := time.Now(), cpuOf(cmd.Process.Pid), cpuOf(postmaster)
	time.Sleep(length)
	to := time.Now()
	measured := sample{
		seconds: to.Sub(from).Seconds(), server: cpuOf(cmd.Process.Pid) - client, database: cpuOf(postmaster) - database,
		memory: memoryOf(cmd.Process.Pid),
	}
	if err := cmd.Wait(); err != nil {
		return sample{}, fmt.Errorf("pgbench %s: %w: %s", o.name, err, out.String())
	}
	logs, _ := filepath.Glob(prefix + ".*")
	var times []float64
	for _, name := range logs {
		text, err := os.ReadFile(name) //nolint:gosec // pgbench wrote it just now
		if err != nil {
			return sample{}, err
		}
		within, err := parsePgbench(text, from, to)
		if err := errors.Join(err, os.Remove(name)); err != nil {
			return sample{}, err
		}
		times = append(times, within...)
	}
	if len(times) == 0 {
		return sample{}, fmt.Errorf("pgbench %s: nothing was answered within the time; give more -seconds", o.name)
	}
	slices.Sort(times)
	measured.requests, measured.p50, measured.p99 = len(times), times[len(times)/2], times[len(times)*99/100]
	return measured, nil
}

// parsePgbench reads a log of pgbench: the milliseconds of each transaction that ended between two moments.
func parsePgbench(log []byte, from, to time.Time) (times []float64, err error) {
	lines := bufio.NewScanner(bytes.NewReader(log))
	for lines.Scan() {
		// client, number, microseconds, script, second, microsecond
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 {
			return nil, fmt.Errorf("pgbench logged %q", lines.Text())
		}
		var n [3]int64
		for i, at := range []int{2, 4, 5} {
			if n[i], err = strconv.ParseInt(fields[at], 10, 64); err != nil {
				return nil, err
			}
		}
		if end := time.Unix(n[1], n[2]*1000); !end.Before(from) && !end.After(to) {
			times = append(times, float64(n[0])/1000)
		}
	}
	return times, lines.Err()
}
