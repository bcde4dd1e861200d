package blobs

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
)

// explained is an error of a place in a sentence that says what to do; what the driver said is kept for those who ask for its kind.
type explained struct {
	text string
	err  error
}

// Error is the sentence.
func (e explained) Error() string { return e.text }

// Unwrap is what the driver said.
func (e explained) Unwrap() error { return e.err }

// ofStore is what a server of S3's protocol answered.
type ofStore interface {
	error
	ErrorCode() string
	ErrorMessage() string
}

// withStatus is what has a status of HTTP.
type withStatus interface {
	error
	HTTPStatusCode() int
}

// explain names the folder of a place that cannot be written. What a driver of object stores says is long, has ids of requests, and does
// not say what to do.
func (o *Objects) explain(err error) error {
	if err == nil {
		return nil
	}
	if path := new(fs.PathError); errors.As(err, &path) && o.folder != "" {
		return fmt.Errorf("the place %s cannot be used: %w", o.folder, path)
	}
	if o.folder != "" {
		return err
	}
	say := func(format string, args ...any) error {
		return explained{fmt.Sprintf("the object store "+format, args...), err}
	}
	const setKeys = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	var answer ofStore
	var status withStatus
	var unreachable *net.OpError
	var unnamed *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &unnamed):
		return say("cannot be reached, since there is no host %s: check the endpoint in its URL, and use_path_style=true for a server of "+
			"one's own", unnamed.Name)
	case errors.As(err, &unreachable):
		return say("cannot be reached: %v; check the endpoint in its URL", unreachable)
	case strings.Contains(text, "get credentials"):
		return say("wants keys, and none are known here: set %s, or name them in the files of AWS's tools", setKeys)
	case strings.Contains(text, "Invalid region"), strings.Contains(text, "Missing Region"), strings.Contains(text, "MissingRegion"):
		return say("cannot be found without its region: add region=… to its URL")
	case !errors.As(err, &answer):
		return err
	case answer.ErrorCode() == "NoSuchBucket":
		return say("has no bucket %s: make it there, or correct its name", o.name)
	case errors.As(err, &status) && (status.HTTPStatusCode() == http.StatusUnauthorized || status.HTTPStatusCode() == http.StatusForbidden),
		strings.Contains(answer.ErrorCode(), "AccessKey"), strings.Contains(answer.ErrorCode(), "User"):
		return say("does not let these keys use the bucket %s (%s): check %s, and what they may do there", o.name, answer.ErrorCode(), setKeys)
	default:
		return say("refuses: %s (%s)", strings.TrimSuffix(answer.ErrorMessage(), "."), answer.ErrorCode())
	}
}
