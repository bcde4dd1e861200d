package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lyceum/app"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// get asks for an address as a browser without cookies does.
func fetch(t *testing.T, at string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	buffer := make([]byte, 1<<10)
	for {
		n, err := response.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			return response, text.String()
		}
	}
}

const filesOfOne = `{ contentItem(slug: "course-c1-one") { id files { url } } }`

func TestAFileIsGivenToWhoeverMayOpenItsItemAndToNobodyElse(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	pro, basic := l.User("pro"), l.User("basic")
	sub := l.Subscription(pro, l.Plan(2))
	l.Subscription(basic, l.Plan(1))
	if a := l.Anonymous(t).Ask(filesOfOne); a.At("contentItem.files") != nil || len(a.Errors) != 1 || a.Errors[0].Code() != "CONTENT_LOCKED" {
		t.Errorf("a visitor gets addresses: %s", a.Raw)
	}
	a := l.As(t, "pro@test.example").Must(filesOfOne)
	link := a.String("contentItem.files.0.url")
	response, text := fetch(t, link)
	if response.StatusCode != http.StatusOK || text != pixel || response.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("%d %q %v", response.StatusCode, text, response.Header)
	}
	for _, c := range []struct{ header, want string }{
		{"Cache-Control", "private, no-cache"}, {"X-Content-Type-Options", "nosniff"}, {"Content-Disposition", "inline; filename=p.png"},
	} {
		if got := response.Header.Get(c.header); got != c.want {
			t.Errorf("%s: %q", c.header, got)
		}
	}
	part, text := fetch(t, link, "Range", "bytes=1-3")
	if part.StatusCode != http.StatusPartialContent || text != "PNG" {
		t.Errorf("a part: %d %q", part.StatusCode, text)
	}
	if again, _ := fetch(t, link, "If-None-Match", response.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("what the browser has is sent again: %d", again.StatusCode)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(q url.Values){
		"another person's name": func(q url.Values) { q.Set("for", domain.FormatID(basic)) }, "a later end": func(q url.Values) { q.Set("until", "9999999999") },
		"no signature": func(q url.Values) { q.Del("signature") },
	} {
		tampered, q := *u, u.Query()
		spoil(q)
		tampered.RawQuery = q.Encode()
		if r, text := fetch(t, tampered.String()); r.StatusCode != http.StatusForbidden || !strings.Contains(text, "FORBIDDEN") {
			t.Errorf("%s: %d %s", name, r.StatusCode, text)
		}
	}
	l.Exec(`update user_subscriptions set access_until = clock_now() where id = $1`, sub)
	if r, text := fetch(t, link, "If-None-Match", response.Header.Get("ETag")); r.StatusCode != http.StatusForbidden || !strings.Contains(text, "CONTENT_LOCKED") {
		t.Errorf("what was revoked is still there: %d %s", r.StatusCode, text)
	}
	l.Exec(`update user_subscriptions set access_until = clock_now() + interval '1 day' where id = $1`, sub)
	if r, _ := fetch(t, link); r.StatusCode != http.StatusOK {
		t.Errorf("what was given back is not: %d", r.StatusCode)
	}
	l.Exec(`update content_items set status = 'draft'`)
	if r, text := fetch(t, link); r.StatusCode != http.StatusNotFound {
		t.Errorf("a draft's file: %d %s", r.StatusCode, text)
	}
}

func TestALinkRunsOutAndLeadsOnlyToTheItemsOwnFiles(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	ada := l.UserWithRole("ada", "admin")
	var one, root domain.ItemID
	var sum string
	l.Get(&one, `select id from content_items where slug = 'course-c1-one'`)
	l.Get(&root, `select id from content_items where slug = 'course'`)
	l.Get(&sum, `select sha256 from content_files where content_id = $1 and name = 'p.png'`, one)
	for name, c := range map[string]struct {
		at     time.Time
		viewer domain.UserID
		item   domain.ItemID
		sum    string
		status int
	}{
		"now":              {time.Now(), ada, one, sum, http.StatusOK},
		"two hours old":    {time.Now().Add(-2 * time.Hour), ada, one, sum, http.StatusForbidden},
		"a visitor's":      {time.Now(), domain.Anonymous, one, sum, http.StatusForbidden},
		"another item's":   {time.Now(), ada, root, sum, http.StatusNotFound},
		"no file's":        {time.Now(), ada, one, strings.Repeat("0", 64), http.StatusNotFound},
		"nobody's":         {time.Now(), domain.UserID(one), one, sum, http.StatusNotFound},
		"a path, no sum's": {time.Now(), ada, one, "..%2f..%2ffiles.key", http.StatusForbidden},
	} {
		link, err := app.LinkMadeAt(l.config, c.at, c.viewer, c.item, c.sum)
		if err != nil {
			t.Fatal(err)
		}
		if r, text := fetch(t, link); r.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, r.StatusCode, text)
		}
	}
}

func TestAFileRunsNothing(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.Subscription(l.User("pro"), l.Plan(2))
	a := l.As(t, "pro@test.example").Must(filesOfOne)
	drawing, _ := fetch(t, a.String("contentItem.files.1.url"))
	if drawing.Header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(drawing.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") {
		t.Errorf("%v", drawing.Header)
	}
	page, text := fetch(t, a.String("contentItem.files.2.url"))
	if page.Header.Get("Content-Type") != "application/octet-stream" || page.Header.Get("Content-Disposition") != "attachment; filename=x.html" || !strings.Contains(text, "<html>") {
		t.Errorf("%v", page.Header)
	}
	l.Exec(`update content_files set media_type = 'text/html'`) // by whatever mistake
	if page, _ = fetch(t, a.String("contentItem.files.0.url")); page.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(page.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", page.Header)
	}
}

func TestAVisitorsLinkWorksForWhatIsOpenToAll(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.Exec(`update content_items set access_level = 0`)
	link := l.Anonymous(t).Must(filesOfOne).String("contentItem.files.0.url")
	if r, text := fetch(t, link); r.StatusCode != http.StatusOK || text != pixel {
		t.Errorf("%d %q", r.StatusCode, text)
	}
	l.Exec(`update content_items set access_level = 1`)
	if r, _ := fetch(t, link); r.StatusCode != http.StatusForbidden {
		t.Errorf("%d after it was closed", r.StatusCode)
	}
}

func TestFilesAndTranslationsOfAListTakeTheSameStatementsWhateverItsLength(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	branch := l.Category("more")
	for _, slug := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		l.Item(branch, slug, 0, storetest.Values{})
	}
	l.UserWithRole("boss", "admin")
	boss := l.As(t, "boss@test.example")
	var counts []int
	for _, first := range []string{"2", "29"} {
		counts = append(counts, len(l.Statements(func() {
			boss.Must(`{ contentItems(first: ` + first + `) { nodes { title body files { url } translations { title } } } }`)
		})))
	}
	if counts[0] != counts[1] || counts[0] > 6 {
		t.Errorf("%v statements", counts)
	}
}
