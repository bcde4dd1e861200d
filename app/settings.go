package app

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// otherSettings is what else begins with LYCEUM_: the settings of the built-in PostgreSQL, of tests, and what Kubernetes tells of a
// service named so.
var otherSettings = regexp.MustCompile(`^LYCEUM_(POSTGRES_BIN|POSTGRES_MIRROR|TEST_.*|EMBEDDED_TEST_.*|SERVICE_.*|PORT(_.*)?)$`)

// otherDatabases is what hosts and other programs say of a database; some of it looks like a setting of ours that is misspelt.
var otherDatabases = regexp.MustCompile(`^DATABASE_(HOST|PORT|NAME|USER|USERNAME|PASSWORD|SCHEMA|DB|TYPE)$`)

// notYet are settings of the design that the program does not know yet: whoever sets one would believe that it does something.
var notYet = map[string]string{
	"DATABASE_REPLICA_URLS": "read replicas are not supported yet; all reads go to the database of DATABASE_URL",
}

// unknownSettings refuses settings that are misspelt or not supported yet, and an empty LYCEUM_ENV: what was meant to close something
// would stay open. Every unknown name that begins with LYCEUM_ is one; of others only those that look like a setting.
func unknownSettings(environment []string) (faults []error) {
	fields, err := env.GetFieldParams(&Config{})
	if err != nil {
		return []error{err}
	}
	known := []string{"LYCEUM_POSTGRES_BIN", "LYCEUM_POSTGRES_MIRROR"}
	for _, f := range fields {
		if f.Key != "" {
			known = append(known, f.Key)
		}
	}
	for _, setting := range environment {
		name, value, _ := strings.Cut(setting, "=")
		near := nearest(name, known)
		switch {
		case name == "LYCEUM_ENV" && value == "":
			faults = append(faults, errors.New("LYCEUM_ENV is empty: it must be development or production"))
		case slices.Contains(known, name) || otherSettings.MatchString(name) || otherDatabases.MatchString(name):
		case notYet[name] != "":
			faults = append(faults, fmt.Errorf("%s: %s", name, notYet[name]))
		case near != "" && hasPrefixFold(name, "LYCEUM_", "DATABASE_"):
			faults = append(faults, fmt.Errorf("%s is no setting; did you mean %s?", name, near))
		case hasPrefixFold(name, "LYCEUM_"):
			faults = append(faults, fmt.Errorf("%s is no setting (docs/running.md lists them)", name))
		}
	}
	return faults
}

func hasPrefixFold(name string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) })
}

// nearEnough is how many letters a misspelt name may have wrong.
const nearEnough = 2

// nearest is the setting that a name seems to mean: the one with the fewest letters to change, or of which it is a longer or a
// shorter form; of several the one whose length is nearest. Empty when there is none.
func nearest(name string, known []string) string {
	name = strings.ToUpper(name)
	best, found := nearEnough+1, ""
	for _, k := range known {
		if d := distance(name, k); d < best {
			best, found = d, k
		}
	}
	if found != "" || !strings.HasPrefix(name, "LYCEUM_") {
		return found
	}
	for _, k := range known {
		form := strings.HasPrefix(name, k) || strings.HasPrefix(k, name)
		if len(name) > len("LYCEUM_")+2 && form && (found == "" || apart(k, name) < apart(found, name)) {
			found = k
		}
	}
	return found
}

func apart(a, b string) int { return max(len(a)-len(b), len(b)-len(a)) }

// distance is how many letters have to be changed, added or left out to make one name of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
