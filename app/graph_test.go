package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestAPersonSignsInIsRememberedAndSignsOut(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.User("lena")
	h.Subscription(user, h.Plan(3, storetest.Values{"name": "Pro"}))
	lena := h.As(t, "lena@test.example")
	a := lena.Must(`{ viewer { id username email subscription { status plan { name } } securityStatus { activeSessions failedLogins24h } } sessions { isCurrent } }`)
	if a.String("viewer.id") != domain.FormatID(user) || a.String("viewer.subscription.plan.name") != "Pro" ||
		a.String("viewer.securityStatus.activeSessions") != "1" || a.String("sessions.0.isCurrent") != "true" {
		t.Errorf("the viewer is not whole: %s", a.Raw)
	}
	if out := lena.Must(`mutation { signOut { signedOut } }`); out.String("signOut.signedOut") != "true" {
		t.Error(out.Raw)
	}
	if a := lena.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Errorf("still signed in: %s", a.Raw)
	}
	var log []string
	for _, event := range []string{"sign_in", "sign_out"} {
		var n int
		if h.Get(&n, `select count(*) from security_audit_log where event = $1 and user_id = $2`, event, user); n != 1 {
			log = append(log, event)
		}
	}
	if len(log) > 0 {
		t.Errorf("not logged: %v", log)
	}
}

func TestEveryFailedSignInGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("known")
	h.User("gone", storetest.Values{"account_status": "suspended"})
	answers := map[string]bool{}
	for email, password := range map[string]string{
		"known@test.example": "wrong", "unknown@test.example": storetest.Password, "gone@test.example": storetest.Password,
	} {
		a := h.Anonymous(t).Must(signIn, map[string]any{"email": email, "password": password})
		answers[a.Raw] = true
		if a.String("signIn.userErrors.0.code") != "INVALID_CREDENTIALS" || a.At("signIn.viewer") != nil {
			t.Errorf("%s: %s", email, a.Raw)
		}
	}
	if len(answers) != 1 {
		t.Errorf("the answers can be told apart: %v", answers)
	}
}

const signIn = `mutation ($email: String!, $password: String!) { signIn(input: {email: $email, password: $password}) { viewer { id } userErrors { code message path } } }`

func TestTooManyTriesAreThrottledAndTheOwnersDeviceIsNot(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	home := h.As(t, "ada@test.example") // makes this a known device
	stranger := h.Anonymous(t)
	for range 12 {
		stranger.Must(signIn, map[string]any{"email": "ada@test.example", "password": "guess"})
	}
	right := map[string]any{"email": "ada@test.example", "password": storetest.Password}
	if a := stranger.Must(signIn, right); a.At("signIn.viewer") != nil {
		t.Error("a stranger got in after 12 wrong guesses")
	}
	if a := home.Must(signIn, right); a.At("signIn.viewer") == nil {
		t.Errorf("the owner is locked out of her own device: %s", a.Raw)
	}
	var throttled int
	if h.Get(&throttled, `select count(*) from login_attempts where status = 'throttled'`); throttled != 3 {
		t.Errorf("%d tries were logged as throttled, 3 were made", throttled)
	}
}

func TestParallelGuessesDoNotSlipPastTheThrottle(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	var wait sync.WaitGroup
	for range 30 {
		caller := h.Anonymous(t)
		wait.Go(func() { caller.Ask(signIn, map[string]any{"email": "ada@test.example", "password": "guess"}) })
	}
	wait.Wait()
	var judged int
	if h.Get(&judged, `select count(*) from login_attempts where status = 'failed'`); judged > 10 {
		t.Errorf("%d of 30 parallel guesses were judged, at most 10 may be", judged)
	}
}

