package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// locked is the code of a body that the viewer may not open. No other error is looked for in an answer.
const locked = "CONTENT_LOCKED"

// refusal is a field that is null because the viewer may not have it.
type refusal struct{ Path, Code string }

// refusalsOf reads the errors of an answer. Another error than a refusal is an error here.
func refusalsOf(text json.RawMessage) ([]refusal, error) {
	if len(text) == 0 {
		return nil, nil
	}
	var said []struct {
		Message    string
		Path       []any
		Extensions struct{ Code string }
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, err
	}
	var all []refusal
	for _, e := range said {
		if e.Extensions.Code != locked {
			return nil, fmt.Errorf("%s: %s", e.Extensions.Code, e.Message)
		}
		var path []string
		for _, step := range e.Path {
			path = append(path, fmt.Sprint(step))
		}
		all = append(all, refusal{strings.Join(path, "."), e.Extensions.Code})
	}
	return all, nil
}

// besideRows takes the refusals out of an answer of the SQL, which has them beside its rows.
func besideRows(answer json.RawMessage) (rows json.RawMessage, refused []refusal, err error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(answer, &parts); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(parts["refused"], &refused); err != nil {
		return nil, nil, fmt.Errorf("the SQL does not say what is refused: %w", err)
	}
	delete(parts, "refused")
	rows, err = json.Marshal(parts)
	return rows, refused, err
}

// refusalsDiffer names what only one of two lists has. Their order is no matter: the specification leaves it open.
func refusalsDiffer(ours, theirs []refusal) []string {
	order := func(a, b refusal) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code)) }
	ours, theirs = slices.SortedFunc(slices.Values(ours), order), slices.SortedFunc(slices.Values(theirs), order)
	var found []string
	for len(ours) > 0 || len(theirs) > 0 {
		switch {
		case len(theirs) == 0 || len(ours) > 0 && order(ours[0], theirs[0]) < 0:
			found, ours = append(found, "only the first refuses "+ours[0].Path+" with "+ours[0].Code), ours[1:]
		case len(ours) == 0 || order(ours[0], theirs[0]) > 0:
			found, theirs = append(found, "only the second refuses "+theirs[0].Path+" with "+theirs[0].Code), theirs[1:]
		default:
			ours, theirs = ours[1:], theirs[1:]
		}
	}
	return found[:min(10, len(found))]
}

// What part of the rows may be refused for an operation to be what it says: about one in ten.
const (
	leastRefused = 0.05
	mostRefused  = 0.15
)
