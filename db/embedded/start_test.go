//go:build linux

package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"lyceum/db/embedded"
)

func TestTheFirstStartMakesAClusterAndTheNextKeepsDataAndPort(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	keep(t, first.SuperuserURL())
	if !first.Owned() {
		t.Error("the first start does not own its server")
	}
	if !inUse(t, dir) {
		t.Error("a running server does not hold the folder's lock: another container could start a second one on the same data")
	}
	stop(t, first)
	if listening(first.Port()) {
		t.Error("the server outlives Stop")
	}
	until(t, "no process is left", func() bool { return !inUse(t, dir) })
	stop(t, first) // once more does no harm

	second := start(t, dir)
	kept(t, second.SuperuserURL())
	if second.Port() != first.Port() {
		t.Errorf("the port was %d and is %d", first.Port(), second.Port())
	}
}

func TestStartsAtTheSameTimeShareOneServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	servers := make([]*embedded.Server, 3)
	var wait sync.WaitGroup
	for i := range servers {
		wait.Go(func() {
			s, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Cache: dir})
			if err != nil {
				t.Errorf("start %d: %v", i, err)
				return
			}
			servers[i] = s
		})
	}
	wait.Wait()
	owners, ports := 0, map[int]bool{}
	for _, s := range servers {
		if s == nil {
			continue
		}
		defer stop(t, s)
		ports[s.Port()] = true
		if s.Owned() {
			owners++
		}
	}
	if owners != 1 || len(ports) != 1 {
		t.Errorf("%d owners, ports %v", owners, ports)
	}
}

func TestAStartThatIsCalledOffLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := embedded.Start(ctx, embedded.Options{Dir: dir, Cache: dir})
		result <- err
	}()
	until(t, "initdb is at work", func() bool { return exists(dir, "initdb/data/PG_VERSION") || exists(dir, "data") })
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	until(t, "no process is left", func() bool { return !inUse(t, dir) })
	if exists(dir, "data") {
		t.Error("a half-made data folder is left")
	}
}

func TestAStartThatIsCalledOffEndsTheServerThatItBegan(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	keep(t, first.SuperuserURL())
	stop(t, first)
	// A standby that takes no questions never gets ready.
	standby := filepath.Join(dir, "data", "standby.signal")
	if err := os.WriteFile(standby, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		_, err := embedded.Start(ctx, embedded.Options{Dir: dir, Settings: map[string]string{"hot_standby": "off"}})
		result <- err
	}()
	until(t, "the server is on its way", func() bool { return exists(dir, "data/postmaster.pid") })
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	until(t, "no process is left", func() bool { return !inUse(t, dir) })
	if err := os.Remove(standby); err != nil {
		t.Fatal(err)
	}
	kept(t, start(t, dir).SuperuserURL())
}

func TestAFolderThatCannotBeWrittenIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	// Permissions do not bind root; that a file is not a folder does.
	file := filepath.Join(folder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: filepath.Join(file, "postgres")})
	if err == nil {
		t.Fatal("it started")
	}
	oneSentence(t, err.Error(), "the data folder cannot be written", file)
}

func TestAFolderThatIsNoClusterIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "data", "holiday pictures"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, filepath.Join(dir, "data"))
	_, err := embedded.Start(t.Context(), embedded.Options{Dir: dir})
	if err == nil {
		t.Fatal("it started")
	}
	oneSentence(t, err.Error(), filepath.Join(dir, "data"), "move it away")
	if fingerprint(t, filepath.Join(dir, "data")) != before {
		t.Error("the folder was touched")
	}
}

func TestAnotherVersionsDataIsRefusedAndLeftUntouched(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	stop(t, start(t, dir))
	data := filepath.Join(dir, "data")
	mark := filepath.Join(data, "PG_VERSION")
	truth, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mark, []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, data)
	_, err = embedded.Start(t.Context(), embedded.Options{Dir: dir})
	if !errors.Is(err, embedded.ErrVersion) {
		t.Fatalf("got %v", err)
	}
	oneSentence(t, err.Error(), data, "PostgreSQL 9", embedded.BinariesVariable, "pg_upgrade")
	if fingerprint(t, data) != before {
		t.Error("the data was touched")
	}
	if err := os.WriteFile(mark, truth, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir) // the refusal harmed nothing
}

func TestASecretIsTheSameForAllWhoAskAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	secrets := make([]string, 20)
	var wait sync.WaitGroup
	for i := range secrets {
		wait.Go(func() {
			var err error
			if secrets[i], err = embedded.KeepSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, s := range secrets {
		if s != secrets[0] || len(s) < 32 {
			t.Fatalf("%q beside %q", s, secrets[0])
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
