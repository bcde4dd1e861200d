package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lyceum/app/observe"
	"lyceum/auth"
)

func TestAPanicHasALine(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	to := slog.New(slog.NewJSONHandler(&log, nil))
	a := &App{log: to, observer: observe.New(observe.Options{Log: to})}
	server := httptest.NewServer(auth.WithRequestID(a.observer.Requests(a.recovering(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("secret")
	})))))
	response, err := http.Get(server.URL + "/graphql")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	server.Close() // the line is written
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var line struct {
		Level, Msg, Request string
		Status              int
		Errors              map[string]int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Msg != "request" || line.Level != "WARN" || line.Status != 500 || line.Errors["INTERNAL"] != 1 || line.Request != response.Header.Get("X-Request-Id") {
		t.Errorf("%s", log.String())
	}
}
