package db

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// line is the network connection under one connection to the database. On a network that swallows packets the end of a
// context ends no wait: somebody has to hang up.
type line struct {
	net.Conn
	sent atomic.Uint64 // writes of which anything reached the network

	mu        sync.Mutex
	operation uint64 // counts the starts and ends of operations; what is late for one must not hit the next
	broken    bool   // hung up: nothing gets through any more
}

// Write counts, so that it is known whether the server may have heard of something.
func (l *line) Write(b []byte) (int, error) {
	n, err := l.Conn.Write(b)
	if n > 0 {
		l.sent.Add(1)
	}
	return n, err
}

// SetDeadline does not revive a line that was hung up.
func (l *line) SetDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return os.ErrDeadlineExceeded
	}
	return l.Conn.SetDeadline(t)
}

// begin starts an operation and returns its number.
func (l *line) begin() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.operation++
	return l.operation
}

// end ends an operation: what would hang it up is late.
func (l *line) end(operation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.operation == operation {
		l.operation++
	}
}

// hangUp ends all reading and writing if the operation is still under way.
func (l *line) hangUp(operation uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.operation == operation {
		l.broken = true
		_ = l.Conn.SetDeadline(time.Unix(1, 0)) // a connection that is closed needs none
	}
}

func (l *line) hungUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// stale reports whether an idle line is of no use: the other end has closed it, or has said something that nobody asked
// for, which is nearly always why it is about to.
func (l *line) stale() bool {
	if l.hungUp() {
		return true
	}
	socket, ok := l.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	var waiting error
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, waiting = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true
	})
	return err != nil || waiting != syscall.EAGAIN && waiting != syscall.EWOULDBLOCK
}

// place is where the dialer puts the line of a connection that is being made.
type place struct {
	mu   sync.Mutex
	line *line
	over bool
}

func (p *place) put(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line = l
	if p.over {
		l.hangUp(0)
	}
}

// hangUp ends the making of the connection.
func (p *place) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if p.line != nil {
		p.line.hangUp(0) // no operation has begun yet
	}
}
