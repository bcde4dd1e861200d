package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"lyceum/domain"
	"lyceum/domain/integration"
)

// sendTimeout is for each command to the server; a job has a limit for all of them together.
const sendTimeout = 15 * time.Second

// SMTP sends through a mail server, over a connection of its own for each message.
type SMTP struct {
	// Roots are the authorities that may vouch for the server; nil stands for the machine's own.
	Roots *x509.CertPool

	host, user, password string
	port                 int
	implicit, plain      bool
}

// ParseSMTP reads the address of a mail server: smtps://user:password@host:465 speaks TLS from the start, smtp://…:587 turns to it
// with STARTTLS before anything else is said. Without TLS, by ?tls=none, it is believed on loopback addresses alone.
func ParseSMTP(text string) (*SMTP, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return nil, errors.New("it must look like smtps://user:password@mail.example:465 or smtp://user:password@mail.example:587")
	}
	s := &SMTP{host: u.Hostname(), port: 587}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.implicit, s.port = true, 465
	default:
		return nil, errors.New("it must begin with smtps:// (TLS from the start) or smtp:// (STARTTLS)")
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.password, _ = u.User.Password()
		if s.user == "" || s.password == "" {
			return nil, errors.New("it names a user without a password, or a password without a user")
		}
	}
	if port := u.Port(); port != "" {
		if s.port, err = strconv.Atoi(port); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("its port must be 1 to 65535")
		}
	}
	return s, s.readOptions(u)
}

func (s *SMTP) readOptions(u *url.URL) error {
	for name, values := range u.Query() {
		if name != "tls" || !slices.Equal(values, []string{"none"}) {
			return errors.New("the only option that it may have is tls=none")
		}
		if ip := net.ParseIP(s.host); s.implicit || s.host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return errors.New("tls=none is for smtp:// on a loopback address: elsewhere, passwords and links would be read on the way")
		}
		s.plain = true
	}
	return nil
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, _ domain.MailID, m *gomail.Msg) error {
	var more []gomail.Option
	if from, err := m.GetSender(false); err == nil { // many servers want a name with a domain, which a machine's own seldom is
		more = append(more, gomail.WithHELO(domainOf(strings.Trim(from, "<>"))))
	}
	client, err := s.client(more...)
	if err != nil {
		return s.discreet(err)
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		if m.IsDelivered() { // only the farewell failed
			return nil
		}
		return s.discreet(err)
	}
	return nil
}

// Ping signs in to the mail server, and says nothing.
func (s *SMTP) Ping(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return s.discreet(err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return s.discreet(err)
	}
	_ = client.Close() // it was let in
	return nil
}

func (s *SMTP) client(more ...gomail.Option) (*gomail.Client, error) {
	options := append([]gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(sendTimeout), gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.Roots}),
	}, more...)
	if s.implicit {
		options = append(options, gomail.WithSSL())
	}
	if s.plain {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.user != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if s.plain { // what discovers keeps a password back where the line is open, even to this machine itself
			auth = gomail.SMTPAuthPlainNoEnc
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	return gomail.NewClient(s.host, options...)
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// What a server says when it is the program that is to be let in, and not the message that is refused.
var aboutUs = []int{530, 534, 535, 538}

// discreet is an error without the password, and says whether it is for good.
func (s *SMTP) discreet(err error) error {
	text := err.Error()
	if s.password != "" {
		for _, secret := range []string{
			s.password, url.QueryEscape(s.password), base64.StdEncoding.EncodeToString([]byte(s.password)),
			base64.StdEncoding.EncodeToString([]byte("\x00" + s.user + "\x00" + s.password)),
		} {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	if refused := new(gomail.SendError); errors.As(err, &refused) {
		code := refused.ErrorCode()
		said := []gomail.SendErrReason{gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose}
		if code >= 500 && code < 600 && !slices.Contains(aboutUs, code) && slices.Contains(said, refused.Reason) {
			return fmt.Errorf("%w: %s", integration.ErrRefused, text)
		}
	}
	return errors.New(text)
}
