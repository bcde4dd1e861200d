package auth

import (
	"net/netip"
	"sync"
)

// maxTurns is how many sign-ins of one address may wait or be judged at a time. Hashing is slow: without a share for
// each, one address could keep everybody at the door.
const maxTurns = 12

// turns counts the sign-ins under way by address.
type turns struct {
	mu      sync.Mutex
	waiting map[string]int
}

// take gives an address a turn; ok is false when it has as many as it may. done gives it back.
func (t *turns) take(address string) (done func(), ok bool) {
	place := neighbourhood(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil {
		t.waiting = map[string]int{}
	}
	if t.waiting[place] >= maxTurns {
		return nil, false
	}
	t.waiting[place]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.waiting[place]--; t.waiting[place] == 0 {
			delete(t.waiting, place)
		}
	}, true
}

// neighbourhood is the address itself, or the /64 that an IPv6 customer commands.
func neighbourhood(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || !a.Is6() {
		return address
	}
	network, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
