package mail

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"

	gomail "github.com/wneessen/go-mail"

	"lyceum/domain"
	"lyceum/domain/integration"
)

// Sender takes a message that is written. Errors: integration.ErrRefused, wrapped, when another attempt would be in vain.
type Sender interface {
	Send(ctx context.Context, id domain.MailID, m *gomail.Msg) error
}

// ErrNoServer means that no mail server is set, in production.
var ErrNoServer = errors.New("no mail server is set (LYCEUM_SMTP_URL)")

// Nowhere is the sender of a server without a mail server: messages wait.
type Nowhere struct{}

// Send implements Sender. Errors: ErrNoServer, always.
func (Nowhere) Send(context.Context, domain.MailID, *gomail.Msg) error { return ErrNoServer }

// Courier writes messages and hands them to a sender. It implements integration.Courier.
type Courier struct {
	From       *netmail.Address
	AccountURL string // of the page that links lead to
	Key        domain.LinkKey
	Sender     Sender
}

// Deliver implements integration.Courier. The same letter is written the same way each time, with the same Message-ID: a reader's
// mail program shows it once, should it have been sent twice because the answer of the first time was lost.
func (c Courier) Deliver(ctx context.Context, l *integration.Letter) error {
	m, err := c.write(l)
	if err != nil {
		return fmt.Errorf("%w: %w", integration.ErrRefused, err)
	}
	return c.Sender.Send(ctx, l.ID, m)
}

func (c Courier) write(l *integration.Letter) (*gomail.Msg, error) {
	values := map[string]string{}
	if err := json.Unmarshal(l.Values, &values); err != nil {
		return nil, fmt.Errorf("the values of the message cannot be read: %w", err)
	}
	var link string
	if l.Action != nil && l.VerificationID != nil {
		link = c.AccountURL + "#" + string(*l.Action) + "=" + c.Key.Token(*l.VerificationID)
	}
	w, err := write(l.Template, l.Locale, values, link)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.From)
	if err := m.To(l.Recipient); err != nil {
		return nil, errors.New("the address of the recipient cannot be written")
	}
	m.Subject(w.subject)
	m.SetMessageIDWithValue(hex.EncodeToString(l.ID.UUID[:]) + "@" + domainOf(c.From.Address))
	m.SetDateWithValue(l.CreatedAt)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's out-of-office answers
	m.SetGenHeader("Content-Language", languageOf(l.Locale))
	m.SetBodyString(gomail.TypeTextPlain, w.text)
	m.AddAlternativeString(gomail.TypeTextHTML, w.html)
	return m, nil
}
