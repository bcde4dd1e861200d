package commands_test

import (
	"strings"
	"testing"
)

func TestALargeDemoIsLoadedVerifiedAndServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := command(t, dir, nil, "demo", "--create", "--users", "120", "--items", "60", "--events", "700").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, said := range []string{"1 of 68: ", "68 of 68: vacuum", "the demo school is loaded in ", "people                              120", "learning events                     700"} {
		if !strings.Contains(string(out), said) {
			t.Errorf("it does not say %q: %s", said, out)
		}
	}
	if out, err := command(t, dir, nil, "audit", "verify").CombinedOutput(); err != nil || !strings.Contains(string(out), "whole") || strings.Contains(string(out), "not sealed") {
		t.Errorf("the logs: %v: %s", err, out)
	}
	if out, err := command(t, dir, nil, "demo", "--users", "120").CombinedOutput(); err == nil || !strings.Contains(string(out), "people already") {
		t.Errorf("a second load: %v: %s", err, out)
	}
	h := open(t, dir)
	for _, email := range []string{"pro@demo.test", "admin@demo.test"} {
		if a := h.ask(`mutation { signIn(input: {email: "` + email + `", password: "lyceum-demo"}) { viewer { email } } }`); !strings.Contains(a, email) {
			t.Errorf("%s cannot sign in: %s", email, a)
		}
	}
	if a := h.ask(`{ contentItems(first: 100) { totalCount nodes { popularity { views } } } }`); strings.Contains(a, "errors") {
		t.Errorf("the catalogue: %s", a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestADemoOfAnImpossibleSizeIsRefused(t *testing.T) {
	t.Parallel()
	out, err := command(t, t.TempDir(), nil, "demo", "--users", "99", "--items", "100001", "--events=-1").CombinedOutput()
	if err == nil {
		t.Fatal("it was loaded")
	}
	for _, said := range []string{"users must be 100 to 1000000, not 99", "items must be", "events must be"} {
		if !strings.Contains(string(out), said) {
			t.Errorf("%q is not said: %s", said, out)
		}
	}
	out, err = command(t, t.TempDir(), []string{"LYCEUM_ENV=production"}, "demo", "--users", "100").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "production") {
		t.Errorf("in production: %v: %s", err, out)
	}
}
