package domain

import (
	"errors"
	"fmt"
)

// Code is the stable, machine-readable kind of an Error. Clients switch on it; the text may change.
type Code string

// The codes an Error can carry.
const (
	CodeInvalid         Code = "INVALID"         // the input can never be right
	CodeNotFound        Code = "NOT_FOUND"       // no such thing, or none that this viewer may know of
	CodeConflict        Code = "CONFLICT"        // somebody else was first, or the thing has changed
	CodeRefused         Code = "REFUSED"         // a rule says no
	CodeLocked          Code = "CONTENT_LOCKED"  // the access decision says no
	CodeUnauthenticated Code = "UNAUTHENTICATED" // sign in first
	CodeForbidden       Code = "FORBIDDEN"       // signed in, but not allowed
	CodeOverloaded      Code = "OVERLOADED"      // too busy; try again later
	CodeTimeout         Code = "TIMEOUT"         // took longer than it may
	CodeUnavailable     Code = "UNAVAILABLE"     // something that the program depends on does not answer; try again later
	CodeInternal        Code = "INTERNAL"        // our fault; details are in the log only
)

// Error is what every exported function of the domain and the store returns when something that a caller can act on goes
// wrong. Anything else is internal and is masked before it leaves the program.
type Error struct {
	Code    Code
	Reason  string   // finer than Code, an enum value of the domain, e.g. USERNAME_TAKEN; may be empty
	Message string   // one sentence for people, free of internals
	Path    []string // which part of the input, outermost first; may be empty
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Because returns a copy of e that says more precisely why.
func (e *Error) Because(reason string) *Error {
	c := *e
	c.Reason = reason
	return &c
}

// At returns a copy of e that points at a part of the input.
func (e *Error) At(path ...string) *Error {
	c := *e
	c.Path = path
	return &c
}

// CodeOf tells the code of err: its own if it is or wraps an Error, INTERNAL for any other, empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// AsUserError reports whether err is something that the caller can correct with other input: it then travels as data in a
// payload's userErrors and not as an error of the request.
func AsUserError(err error) (*Error, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return nil, false
	}
	switch e.Code {
	case CodeInvalid, CodeNotFound, CodeConflict, CodeRefused:
		return e, true
	default:
		return nil, false
	}
}
