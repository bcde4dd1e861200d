package auth

import (
	"fmt"
	"testing"
)

func TestOneAddressHasItsShareAndNoMore(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"203.0.113.%d", "2001:db8:0:%d::1"} {
		all := NewShares(maxTurns)
		first, second := fmt.Sprintf(place, 1), fmt.Sprintf(place, 2)
		var done []func()
		for range maxTurns {
			leave, ok := all.TakeAddress(first)
			if !ok {
				t.Fatalf("%s was refused its share", first)
			}
			done = append(done, leave)
		}
		if _, ok := all.TakeAddress(first); ok {
			t.Errorf("%s took more than its share", first)
		}
		if _, ok := all.TakeAddress(second); !ok {
			t.Errorf("%s was refused for %s", second, first)
		}
		done[0]()
		done[0]() // giving back twice gives back once
		if _, ok := all.TakeAddress(first); !ok {
			t.Errorf("%s did not get its share back", first)
		}
		if _, ok := all.TakeAddress(first); ok {
			t.Errorf("%s got more back than it gave", first)
		}
	}
}

func TestAnIPv6CustomerIsOneAddressAndWhoHasLeftIsForgotten(t *testing.T) {
	t.Parallel()
	all := NewShares(maxTurns)
	for n := range maxTurns {
		if _, ok := all.TakeAddress(fmt.Sprintf("2001:db8::%x", n+1)); !ok {
			t.Fatal("refused its share")
		}
	}
	if _, ok := all.TakeAddress("2001:db8::ffff"); ok {
		t.Error("a /64 took more than its share")
	}
	leave, _ := all.TakeAddress("203.0.113.1")
	leave()
	if len(all.held) != 1 {
		t.Errorf("remembered: %v", all.held)
	}
}
