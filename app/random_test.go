package app_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/app/apptest"
	"lyceum/db/demo"
	"lyceum/graph"
	"lyceum/graph/rows"
)

var (
	operationCount = flag.Int("operations", 800, "how many random operations are compared")
	seed           = flag.Uint64("seed", 1, "which random operations")
)

// Whatever an operation asks, and whoever asks it, is answered to the letter alike by generated code, by generated code with
// rows that are read whole, and by gqlgen field by field. go test ./app -run RandomOperations -operations 20000 compares more of
// them, and looks whether every field and every guard was met often enough.
func TestRandomOperationsAreAnsweredAlikeEachWay(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	r := newRandom(t, h)
	r.run(t, *operationCount)
	r.mutate(t, 1+*operationCount/1000)

	if *operationCount >= 20000 {
		for _, f := range r.fields() {
			if r.answered[f] < 20 {
				t.Errorf("%s was answered %d times only", f, r.answered[f])
			}
		}
		r.guardsWereAsked(t)
	}
	if all := len(r.fields()); len(r.answered) < 9*all/10 {
		t.Errorf("only %d of %d fields were answered", len(r.answered), all)
	}
	ways := h.Ways()
	t.Logf("%d operations with %d fields, answered %v; %d were refused as too large; seed %d", r.compared, len(r.answered), ways, r.large, *seed)
	fast, slow := ways[rows.Written]/2, ways[rows.Fallback] // two of three times generated code may answer
	if ways[rows.Failed] > 0 || fast < 9*(fast+slow/2)/10 {
		t.Errorf("too few root fields were written by generated code: %v", ways)
	}
	if r.large > r.compared/4 {
		t.Errorf("%d of %d operations were too large to be answered", r.large, r.compared)
	}
}

// random compares operations that are made up.
type random struct {
	made    *apptest.Operations
	callers map[string]*apptest.Caller

	mu       sync.Mutex
	compared int
	large    int
	answered map[string]int             // fields, by "User.email"
	passed   map[string]map[string]bool // guarded fields, by whom they were given to
	refused  map[string]map[string]bool // and to whom they were not
}

