//go:build linux

package embedded_test

import "testing"

func TestASecondProgramAttachesAndTakesOverWhenTheFirstLeaves(t *testing.T) {
	t.Parallel()
	for how, leave := range map[string]func(*other){"by stopping": (*other).stop, "by kill -9": (*other).kill} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			first := run(t, part{Dir: dir}, nil)
			if first.Error != "" {
				t.Fatal(first.Error)
			}
			keep(t, first.URL)
			second := start(t, dir)
			if second.Owned() || second.Port() != first.Port || second.SuperuserURL() != first.URL {
				t.Fatalf("it did not attach: owned %v, port %d and not %d", second.Owned(), second.Port(), first.Port)
			}
			used := pool(t, second.SuperuserURL())
			do(t, used, "select 1")
			leave(first)
			until(t, "the second takes over", second.Owned)
			if second.Port() != first.Port {
				t.Errorf("the port was %d and is %d", first.Port, second.Port())
			}
			until(t, "the pool is served again", func() bool { return used.PingContext(t.Context()) == nil })
			kept(t, first.URL)
		})
	}
}

func TestAProgramThatOnlyAttachedLeavesTheServerRunning(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := start(t, dir)
	guest := run(t, part{Dir: dir}, nil)
	if guest.Error != "" || guest.Owned {
		t.Fatalf("%+v", guest.report)
	}
	before := postmaster(t, dir)
	guest.stop()
	do(t, pool(t, owner.SuperuserURL()), "select 1")
	if postmaster(t, dir) != before {
		t.Error("the server was started anew")
	}
}
