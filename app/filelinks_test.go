package app

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

func TestALinkHoldsForWhatItSaysAndForAWhile(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 12, 3, 0, 0, time.UTC)
	now := at
	l, err := newFileLinks(&Config{DataDir: t.TempDir(), PublicURL: "https://school.example/"}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	viewer, item, sum := domain.UserID{UUID: uuid.New()}, domain.ItemID{UUID: uuid.New()}, strings.Repeat("ab", 32)
	link := l.FileLink(viewer, item, sum)
	u, err := url.Parse(link)
	if err != nil || u.Host != "school.example" || !strings.HasPrefix(u.Path, "/files/item_") {
		t.Fatalf("%s, %v", link, err)
	}
	check := func(spoil func(parts []string, q url.Values)) error {
		parts, q := strings.Split(u.Path, "/"), u.Query()
		if spoil != nil {
			spoil(parts, q)
		}
		f, err := l.check(parts[2], parts[3], q)
		if err == nil && (f.viewer != viewer || f.item != item || f.sum != sum) {
			t.Errorf("%+v", f)
		}
		return err
	}
	if err := check(nil); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(parts []string, q url.Values){
		"another item":       func(p []string, _ url.Values) { p[2] = domain.FormatID(domain.ItemID{UUID: uuid.New()}) },
		"another kind":       func(p []string, _ url.Values) { p[2] = domain.FormatID(viewer) },
		"another file":       func(p []string, _ url.Values) { p[3] = strings.Repeat("cd", 32) },
		"another person":     func(_ []string, q url.Values) { q.Set("for", domain.FormatID(domain.UserID{UUID: uuid.New()})) },
		"the visitor":        func(_ []string, q url.Values) { q.Set("for", domain.FormatID(domain.Visitor)) },
		"a later end":        func(_ []string, q url.Values) { q.Set("until", "9999999999") },
		"no end":             func(_ []string, q url.Values) { q.Del("until") },
		"a sign before":      func(_ []string, q url.Values) { q.Set("until", "+"+q.Get("until")); q.Set("signature", "") },
		"no signature":       func(_ []string, q url.Values) { q.Del("signature") },
		"another signature":  func(_ []string, q url.Values) { q.Set("signature", strings.Repeat("A", 43)) },
		"half a signature":   func(_ []string, q url.Values) { q.Set("signature", q.Get("signature")[:22]) },
		"a signature twice?": func(_ []string, q url.Values) { q.Set("signature", q.Get("signature")+"AAAA") },
	} {
		if err := check(spoil); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now = at.Add(5 * time.Minute); l.FileLink(viewer, item, sum) != link {
		t.Error("the address changes every minute: no browser finds again what it has")
	}
	if now = at.Add(59 * time.Minute); check(nil) != nil {
		t.Error("it does not hold for an hour")
	}
	if now = at.Add(71 * time.Minute); check(nil) == nil {
		t.Error("it holds for ever")
	}
	other, err := newFileLinks(&Config{DataDir: t.TempDir()}, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.check(strings.Split(u.Path, "/")[2], sum, u.Query()); err == nil {
		t.Error("another school's key fits")
	}
}
