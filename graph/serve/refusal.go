package serve

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A refusal has this many errors at most, and one more that says how many there are beside them.
const (
	maxErrors = 10
	maxWord   = 60 // bytes of a word that is quoted back
)

// capped keeps the first errors and says how many there were; count is their number where not all of them are in the list.
// A list that was capped stays as it is.
func capped(errs gqlerror.List, count int) gqlerror.List {
	count = max(count, len(errs))
	if count <= maxErrors || len(errs) == maxErrors+1 {
		return errs
	}
	more := fmt.Sprintf("and %d more errors", count-maxErrors)
	if count > maxFindings {
		more = fmt.Sprintf("and more than %d more errors", maxFindings-maxErrors)
	}
	return append(errs[:maxErrors:maxErrors], &gqlerror.Error{Message: more})
}

// ofVariables makes the error about a variable tell no name of the schema that was not sent: its path ends with the sent
// value, and its message names no type.
func ofVariables(errs gqlerror.List, sent map[string]any) gqlerror.List {
	for i, e := range errs {
		if len(e.Path) == 0 || e.Path[0] != ast.PathName("variable") || e.Extensions["code"] != errcode.ValidationFailed {
			continue
		}
		shown := *e
		shown.Path = sentPath(e.Path, sent)
		switch e.Message {
		case "must be defined", "cannot be null", "unknown field":
		default:
			shown.Message = "does not fit the type of its variable"
		}
		errs[i] = &shown
	}
	return errs
}

// sentPath is the part of a path that leads through what was sent.
func sentPath(path ast.Path, sent map[string]any) ast.Path {
	var at any = sent
	for i, step := range path[1:] {
		switch step := step.(type) {
		case ast.PathName:
			object, _ := at.(map[string]any)
			value, there := object[string(step)]
			if !there && i > 0 { // the name of the variable itself stands in the document
				return path[:i+1]
			}
			at = value
		case ast.PathIndex:
			if list, ok := at.([]any); ok && int(step) < len(list) {
				at = list[step]
			} // else one value stands for a list of one
		}
	}
	return path
}

// shortened is the beginning of a text, cut between characters.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
