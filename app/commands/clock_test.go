package commands_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheClockIsMovedInDevelopmentAloneAndTimeBringsWhatItBrings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(code int, settings []string, words ...string) string {
		t.Helper()
		cmd := command(t, dir, settings, words...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != code {
			t.Fatalf("%q: %v: %s", words, err, out)
		}
		return string(out)
	}
	run(0, nil, "demo", "--create")
	if out := run(0, nil, "clock"); !strings.Contains(out, ", 0s ahead") {
		t.Error(out)
	}
	if out := run(1, []string{"LYCEUM_ENV=production"}, "clock", "advance", "40d"); !strings.Contains(out, "production is not moved") || strings.Contains(out, "using") {
		t.Error(out)
	}
	for _, span := range []string{"", "40", "-1d", "d", "1h2", "1x", "0d", "4000d", "99999999999h", "1d 1h"} {
		run(2, nil, "clock", "advance", span)
	}
	out := run(0, nil, "clock", "advance", "39d23h30m")
	if m := regexp.MustCompile(`subscriptions: (\d+) past due, (\d+) expired, (\d+) canceled`).FindStringSubmatch(out); m == nil || m[2] == "0" || m[3] == "0" {
		t.Error(out)
	}
	if out = run(0, nil, "clock", "advance", "30m"); !strings.Contains(out, "subscriptions: 0 past due, 0 expired, 0 canceled") {
		t.Error(out)
	}
	if out = run(0, nil, "clock"); !strings.Contains(out, ", 960h0m0s ahead") {
		t.Error(out)
	}
}
