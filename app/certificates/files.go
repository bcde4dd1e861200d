package certificates

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// files are a certificate and its key on the disk. They are looked at in every handshake, which costs far less than the handshake: so
// whoever replaces them, also by turning a symbolic link as Kubernetes does, need not tell the program.
type files struct {
	certFile, keyFile string
	log               *slog.Logger

	mu   sync.Mutex
	last *tls.Certificate
	seen state // of the files, when they were last read
}

// readableByAll is the bit of a file's mode.
const readableByAll = 0o004

func openFiles(certFile, keyFile string, log *slog.Logger) (*files, error) {
	f := &files{certFile: certFile, keyFile: keyFile, log: log}
	f.seen = f.look()
	var err error
	if f.last, err = f.read(); err != nil {
		return nil, err
	}
	if key := f.seen[1]; key != nil && key.Mode().Perm()&readableByAll != 0 {
		log.Warn("every user of this machine can read the key of the server's certificate", "file", keyFile)
	}
	return f, nil
}

func (f *files) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		return nil, fmt.Errorf("the certificate in %s with the key in %s cannot be used: %w", f.certFile, f.keyFile, err)
	}
	return &pair, nil
}

func (f *files) kept() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// certificate is the pair on the disk, or the last good one: half of a new pair may be written already. That is logged once.
func (f *files) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.look() // before reading: what changes meanwhile is seen in the next handshake
	if now.same(f.seen) {
		return f.last, nil
	}
	f.seen = now
	pair, err := f.read()
	if err != nil {
		f.log.Warn("the changed certificate is not used; the one before stays", "error", err)
		return f.last, nil
	}
	f.last = pair
	f.log.Info("the changed certificate is used from now on", "expires", pair.Leaf.NotAfter)
	return pair, nil
}

// state is what the system says of the two files; nil stands for one that is not there.
type state [2]os.FileInfo

func (f *files) look() (s state) {
	for i, name := range []string{f.certFile, f.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = info
		}
	}
	return s
}

func (s state) same(as state) bool {
	for i, a := range s {
		b := as[i]
		if (a == nil) != (b == nil) || a != nil && (!os.SameFile(a, b) || !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size()) {
			return false
		}
	}
	return true
}