func newRandom(t *testing.T, h *apptest.App) *random {
	r := &random{
		made:     apptest.NewOperations(graph.NewExecutableSchema(graph.Config{}).Schema(), *seed),
		callers:  map[string]*apptest.Caller{visitor: h.Anonymous(t)},
		answered: map[string]int{}, passed: map[string]map[string]bool{}, refused: map[string]map[string]bool{},
	}
	for _, who := range callers[1:] {
		name := who
		switch who {
		case learner:
			name = "seat"
		case self:
			name = "team"
		}
		r.callers[who] = h.SignIn(t, name+"@"+demo.Domain, demo.Password)
	}
	h.Exec(`insert into content_files (content_id, sha256, name, media_type, bytes)
		select id, repeat('ab', 32), 'a.png', 'image/png', 7 from content_items`)
	h.Exec(`insert into subscription_seats (subscription_id, user_id, assigned_by)
		select s.id, u.id, s.user_id from user_subscriptions s join users u on u.username = 'ines'`)
	h.Exec(`insert into river.river_job (kind, args, state, finalized_at, max_attempts, errors)
		select 'clean_up', '{}', 'discarded', now(), 25, array['{"at": "2026-01-01T00:00:00Z", "attempt": 1, "error": "no such table"}'::jsonb]
		from generate_series(1, 3)`)
	h.Exec(`insert into backups (reason, state, name, finished_at, restorable_from, cluster_bytes, stored_bytes, files, removed_at)
		select 'schedule', 'whole', 'backup ' || n, now(), now(), n, n, n, now() from generate_series(1, 3) n`)
	h.Exec(`insert into restore_drills (reason, state, backup_name, finished_at, lost_ms, took_ms, tables, rows_counted)
		select 'schedule', 'passed', 'backup ' || n, now(), n, n, n, n from generate_series(1, 3) n`)
	h.Exec(`insert into alerts (rule_id, level, what, remedy, value, ended_at, acknowledged_at, acknowledged_by)
		select r.id, 'warning', 'it is slow', 'wait', 7, now(), now(), u.id from alert_rules r, users u where u.username = 'chiara' and r.threshold is not null`)
	h.Exec(`update alert_rules set quiet_from = '22:00', quiet_until = '07:00' where threshold is not null`)
	h.Exec(`insert into log_archives (log, month, file, bytes, sha256, row_count, rows_digest)
		values ('login_attempts', '2025-01-01', 'a.parquet', 7, sha256('a'), 1, sha256('b'))`)
	h.Exec(`update content_items set author_id = (select id from users where username = 'chiara') where slug like '%a%'`)
	r.made.IDs = idsOf(r.callers[admin], r.made.Schema)
	nodes := []string{}
	for _, name := range slices.Sorted(maps.Keys(r.made.IDs)) {
		nodes = append(nodes, r.made.IDs[name][0], r.made.IDs[name][len(r.made.IDs[name])-1])
	}
	r.made.Seeds = map[string][]string{
		"contentItem": {`slug: "what-a-model-is"`, `slug: "no-such-item"`},
		"category":    {`slug: "foundations"`, `slug: "no-such-branch"`},
		"search":      {`query: "gradient"`, `query: "model or data", accessible: true`, `query: "no such words"`},
	}
	r.made.Often = []string{"contentItem", "contentItems", "search", "node", "nodes", "viewer"} // what everybody may ask
	for _, id := range nodes {
		r.made.Seeds["node"] = append(r.made.Seeds["node"], fmt.Sprintf("id: %q", id))
		r.made.Seeds["nodes"] = append(r.made.Seeds["nodes"], fmt.Sprintf("ids: [%q, %q, %q]", id, nodes[0], nodes[len(nodes)/2]))
	}
	for _, id := range r.made.IDs["ContentItem"] { // locked ones among them
		r.made.Seeds["contentItem"] = append(r.made.Seeds["contentItem"], fmt.Sprintf("id: %q", id))
	}
	for _, id := range r.made.IDs["UserSubscription"] { // one of which the learner has a seat in
		r.made.Seeds["node"] = append(r.made.Seeds["node"], fmt.Sprintf("id: %q", id))
	}
	return r
}

// idsOf are ids of all kinds of rows that lists answer with.
func idsOf(c *apptest.Caller, schema *ast.Schema) map[string][]string {
	ids := map[string][]string{}
	for _, root := range schema.Query.Fields {
		page := schema.Types[root.Type.Name()]
		if !strings.HasSuffix(page.Name, "Connection") || root.Name == "search" {
			continue
		}
		row := schema.Types[page.Fields.ForName("nodes").Type.Name()]
		if row.Fields.ForName("id") == nil {
			continue
		}
		if found := c.Must("{ page: "+root.Name+"(first: 40) { nodes { id } } }").Strings("page.nodes", "id"); len(found) > 0 {
			ids[row.Name] = found
		}
	}
	return ids
}

// run compares queries, several at a time, as each caller in turn.
func (r *random) run(t *testing.T, n int) {
	type job struct {
		who string
		apptest.Operation
	}
	jobs, wait := make(chan job), sync.WaitGroup{}
	for range 3 {
		wait.Go(func() {
			for j := range jobs {
				r.compare(t, j.who, "Query", j.Operation)
			}
		})
	}
	for i := range n {
		if t.Failed() {
			break
		}
		who := admin // who may ask everything, every other time
		if i%2 > 0 {
			who = callers[i/2%len(callers)]
			if i%10 == 1 { // who reaches the fewest rows, and so the fewest guards
				who = visitor
			}
		}
		r.made.Counting = who == admin
		jobs <- job{who, r.made.Query()}
	}
	close(jobs)
	wait.Wait()
}

