package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lyceum/domain/operations"
)

// What would take two thousand million transactions, or a disk of many terabytes, is judged by figures.
func TestWhatCannotBeBrokenHereIsJudgedByItsFigures(t *testing.T) {
	t.Parallel()
	const million = 1_000_000
	for age, want := range map[int64]operations.Level{100 * million: "", 500 * million: "", 700 * million: operations.Warning, 1600 * million: operations.Critical} {
		r := &readings{}
		r.Wraparound = &operations.WraparoundReading{Age: age, Max: 200 * million}
		if got := levelOf(transactionIDs(r)); got != want {
			t.Errorf("%d transactions: %q, not %q", age, got, want)
		}
	}
	const gb = 1 << 30
	for _, c := range []struct {
		free, all uint64
		want      operations.Level
	}{
		{500 * gb, 10_000 * gb, ""}, {30 * gb, 100 * gb, ""}, {10 * gb, 100 * gb, operations.Warning}, {2 * gb, 100 * gb, operations.Critical}, {gb / 20, gb / 10, operations.Critical},
	} {
		if got := levelOf(diskFree(&readings{disk: &disk{free: c.free, all: c.all}})); got != c.want {
			t.Errorf("%d of %d: %q, not %q", c.free, c.all, got, c.want)
		}
	}
	for version, want := range map[int]operations.Level{150007: "", 180001: "", 190000: operations.Warning} {
		r := &readings{}
		r.Server = &operations.ServerReading{Version: version}
		if got := levelOf(postgresql(r)); got != want {
			t.Errorf("version %d: %q, not %q", version, got, want)
		}
	}
}

// A certificate is read from a real file, a key before it and others behind it.
func TestACertificateFileThatHasExpiredOrIsForAnotherNameSpeaks(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		ends time.Duration
		want operations.Level
		host string
	}{
		"expired": {-time.Hour, operations.Critical, "school.example"}, "soon": {10 * 24 * time.Hour, operations.Warning, "school.example"},
		"good": {60 * 24 * time.Hour, "", "school.example"}, "for another": {60 * 24 * time.Hour, operations.Critical, "other.example"},
	} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-90 * 24 * time.Hour), NotAfter: now.Add(c.ends), DNSNames: []string{"school.example"}}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "fullchain.pem")
		text := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("x")}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := CertificateFile(path, c.host)
		if err != nil {
			t.Fatal(err)
		}
		r := &readings{certificate: []Expiry{*e}}
		r.ProgramTime = now
		if got := levelOf(certificate(r)); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
	if _, err := CertificateFile(filepath.Join(t.TempDir(), "none.pem"), "school.example"); err == nil {
		t.Error("a file that is not there is read")
	}
}

// The keys are no part of a backup: one that is young and whole is worth nothing without them.
func TestBackupsWhoseKeysNobodyHasSpeak(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys keyset
		want operations.Level
	}{
		"no backups are taken": {keyset{}, ""}, "somebody has a copy": {keyset{asked: true, kept: true}, ""},
		"nobody has a copy": {keyset{asked: true}, operations.Warning}, "they are gone": {keyset{asked: true, err: fs.ErrNotExist}, operations.Critical},
	} {
		now := time.Now()
		r := &readings{program: Program{Production: true}, backup: &Expiry{At: now}, keyset: c.keys}
		r.ProgramTime = now
		if got := levelOf(backup(r)); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// A young backup is no reason to be silent where nobody takes the next one.
func TestBackupsThatAreSetUpNoMoreSpeakWhateverTheirAge(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for own, want := range map[bool]operations.Level{false: operations.Critical, true: operations.Warning} {
		r := &readings{program: Program{Production: true, OwnDatabase: own}, backup: &Expiry{At: now, NotSetUp: true}}
		r.ProgramTime = now
		if got := levelOf(backup(r)); got != want {
			t.Errorf("own database %v: %q, not %q", own, got, want)
		}
	}
}

func levelOf(found []*operations.Finding) operations.Level {
	if len(found) == 0 {
		return ""
	}
	return found[0].Level
}
