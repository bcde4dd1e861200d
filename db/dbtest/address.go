package dbtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreeAddress is an address of 127.0.0.1 that a program of the test may listen on. It is below the system's range for outgoing
// connections, one of which would take a port of that range before the program has it, and below the ports of built-in servers.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(10_000)))
		if l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address); err == nil && l.Close() == nil {
			return address
		}
	}
	t.Fatal("no free port on 127.0.0.1")
	return ""
}
