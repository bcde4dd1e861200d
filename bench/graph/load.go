package main

import (
	"bytes"
	"context"
	_ "embed" // post.lua
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

//go:embed post.lua
var postLua []byte

// sample is what one run of one target showed.
type sample struct {
	requests int
	seconds  float64
	p50, p99 float64 // milliseconds
	server   time.Duration
	database time.Duration
	memory   float64 // megabytes, of the server
}

func (s sample) rate() float64 { return float64(s.requests) / s.seconds }

// perRequest is processor time in milliseconds.
func (s sample) perRequest(d time.Duration) float64 {
	return d.Seconds() * 1000 / float64(max(1, s.requests))
}

// requestsFile is where wrk finds what it posts.
func (t *target) requestsFile(dir string, o *operation) string {
	return filepath.Join(dir, t.name+"-"+o.name+".requests")
}

func (t *target) writeRequests(dir string, o *operation, s *school) error {
	var out bytes.Buffer
	for _, c := range s.choices(o) {
		cookie, request := t.request(o, s, c)
		out.WriteString(cookie + "\t")
		out.Write(request)
		out.WriteByte('\n')
	}
	return os.WriteFile(t.requestsFile(dir, o), out.Bytes(), 0o600)
}

// request is one choice in the target's words.
func (t *target) request(o *operation, s *school, c choice) (cookie string, text []byte) {
	cookies := s.cookies[o.as]
	cookie = cookies[c.viewer%len(cookies)]
	if t.name == bareCommand {
		return cookie, body(o.name, map[string]any{"page": c.page})
	}
	variables := map[string]any{}
	if o.walk != "" {
		variables["after"] = cursor(t.cursors[o.name][c.page])
	}
	if o.words != nil {
		variables["words"] = o.words[c.page]
	}
	if t.name == "postgraphile" {
		if people := s.people[o.as]; people != nil {
			variables["viewer"] = people[c.viewer]
		}
		return "", body(o.peer, variables)
	}
	return cookie, namedBody(o.name, o.query, variables)
}

// post lets wrk ask for some seconds.
func (t *target) post(ctx context.Context, dir string, o *operation, clients int, seconds float64, postmaster int) (sample, error) {
	lua := filepath.Join(dir, "post.lua")
	if err := os.WriteFile(lua, postLua, 0o600); err != nil {
		return sample{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second))+time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "wrk", "-t", strconv.Itoa(min(2, clients)), "-c", strconv.Itoa(clients), //nolint:gosec // our own words
		"-d", fmt.Sprintf("%.0fs", seconds), "--timeout", "30s", "-s", lua, t.url)
	cmd.Env = append(os.Environ(), "BENCH_REQUESTS="+t.requestsFile(dir, o))
	if o.refuses {
		cmd.Env = append(cmd.Env, "BENCH_REFUSALS="+locked)
	}
	server, database := cpuOf(t.pid), cpuOf(postmaster)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	s, err := parseWrk(out)
	s.server, s.database, s.memory = cpuOf(t.pid)-server, cpuOf(postmaster)-database, memoryOf(t.pid)
	return s, err
}

var resultLine = regexp.MustCompile(`(?m)^result (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$`)

// parseWrk reads the line that post.lua ends with. Bad answers are an error: a server that answers wrongly is not fast.
func parseWrk(out []byte) (sample, error) {
	m := resultLine.FindSubmatch(out)
	if m == nil {
		return sample{}, fmt.Errorf("wrk says no result: %s", out)
	}
	var n [5]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1])) // digits, says the pattern
	}
	if n[4] > 0 {
		return sample{}, fmt.Errorf("%d of %d answers were bad, like this one: %s", n[4], n[0], m[6])
	}
	if n[0] == 0 || n[1] == 0 {
		return sample{}, errors.New("nothing was answered within the time; give more -seconds")
	}
	return sample{requests: n[0], seconds: float64(n[1]) / 1e6, p50: float64(n[2]) / 1000, p99: float64(n[3]) / 1000}, nil
}
