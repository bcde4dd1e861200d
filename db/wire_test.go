package db_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/db/embedded"
)

func TestAWayToTheDatabaseIsVerifiedOrStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	for at, ok := range map[string]bool{
		"postgres://u:geheim@db.example/lyceum?sslmode=verify-full":                    true,
		"postgres://u:geheim@db.example/lyceum?sslmode=verify-full&sslrootcert=system": true,
		"postgres://u:geheim@db.example/lyceum?sslmode=verify-ca":                      false,
		"postgres://u:geheim@db.example/lyceum?sslmode=require":                        false,
		"postgres://u:geheim@db.example/lyceum?sslmode=prefer":                         false,
		"postgres://u:geheim@db.example/lyceum?sslmode=disable":                        false,
		"postgres://u:geheim@db.example/lyceum":                                        false,
		"postgres://u:geheim@10.0.0.7/lyceum?sslmode=require":                          false,
		"postgres://u:geheim@127.0.0.1:5432/lyceum?sslmode=disable":                    true,
		"postgres://u:geheim@127.1.2.3/lyceum":                                         true,
		"postgres://u:geheim@[::1]:5432/lyceum":                                        true,
		"postgres://u:geheim@localhost/lyceum":                                         true,
		"postgres://u:geheim@localhost.example/lyceum":                                 false,
		"postgres:///lyceum?user=u&host=db.example":                                    false,
		"postgres://u:geheim@localhost/lyceum?hostaddr=10.0.0.7":                       false,
		"postgres://u:geheim@/lyceum?host=/var/run/postgresql":                         true,
		"postgres://u:geheim@/lyceum?host=/var/run/postgresql,db.example":              false,
		"postgres://u:geheim@/lyceum?host=localhost,db.example":                        false,
		"postgres://u:geheim@/lyceum?host=localhost,db.example&sslmode=verify-ca":      false,
		"postgres://u:geheim@/lyceum?host=localhost,db.example&sslmode=verify-full":    true,
		"postgres://u:geheim@db.example/lyceum?sslmode=pqgo-mine":                      false,
		"postgres://u:geheim@db.example/lyceum?sslmode=nonsense":                       false,
		"postgres://u:geheim@ db.example/lyceum":                                       false,
	} {
		err := db.Verified(at)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// withTLS is a real server that speaks TLS with a certificate for localhost, and the authority of that certificate.
func withTLS(t *testing.T) (*embedded.Server, *dbtest.Authority) {
	t.Helper()
	authority, dir := dbtest.NewAuthority(t), t.TempDir()
	cert, key := filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key")
	authority.Issue(cert, key, time.Now().Add(24*time.Hour), "localhost")
	server, _ := ownCluster(t, map[string]string{"ssl": "on", "ssl_cert_file": cert, "ssl_key_file": key})
	return server, authority
}

// reached opens a pool by another host and other parameters, and returns the error.
func reached(t *testing.T, server *embedded.Server, host, query string, use func(*db.DB)) error {
	t.Helper()
	u, err := url.Parse(server.SuperuserURL())
	if err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = host+":"+u.Port(), query
	password, _ := u.User.Password()
	began := time.Now()
	d, err := db.Open(t.Context(), db.Config{URL: u.String(), Pool: 1, Patience: time.Minute, StatementTimeout: time.Minute})
	if err == nil {
		defer d.Close()
		if use != nil {
			use(d)
		}
		return nil
	}
	if took := time.Since(began); took > soon {
		t.Errorf("it took %s to say %v", took, err)
	}
	if text := err.Error(); strings.Contains(text, password) || strings.Contains(text, "\n") {
		t.Errorf("it says %q", text)
	}
	return err
}

func TestOnlyTheServerOfTheURLIsSpokenTo(t *testing.T) {
	t.Parallel()
	server, authority := withTLS(t)
	plain, _ := ownCluster(t, nil)
	full := "sslmode=verify-full&sslrootcert="
	var tls bool
	var first, second int
	if err := reached(t, server, "localhost", full+authority.File, func(d *db.DB) {
		if err := d.Get(t.Context(), &tls, dbtest.SQL("select ssl from pg_stat_ssl where pid = pg_backend_pid()")); err != nil {
			t.Error(err)
		}
		for _, pid := range []*int{&first, &second} { // a connection at rest is not taken for one that is lost
			if err := d.Get(t.Context(), pid, dbtest.SQL("select pg_backend_pid()")); err != nil {
				t.Error(err)
			}
		}
	}); err != nil || !tls || first != second {
		t.Errorf("verified: %v, TLS %v, sessions %d and %d", err, tls, first, second)
	}
	for name, c := range map[string]struct {
		server      *embedded.Server
		host, query string
		says        string
	}{
		"no TLS at the server": {plain, "localhost", full + authority.File, "does not speak TLS"},
		"another authority":    {server, "localhost", full + dbtest.NewAuthority(t).File, "of an authority that is not known here"},
		"the system's alone":   {server, "localhost", "sslmode=verify-full&sslrootcert=system", "of an authority that is not known here"},
		"another name":         {server, "127.0.0.1", full + authority.File, "for another name than the host"},
		"no such file":         {server, "localhost", full + "/nowhere/ca.pem", "cannot be read"},
	} {
		err := reached(t, c.server, c.host, c.query, nil)
		if !errors.Is(err, db.ErrUnverified) || !errors.Is(err, db.ErrUnreachable) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The request to cancel goes over a connection of its own, which has to be encrypted too.
func TestAStatementIsCancelledThroughTLS(t *testing.T) {
	t.Parallel()
	server, authority := withTLS(t)
	if err := reached(t, server, "localhost", "sslmode=verify-full&sslrootcert="+authority.File, func(d *db.DB) {
		end := func(sql string) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var n int
			return d.Get(ctx, &n, dbtest.SQL(sql))
		}
		var before, after int
		if err := d.Get(t.Context(), &before, dbtest.SQL("select pg_backend_pid()")); err != nil {
			t.Error(err)
		}
		if err := end("select 1 from pg_sleep(30)"); err == nil || errors.Is(err, db.ErrSilent) {
			t.Errorf("it ended with %v", err)
		}
		if err := d.Get(t.Context(), &after, dbtest.SQL("select pg_backend_pid()")); err != nil || before != after {
			t.Errorf("the session was given up: %d, %d, %v", before, after, err)
		}
	}); err != nil {
		t.Error(err)
	}
}

func TestAUnixSocketIsAWayToTheDatabase(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "ly") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil { // the server may run as another user
		t.Fatal(err)
	}
	server, _ := ownCluster(t, map[string]string{"unix_socket_directories": dir})
	u, err := url.Parse(server.SuperuserURL())
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = url.Values{"host": {dir}, "port": {u.Port()}}.Encode()
	u.Host = ""
	d, err := db.Open(t.Context(), db.Config{URL: u.String(), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var local bool
	if err := d.Get(t.Context(), &local, dbtest.SQL("select inet_server_addr() is null")); err != nil || !local {
		t.Errorf("%v %v", local, err)
	}
}
