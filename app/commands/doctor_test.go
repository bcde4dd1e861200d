package commands_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheDoctorSaysInOneLineWhatIsWrongAndEndsWithOneForWhatCannotWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	out, err := command(t, dir, nil, "doctor", "--thorough").Output()
	if err != nil || !strings.HasPrefix(string(out), "all is well (") {
		t.Errorf("a new school: %v: %s", err, out)
	}
	asOwner(t, dir, `insert into mail_messages (cause, template, recipient, status) values ('t', 't', 'a@b.example', 'failed')`)
	out, err = command(t, dir, nil, "doctor").Output()
	if err != nil || string(out) != "warning mail: 1 message was given up in the last days; read why in mailMessages of the graph, remove the cause, then retryMail\n" {
		t.Errorf("a warning: %v: %s", err, out)
	}
	asOwner(t, dir, `grant delete on login_attempts to lyceum_app`)
	out, err = command(t, dir, nil, "doctor", "--json").Output()
	var health struct {
		Checks   []string
		Findings []struct{ Check, Level, What, Remedy string }
	}
	if json.Unmarshal(out, &health) != nil || err == nil || len(health.Findings) != 2 || health.Findings[0].Check != "roles" || len(health.Checks) < 20 {
		t.Errorf("something critical: %v: %s", err, out)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

// A thing is broken, and whoever looks after the school reads of it in the mail.
func TestWhatIsWrongIsReadInTheMail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	asOwner(t, dir, `update users set locale = 'de' where email = 'admin@demo.test'`)
	asOwner(t, dir, `grant update on audit_trail to lyceum_app`)
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	h = open(t, dir) // the rules are evaluated at a start, and then every minute
	for end := time.Now().Add(100 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		names, _ := filepath.Glob(filepath.Join(dir, ".lyceum", "inbox", "*"))
		for _, name := range names {
			text, _ := os.ReadFile(name)
			if plain := strings.ReplaceAll(string(text), "=\r\n", ""); strings.Contains(plain, "Subject: Ihre Schule: kritisch (roles)") &&
				strings.Contains(plain, "the role lyceum_app may change audit_trail") && strings.Contains(plain, "To: <admin@demo.test>") {
				if err := h.stop(t); err != nil {
					t.Error(err)
				}
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no mail tells of it; there are %d: %s", len(names), h.log)
		}
	}
}
