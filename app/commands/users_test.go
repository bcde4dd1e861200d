package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPeopleAreInvitedFromAFileAgainAndAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	run := func(wantCode int, text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := command(t, dir, nil, "users", "import", "people.csv")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != wantCode {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	says := func(out string, all ...string) {
		t.Helper()
		for _, words := range all {
			if !strings.Contains(out, words) {
				t.Errorf("it does not say %q:\n%s", words, out)
			}
		}
	}
	says(run(1, "\ufeffEmail,first_name,last_name,role\ngrace@import.test,Grace,Hopper,editor\nno address,,,\n\"Alan@import.test\",Alan,\"Turing, A.\",\nx@import.test,<b>,,\ny@import.test,,,emperor\n"),
		`line 2: "grace@import.test" is invited`, `line 3: "no address": an email address`, `line 4: "Alan@import.test" is invited`, "line 5:", "(firstName)",
		"line 6:", "there is no such role", "2 invited, 0 had an account, 3 failed")
	says(run(0, "email;first_name\r\nGRACE@import.test;Other\r\n"), "has an account", "0 invited, 1 had an account, 0 failed")
	for text, why := range map[string]string{
		"": "first line", "name\nx\n": "unknown", "first_name\nx\n": "no column email", "email,email\na,b\n": "twice", "email\n\"a": "quote", "email\na,b\n": "fields",
	} {
		says(run(1, text), why)
	}
	var many strings.Builder
	many.WriteString("email\n")
	for n := range 501 {
		fmt.Fprintf(&many, "p%d@import.test\n", n)
	}
	says(run(0, many.String()), `line 502: "p500@import.test" is invited`, "501 invited")
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
