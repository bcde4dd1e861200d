package resolvers_test

import (
	"slices"
	"strings"
	"testing"

	"lyceum/domain"
	"lyceum/graph"
	"lyceum/graph/gqlerr"
)

// The codes of userErrors and the reasons of access are reasons and codes of errors too; docs/errors.md lists all of them.
func TestTheSchemaKnowsNoErrorThatIsNotListed(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, m := range slices.Concat(gqlerr.Codes(), gqlerr.Reasons()) {
		listed[m.Name] = true
	}
	open := []string{"OPEN_TO_ALL", "SIGNED_IN", "SUBSCRIPTION", "GRANTED", "STAFF"} // no error has them
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for name, d := range schema.Types {
		if !strings.HasSuffix(name, "ErrorCode") && name != "AccessReason" {
			continue
		}
		for _, v := range d.EnumValues {
			if !listed[v.Name] && !slices.Contains(open, v.Name) {
				t.Errorf("%s.%s is not listed", name, v.Name)
			}
		}
	}
	reasons := schema.Types["AccessReason"]
	for _, m := range gqlerr.Reasons() {
		if strings.HasPrefix(m.Text, "With "+string(domain.CodeLocked)) && reasons.EnumValues.ForName(m.Name) == nil {
			t.Errorf("%s is no value of AccessReason", m.Name)
		}
	}
}
