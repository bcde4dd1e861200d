package content

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"lyceum/domain"
)

// A link holds for linkLifetime and at most linkRound more: within a round the same file has the same address, so that a
// browser finds again what it has.
const (
	linkLifetime = time.Hour
	linkRound    = 10 * time.Minute
)

// DownloadStore is what giving files out needs of the database.
type DownloadStore interface {
	// Access asks the access decision for a user, anonymous ones too; it leaves out items that are not there.
	Access(ctx context.Context, user domain.UserID, items []domain.ItemID) ([]*Access, error)
	// FileOf reads one file of an item; nil when the item has no such file.
	FileOf(ctx context.Context, item domain.ItemID, sum string) (*File, error)
}

// Downloads decides who is given which file. A link is signed for one viewer, one item, one file and a while. The signature says only
// for whom it was made: whether they may have the file is asked each time that it is used.
type Downloads struct {
	Store DownloadStore
	Clock domain.Clock
	Key   []byte // of the signatures; whoever knows it can make links
}

// FileLink is a link to a file in words, as it travels: whoever sends it may have written anything.
type FileLink struct{ Item, Sum, For, Until, Signature string }

// Link makes a link to a file of an item for a viewer.
func (d Downloads) Link(viewer domain.UserID, item domain.ItemID, sum string) FileLink {
	l := link{item: item, sum: sum, viewer: viewer, until: d.Clock().Add(linkLifetime + linkRound).Truncate(linkRound).Unix()}
	return FileLink{
		Item: domain.FormatID(item), Sum: sum, For: domain.FormatID(viewer), Until: strconv.FormatInt(l.until, 10),
		Signature: base64.RawURLEncoding.EncodeToString(d.signature(l)),
	}
}

// File answers a link with the file, if the viewer that it was made for may open the item right now. Errors: FORBIDDEN for a
// link that was not made with the key or has run out, NOT_FOUND for an item that the viewer may not know of and for a file that is
// none of the item's, CONTENT_LOCKED with the reason.
func (d Downloads) File(ctx context.Context, sent FileLink) (*File, error) {
	l, err := d.read(sent)
	if err != nil {
		return nil, err
	}
	access, err := d.Store.Access(ctx, l.viewer, []domain.ItemID{l.item})
	switch {
	case err != nil:
		return nil, err
	case len(access) == 0 || !access[0].Visible():
		return nil, errNoFile
	case !access[0].HasAccess:
		return nil, access[0].Locked()
	}
	f, err := d.Store.FileOf(ctx, l.item, l.sum)
	if err == nil && f == nil {
		err = errNoFile
	}
	return f, err
}

var (
	errBadLink = domain.Errorf(domain.CodeForbidden, "this link is not valid; request a new one through the API")
	errNoFile  = domain.Errorf(domain.CodeNotFound, "the file does not exist")
)

// link is what a link says.
type link struct {
	item   domain.ItemID
	sum    string
	viewer domain.UserID
	until  int64
}

func (d Downloads) signature(l link) []byte {
	mac := hmac.New(sha256.New, d.Key)
	// Every part has a fixed form, so that no two links have the same text.
	fmt.Fprintf(mac, "lyceum file 1\n%s\n%s\n%s\n%d", l.item, l.sum, l.viewer, l.until)
	return mac.Sum(nil)
}

// read reads a link and checks it. Errors: FORBIDDEN; what is wrong with the link it does not say.
func (d Downloads) read(sent FileLink) (l link, err error) {
	if l.item, err = idIn[domain.ItemID](sent.Item); err != nil {
		return l, errBadLink
	}
	if l.viewer, err = idIn[domain.UserID](sent.For); err != nil {
		return l, errBadLink
	}
	l.sum = sent.Sum
	if l.until, err = strconv.ParseInt(sent.Until, 10, 64); err != nil {
		return l, errBadLink
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(sent.Signature)
	if err != nil || !hmac.Equal(given, d.signature(l)) || d.Clock().Unix() >= l.until {
		return l, errBadLink
	}
	return l, nil
}

// idIn reads an id of one kind. Errors: INVALID.
func idIn[T domain.TypedID](text string) (T, error) {
	id, err := domain.ParseGlobalID(text)
	if err != nil {
		var none T
		return none, err
	}
	return domain.AsID[T](id)
}
