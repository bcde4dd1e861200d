package app

import (
	"net"
	"net/http"
	"slices"
	"time"
)

// Steady makes a listener whose connections are lost to a client that stops reading. The deadline is one for progress and
// not for an answer: large answers, downloads and streams may take long, but each step of them is taken in time. It stands
// at the connection because whoever writes there is meant: net/http, and the sockets that take connections over.
func Steady(l net.Listener) net.Listener { return steady{Listener: l, stall: stallTimeout} }

type steady struct {
	net.Listener
	stall time.Duration
}

func (l steady) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(buffer) // fails for a client that has gone already, as every write will
	}
	return &steadyConn{Conn: c, stall: l.stall}, nil
}

type steadyConn struct {
	net.Conn
	stall time.Duration
}

// buffer is what the system keeps of unread bytes; by itself it would grow to megabytes for each connection. Linux takes
// more only once a third of it is free, so that is what a client must take in the time of stall: about 11 KB a second.
const buffer = 256 << 10

// step is how much is written under one deadline.
const step = 64 << 10

func (c *steadyConn) Write(b []byte) (written int, err error) {
	for chunk := range slices.Chunk(b, step) {
		if err := c.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(chunk)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// CloseWrite lets net/http say that an answer is complete although the client is still sending: without it a refused
// upload would be reset before its refusal is read.
func (c *steadyConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// steadyStreams is Steady for HTTP/2, where a client that takes nothing of one answer may still take others of the same connection: each
// step of a stream is taken in time, or the stream is reset.
func steadyStreams(next http.Handler, stall time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor < 2 {
			next.ServeHTTP(w, r)
			return
		}
		s := &steadyStream{ResponseWriter: w, control: http.NewResponseController(w), stall: stall}
		defer s.limit() // of what net/http still has to write
		next.ServeHTTP(s, r)
	})
}

type steadyStream struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

// limit gives the stream its time. A stream that is gone needs none.
func (s *steadyStream) limit() { _ = s.control.SetWriteDeadline(time.Now().Add(s.stall)) }

// rest takes the limit away: between two events of a stream nothing need be taken.
func (s *steadyStream) rest() { _ = s.control.SetWriteDeadline(time.Time{}) }

func (s *steadyStream) Write(b []byte) (written int, err error) {
	defer s.rest()
	if len(b) == 0 {
		return s.ResponseWriter.Write(b) // which sends the headers
	}
	for chunk := range slices.Chunk(b, step) {
		s.limit()
		n, err := s.ResponseWriter.Write(chunk)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// FlushError is what http.ResponseController calls.
func (s *steadyStream) FlushError() error {
	s.limit()
	defer s.rest()
	return s.control.Flush()
}

// Flush implements http.Flusher.
func (s *steadyStream) Flush() { _ = s.FlushError() }

// Unwrap gives http.ResponseController the rest.
func (s *steadyStream) Unwrap() http.ResponseWriter { return s.ResponseWriter }
