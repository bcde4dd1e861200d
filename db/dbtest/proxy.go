package dbtest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Proxy is a line to the database that can fall silent: nothing gets through, and nothing is closed.
type Proxy struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

// NewProxy stands before the server of a database URL until the test ends.
func NewProxy(t *testing.T, databaseURL string) *Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &Proxy{t: t, proxy: toxiproxy.NewProxy(server, "database", "127.0.0.1:0", hostOf(t, databaseURL))}
	if err := p.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.proxy.Stop)
	return p
}

// URL leads a database URL through the proxy.
func (p *Proxy) URL(databaseURL string) string { return through(p.t, databaseURL, p.proxy.Listen) }

// Silence lets nothing through in either direction.
func (p *Proxy) Silence() {
	p.t.Helper()
	for _, direction := range []string{"upstream", "downstream"} {
		toxic := `{"name": "` + direction + `", "type": "timeout", "stream": "` + direction + `", "attributes": {"timeout": 0}}`
		if _, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			p.t.Fatal(err)
		}
	}
}

// Heal ends the silence; connections that were open in it are closed.
func (p *Proxy) Heal() { p.proxy.Toxics.ResetToxics(context.Background()) }

// Cutter is a line to the database that can break at one point.
type Cutter struct {
	t        *testing.T
	listener net.Listener
	server   string
	at       atomic.Pointer[string]
}

// NewCutter stands before the server of a database URL until the test ends.
func NewCutter(t *testing.T, databaseURL string) *Cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	c := &Cutter{t: t, listener: listener, server: hostOf(t, databaseURL)}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.carry(client)
		}
	}()
	return c
}

// URL leads a database URL through the proxy.
func (c *Cutter) URL(databaseURL string) string {
	return through(c.t, databaseURL, c.listener.Addr().String())
}

// CutAfter breaks the next connection that sends text: the server hears it, and its answer is lost.
func (c *Cutter) CutAfter(text string) { c.at.Store(&text) }

func (c *Cutter) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	go func() {
		defer server.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := client.Read(b)
			if at := c.at.Load(); at != nil && bytes.Contains(b[:n], []byte(*at)) && c.at.CompareAndSwap(at, nil) {
				cut.Store(true)
			}
			if _, failed := server.Write(b[:n]); err != nil || failed != nil {
				return
			}
		}
	}()
	_, _ = io.Copy(uncut{client, &cut}, server) // the end of either is the end of both
}

// uncut writes until the line is cut.
type uncut struct {
	io.Writer
	cut *atomic.Bool
}

func (u uncut) Write(b []byte) (int, error) {
	if u.cut.Load() {
		return 0, net.ErrClosed
	}
	return u.Writer.Write(b)
}

func hostOf(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func through(t *testing.T, databaseURL, host string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = host
	return u.String()
}
