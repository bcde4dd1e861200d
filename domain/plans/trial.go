package plans

import (
	"crypto/sha256"
	"slices"
	"strings"
)

// Providers that deliver a+b@ to a@; the first also whatever the dots.
var (
	dotless = []string{"gmail.com", "googlemail.com"}
	tagged  = []string{
		"outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "fastmail.com", "fastmail.fm", "proton.me",
		"protonmail.com", "pm.me",
	}
)

// foldAddress is the same text for all spellings of an address that reach the same mailbox, as far as that is known of its provider.
func foldAddress(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	switch {
	case slices.Contains(dotless, host):
		host = dotless[0]
		local, _, _ = strings.Cut(local, "+")
		local = strings.ReplaceAll(local, ".", "")
	case slices.Contains(tagged, host):
		local, _, _ = strings.Cut(local, "+")
	}
	return local + "@" + host
}

// trialDigest is what is kept of whoever has had a trial.
func trialDigest(address string) []byte {
	sum := sha256.Sum256([]byte("lyceum trial\n" + foldAddress(address)))
	return sum[:]
}
