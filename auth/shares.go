package auth

import (
	"net/netip"
	"sync"
)

// Shares counts what each address or user holds at a time, so that nobody holds more than their share. Who holds nothing
// is forgotten.
type Shares struct {
	most int
	mu   sync.Mutex
	held map[string]int
}

// NewShares allows each holder so many at a time.
func NewShares(most int) *Shares { return &Shares{most: most, held: map[string]int{}} }

// Take gives a holder one more; ok is false when they hold as many as they may. done gives it back.
func (s *Shares) Take(holder string) (done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[holder] >= s.most {
		return nil, false
	}
	s.held[holder]++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.held[holder]--; s.held[holder] == 0 {
			delete(s.held, holder)
		}
	}), true
}

// TakeAddress is Take for an address. An IPv6 customer commands a /64, which counts as one address.
func (s *Shares) TakeAddress(address string) (done func(), ok bool) {
	if a, err := netip.ParseAddr(address); err == nil && a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			address = network.String()
		}
	}
	return s.Take(address)
}
