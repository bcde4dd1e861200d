package app_test

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"lyceum/app/apptest"
	"lyceum/domain/content"
	"lyceum/graph"
	"lyceum/store/storetest"
)

const bodiesOfOne = `{ contentItem(slug: "course-c1-one") { body bodyHtml files { url } } }`

func TestABodyIsGivenAsHTMLThatIsSafeWithLinksThatWork(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("# One\n\n![p](../img/p.png) [root](../README.md#part) [here](#one) <script>alert(1)</script>\n\n<a href=\"javascript:alert(1)\">x</a>\n\n" +
		"```html\n<img src=\"../img/p.png\"> [a](../README.md)\n```\n")}
	l.take(t)
	pro := l.User("pro")
	l.Subscription(pro, l.Plan(2))
	a := l.As(t, "pro@test.example").Must(bodiesOfOne)
	link := a.String("contentItem.files.0.url")
	const code = "<pre><code class=\"language-html\">&lt;img src=&#34;../img/p.png&#34;&gt; [a](../README.md)\n</code></pre>"
	want := `<h1 id="h-one">One</h1>` + "\n" + `<p><img src="` + html.EscapeString(link) + `" alt="p"> <a href="/items/course#h-part" data-item="course">root</a> <a href="#h-one">here</a> </p>` + "\n" +
		"<p><a>x</a></p>\n" + code + "\n"
	if got := a.String("contentItem.bodyHtml"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if body := a.String("contentItem.body"); !strings.Contains(body, "<script>alert(1)</script>") || !strings.Contains(body, "![p]("+link+")") {
		t.Errorf("the body is not as it was written: %s", body)
	}
	if response, text := fetch(t, link); response.StatusCode != http.StatusOK || text != pixel {
		t.Errorf("%d %q", response.StatusCode, text)
	}
}

func TestABodyAsHTMLIsAskedForLikeTheBody(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.User("free")
	for _, caller := range []*apptest.Caller{l.Anonymous(t), l.As(t, "free@test.example")} {
		a := caller.Ask(bodiesOfOne)
		if a.At("contentItem.bodyHtml") != nil || a.At("contentItem.body") != nil || strings.Contains(a.Raw, "One") {
			t.Errorf("it is given away: %s", a.Raw)
		}
		for _, code := range a.Codes() {
			if code != "CONTENT_LOCKED" {
				t.Errorf("%s: %s", code, a.Raw)
			}
		}
		list := caller.Ask(`{ contentItems { nodes { bodyHtml } } a: contentItems { edges { node { x: bodyHtml } } } }`)
		if strings.Contains(list.Raw, "<h1") || len(list.Errors) == 0 {
			t.Errorf("a list gives it away: %s", list.Raw)
		}
	}
}

func TestATextThatCannotBeRenderedAnswersNullWithAnErrorAndItsBody(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Item(h.Category("c"), "deep", 0, storetest.Values{"status": content.Published})
	h.Exec(`update content_bodies set body = repeat('>', 1000)`)
	a := h.Anonymous(t).Ask(`{ contentItem(slug: "deep") { title body bodyHtml } }`)
	if a.At("contentItem.bodyHtml") != nil || a.String("contentItem.body") != strings.Repeat(">", 1000) || len(a.Errors) != 1 || a.Errors[0].Code() != "INVALID" {
		t.Errorf("%s", a.Raw)
	}
}

// Why an item is locked is worked out only for operations that name a field which needs it: each guarded one does.
func TestEveryFieldBehindTheAccessDecisionSaysWhyItIsLocked(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	asked := 0
	for _, f := range graph.NewExecutableSchema(graph.Config{}).Schema().Types["ContentItem"].Fields {
		if f.Directives.ForName("contentAccess") == nil {
			continue
		}
		asked++
		selection := f.Name
		if f.Type.Elem != nil {
			selection += " { __typename }"
		}
		a := l.Anonymous(t).Ask(`{ contentItem(slug: "course-c1-one") { ` + selection + ` } }`)
		if len(a.Errors) != 1 || a.Errors[0].Code() != "CONTENT_LOCKED" || !strings.Contains(strings.ToUpper(a.Raw), `"REASON":"SIGN_IN_REQUIRED"`) {
			t.Errorf("%s: %s", f.Name, a.Raw)
		}
	}
	if asked < 3 {
		t.Errorf("only %d fields are guarded", asked)
	}
}
