package sqlkit

import (
	"strconv"
	"strings"
)

// Filters are the conditions of a list whose callers fill in an F. Each stands beside the field that it is about, so that no two
// can be swapped. A filter that is not asked is not in the statement: one that says `$1 is null or …` would keep the plan from
// its index.
type Filters[F any] []Filter[F]

// Filter is a condition on a value, made by Where, or one that holds or not, made by Whether.
type Filter[F any] struct {
	text string
	flag bool
	ask  func(F) any // nil: not asked; a bool for a flag
}

// Where is a condition on a value, "u.account_status = ?", and where the value is found; nil asks nothing.
func Where[F, V any](condition string, value func(F) *V) Filter[F] {
	return Filter[F]{text: condition, ask: func(f F) any {
		if v := value(f); v != nil {
			return v // a nil *V in an any would not be nil
		}
		return nil
	}}
}

// Whether asks for the rows of which a condition holds, or for the others. The condition stands in the statement as it is, so
// that a partial index can serve it.
func Whether[F any](condition string, value func(F) *bool) Filter[F] {
	return Filter[F]{text: condition, flag: true, ask: func(f F) any {
		if v := value(f); v != nil {
			return *v
		}
		return nil
	}}
}

// BeginsWith is a condition that a text begins with a value, in whatever case. Unlike LIKE it finds an index of lower(text)
// with text_pattern_ops also in a plan that does not know the value.
func BeginsWith(text string) string {
	return "lower(" + text + ") ~>=~ lower(?) and lower(" + text + ") ~<~ (lower(?) || chr(1114111))"
}

// asked are the conditions of the filters that have a value, and all parameters after those of the list's own.
func (filters Filters[F]) asked(f F, params []any) (where string, all []any) {
	for _, c := range filters {
		v := c.ask(f)
		if v == nil {
			continue
		}
		if yes, isFlag := v.(bool); isFlag {
			where += c.holds(yes)
			continue
		}
		params = append(params, v)
		where += c.on(len(params))
	}
	return where, params
}

// holds is a flag's condition.
func (c Filter[F]) holds(yes bool) string {
	if yes {
		return " and (" + c.text + ")"
	}
	return " and (" + c.text + ") is not true"
}

// on is the condition on the nth parameter.
func (c Filter[F]) on(n int) string {
	return " and (" + strings.ReplaceAll(c.text, "?", "$"+strconv.Itoa(n)) + ")"
}
