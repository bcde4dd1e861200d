package gqlerr

import (
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"

	"lyceum/domain"
	"lyceum/domain/content"
)

// Codes of errors that have no place in the domain.
const (
	CodeParse      = "PARSE_FAILED"      // not GraphQL
	CodeValidation = "VALIDATION_FAILED" // GraphQL, but not of this schema
	CodeLimit      = "LIMIT_EXCEEDED"    // larger than an operation or its answer may be
	CodeBadRequest = "BAD_REQUEST"       // not a GraphQL request at all
	CodeCanceled   = "CANCELED"          // the client closed the connection
)

var own = []domain.Meaning{
	{Name: CodeParse, Text: "The document cannot be parsed as GraphQL."},
	{Name: CodeValidation, Text: "The document or its variables do not fit the schema."},
	{Name: CodeLimit, Text: "The operation or its response exceeds a limit; `limit` names the limit and `maximum` its value."},
	{Name: CodeBadRequest, Text: "The request is not a GraphQL request: its address, method, headers or JSON are wrong."},
	{Name: CodeCanceled, Text: "The client closed the connection before the response."},
}

// Codes are all values of extensions.code, with their meanings.
func Codes() []domain.Meaning { return slices.Concat(domain.Codes, own) }

// Reasons are all values of extensions.reason, with their meanings.
func Reasons() []domain.Meaning {
	all := slices.Clone(domain.Reasons)
	for reason, text := range content.LockedReasons() {
		all = append(all, domain.Meaning{Name: reason, Text: "With CONTENT_LOCKED: " + text + "."})
	}
	slices.SortFunc(all, func(a, b domain.Meaning) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// gqlgen's sockets present what is refused before it runs only if its code is known to be of that kind.
func init() {
	for _, code := range []string{CodeParse, CodeValidation, CodeLimit, CodeBadRequest, string(domain.CodeInvalid)} {
		errcode.RegisterErrorType(code, errcode.KindProtocol)
	}
}
