package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// ticks are how many a second of processor time has, the same on every Linux.
const ticks = 100

// process is what /proc/<pid>/stat says.
type process struct {
	pid, parent int
	state       byte
	own         int64 // ticks of its own
	reaped      int64 // ticks of children that ended and were waited for
	pages       int64 // resident
}

func readProcess(pid int) (process, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	p, err := parseStat(text)
	return p, err == nil
}

// parseStat reads a line of /proc/<pid>/stat; the name, in parentheses, may hold anything.
func parseStat(text []byte) (p process, err error) {
	open, closed := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 1 || closed < open {
		return p, fmt.Errorf("not a line of stat: %q", text)
	}
	fields := bytes.Fields(text[closed+1:])
	if len(fields) < 22 {
		return p, fmt.Errorf("a short line of stat: %q", text)
	}
	number := func(text []byte) int64 {
		n, e := strconv.ParseInt(string(text), 10, 64)
		if e != nil {
			err = e
		}
		return n
	}
	p.pid, p.state, p.parent = int(number(bytes.TrimSpace(text[:open]))), fields[0][0], int(number(fields[1]))
	p.own, p.reaped, p.pages = number(fields[11])+number(fields[12]), number(fields[13])+number(fields[14]), number(fields[21])
	return p, err
}

// tree is a process and all below it.
func tree(root int) map[int]process {
	entries, _ := os.ReadDir("/proc")
	all, children := map[int]process{}, map[int][]int{}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if p, ok := readProcess(pid); ok {
				all[pid], children[p.parent] = p, append(children[p.parent], pid)
			}
		}
	}
	found := map[int]process{}
	for todo := []int{root}; len(todo) > 0; todo = todo[1:] {
		if p, ok := all[todo[0]]; ok {
			found[p.pid] = p
			todo = append(todo, children[p.pid]...)
		}
	}
	return found
}

// cpuOf is the processor time that a tree has used. A child that ends while /proc is read would be lost or counted twice, so
// it is read until nothing came or went.
func cpuOf(root int) time.Duration {
	for range 50 {
		before, _ := readProcess(root)
		first := tree(root)
		second := tree(root)
		after, _ := readProcess(root)
		same := before.reaped == after.reaped && len(first) == len(second)
		for pid := range first {
			_, there := second[pid]
			same = same && there
		}
		if same {
			sum := after.reaped
			for _, p := range second {
				sum += p.own
			}
			return time.Duration(sum) * time.Second / ticks
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 0
}

// memoryOf is what a tree has resident, in megabytes.
func memoryOf(root int) float64 {
	var pages int64
	for _, p := range tree(root) {
		pages += p.pages
	}
	return float64(pages) * float64(os.Getpagesize()) / (1 << 20)
}
