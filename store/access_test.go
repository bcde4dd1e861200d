package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
	"lyceum/store/storetest"
)

// The reference model of the access decision: plain loops over plain values, in the words of the design.
type (
	person struct {
		id     domain.UserID
		status string
		staff  bool
		levels []int // of their active subscriptions, own and by seat
	}
	branch struct {
		id     domain.CategoryID
		parent *branch
	}
	item struct {
		id        domain.ItemID
		branch    *branch
		level     int
		status    string
		published time.Duration // from now
		requires  []*item
		deleted   bool
	}
	grant struct {
		to         *person
		item       *item
		branch     *branch
		deny       bool
		from, till time.Duration // from now; till 0: for ever
		revoked    bool
	}
	world struct {
		people    []*person
		branches  []*branch
		items     []*item
		grants    []grant
		completed map[[2]int]bool
		waiting   map[[2]int]time.Duration
	}
)

// effect is what the active grants say: on the item first, then category by category upward; a denial wins ties.
func (w *world) effect(p *person, i *item) string {
	at := func(matches func(grant) bool) string {
		said := ""
		for _, g := range w.grants {
			if g.to != p || g.revoked || g.from > 0 || g.till < 0 || !matches(g) {
				continue
			}
			if g.deny {
				return "deny"
			}
			said = "allow"
		}
		return said
	}
	if said := at(func(g grant) bool { return g.item == i }); said != "" {
		return said
	}
	for b := i.branch; b != nil; b = b.parent {
		if said := at(func(g grant) bool { return g.branch == b }); said != "" {
			return said
		}
	}
	return ""
}

// decide answers for a user, or for the anonymous user when p is nil.
func (w *world) decide(p *person, i *item) content.AccessReason {
	level, effect := 0, ""
	if p != nil {
		if p.status != "active" {
			return content.AccountInactive
		}
		if p.staff {
			return content.ByRole
		}
		level, effect = max(1, slices.Max(append(p.levels, 0))), w.effect(p, i)
	}
	switch {
	case i.status != "published" || i.published > 0:
		return content.NotPublished
	case effect == "deny":
		return content.AccessDenied
	case effect == "" && i.level > level && p == nil:
		return content.SignInRequired
	case effect == "" && i.level > level:
		return content.PlanRequired
	}
	personAt, itemAt := slices.Index(w.people, p), slices.Index(w.items, i)
	if p != nil && w.waiting[[2]int{personAt, itemAt}] > 0 {
		return content.NotYetOpen
	}
	for _, needed := range i.requires {
		if !needed.deleted && (p == nil || !w.completed[[2]int{personAt, slices.Index(w.items, needed)}]) {
			if p == nil {
				return content.SignInRequired // nobody can complete anything as a visitor
			}
			return content.PrerequisiteMissing
		}
	}
	switch {
	case effect == "allow":
		return content.ByGrant
	case i.level == 0:
		return content.OpenToAll
	case i.level == 1:
		return content.OnceSignedIn
	default:
		return content.ByPlan
	}
}

func opens(r content.AccessReason) bool {
	return slices.Contains([]content.AccessReason{content.OpenToAll, content.OnceSignedIn, content.ByPlan, content.ByGrant, content.ByRole}, r)
}

const day = 24 * time.Hour

