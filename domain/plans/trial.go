package plans

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"
)

// Providers that deliver a+b@ to a@, Google also whatever the dots; and hosts of one provider at which a name has one mailbox. Microsoft
// and Fastmail give the same name at their hosts to several people.
var (
	dotless = []string{"gmail.com"}
	tagged  = []string{"outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "fastmail.com", "fastmail.fm", "proton.me"}
	oneHost = map[string]string{
		"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me", "me.com": "icloud.com", "mac.com": "icloud.com",
	}
)

// foldAddress is the same text for all spellings of an address that reach the same mailbox, as far as that is known of its provider.
func foldAddress(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	host = cmp.Or(oneHost[host], host)
	switch {
	case slices.Contains(dotless, host):
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
