package store

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
)

var verb = regexp.MustCompile(`^(select|insert|update|delete|with)\s`)

// constants are all string constants of the package, joined as the compiler would.
func constants(t *testing.T) map[string]string {
	t.Helper()
	set := token.NewFileSet()
	//nolint:staticcheck // one folder without build tags is all it needs to read
	packages, err := parser.ParseDir(set, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, f := range packages["store"].Files {
		files = append(files, f)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, Importer: nil, FakeImportC: true, DisableUnusedImportCheck: true}
	_, _ = config.Check("store", set, files, info) // imports are not resolved; constants need none
	found := map[string]string{}
	for name, object := range info.Defs {
		if c, ok := object.(*types.Const); ok && c.Val().Kind() == constant.String {
			found[name.Name] = constant.StringVal(c.Val())
		}
	}
	return found
}

// Everything that looks like a statement is prepared as the role that will run it: a typo, a missing column or a missing
// privilege fails here and not at a user's.
func TestEveryStatementOfTheProgramPrepares(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var all []string
	fragments := []string{"firstItems", "metricsOfPlans"}
	for name, text := range constants(t) {
		if verb.MatchString(strings.TrimSpace(text)) && !slices.Contains(fragments, name) {
			all = append(all, text)
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d statements were found: the search is broken", len(all))
	}
	narrow := Reader{}.Project(Projection{
		"content.Item": {}, "content.Category": {}, "content.Consumption": {}, "content.Access": {}, "users.User": {}, "plans.Plan": {}, "plans.Subscription": {},
		"analytics.Popularity": {},
	})
	everything := ItemJoins{true, true, true}
	for _, r := range []Reader{{}, narrow} {
		p := r.projection
		items := `select ` + itemColumns.text(p)
		all = append(all, items+publishedItems, items+knownItems, items+knownItemBySlug, `select o.content_id as of_id, `+itemColumns.text(p)+translations,
			`select q.content_id as asks_id, `+itemColumns.text(p)+prerequisites, firstItems+itemColumns.text(p, "published_at")+firstItemsHere+"11"+firstItemsEnd,
			firstItems+itemColumns.text(p, "published_at")+firstItemsBelow+"11"+firstItemsEnd,
			r.hits(headPageOf, 11, everything), r.hits(openHeadPageOf, 11, ItemJoins{}), r.hits(openHeadPageOf, 11, ItemJoins{Category: true}), r.hits(bodyPageOf, 6, everything),
			`select `+decision.text(p)+ofItemsFor, `select `+userColumns.text(p)+usersByID, holders(p, nil)+holdersByID, metricsOfPlans+heldPlan.under("plan", p)+fromMetrics,
			`select `+popularityColumns.text(p)+popularityOf, `select `+consumptionColumns.text(p)+consumptionByKey, lockUser)
		for by := range itemOrders {
			all = append(all, r.with(itemList, publishedList, by, everything).statements()...)
			all = append(all, r.with(openItemList, openItems, by, everything).statements()...)
		}
		all = append(all, projected(r, consumptionList, domain.NewestFirst).ofParents(consumptionList.orders[domain.NewestFirst], ofLearner, 6))
	}
	all = append(all, shownTo(categoriesByID, false), shownTo(categoryBySlug, false), shownTo(topCategories, false)+inTheirOrder,
		shownTo(childCategories, false)+inTheirOrder, shownTo(categoryPaths, false)+fromTheTop)
	for _, lists := range [][]string{
		userList.statements(), subscriptionList.statements(), itemList.statements(), openItemList.statements(), branchItems.statements(),
		branchItemsBelow.statements(), grantList.statements(), popularityList.statements(), figuresJoined.statements(), holderList.statements(),
		attemptList.statements(), eventList.statements(), auditList.statements(), planList.statements(), paymentList.statements(), changeList.statements(),
		seatList.statements(), assignmentList.statements(), verificationList.statements(), libraryList.statements(), categoryList.statements(), shownCategoryList.statements(),
		publishedPopularityList.statements(), publishedFiguresJoined.statements(),
		consumptionList.statements(), progressList.statements(), sessionList.statements(), apiTokenList.statements(), refreshTokenList.statements(),
		passwordList.statements(),
		{
			countItemsOf(branchItems.count), countItemsOf(branchItemsBelow.count), subscriptionList.countOfParents(ofOwner), paymentList.countOfParents(paidBy),
			paymentList.countOfParents(paidFor), changeList.countOfParents(changeOf), seatList.countOfParents(seatIn), consumptionList.countOfParents(consumedBy),
			progressList.countOfParents(progressBy), progressList.countOfParents(progressWith), apiTokenList.countOfParents(tokenOf),
			subscriptionList.ofParents(subscriptionList.orders[plans.NewestFirst], parents{filter: ofOwner}, 6),
			paymentList.ofParents(paymentList.orders[plans.NewestPaymentFirst], parents{filter: paidBy}, 6),
			paymentList.ofParents(paymentList.orders[plans.NewestPaymentFirst], parents{filter: paidFor}, 6),
			changeList.ofParents(changeList.orders[domain.NewestFirst], parents{filter: changeOf}, 6), seatList.ofParents(seatList.orders[domain.NewestFirst], parents{filter: seatIn}, 6),
			progressList.ofParents(progressList.orders[content.RecentlyUpdatedFirst], parents{filter: progressBy}, 6),
			progressList.ofParents(progressList.orders[content.RecentlyUpdatedFirst], parents{filter: progressWith}, 6),
			apiTokenList.ofParents(apiTokenList.orders[domain.NewestFirst], parents{filter: tokenOf}, 6),
		},
	} {
		all = append(all, lists...)
	}
	for _, statement := range all {
		s, err := d.PreparexContext(t.Context(), statement)
		if err != nil {
			t.Errorf("%v\n%s", err, statement)
			continue
		}
		_ = s.Close()
	}
}