// mutate compares what mutations answer that change nothing when they are sent again. It runs alone: queries would see what
// the first of them changes.
func (r *random) mutate(t *testing.T, n int) {
	item, user := r.made.IDs["ContentItem"][0], r.made.IDs["User"][0]
	for i, who := range callers {
		eventKey := fmt.Sprintf("01900000-0000-7000-8000-00000000000%d", i)
		asked := map[string][]string{
			"updateProfile":  {`firstName: "Ada"`, `username: "a b"`},
			"reportProgress": {fmt.Sprintf(`itemId: %q, eventKey: %q, percent: 5`, item, eventKey), `itemId: "x", eventKey: "x", percent: 5`},
			"grantContentAccess": {
				fmt.Sprintf(`userId: %q, itemId: %q, idempotencyKey: "grant %s"`, user, item, who), fmt.Sprintf(`userId: %q, idempotencyKey: "no grant %s"`, user, who),
			},
			"revokeContentAccess": {fmt.Sprintf(`grantId: %q, idempotencyKey: "revoke %s"`, r.made.IDs["ContentGrant"][0], who)},
			"cancelSubscription":  {fmt.Sprintf(`subscriptionId: %q, idempotencyKey: "cancel %s"`, r.made.IDs["UserSubscription"][i], who)},
			"resumeSubscription":  {fmt.Sprintf(`subscriptionId: %q, idempotencyKey: "resume %s"`, r.made.IDs["UserSubscription"][i], who)},
			"retryJob":            {`jobId: "job_0190c0ffee00700080000000000000ff"`},
			"discardJob":          {`jobId: "job_0190c0ffee00700080000000000000ff"`},
			"retryMail":           {`mailId: "mail_0190c0ffee00700080000000000000ff"`},
			"archivePlan":         {fmt.Sprintf(`planId: "plan_0190c0ffee00700080000000000000ff", idempotencyKey: "archive %s"`, who)},
			"endSubscription":     {fmt.Sprintf(`subscriptionId: "subscription_0190c0ffee00700080000000000000ff", idempotencyKey: "end %s"`, who)},
			"revokeSession":       {`sessionId: "session_0190c0ffee00700080000000000000ff"`},
			"signIn":              {`email: "nobody", password: ""`},
			"refreshAnalytics":    {""}, "revokeOtherSessions": {""},

			"register": {`email: "nobody", password: ""`}, "resendVerification": {`email: "nobody"`}, "requestPasswordReset": {`email: "nobody"`},
			"verifyEmail": {`token: ""`}, "resetPassword": {`token: "", password: ""`}, "acceptInvitation": {`token: "", password: ""`},
			"confirmEmailChange": {`token: ""`}, "undoEmailChange": {`token: ""`},
			"changePassword":     {fmt.Sprintf(`currentPassword: "", newPassword: "", idempotencyKey: "password %s"`, who)},
			"changeEmail":        {fmt.Sprintf(`password: "", newEmail: "nobody", idempotencyKey: "email %s"`, who)},
			"closeAccount":       {fmt.Sprintf(`password: "", idempotencyKey: "close %s"`, who)},
			"createUser":         {fmt.Sprintf(`email: "%s@random.test", idempotencyKey: "create %[1]s"`, who)},
			"inviteUsers":        {fmt.Sprintf(`users: [{email: "%s2@random.test"}, {email: "nobody"}], idempotencyKey: "invite %[1]s"`, who)},
			"suspendUser":        {fmt.Sprintf(`userId: %q, reason: "", idempotencyKey: "suspend %s"`, user, who)},
			"restoreUser":        {fmt.Sprintf(`userId: %q, reason: "", idempotencyKey: "restore %s"`, user, who)},
			"unlockUser":         {`userId: "user_0190c0ffee00700080000000000000ff"`},
			"revokeUserSessions": {`userId: "user_0190c0ffee00700080000000000000ff"`}, "forgetDevices": {""},
			"assignRole":   {fmt.Sprintf(`userId: %q, role: "analyst", expiresAt: "2049-01-01T00:00:00Z", idempotencyKey: "assign %s"`, user, who)},
			"withdrawRole": {fmt.Sprintf(`userId: %q, role: "billing", idempotencyKey: "withdraw %s"`, user, who)},
		}
		maps.Copy(asked, contentAlike(who, item, user, r.made.IDs["Category"][0]))
		for name, inputs := range asked {
			for _, input := range inputs {
				if input != "" || name == "forgetDevices" {
					input = "input: {" + input + "}"
				}
				first := r.made.Mutation(name, input)
				r.callers[who].Ask(first.Text, first.Variables)
				for range n {
					r.compare(t, who, "Mutation", r.made.Mutation(name, input))
				}
			}
		}
	}
	for range 20 {
		r.compare(t, visitor, "Mutation", r.made.Mutation("signOut", ""))
	}
}

