package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A connection that is closed while its client's next request is on the way loses it: the client is told before.
func TestConnectionsAreAskedToCloseWhenTheProgramLeaves(t *testing.T) {
	t.Parallel()
	a := &App{}
	server := httptest.NewUnstartedServer(a.sayFarewell(http.NotFoundHandler()))
	a.counted(server.Config)
	server.Start()
	t.Cleanup(server.Close)
	for _, leaving := range []bool{false, true} {
		a.leaving.Store(leaving)
		response, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.Close != leaving {
			t.Errorf("leaving %v: the connection is closed: %v", leaving, response.Close)
		}
	}
	for a.connections.Load() != 0 { // the closed one is counted until it is
		if a.connections.Load() < 0 {
			t.Fatal("more connections are closed than were opened")
		}
	}
	mux := http.NewServeMux()
	a.health(mux)
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if answer.Code != http.StatusServiceUnavailable {
		t.Errorf("it is still ready: %d", answer.Code)
	}
}
