//go:build e2e

package e2e_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// gateway is a real server of S3's protocol over a folder, with an empty bucket.
func gateway(t *testing.T) (at string, settings []string) {
	t.Helper()
	program, err := exec.LookPath("versitygw")
	if err != nil {
		t.Fatal("the test needs versitygw (go install github.com/versity/versitygw/cmd/versitygw)")
	}
	folder, address := t.TempDir(), dbtest.FreeAddress(t)
	if err := os.Mkdir(filepath.Join(folder, "school"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "--port", address, "--access", "school", "--secret", "a secret of the test", "--quiet", "posix", folder)
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the object store does not answer: %v", err)
		}
	}
	return "s3://school?region=us-east-1&use_path_style=true&endpoint=http://" + address,
		[]string{"AWS_ACCESS_KEY_ID=school", "AWS_SECRET_ACCESS_KEY=a secret of the test"}
}

func TestASchoolIsBackedUpToAnObjectStoreAndRestoredFromIt(t *testing.T) {
	t.Parallel()
	program := built(t)
	store, settings := gateway(t)
	second, keyset := t.TempDir(), filepath.Join(t.TempDir(), "keys.json")
	settings = append(settings, "LYCEUM_BACKUP="+store, "LYCEUM_BACKUP_SECOND=file://"+second, "LYCEUM_KEYS="+keyset)
	lyceum := func(dir string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), settings...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(dir string, args ...string) string {
		t.Helper()
		out, err := lyceum(dir, args...)
		if err != nil {
			t.Fatalf("lyceum %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return out
	}
	first, bare, last := t.TempDir(), t.TempDir(), t.TempDir()
	must(first, "migrate", "--create")
	must(first, "demo")
	must(first, "backup")
	if out := must(first, "backup", "verify"); !strings.Contains(out, "is good") {
		t.Error(out)
	}
	if out := must(first, "backup", "drill"); !strings.Contains(out, "the seals are whole") {
		t.Error(out)
	}
	if out := must(bare, "restore", "--to", "latest"); !strings.Contains(out, "restored from") {
		t.Error(out)
	}
	if out := must(first, "backup", "verify"); strings.Contains(out, "SDK") {
		t.Errorf("the driver warns of what the program checks itself: %s", out)
	}
	// What is wrong with the place is one line that says what to do, without the secret.
	usual := settings
	for setting, want := range map[string]string{
		"AWS_SECRET_ACCESS_KEY=another secret":                                               "the object store does not let these keys use the bucket school (SignatureDoesNotMatch): check AWS_ACCESS_KEY_ID",
		"AWS_ACCESS_KEY_ID=nobody":                                                           "the object store does not let these keys use the bucket school (XAdminUserNotFound): check AWS_ACCESS_KEY_ID",
		"LYCEUM_BACKUP=" + strings.Replace(store, "//school?", "//elsewhere?", 1):            "the object store has no bucket elsewhere: make it there, or correct its name",
		"LYCEUM_BACKUP=s3://school?region=x&use_path_style=true&endpoint=http://127.0.0.1:1": "the object store cannot be reached: dial tcp",
		"LYCEUM_BACKUP=s3://school?endpoint=http://127.0.0.1:1":                              "the object store cannot be found without its region: add region=",
	} {
		settings = append(usual[:len(usual):len(usual)], setting)
		out, err := lyceum(last, "backup", "list")
		if err == nil || !strings.HasPrefix(out, "lyceum: "+want) || strings.Count(out, "\n") != 1 || strings.Contains(out, "another secret") {
			t.Errorf("%s: %v\n%s\ninstead of %q", setting, err, out, want)
		}
	}
	settings = usual
	// The object store is gone: the second place alone has all of it.
	settings = append(settings, "LYCEUM_BACKUP=file://"+second, "LYCEUM_BACKUP_SECOND=")
	if out := must(last, "restore", "--to", "latest"); !strings.Contains(out, "restored from") {
		t.Error(out)
	}
}
