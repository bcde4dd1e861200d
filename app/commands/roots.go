package commands

// Where the system has no list of certificate authorities, as in an image that holds the program alone, this one is used; the system's own
// goes first. Time zones are built in, too (domain/users).
import _ "golang.org/x/crypto/x509roots/fallback"
