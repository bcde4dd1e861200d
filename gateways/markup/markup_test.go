package markup

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"lyceum/domain"
)

const host = "https://school.example/files/"

func htmlOf(t *testing.T, markdown string) string {
	t.Helper()
	r := New()
	r.patience = time.Minute // the machine may be busy
	out, err := r.HTML(t.Context(), markdown, func(sum string) string { return host + sum + "?for=user_1&signature=a-_b" })
	if err != nil {
		t.Fatalf("%.200q: %v", markdown, err)
	}
	return out
}

// attacks are ways to run a program, to send a form, to show another page or to name what is the page's own.
var attacks = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//x.example/a.js></SCRIPT>`, `<script\x20type="text/javascript">javascript:alert(1);</script>`, `<scr<script>ipt>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`, `<img src="x" onerror="alert(1)">`, "<img/src=`x`onerror=alert(1)>", `<IMG """><SCRIPT>alert("XSS")</SCRIPT>">`, `<body onload=alert(1)>`, `<b onmouseover=alert(1)>x</b>`,
	`<details open ontoggle=alert(1)>`, `<video><source onerror="alert(1)"></video>`, `<video src=x onerror=alert(1)>`, `<audio src="javascript:alert(1)">`, `<video poster="javascript:alert(1)">`, `<video><source src="javascript:alert(1)"><track src="javascript:alert(1)"></video>`, `<q cite="javascript:alert(1)">x</q>`, `<input autofocus onfocus=alert(1)>`,
	`[a](javascript:alert(1))`, `[a](JaVaScRiPt:alert(1))`, `[a](  javascript:alert(1))`, `[a](java&#x0A;script:alert(1))`, `[a](&#106;avascript:alert(1))`, `[a](<javascript:alert(1)>)`, `[a](vbscript:x)`, `[a](data:text/html;base64,PHNjcmlwdD4=)`,
	"[a]\n\n[a]: javascript:alert(1)", `<javascript:alert(1)>`, `<data:text/html,x>`, `![a](javascript:alert(1))`, `![a](data:text/html,<script>alert(1)</script>)`, `![a](data:image/svg+xml;base64,PHN2Zz4=)`, `![a](x"onerror="alert(1))`, `![a](x 'y"onerror="alert(1)')`,
	`<a href="&#106;avascript:alert(1)">x</a>`, `<a href="java	script:alert(1)">x</a>`, `<a href=" javascript:alert(1)">x</a>`, "<a href=\"java\nscript:alert(1)\">x</a>", `<a href="javascript&colon;alert(1)">x</a>`, `<a href="\x01javascript:alert(1)">x</a>`, `<a href='data:text/html,x'>x</a>`, `<a xlink:href="javascript:alert(1)">x</a>`,
	`<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`, `<svg><animate onbegin=alert(1) attributeName=x>`, `<svg><use href="data:image/svg+xml,x#x">`, `<svg><style><img src=x onerror=alert(1)></style></svg>`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, `<math href="javascript:alert(1)">x</math>`, `<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<textarea><img title="</textarea><img src=x onerror=alert(1)>">`, `<title><img title="</title><img src=x onerror=alert(1)>">`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>">`, `<iframe><p title="</iframe><img src=x onerror=alert(1)>">`,
	`<style>@import 'x'</style>`, `<p style="background:url(javascript:alert(1))">x</p>`, `<div style="position:fixed;inset:0">x</div>`, `<link rel=stylesheet href=x>`, `<base href="//x.example">`, `<meta http-equiv=refresh content="0;url=//x.example">`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`, `<iframe src="data:text/html,x"></iframe>`, `<frameset><frame src="javascript:alert(1)"></frameset>`, `<object data="javascript:alert(1)"></object>`, `<embed src="javascript:alert(1)">`, `<applet code=x></applet>`, `<portal src=x>`,
	`<form action="//x.example"><input name=password><button formaction="javascript:alert(1)">x</button></form>`, `<button onclick=alert(1)>x</button>`, `<select onchange=alert(1)><option>x</select>`, `<textarea autofocus onfocus=alert(1)></textarea>`, `<isindex type=image src=1 onerror=alert(1)>`, `<keygen autofocus onfocus=alert(1)>`,
	`<!-- --><img src=x onerror=alert(1)> -->`, `<!--><img src=x onerror=alert(1)>-->`, `<!--[if gte IE 4]><script>alert(1)</script><![endif]-->`, `<![CDATA[<img src=x onerror=alert(1)>]]>`, `<?xml version="1.0"?><img src=x onerror=alert(1)>`, `<!DOCTYPE html><script>alert(1)</script>`, "<!--\n--!><img src=x onerror=alert(1)>",
	`<p id="location" name="cookie">x</p>`, `<img name="getElementById" src=x>`, `<a id="config" name="config" href="x">x</a>`, `# location`, `# x {#config onclick=alert(1)}`, "# x {#config onclick=\"alert(1)\" style=\"x\" class=\"modal\"}", `<div class="modal-backdrop" contenteditable tabindex=1 accesskey=x draggable>x</div>`,
	"```\"onmouseover=alert(1)\nx\n```", "```js<script>\nx\n```", "`<script>alert(1)</script>`", "    <script>alert(1)</script>", `$<script>alert(1)</script>$`, "$$\n<img src=x onerror=alert(1)>\n$$", "[^1]\n\n[^1]: <script>alert(1)</script>", "[^x\" onclick=alert(1)]\n\n[^x\" onclick=alert(1)]: a", "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
	`<a data-item="x" data-evil="y" target="_top" ping="//x.example" download onclick=alert(1) href="x">x</a>`, `[a](item:x"onclick="alert(1))`, `[a](file:javascript:alert(1))`, `<img srcset="javascript:alert(1) 1x">`, `<template><script>alert(1)</script></template>`, `<slot onslotchange=alert(1)>`, `<marquee onstart=alert(1)>`, `<dialog open>x</dialog>`,
	"<img src=x one\x00rror=alert(1)>", "<\x00script>alert(1)</script>", `<a href="https://x.example" onclick&#61;"alert(1)">`, `<p title="<script>alert(1)</script>">x</p>`, `<table background="javascript:alert(1)"><td background="javascript:alert(1)">`, `<a href="//x.example/%00javascript:alert(1)">x</a>`, `http://x.example/"onmouseover="alert(1)`,
}

