package doctor

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

// CertificateFile reads when the certificate of a PEM file expires, and whether it is for a host: the first one, which is the server's own.
func CertificateFile(path, host string) (*Expiry, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return &Expiry{What: path, At: c.NotAfter, OtherName: c.VerifyHostname(host) != nil}, nil
	}
	return nil, fmt.Errorf("%s holds no certificate", path)
}
