package playground

import (
	"embed"

	"lyceum/domain"
)

//go:embed examples/*.graphql
var documents embed.FS

// Example is a tab: a document of named operations for one kind of reader.
type Example struct {
	Reader string `json:"reader"`
	Text   string `json:"text"`
}

// readers are the kinds of readers in the order of their tabs, with the permission without which a tab is of no use.
var readers = []struct {
	name  string
	needs domain.Permission
}{
	{"visitor", ""},
	{"newcomer", ""},
	{"learner", ""},
	{"admin", domain.UsersWrite},
	{"support", domain.SecurityRead},
	{"billing", domain.BillingWrite},
	{"analyst", domain.AnalyticsRead},
	{"editor", domain.ContentWrite},
	{"operator", domain.OperationsRead},
}

// Examples are all tabs.
func Examples() []Example { return examples(func(domain.Permission) bool { return true }) }

// examples are the tabs for somebody with these permissions.
func examples(may func(domain.Permission) bool) []Example {
	var some []Example
	for _, r := range readers {
		if r.needs != "" && !may(r.needs) {
			continue
		}
		text, err := documents.ReadFile("examples/" + r.name + ".graphql")
		if err != nil {
			panic(err) // each reader has a document; the tests read them all
		}
		some = append(some, Example{Reader: r.name, Text: string(text)})
	}
	return some
}

// tab is where a reader's tab stands; after all of them for nobody's.
func tab(reader string) int {
	for i, r := range readers {
		if r.name == reader {
			return i
		}
	}
	return len(readers)
}