var (
	elements   = strings.Fields("a abbr article aside audio b bdi bdo big blockquote body br caption center cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 head hr html i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr")
	attributes = strings.Fields("align alt class colspan controls data-item datetime dir height href id lang loop media muted name open reversed role rowspan scope src start title type value width")
)

func TestNoTextCanDoAnythingInThePageThatShowsIt(t *testing.T) {
	t.Parallel()
	for _, attack := range attacks {
		for _, text := range []string{attack, "Text " + attack + " text", "- " + attack, "> " + attack, "<div>\n" + attack + "\n</div>", "[x](y \"" + attack + "\")", attack + attack} {
			out := htmlOf(t, text)
			for range 2 { // what a browser makes of it, and of that
				document, err := html.Parse(strings.NewReader(out))
				if err != nil {
					t.Fatal(err)
				}
				for n := range document.Descendants() {
					harmless(t, text, out, n)
				}
				var again strings.Builder
				if err := html.Render(&again, document); err != nil {
					t.Fatal(err)
				}
				out = again.String()
			}
		}
	}
}

func harmless(t *testing.T, text, out string, n *html.Node) {
	t.Helper()
	if n.Type != html.ElementNode {
		if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			t.Errorf("%q: a comment in %q", text, out)
		}
		return
	}
	if !contains(elements, n.Data) || n.Namespace != "" {
		t.Errorf("%q: <%s> in %q", text, n.Data, out)
	}
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case !contains(attributes, a.Key):
			t.Errorf("%q: %s in %q", text, a.Key, out)
		case (a.Key == "id" || a.Key == "name") && !strings.HasPrefix(a.Val, prefix):
			t.Errorf("%q: the name %q in %q", text, a.Val, out)
		case a.Key == "href" || a.Key == "src" || a.Key == "poster":
			scheme, _, has := strings.Cut(value, ":")
			if has && !strings.ContainsAny(scheme, "/?#%\"") && scheme != "http" && scheme != "https" && scheme != "mailto" && !strings.HasPrefix(value, "data:image/png;base64,") {
				t.Errorf("%q: the address %q in %q", text, a.Val, out)
			}
		}
	}
}

func contains(list []string, word string) bool {
	for _, one := range list {
		if one == word {
			return true
		}
	}
	return false
}

