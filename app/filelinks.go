package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lyceum/db/embedded"
	"lyceum/domain"
)

// A link holds for linkLifetime and at most linkRound more: within a round the same file has the same address, so that a
// browser finds again what it has.
const (
	linkLifetime = time.Hour
	linkRound    = 10 * time.Minute
	filesPath    = "/files/"
	filesKeyFile = "files.key"
)

// fileLinks signs and checks addresses of files. It is resolvers.FileLinks. A signature says only for whom a link was made;
// whether she may have the file is asked when it is used.
type fileLinks struct {
	key  []byte
	base string
	now  domain.Clock
}

func newFileLinks(c *Config, now domain.Clock) (*fileLinks, error) {
	key, err := embedded.KeepSecret(filepath.Join(c.DataDir, filesKeyFile))
	if err != nil {
		return nil, err
	}
	return &fileLinks{key: []byte(key), base: strings.TrimRight(c.PublicURL, "/") + filesPath, now: now}, nil
}

// fileLink is what a link says.
type fileLink struct {
	item   domain.ItemID
	sum    string
	viewer domain.UserID
	until  int64
}

func (l *fileLinks) signature(f fileLink) []byte {
	mac := hmac.New(sha256.New, l.key)
	// Every part has a fixed form, so that no two links have the same text.
	fmt.Fprintf(mac, "lyceum file 1\n%s\n%s\n%s\n%d", f.item, f.sum, f.viewer, f.until)
	return mac.Sum(nil)
}

// FileLink implements resolvers.FileLinks.
func (l *fileLinks) FileLink(viewer domain.UserID, item domain.ItemID, sum string) string {
	f := fileLink{item: item, sum: sum, viewer: viewer, until: l.now().Add(linkLifetime + linkRound).Truncate(linkRound).Unix()}
	query := url.Values{
		"for": {domain.FormatID(viewer)}, "until": {strconv.FormatInt(f.until, 10)},
		"signature": {base64.RawURLEncoding.EncodeToString(l.signature(f))},
	}
	return l.base + domain.FormatID(item) + "/" + sum + "?" + query.Encode()
}

var errBadLink = domain.Errorf(domain.CodeForbidden, "this link is not valid; ask the graph for a new one")

// check reads a link. Errors: FORBIDDEN for one that was not made here or has run out; which of the two it does not say.
func (l *fileLinks) check(item, sum string, query url.Values) (fileLink, error) {
	var f fileLink
	id, err := domain.ParseGlobalID(item)
	if err == nil {
		f.item, err = domain.AsID[domain.ItemID](id)
	}
	if err != nil {
		return f, errBadLink
	}
	if id, err = domain.ParseGlobalID(query.Get("for")); err == nil {
		f.viewer, err = domain.AsID[domain.UserID](id)
	}
	if err != nil {
		return f, errBadLink
	}
	f.sum = sum
	if f.until, err = strconv.ParseInt(query.Get("until"), 10, 64); err != nil {
		return f, errBadLink
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(query.Get("signature"))
	if err != nil || !hmac.Equal(given, l.signature(f)) || l.now().Unix() >= f.until {
		return f, errBadLink
	}
	return f, nil
}
