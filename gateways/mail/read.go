package mail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
)

// readMessage reads a message that this package wrote: two parts that say the same.
func readMessage(raw []byte) (*Stored, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	words := new(mime.WordDecoder)
	stored := &Stored{}
	for header, value := range map[string]*string{"To": &stored.To, "From": &stored.From, "Subject": &stored.Subject} {
		if *value, err = words.DecodeHeader(m.Header.Get(header)); err != nil {
			return nil, err
		}
	}
	if stored.Date, err = m.Header.Date(); err != nil {
		return nil, err
	}
	kind, options, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return nil, errors.Join(errors.New("the message has other parts than text and HTML"), err)
	}
	for parts := multipart.NewReader(m.Body, options["boundary"]); ; {
		part, err := parts.NextPart() // decodes quoted-printable
		if errors.Is(err, io.EOF) {
			return stored, nil
		}
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		if kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind == "text/html" {
			stored.HTML = string(body)
		} else {
			stored.Text = string(body)
		}
	}
}