func TestWhatEndedIsGoneOnTheNextRequest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.UserWithRole("worker", "analyst")
	plan := h.Plan(3)
	sub := h.Subscription(user, plan)
	item := domain.FormatID(h.Item(h.Category("c"), "paid", 3))
	body := `{ contentItem(id: "` + item + `") { body } }`
	worker := h.As(t, "worker@test.example")
	if a := worker.Must(body); a.String("contentItem.body") != "The body of paid." {
		t.Fatal(a.Raw)
	}
	h.Exec(`update user_subscriptions set access_until = now() where id = $1`, sub)
	if a := worker.Ask(body); a.At("contentItem.body") != nil || a.Codes()[0] != "CONTENT_LOCKED" {
		t.Errorf("an ended subscription still opens: %s", a.Raw)
	}
	worker.Must(`{ subscriptionMetrics { activeCount } }`)
	h.Exec(`delete from user_roles where user_id = $1`, user)
	if a := worker.Ask(`{ subscriptionMetrics { activeCount } }`); a.Codes()[0] != "FORBIDDEN" {
		t.Errorf("a lost role still opens: %s", a.Raw)
	}
	h.Exec(`update users set account_status = 'suspended' where id = $1`, user)
	if a := worker.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("a suspended person is still signed in")
	}
}

func TestASessionEndsWhenIdleAndAtItsLongest(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	for name, move := range map[string]string{"idle": "30 minutes", "longest": "24 hours"} {
		caller := h.As(t, "ada@test.example")
		if name == "longest" {
			h.Exec(`update user_sessions set last_seen_at = now() + interval '1 day'`)
		}
		h.Exec(`update clock set shift = $1::interval`, move)
		if a := caller.Must(`{ viewer { id } }`); a.At("viewer") != nil {
			t.Errorf("%s: still signed in %s later", name, move)
		}
		h.Exec(`update clock set shift = '0'`)
	}
}

func TestARevokedSessionIsOutEverywhere(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	laptop, phone := h.As(t, "ada@test.example"), h.As(t, "ada@test.example")
	if a := laptop.Must(`mutation { revokeOtherSessions { ended } }`); a.String("revokeOtherSessions.ended") != "1" {
		t.Error(a.Raw)
	}
	if a := phone.Must(`{ viewer { id } }`); a.At("viewer") != nil {
		t.Error("the phone is still signed in")
	}
	if a := laptop.Must(`{ viewer { id } }`); a.At("viewer") == nil {
		t.Error("the laptop was signed out too")
	}
}

func TestAGrantOpensOnceWhateverIsSentTwiceAndARevocationClosesAtOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	user := h.User("ines")
	item := domain.FormatID(h.Item(h.Category("c"), "paid", 3))
	boss, ines := h.As(t, "boss@test.example"), h.As(t, "ines@test.example")
	grant := `mutation ($key: String!, $reason: String!) { grantContentAccess(input: {idempotencyKey: $key, userId: "` + domain.FormatID(user) +
		`", itemId: "` + item + `", reason: $reason}) { grant { id } userErrors { code path } } }`
	var wait sync.WaitGroup
	ids := make([]string, 10)
	for i := range ids {
		wait.Go(func() {
			ids[i] = boss.Ask(grant, map[string]any{"key": "k1", "reason": "quiz"}).String("grantContentAccess.grant.id")
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("ten repeats gave %v", ids)
		}
	}
	if a := boss.Must(grant, map[string]any{"key": "k1", "reason": "other"}); a.String("grantContentAccess.userErrors.0.code") != "IDEMPOTENCY_KEY_REUSED" {
		t.Error(a.Raw)
	}
	access := `{ contentItem(id: "` + item + `") { access { hasAccess reason remedy { plan { id } } } body } }`
	if a := ines.Must(access); a.String("contentItem.access.reason") != "GRANTED" {
		t.Error(a.Raw)
	}
	boss.Must(`mutation ($id: ID!) { revokeContentAccess(input: {idempotencyKey: "k2", grantId: $id}) { grant { revokedAt } userErrors { code } } }`, map[string]any{"id": ids[0]})
	if a := ines.Ask(access); a.String("contentItem.access.reason") != "PLAN_REQUIRED" || a.At("contentItem.body") != nil {
		t.Error(a.Raw)
	}
	var trail int
	if h.Get(&trail, `select count(*) from audit_trail where table_name = 'user_content_permissions' and actor_id is not null and request_id is not null`); trail != 2 {
		t.Errorf("the trail has %d rows with actor and request, 2 changes were made", trail)
	}
}

func TestProgressIsReportedOnceAddsUpAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ines", storetest.Values{"created_at": time.Now().Add(-time.Hour)})
	item := domain.FormatID(h.Item(h.Category("c"), "free", 1))
	ines := h.As(t, "ines@test.example")
	report := `mutation ($key: UUID!, $percent: Int!) { reportProgress(input: {itemId: "` + item + `", eventKey: $key, percent: $percent, seconds: 30}) {
		progress { percent seconds completedAt item { myProgress { percent } } } userErrors { code } } }`
	key := func(n int) string { return fmt.Sprintf("01900000-0000-7000-8000-%012d", n) }
	for n, step := range []struct {
		key, percent int
		want         string
	}{{1, 40, "40 30"}, {1, 40, "40 30"}, {2, 20, "40 60"}, {3, 100, "100 90"}, {4, 5, "100 120"}} {
		a := ines.Must(report, map[string]any{"key": key(step.key), "percent": step.percent})
		if got := a.String("reportProgress.progress.percent") + " " + a.String("reportProgress.progress.seconds"); got != step.want {
			t.Errorf("step %d: %s, want %s", n, got, step.want)
		}
	}
	other := strings.ReplaceAll(report, item, domain.FormatID(h.Item(h.Category("d"), "second", 1)))
	for _, want := range []string{"7 30", "9 60"} { // the same keys on another item are other reports
		percent := map[string]int{"7 30": 7, "9 60": 9}[want]
		a := ines.Must(other, map[string]any{"key": key(percent - 6), "percent": percent})
		if got := a.String("reportProgress.progress.percent") + " " + a.String("reportProgress.progress.seconds"); got != want {
			t.Errorf("another item: %s, want %s", got, want)
		}
	}
	var events int
	if h.Get(&events, `select count(*) from content_consumption`); events != 6 {
		t.Errorf("%d events were logged, 6 were new", events)
	}
}

func TestACanceledSubscriptionRunsOutAndCanBeKept(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user := h.User("lena")
	h.User("stranger")
	sub := domain.FormatID(h.Subscription(user, h.Plan(2)))
	lena, stranger := h.As(t, "lena@test.example"), h.As(t, "stranger@test.example")
	cancel := `mutation { cancelSubscription(input: {subscriptionId: "` + sub + `", idempotencyKey: "c"}) { subscription { status cancelAt currentPeriodEnd } userErrors { code path } } }`
	if a := stranger.Must(cancel); a.String("cancelSubscription.userErrors.0.code") != "NOT_FOUND" {
		t.Errorf("a stranger learns of it: %s", a.Raw)
	}
	if a := lena.Must(cancel); a.At("cancelSubscription.subscription.cancelAt") != a.At("cancelSubscription.subscription.currentPeriodEnd") {
		t.Error(a.Raw)
	}
	if a := lena.Must(strings.Replace(cancel, `"c"`, `"another"`, 1)); a.String("cancelSubscription.userErrors.0.code") != "ALREADY_CANCELED" {
		t.Error(a.Raw)
	}
	a := lena.Must(`mutation { resumeSubscription(input: {subscriptionId: "` + sub + `", idempotencyKey: "r"}) { subscription { cancelAt } userErrors { code } } }`)
	if a.At("resumeSubscription.subscription") == nil || a.At("resumeSubscription.subscription.cancelAt") != nil {
		t.Error(a.Raw)
	}
}

