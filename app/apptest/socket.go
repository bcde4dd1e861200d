package apptest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// patience is how long a test waits for what the server must do; the longest limit of a socket is 15 seconds.
const patience = time.Minute

// Socket is an open websocket of a caller.
type Socket struct {
	*websocket.Conn
	t *testing.T
}

// Message is one of graphql-transport-ws.
type Message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Dial opens a websocket with the caller's cookies, whatever the server answers.
func (c *Caller) Dial(header http.Header, subprotocols ...string) (*Socket, *http.Response, error) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, c.url, &websocket.DialOptions{
		HTTPClient: c.client, HTTPHeader: header, Subprotocols: subprotocols, CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		return nil, response, err
	}
	conn.SetReadLimit(-1)
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	return &Socket{Conn: conn, t: c.t}, response, nil
}

// Handshake opens a websocket that has not been initialised.
func (c *Caller) Handshake() *Socket {
	c.t.Helper()
	s, response, err := c.Dial(nil, "graphql-transport-ws") //nolint:bodyclose // the library has read and replaced it
	if err != nil {
		c.t.Fatalf("the handshake is refused: %v %v", err, response)
	}
	return s
}

// Socket opens a websocket that is ready for operations.
func (c *Caller) Socket() *Socket {
	c.t.Helper()
	s := c.Handshake()
	s.Send(`{"type":"connection_init"}`)
	if m := s.Next(); m.Type != "connection_ack" {
		c.t.Fatalf("no connection_ack but %+v", m)
	}
	return s
}

// Wait sends a request with the caller's cookies and reads its answer to the end, or until the context of the request ends.
func (c *Caller) Wait(r *http.Request) error {
	response, err := c.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// Send writes a message as it stands.
func (s *Socket) Send(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Errorf("send %.80s: %v", text, err)
	}
}

// Subscribe begins an operation.
func (s *Socket) Subscribe(id, query string) {
	s.t.Helper()
	text, err := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": query}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Send(string(text))
}

// Next reads a message.
func (s *Socket) Next() (m Message) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	_, text, err := s.Read(ctx)
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return m
}

// Code reads until the server closes the socket and returns the code of its close frame, -1 without one.
func (s *Socket) Code() websocket.StatusCode {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for {
		if _, _, err := s.Read(ctx); err != nil {
			if ctx.Err() != nil {
				s.t.Error("the socket stays open")
			}
			return websocket.CloseStatus(err)
		}
	}
}
