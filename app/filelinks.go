package app

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/domain/content"
)

const (
	filesPath    = "/files/"
	filesKeyFile = "files.key"
)

// fileLinks writes links to files as addresses and reads them from requests. It is resolvers.FileLinks. Which link is valid, and
// who is given the file, is decided by content.Downloads.
type fileLinks struct {
	content.Downloads
	base string
}

// newFileLinks signs with the key in the data folder, which it makes where there is none.
func newFileLinks(c *Config, store content.DownloadStore, now domain.Clock) (*fileLinks, error) {
	key, err := embedded.KeepSecret(filepath.Join(c.DataDir, filesKeyFile))
	if err != nil {
		return nil, err
	}
	return &fileLinks{
		Downloads: content.Downloads{Store: store, Clock: now, Key: []byte(key)},
		base:      strings.TrimRight(c.PublicURL, "/") + filesPath,
	}, nil
}

// FileLink implements resolvers.FileLinks.
func (l *fileLinks) FileLink(viewer domain.UserID, item domain.ItemID, sum string) string {
	f := l.Link(viewer, item, sum)
	query := url.Values{"for": {f.For}, "until": {f.Until}, "signature": {f.Signature}}
	return l.base + f.Item + "/" + f.Sum + "?" + query.Encode()
}

// sent is the link that a request was made with.
func sent(r *http.Request) content.FileLink {
	q := r.URL.Query()
	return content.FileLink{
		Item: r.PathValue("item"), Sum: r.PathValue("sum"), For: q.Get("for"), Until: q.Get("until"), Signature: q.Get("signature"),
	}
}
