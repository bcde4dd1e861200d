package keys_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"lyceum/gateways/keys"
)

func encrypted(t *testing.T, s *keys.Set, text, object string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := s.Encrypt(&b, object)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decrypted(s *keys.Set, data []byte, object string) (string, error) {
	r, err := s.Decrypt(bytes.NewReader(data), object)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestWhatAnOlderKeyEncryptedIsReadAfterARotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	s, made, err := keys.Ensure(path)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the keys: %v, %v", info, err)
	}
	before := encrypted(t, s, "the first", "a")
	sealed, err := s.Seal([]byte("a value"), "test")
	if err != nil {
		t.Fatal(err)
	}
	var copied bytes.Buffer
	if err := s.Export(&copied); err != nil || !s.Exported() {
		t.Fatal(err)
	}
	if err := s.Rotate(); err != nil {
		t.Fatal(err)
	}
	if s.Exported() {
		t.Error("nobody has a copy of the new keys")
	}
	after := encrypted(t, s, "the second", "a")
	again, err := keys.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for want, data := range map[string][]byte{"the first": before, "the second": after} {
		if got, err := decrypted(again, data, "a"); got != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if got, err := again.Open(sealed, "test"); string(got) != "a value" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	old := filepath.Join(t.TempDir(), "copy.json")
	if err := os.WriteFile(old, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	stale, err := keys.Read(old)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decrypted(stale, before, "a"); got != "the first" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := decrypted(stale, after, "a"); err == nil {
		t.Error("a copy from before the rotation reads what came after it")
	}
}

func TestWhatWasChangedOrCutOffOrIsAnothersIsNotRead(t *testing.T) {
	t.Parallel()
	s, _, err := keys.Ensure(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	data := encrypted(t, s, strings.Repeat("lyceum ", 400_000), "a")
	changed := bytes.Clone(data)
	changed[len(changed)/2] ^= 1
	for what, c := range map[string]struct {
		data   []byte
		object string
	}{
		"changed": {changed, "a"}, "cut off": {data[:len(data)-100], "a"}, "cut off at a segment": {data[:1<<20], "a"},
		"another's": {data, "b"}, "empty": {nil, "a"},
	} {
		if text, err := decrypted(s, c.data, c.object); err == nil {
			t.Errorf("%s: %d bytes were read", what, len(text))
		}
	}
	if text, err := decrypted(s, data, "a"); err != nil || len(text) != 2_800_000 {
		t.Error(len(text), err)
	}
}

func TestAllWhoBeginAtOnceHaveTheSameKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	sets := make([]*keys.Set, 8)
	var wait sync.WaitGroup
	for i := range sets {
		wait.Go(func() { sets[i], _, _ = keys.Ensure(path) })
	}
	wait.Wait()
	data := encrypted(t, sets[0], "text", "a")
	for _, s := range sets {
		if text, err := decrypted(s, data, "a"); text != "text" || err != nil {
			t.Error(text, err)
		}
	}
}

func TestAFileThatIsNoKeysetIsNotQuoted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, []byte(`{"streams": "secret`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.Ensure(path); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestAChangeLeavesTheFileToItsOwnerAndKeepsWhatOthersAdded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	s, _, err := keys.Ensure(path)
	if err != nil {
		t.Fatal(err)
	}
	owner := os.Geteuid()
	if owner == 0 {
		owner = 1234 // the service's, whose keys root rotates
	}
	if err := os.Chown(path, owner, -1); err != nil {
		t.Fatal(err)
	}
	other, err := keys.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Rotate(); err != nil {
		t.Fatal(err)
	}
	data := encrypted(t, other, "by the other", "a")
	if err := s.Rotate(); err != nil { // it was read before the other's
		t.Fatal(err)
	}
	if err := s.Export(io.Discard); err != nil {
		t.Fatal(err)
	}
	if text, err := decrypted(s, data, "a"); text != "by the other" || err != nil {
		t.Errorf("the other's key is lost: %q, %v", text, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if now := int(info.Sys().(*syscall.Stat_t).Uid); now != owner {
		t.Errorf("the keyset belongs to %d instead of %d", now, owner)
	}
}
