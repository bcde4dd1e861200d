package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net"
	"time"
)

func openConnector(c driver.Connector) *sql.DB { return sql.OpenDB(c) }

// deadlineMargin is what a reply may take beyond the server's own statement timeout before the line counts as dead.
const deadlineMargin = 5 * time.Second

// dialer gives every read and write a deadline: on a network that swallows packets a context alone ends no wait.
type dialer struct {
	net.Dialer
	limit time.Duration // 0: none
}

func newDialer(statementTimeout time.Duration) dialer {
	d := dialer{Dialer: net.Dialer{KeepAlive: 30 * time.Second}}
	if statementTimeout > 0 {
		d.limit = statementTimeout + deadlineMargin
	}
	return d
}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil || d.limit == 0 {
		return conn, err
	}
	return &deadlineConn{Conn: conn, limit: d.limit}, nil
}

type deadlineConn struct {
	net.Conn
	limit time.Duration
}

func (c *deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
