package domain

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Mail is a message to one person. It is written from a template in their language, and sent once the transaction that asks for
// it is committed.
type Mail struct {
	// Cause is what the message is sent for, such as "verification:0190…". A second message for the same cause is not sent.
	Cause    string
	Template MailTemplate
	To       string            // one address, checked by whoever asks
	UserID   UserID            // whose address it is; Anonymous when it is nobody's
	Locale   string            // BCP 47, such as "de-CH"; a language without templates is answered in English
	Values   map[string]string // what the template says; never a secret, since they are stored
	Link     *MailLink         // nil for a message without a link that proves something
}

// MailTemplate names a template in gateways/mail/templates.
type MailTemplate string

// MailLink is a link whose token proves that its holder reads the mail. The token is in the message only.
type MailLink struct {
	Action         LinkAction
	VerificationID VerificationID
}

// LinkAction is what following a link does: the page for accounts offers a form for each.
type LinkAction string

// The actions.
const (
	LinkVerify          LinkAction = "verify"            // proves the address of a new account
	LinkInvitation      LinkAction = "invitation"        // accepts an invitation and chooses a password
	LinkReset           LinkAction = "reset"             // chooses a new password
	LinkEmailChange     LinkAction = "email-change"      // proves a new address
	LinkUndoEmailChange LinkAction = "undo-email-change" // takes a change of the address back
)

// MailTx is the part of a transaction that sends mail.
type MailTx interface {
	// SendMail has messages sent once the transaction is committed, all of them by one statement.
	SendMail(ctx context.Context, mails ...Mail) error
}

// LinkKey signs the links of mails. It is kept outside the database, so that whoever reads the database can follow no link.
type LinkKey []byte

// Token is the secret of a verification's link: 43 characters that can stand in a URL. It can be made again from the key, so that
// a message that is sent twice has the same link, and that no secret waits in the queue.
func (k LinkKey) Token(id VerificationID) string {
	mac := hmac.New(sha256.New, k)
	_, _ = mac.Write(id.UUID[:]) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// TokenHash is what is stored of a token.
func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
