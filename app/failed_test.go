package app_test

import (
	"encoding/json"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/db/demo"
)

const madeFieldByField = `msg="an answer is made field by field"`

// A table that the program may not read is a fault of ours: the answer is made by gqlgen, the reason stands in the log, once,
// and what a client does wrong does not.
func TestAFaultWhereRowsAreReadIsLoggedOnceAndHidden(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	boss := h.SignIn(t, "admin@demo.test", demo.Password)
	logged := func(query string) (apptest.Answer, string) {
		before := len(h.Logged())
		a := boss.Ask(query)
		return a, h.Logged()[before:]
	}
	a, said := logged(`{ contentCategories(first: 3) { nodes { name items(after: "no cursor") { nodes { title } } } } }`)
	if strings.Contains(said, madeFieldByField) || len(a.Errors) == 0 || a.Errors[0].Code() != "INVALID" || h.Written("contentCategories") {
		t.Errorf("a foreign cursor: %s %.300s", said, a.Raw)
	}
	h.Exec("revoke select on content_prerequisites from lyceum_app")
	const query = `{ contentLibrary(first: 3) { nodes { title prerequisites { title } } } }`
	a, said = logged(query)
	line := madeFieldByField + ` field=contentLibrary path=contentLibrary.nodes[0].prerequisites error=`
	if strings.Count(said, line) != 1 || strings.Count(said, madeFieldByField) != 1 || !strings.Contains(said, "permission denied") {
		t.Errorf("the log says %s", said)
	}
	if len(a.Errors) == 0 || a.Errors[0].Code() != "INTERNAL" || strings.Contains(a.Raw, "permission denied") {
		t.Errorf("answered %s", a.Raw)
	}
	if slow := boss.AskFieldByField(query); told(slow) != told(a) {
		t.Errorf("answered %s\nand field by field %s", told(a), told(slow))
	}
}

// PostgreSQL knows numbers that JSON does not.
func TestANumberThatIsNoneIsAnErrorInAnAnswerThatCanBeRead(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	h.Exec("alter table learning_analytics drop constraint learning_analytics_score_range")
	h.Exec("update learning_analytics set score = 'NaN'")
	boss := h.SignIn(t, "admin@demo.test", demo.Password)
	const query = `{ users(first: 50) { nodes { progress(first: 3) { nodes { percent score } } } } }`
	fast, slow := boss.Ask(query), boss.AskFieldByField(query)
	if !json.Valid([]byte(fast.Raw)) || len(fast.Errors) == 0 || fast.Errors[0].Code() != "INTERNAL" || strings.Contains(fast.Raw, "NaN") || !strings.Contains(fast.Raw, `"score":null`) {
		t.Errorf("answered %.2000s", fast.Raw)
	}
	if told(fast) != told(slow) {
		t.Errorf("answered %.2000s\nand field by field %.2000s", told(fast), told(slow))
	}
}
