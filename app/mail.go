package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/url"
	"path/filepath"
	"strings"

	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/gateways/mail"
)

// accountPath is the page that links in mails lead to.
const accountPath = "/account"

// checkMail reads what the settings say about mail: the server, the sender and where links lead.
func (c *Config) checkMail() (faults []error) {
	if c.SMTPURL != "" {
		var err error
		if c.smtp, err = mail.ParseSMTP(c.SMTPURL); err != nil {
			faults = append(faults, fmt.Errorf("LYCEUM_SMTP_URL: %w", err))
		}
	}
	from, err := c.sender()
	if err != nil {
		faults = append(faults, fmt.Errorf("LYCEUM_MAIL_FROM must look like Lyceum <no-reply@school.example>: %w", err))
	}
	c.from = from
	if err := c.checkAccountURL(); err != nil {
		faults = append(faults, fmt.Errorf("LYCEUM_ACCOUNT_URL must look like https://school.example/account: %w", err))
	}
	return faults
}

func (c *Config) sender() (*netmail.Address, error) {
	if c.MailFrom != "" {
		from, err := netmail.ParseAddress(c.MailFrom)
		if err != nil || strings.ContainsFunc(from.Name, func(r rune) bool { return r < ' ' }) {
			return nil, errors.New("it is no address of a sender")
		}
		return from, nil
	}
	host := "localhost"
	if c.public != nil && net.ParseIP(c.public.Hostname()) == nil {
		host = c.public.Hostname()
	}
	return &netmail.Address{Name: "Lyceum", Address: "no-reply@" + host}, nil
}

// checkAccountURL reads where links lead. The token stands behind a #, so that no server and no log on the way gets to see it.
func (c *Config) checkAccountURL() error {
	if c.AccountURL == "" {
		if c.public != nil {
			c.AccountURL = c.public.String() + accountPath
		}
		return nil
	}
	u, err := url.Parse(c.AccountURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("it must be an address of a page")
	case u.User != nil || u.Fragment != "" || strings.Contains(c.AccountURL, "#"):
		return errors.New("it must have neither a user nor a fragment")
	case c.Production() && u.Scheme != "https" && !loopback(u.Hostname()):
		return errors.New("it must be https in production")
	}
	return nil
}

// inbox is the folder of messages in development without a mail server.
func (c *Config) inbox(log *slog.Logger) mail.Folder {
	return mail.Folder{Dir: filepath.Join(c.DataDir, "inbox"), Log: log}
}

// hasInbox reports whether mail goes to a folder: in development, where no server is set.
func (c *Config) hasInbox() bool { return !c.Production() && c.smtp == nil }

// courier writes mail, and sends it as the settings say.
func (c *Config) courier(log *slog.Logger) (mail.Courier, error) {
	key, err := LinkKey(c)
	courier := mail.Courier{From: c.from, AccountURL: c.AccountURL, Key: key}
	switch {
	case c.smtp != nil:
		courier.Sender = c.smtp
	case c.hasInbox():
		courier.Sender = c.inbox(log)
	default:
		log.Warn("no mail server is set (LYCEUM_SMTP_URL): messages wait, and are given up after three days")
		courier.Sender = mail.Nowhere{}
	}
	return courier, err
}

// LinkKey is the key that signs the links of mails; it is made in the data folder where there is none. Processes that share a
// database share the folder, too. Errors: ErrNoData.
func LinkKey(c *Config) (domain.LinkKey, error) {
	if !c.hasDataDir() {
		return nil, fmt.Errorf("%w: the folder %s, which keeps the key of links in mail, does not exist. Run this with the server's "+
			"LYCEUM_DATA_DIR", ErrNoData, c.dataDir())
	}
	key, err := embedded.KeepSecret(filepath.Join(c.DataDir, "links.key"))
	return domain.LinkKey(key), err
}
