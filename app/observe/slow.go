package observe

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// How much is told of the statements of a slow operation.
const (
	mostSlow   = 10   // statements
	longestSQL = 1000 // bytes of each
)

// slowStatement is what a statement came to in a slow operation.
type slowStatement struct {
	Milliseconds float64 `json:"ms"` // of all times together
	Times        int     `json:"times"`
	SQL          string  `json:"sql"` // as it was declared, on one line; it has no values in it
}

// slowStatements are the longest first, and in text the form of JSON too.
type slowStatements []slowStatement

// MarshalText implements encoding.TextMarshaler, for the text format.
func (s slowStatements) MarshalText() ([]byte, error) { return s.MarshalJSON() }

// MarshalJSON implements json.Marshaler.
func (s slowStatements) MarshalJSON() ([]byte, error) { return json.Marshal([]slowStatement(s)) }

// slowStatements sums up what a request sent to the database, by statement, the longest first.
func (r *request) slowStatements() slowStatements {
	byText := map[string]*slowStatement{}
	r.tally.Each(func(text string, took time.Duration) {
		s := byText[text]
		if s == nil {
			s = &slowStatement{SQL: shortened(strings.Join(strings.Fields(text), " "), longestSQL)}
			byText[text] = s
		}
		s.Times++
		s.Milliseconds += milliseconds(took)
	})
	all := make(slowStatements, 0, len(byText))
	for _, s := range byText {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b slowStatement) int {
		return cmp.Or(cmp.Compare(b.Milliseconds, a.Milliseconds), strings.Compare(a.SQL, b.SQL))
	})
	return all[:min(len(all), mostSlow)]
}
