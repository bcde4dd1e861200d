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
	fragments := []string{"firstItemsHere", "firstItemsBelow", "headColumns", "headPageOf", "openHeadPageOf", "bodyPageOf"}
	for name, text := range constants(t) {
		if verb.MatchString(strings.TrimSpace(text)) && !slices.Contains(fragments, name) {
			all = append(all, text)
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d statements were found: the search is broken", len(all))
	}
	narrow := Reader{}.Only([]string{"slug", "category_id", "author_id"}, map[string]bool{})
	for _, parts := range itemParts {
		if !strings.Contains(itemColumns, parts[1]) {
			t.Errorf("%s is no column of items", parts[1])
		}
	}
	all = append(all, subscriptionMetrics, narrow.lean(subscriptionMetrics, nil, held), holdersByID, narrow.lean(holdersByID, nil, people, holding, held), narrow.ofItems(knownItems), narrow.hits(headPageOf, 6, ItemJoins{}), narrow.hits(bodyPageOf, 6, ItemJoins{true, true, true}), narrow.ofItems(firstItemsBelow)+"6"+firstItemsEnd)
	all = append(all, firstItemsHere+"11"+firstItemsEnd, firstItemsBelow+"11"+firstItemsEnd, Reader{}.hits(headPageOf, 11, ItemJoins{true, true, true}), Reader{}.hits(openHeadPageOf, 11, ItemJoins{}), Reader{}.hits(openHeadPageOf, 11, ItemJoins{Category: true}))
	all = append(all, shownTo(categoriesByID, false), shownTo(categoryBySlug, false), shownTo(topCategories, false)+inTheirOrder,
		shownTo(childCategories, false)+inTheirOrder, shownTo(categoryPaths, false)+fromTheTop)
	for _, lists := range [][]string{
		userList.statements(), subscriptionList.statements(), itemList.statements(), openItemList.statements(), branchItems.statements(),
		branchItemsBelow.statements(), grantList.statements(), popularityList.statements(), figuresJoined.statements(), holderList.statements(), Reader{}.with(itemList, ItemJoins{true, true, true}).statements(), narrow.with(openItemList, ItemJoins{true, true, true}).statements(),
		attemptList.statements(), eventList.statements(), auditList.statements(), planList.statements(), paymentList.statements(), changeList.statements(),
		seatList.statements(), assignmentList.statements(), verificationList.statements(), libraryList.statements(), categoryList.statements(), shownCategoryList.statements(),
		publishedPopularityList.statements(), publishedFiguresJoined.statements(),
		consumptionList.statements(), progressList.statements(), sessionList.statements(), apiTokenList.statements(), refreshTokenList.statements(),
		passwordList.statements(),
		{
			subscriptionList.ofParents(subscriptionList.orders[plans.NewestFirst], parents{filter: ofOwner}, 6),
			paymentList.ofParents(paymentList.orders[plans.NewestPaymentFirst], parents{filter: paidBy}, 6),
			paymentList.ofParents(paymentList.orders[plans.NewestPaymentFirst], parents{filter: paidFor}, 6),
			changeList.ofParents(changeList.orders[domain.NewestFirst], parents{filter: changeOf}, 6), seatList.ofParents(seatList.orders[domain.NewestFirst], parents{filter: seatIn}, 6),
			consumptionList.ofParents(consumptionList.orders[domain.NewestFirst], ofLearner, 6),
			progressList.ofParents(progressList.orders[content.RecentFirst], parents{filter: progressBy}, 6),
			progressList.ofParents(progressList.orders[content.RecentFirst], parents{filter: progressWith}, 6),
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