func TestWhatCoursesHoldComesThrough(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0a", 32)
	for text, want := range map[string]string{
		"# The *first* `part` & Über, 中文!":                            `<h1 id="h-the-first-part--über-中文">The <em>first</em> <code>part</code> &amp; Über, 中文!</h1>`,
		"## A\n## A\n## A {#b}\n[x](#a-1) [y](#b)":                    `<h2 id="h-a">A</h2>` + "\n" + `<h2 id="h-a-1">A</h2>` + "\n" + `<h2 id="h-b">A</h2>` + "\n" + `<p><a href="#h-a-1">x</a> <a href="#h-b">y</a></p>`,
		"[a](item:deep-learning#a-part)":                              `<p><a href="/items/deep-learning#h-a-part" data-item="deep-learning">a</a></p>`,
		"<a href='item:x'>a</a>":                                      `<p><a href="/items/x" data-item="x">a</a></p>`,
		"![p](file:" + sum + ")":                                      `<p><img src="` + host + sum + `?for=user_1&amp;signature=a-_b" alt="p"></p>`,
		"`file:" + sum + "` `item:x`":                                 `<p><code>file:` + sum + `</code> <code>item:x</code></p>`,
		"| a | b |\n|:-:|--:|\n| `x` | **y** |":                       "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\"><code>x</code></td>\n<td align=\"right\"><strong>y</strong></td>\n</tr>\n</tbody>\n</table>",
		"```py title=x\nkey = \"<API_KEY>\" && {x}\n```":              "<pre><code class=\"language-py\">key = &#34;&lt;API_KEY&gt;&#34; &amp;&amp; {x}\n</code></pre>",
		"```c++\n\tx\n```":                                            "<pre><code class=\"language-c++\">\tx\n</code></pre>",
		"- [x] a\n- [ ] b":                                            "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>",
		"a[^n]\n\n[^n]: Note":                                         `<p>a<sup id="h-fnref:1"><a href="#h-fn:1" class="footnote-ref" role="doc-noteref">1</a></sup></p>` + "\n<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr>\n<ol>\n<li id=\"h-fn:1\">\n<p>Note\u00a0<a href=\"#h-fnref:1\" class=\"footnote-backref\" role=\"doc-backlink\">↩\ufe0e</a></p>\n</li>\n</ol>\n</div>",
		"$a_1 < b_2$ costs $5 and $10 or `$x_1$ $`":                   `<p><span class="math">$a_1 &lt; b_2$</span> costs $5 and $10 or <code>$x_1$ $</code></p>`,
		"$$\n\\frac{a_1}{b}\\\\\n*x*\n$$":                             "<p><span class=\"math\">$$\n\\frac{a_1}{b}\\\\\n*x*\n$$</span></p>",
		"<details open>\n<summary>S</summary>\n\n*in*\n\n</details>":  "<details open=\"\">\n<summary>S</summary>\n<p><em>in</em></p>\n</details>",
		"<img src=\"a.png\" width=\"50%\" align=\"right\" alt='x'>":   `<img src="a.png" width="50%" align="right" alt="x">`,
		"<iframe src=\"https://www.youtube.com/embed/x\"></iframe>":   `<a href="https://www.youtube.com/embed/x">https://www.youtube.com/embed/x</a>`,
		"See https://example.org/a_b and ~~old~~ <kbd>Ctrl</kbd>":     `<p>See <a href="https://example.org/a_b">https://example.org/a_b</a> and <del>old</del> <kbd>Ctrl</kbd></p>`,
		"Use <title> in *it*, <Token> and <API_KEY>.":                 `<p>Use &lt;title&gt; in <em>it</em>,  and &lt;API_KEY&gt;.</p>`,
		"a </div> <b>b <i>c</b> d</i>":                                `<p>a  <b>b <i>c</i></b> d</p>`,
		"![](data:image/png;base64,iVBORw0KGgo=)":                     `<p><img src="data:image/png;base64,iVBORw0KGgo=" alt=""></p>`,
		"<a name=\"top\"></a> <video src=\"v.mp4\" controls></video>": `<p><a name="h-top"></a> <video src="v.mp4" controls=""></video></p>`,
		"": "",
	} {
		if got := strings.TrimSpace(htmlOf(t, text)); got != want {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
	}
}

func TestRenderingIsBoundedInTimeAndSize(t *testing.T) {
	t.Parallel()
	r := New()
	r.patience = 200 * time.Millisecond
	ask := func(text string) error {
		_, err := r.HTML(t.Context(), text, func(sum string) string { return sum })
		return err
	}
	slow := strings.Repeat("[a](", 200_000)
	began := time.Now()
	if err := ask(slow); !errors.Is(err, errTooSlow) || domain.CodeOf(err) != domain.CodeTimeout {
		t.Errorf("%v", err)
	}
	for range cap(r.places) { // it has let go, or does soon
		r.places <- struct{}{}
	}
	for range cap(r.places) {
		<-r.places
	}
	if took := time.Since(began); took > 30*time.Second { // left to itself it would take an hour
		t.Errorf("it was ended after %s", took)
	}
	r.places = make(chan struct{}) // none is free: what was slow is not tried
	if err := ask(slow); !errors.Is(err, errTooSlow) {
		t.Errorf("again: %v", err)
	}
	if err := ask("text"); domain.CodeOf(err) != domain.CodeOverloaded {
		t.Errorf("without a place: %v", err)
	}
	r = New()
	r.patience = time.Minute
	for name, text := range map[string]string{
		"large": strings.Repeat("a", maxMarkdown+1), "deep": strings.Repeat(">", 1000), "references": "[a]: " + strings.Repeat("x", 100_000) + "\n\n" + strings.Repeat("[a] ", 100_000),
	} {
		if err := ask(text); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A table of a billion cells, were its rows filled up.
	if err := ask(strings.Repeat("|a", 30_000) + "\n" + strings.Repeat("|-", 30_000) + "\n" + strings.Repeat("|\n", 30_000)); err != nil {
		t.Error(err)
	}
	// More marks than a paragraph has.
	if err := ask(strings.Repeat("*a_ ", 50_000) + "\n\n*in* another"); err != nil {
		t.Error(err)
	}
}