// compare asks each way. What the way that is asked first answers at the end as at the beginning cannot have changed meanwhile,
// as the moment does in which a session was last seen.
func (r *random) compare(t *testing.T, who, root string, o apptest.Operation) {
	c := r.callers[who]
	fast := c.Ask(o.Text, o.Variables)
	for range 3 {
		others := map[string]apptest.Answer{
			"with whole rows": c.AskWholeRows(o.Text, o.Variables), "field by field": c.AskFieldByField(o.Text, o.Variables),
		}
		same := true
		for _, other := range others {
			same = same && told(fast) == told(other)
		}
		if same {
			break
		}
		again := c.Ask(o.Text, o.Variables)
		if told(again) != told(fast) {
			fast = again
			continue
		}
		for way, other := range others {
			t.Errorf("%s %v is answered to %s\n%.3000s\nand %s\n%.3000s", o.Text, o.Variables, who, told(fast), way, told(other))
		}
		break
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.compared++
	for _, e := range fast.Errors {
		switch e.Code() {
		case "VALIDATION_FAILED", "PARSE_FAILED", "INTERNAL", "TIMEOUT", "OVERLOADED", "":
			t.Errorf("%s %v as %s: %.1000s", o.Text, o.Variables, who, fast.Raw)
		case "LIMIT_EXCEEDED":
			r.large++
		case "UNAUTHENTICATED", "FORBIDDEN", "CONTENT_LOCKED":
			note(r.refused, r.at(root, e.Path), who)
		}
	}
	r.read(who, root, fast.Data)
}

func note(where map[string]map[string]bool, field, who string) {
	if where[field] == nil {
		where[field] = map[string]bool{}
	}
	where[field][who] = true
}

// at is the field at the end of an error's path.
func (r *random) at(object string, path []any) (field string) {
	for _, step := range path {
		if key, ok := step.(string); ok {
			field = apptest.FieldOf(key, object)
			object = r.below(field)
		}
	}
	return field
}

// below is the type that a field answers with.
func (r *random) below(field string) string {
	object, name, _ := strings.Cut(field, ".")
	if f := r.made.Schema.Types[object].Fields.ForName(name); f != nil {
		return f.Type.Name()
	}
	return ""
}

// read counts the fields of an answer.
func (r *random) read(who, object string, data any) {
	switch at := data.(type) {
	case []any:
		for _, v := range at {
			r.read(who, object, v)
		}
	case map[string]any:
		for key, v := range at {
			if key == "__typename" {
				continue
			}
			field := apptest.FieldOf(key, object)
			r.answered[field]++
			if v != nil {
				note(r.passed, field, who)
			}
			if below := r.below(field); r.made.Schema.Types[below].IsCompositeType() {
				r.read(who, below, v)
			}
		}
	}
}

// fields are all that can be asked, but those of streams, of introspection and of interfaces.
func (r *random) fields() (all []string) {
	for _, d := range r.made.Schema.Types {
		if d.Kind != ast.Object || strings.HasPrefix(d.Name, "__") || d == r.made.Schema.Subscription {
			continue
		}
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && apptest.Steady(d, f) {
				all = append(all, d.Name+"."+f.Name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// guardsWereAsked fails where a guard let nobody pass or refused nobody, or where a caller never met it.
func (r *random) guardsWereAsked(t *testing.T) {
	for name, row := range matrix {
		if slices.Contains(apptest.NeverTheSame, name) {
			continue
		}
		if len(r.passed[name]) == 0 || len(r.refused[name]) == 0 {
			t.Errorf("%s was given to %v and refused to %v", name, r.passed[name], r.refused[name])
		}
		for _, who := range callers {
			if !r.passed[name][who] && !r.refused[name][who] && !slices.Contains(row.silent, who) {
				t.Errorf("%s was never decided for %s", name, who)
			}
		}
	}
}
