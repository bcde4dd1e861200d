// Package certificates holds what the server shows in TLS handshakes: a pair of files that is read again when it changes, or a certificate
// that an authority gives by ACME. It also sends HTTP to HTTPS. It knows no settings and no routes; app reads those. Enter at Open.
package certificates