func TestASinglePageAppOfAListedOriginSignsInAndOthersDoNot(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.Origins("http://127.0.0.1:3000"))
	h.User("ada")
	for origin, allowed := range map[string]bool{"http://127.0.0.1:3000": true, "https://evil.example": false, "null": false} {
		preflight := request(t, http.MethodOptions, h.URL, "", map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"})
		a := h.Anonymous(t).Do(preflight)
		if got := a.Header.Get("Access-Control-Allow-Origin") == origin && a.Header.Get("Access-Control-Allow-Credentials") == "true"; got != allowed {
			t.Errorf("preflight from %s: allowed %v", origin, got)
		}
		body := `{"query":"mutation { signIn(input: {email: \"ada@test.example\", password: \"` + storetest.Password + `\"}) { viewer { username } userErrors { code } } }"}`
		caller := h.Anonymous(t)
		a = caller.Do(request(t, http.MethodPost, h.URL, body, map[string]string{"Origin": origin, "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}))
		if got := a.String("signIn.viewer.username") == "ada"; got != allowed {
			t.Errorf("sign-in from %s: %d %s", origin, a.Status, a.Raw)
		}
		if !allowed && a.Status != http.StatusForbidden {
			t.Errorf("a foreign origin gets %d", a.Status)
		}
		if allowed && caller.Must(`{ viewer { username } }`).String("viewer.username") != "ada" {
			t.Error("the cookie was not kept")
		}
	}
}

func request(t *testing.T, method, url, body string, headers map[string]string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	return r
}

func TestTheSearchTellsNothingOfABodyThatMayNotBeOpened(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Item(h.Category("c"), "paid", 3)
	h.Exec(`update content_bodies set body = 'the marmalade secret'`)
	pro := h.User("pro")
	h.Subscription(pro, h.Plan(3))
	search := `{ search(query: "marmalade") { nodes { slug } totalCount } }`
	if a := h.Anonymous(t).Must(search); a.Len("search.nodes") != 0 || a.String("search.totalCount") != "0" {
		t.Errorf("a visitor finds words of a locked body: %s", a.Raw)
	}
	if a := h.As(t, "pro@test.example").Must(search); a.Len("search.nodes") != 1 {
		t.Errorf("whoever may open it does not find it: %s", a.Raw)
	}
	if a := h.Anonymous(t).Must(`{ search(query: "title paid") { nodes { slug } } }`); a.Len("search.nodes") != 1 {
		t.Errorf("the title does not find it: %s", a.Raw)
	}
}

func TestAClientThatOnlyListsEventsSignsInWithJSON(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ada")
	caller := h.Anonymous(t)
	body := `{"query":"mutation { signIn(input: {email: \"ada@test.example\", password: \"` + storetest.Password + `\"}) { viewer { username } userErrors { code } } }"}`
	accept := "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	a := caller.Do(request(t, http.MethodPost, h.URL, body, map[string]string{"Content-Type": "application/json", "Accept": accept}))
	if a.String("signIn.viewer.username") != "ada" || caller.Must(`{ viewer { username } }`).String("viewer.username") != "ada" {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
	a = h.Anonymous(t).Do(request(t, http.MethodPost, h.URL, body, map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}))
	if !strings.Contains(a.Raw, "event: next") || !strings.Contains(a.Raw, "plain POST") {
		t.Errorf("a stream signs somebody in: %s", a.Raw)
	}
}

func TestOneOperationSignsInOnce(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	try := `signIn(input: {email: "a@b.c", password: "x"}) { userErrors { code } }`
	if a := h.Anonymous(t).Ask("mutation { a: " + try + " b: " + try + " }"); len(a.Errors) != 1 || a.Codes()[0] != "LIMIT_EXCEEDED" {
		t.Errorf("two guesses in one operation: %s", a.Raw)
	}
	fields := strings.Repeat("__typename ", 21)
	if a := h.Anonymous(t).Ask("{ ...F } fragment F on Query { " + fields + "}"); len(a.Errors) != 1 || a.Codes()[0] != "LIMIT_EXCEEDED" {
		t.Errorf("root fields hide in a fragment: %s", a.Raw)
	}
}

func TestALockedBodyTellsTheReasonAsTheSchemaWritesIt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Item(h.Category("branch"), "locked", 2)
	h.User("learner")
	for reason, c := range map[string]*apptest.Caller{"SIGN_IN_REQUIRED": h.Anonymous(t), "PLAN_REQUIRED": h.As(t, "learner@test.example")} {
		a := c.Ask(`{ contentItem(slug: "locked") { body access { reason } } }`)
		if len(a.Errors) != 1 || a.Errors[0].Extensions["reason"] != reason || a.At("contentItem.access.reason") != reason {
			t.Errorf("want %s: %s", reason, a.Raw)
		}
	}
}
