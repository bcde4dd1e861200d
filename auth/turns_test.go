package auth

import (
	"fmt"
	"testing"
)

func TestOneAddressHasItsShareOfSignInsAndNoMore(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"203.0.113.%d", "2001:db8:0:%d::1"} {
		var all turns
		first, second := fmt.Sprintf(place, 1), fmt.Sprintf(place, 2)
		var done []func()
		for range maxTurns {
			leave, ok := all.take(first)
			if !ok {
				t.Fatalf("%s was refused its share", first)
			}
			done = append(done, leave)
		}
		if _, ok := all.take(first); ok {
			t.Errorf("%s took more than its share", first)
		}
		if _, ok := all.take(second); !ok {
			t.Errorf("%s was refused for %s", second, first)
		}
		done[0]()
		if _, ok := all.take(first); !ok {
			t.Errorf("%s did not get its turn back", first)
		}
	}
}

func TestAnIPv6CustomerIsOneAddressAndWhoHasLeftIsForgotten(t *testing.T) {
	t.Parallel()
	var all turns
	for n := range maxTurns {
		if _, ok := all.take(fmt.Sprintf("2001:db8::%x", n+1)); !ok {
			t.Fatal("refused its share")
		}
	}
	if _, ok := all.take("2001:db8::ffff"); ok {
		t.Error("a /64 took more than its share")
	}
	leave, _ := all.take("203.0.113.1")
	leave()
	if len(all.waiting) != 1 {
		t.Errorf("remembered: %v", all.waiting)
	}
}
