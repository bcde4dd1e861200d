package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"lyceum/app/apptest"
)

// transports are the four ways to send an operation. Each returns all that the server sends back until the operation is over.
var transports = map[string]func(ctx context.Context, address string, operation map[string]any) (string, error){
	"POST": func(ctx context.Context, address string, operation map[string]any) (string, error) {
		return send(ctx, http.MethodPost, address, operation, "application/json")
	},
	"GET": func(ctx context.Context, address string, operation map[string]any) (string, error) {
		query := url.Values{}
		for name, value := range operation {
			text, isText := value.(string)
			if !isText {
				encoded, err := json.Marshal(value)
				if err != nil {
					return "", err
				}
				text = string(encoded)
			}
			query.Set(name, text)
		}
		return send(ctx, http.MethodGet, address+"?"+query.Encode(), nil, "application/json")
	},
	"events": func(ctx context.Context, address string, operation map[string]any) (string, error) {
		return send(ctx, http.MethodPost, address, operation, "text/event-stream")
	},
	"websocket": overSocket,
}

func send(ctx context.Context, method, address string, operation map[string]any, accept string) (string, error) {
	body, err := json.Marshal(operation)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(string(body)))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return string(raw), err
}

func overSocket(ctx context.Context, address string, operation map[string]any) (string, error) {
	socket, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(address, "http"), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return "", err
	}
	defer socket.CloseNow() //nolint:errcheck // it is over either way
	socket.SetReadLimit(1 << 30)
	subscribe, err := json.Marshal(map[string]any{"type": "subscribe", "id": "1", "payload": operation})
	if err != nil {
		return "", err
	}
	for _, message := range []string{`{"type":"connection_init"}`, string(subscribe)} {
		if err := socket.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			return "", err
		}
	}
	var all strings.Builder
	for {
		_, raw, err := socket.Read(ctx)
		if err != nil {
			return all.String(), err
		}
		var message struct{ Type string }
		if err := json.Unmarshal(raw, &message); err != nil {
			return all.String(), err
		}
		switch message.Type {
		case "next", "error":
			all.Write(raw)
		}
		if message.Type == "complete" || message.Type == "error" {
			return all.String(), nil
		}
	}
}

// errorsIn are the errors of whatever a transport sent back.
func errorsIn(t *testing.T, raw string) (errs []apptest.Error, data any) {
	t.Helper()
	for line := range strings.SplitSeq(raw, "\n") {
		line = strings.TrimPrefix(line, "data: ")
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var message struct {
			Type    string
			Payload json.RawMessage
			Errors  []apptest.Error
			Data    any
		}
		if err := json.NewDecoder(strings.NewReader(line)).Decode(&message); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		switch {
		case message.Type == "error":
			if err := json.Unmarshal(message.Payload, &message.Errors); err != nil {
				t.Fatalf("%v: %s", err, raw)
			}
		case message.Payload != nil:
			if err := json.Unmarshal(message.Payload, &message); err != nil {
				t.Fatalf("%v: %s", err, raw)
			}
		}
		errs = append(errs, message.Errors...)
		if message.Data != nil {
			data = message.Data
		}
	}
	return errs, data
}