// build makes a random world and writes it down.
func build(b *storetest.Builder, r *rand.Rand) *world {
	w := &world{completed: map[[2]int]bool{}, waiting: map[[2]int]time.Duration{}}
	plans := map[int]domain.PlanID{2: b.Plan(2), 3: b.Plan(3)}
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	for n := range 14 {
		p := &person{status: pick("active", "active", "active", "suspended", "pending"), staff: n%7 == 3}
		p.id = b.User(fmt.Sprintf("person%d", n), storetest.Values{"account_status": p.status})
		if p.staff {
			b.Exec("insert into user_roles (user_id, role_id) select $1, id from roles where name = 'editor'", p.id)
		}
		w.people = append(w.people, p)
	}
	for n, p := range w.people {
		if r.IntN(2) == 0 {
			continue
		}
		level, end := 2+r.IntN(2), time.Duration(r.IntN(3)-1)*day+time.Hour
		sub := b.Subscription(p.id, plans[level], storetest.Values{"access_until": time.Now().Add(end), "status": pick("active", "past_due", "trialing", "paused")})
		guest := w.people[(n+5)%len(w.people)]
		b.Seat(sub, guest.id)
		if end > 0 {
			p.levels, guest.levels = append(p.levels, level), append(guest.levels, level)
		}
	}
	for n := range 9 {
		c, values := &branch{}, storetest.Values{}
		if n > 1 {
			c.parent = w.branches[r.IntN(len(w.branches))]
			values["parent_id"] = c.parent.id
		}
		c.id = b.Category(fmt.Sprintf("branch-%d", n), values)
		w.branches = append(w.branches, c)
	}
	for n := range 30 {
		i := &item{branch: w.branches[r.IntN(len(w.branches))], level: r.IntN(4), status: pick("published", "published", "published", "published", "draft", "archived")}
		i.published = time.Duration(r.IntN(12)-10) * day
		i.id = b.Item(i.branch.id, fmt.Sprintf("item-%d", n), i.level, storetest.Values{"status": i.status, "published_at": time.Now().Add(i.published)})
		for range r.IntN(3) {
			if n == 0 || r.IntN(2) == 0 {
				continue
			}
			if needed := w.items[r.IntN(len(w.items))]; !slices.Contains(i.requires, needed) {
				i.requires = append(i.requires, needed)
				b.Exec("insert into content_prerequisites (content_id, required_id) values ($1, $2)", i.id, needed.id)
			}
		}
		w.items = append(w.items, i)
	}
	for _, i := range w.items {
		if r.IntN(10) == 0 {
			i.deleted = true
			b.Exec("update content_items set deleted_at = now() where id = $1", i.id)
		}
	}
	for range 120 {
		g := grant{to: w.people[r.IntN(len(w.people))], deny: r.IntN(3) == 0, from: time.Duration(r.IntN(4)-2)*day - time.Hour, revoked: r.IntN(6) == 0}
		if r.IntN(2) == 0 {
			g.till = g.from + time.Duration(1+r.IntN(3))*day
		}
		values := storetest.Values{"starts_at": time.Now().Add(g.from), "effect": map[bool]string{true: "deny", false: "allow"}[g.deny]}
		if g.till != 0 {
			values["ends_at"] = time.Now().Add(g.till)
		}
		if g.revoked {
			values["revoked_at"] = time.Now()
		}
		if r.IntN(2) == 0 {
			g.item = w.items[r.IntN(len(w.items))]
			values["content_id"] = g.item.id
		} else {
			g.branch = w.branches[r.IntN(len(w.branches))]
			values["category_id"] = g.branch.id
		}
		b.Grant(g.to.id, values)
		w.grants = append(w.grants, g)
	}
	for p := range w.people {
		for i := range w.items {
			if r.IntN(3) == 0 {
				w.completed[[2]int{p, i}] = true
				b.Completed(w.people[p].id, w.items[i].id)
			}
			if r.IntN(8) == 0 {
				wait := time.Duration(r.IntN(3)-1)*day + time.Hour
				w.waiting[[2]int{p, i}] = wait
				b.Exec("insert into content_unlocks (user_id, content_id, opens_at) values ($1, $2, $3)", w.people[p].id, w.items[i].id, time.Now().Add(wait))
			}
		}
	}
	return w
}

func TestTheViewDecidesLikeTheReferenceModelForEveryPair(t *testing.T) {
	t.Parallel()
	seen := map[content.AccessReason]int{}
	for seed := range uint64(4) {
		d := dbtest.New(t)
		w := build(storetest.New(t, d.Owner), rand.New(rand.NewPCG(seed, 7)))
		reader := store.NewReader(d.DB)
		var ids []domain.ItemID
		for _, i := range w.items {
			ids = append(ids, i.id)
		}
		for _, p := range append([]*person{nil}, w.people...) {
			who := domain.Anonymous
			if p != nil {
				who = p.id
			}
			decided, err := reader.Access(t.Context(), who, ids)
			if err != nil {
				t.Fatal(err)
			}
			got := map[domain.ItemID]*content.Access{}
			for _, a := range decided {
				got[a.ItemID] = a
			}
			var open []domain.ItemID
			for _, i := range w.items {
				if i.deleted {
					if got[i.id] != nil {
						t.Errorf("seed %d: a deleted item has a decision", seed)
					}
					continue
				}
				want := w.decide(p, i)
				seen[want]++
				if a := got[i.id]; a == nil || a.Reason != want || a.HasAccess != opens(want) {
					t.Errorf("seed %d, person %+v, item %+v: got %+v, want %s", seed, p, i, a, want)
				}
				if opens(want) && i.status == "published" && i.published <= 0 {
					open = append(open, i.id)
				}
			}
			checkLists(t, reader, who, open)
		}
	}
	for _, reason := range []content.AccessReason{
		content.OpenToAll, content.OnceSignedIn, content.ByPlan, content.ByGrant, content.ByRole, content.SignInRequired, content.PlanRequired,
		content.AccessDenied, content.NotYetOpen, content.PrerequisiteMissing, content.NotPublished, content.AccountInactive,
	} {
		if seen[reason] == 0 {
			t.Errorf("no pair of the random worlds was %s: the worlds are too tame", reason)
		}
	}
}

// checkLists holds the list and the search of what a user may open against the point checks.
func checkLists(t *testing.T, reader store.Reader, who domain.UserID, want []domain.ItemID) {
	t.Helper()
	first := int32(100)
	page := domain.PageArgs{First: &first}
	list, err := reader.ListItems(t.Context(), who, content.ItemFilter{Accessible: true}, content.ByTitle, page)
	if err != nil {
		t.Fatal(err)
	}
	hits, err := reader.SearchItems(t.Context(), who, "title", true, page, store.ItemJoins{})
	if err != nil {
		t.Fatal(err)
	}
	var listed, found []domain.ItemID
	for _, i := range list.Nodes() {
		listed = append(listed, i.ID)
	}
	for _, h := range hits.Nodes() {
		found = append(found, h.ID)
	}
	for name, got := range map[string][]domain.ItemID{"list": listed, "search": found} {
		if !sameItems(got, want) {
			t.Errorf("the %s of what %s may open has %d items, the point checks say %d", name, who, len(got), len(want))
		}
	}
}

func sameItems(a, b []domain.ItemID) bool {
	order := func(x, y domain.ItemID) int { return slices.Compare(x.UUID[:], y.UUID[:]) }
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}
