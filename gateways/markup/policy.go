package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// policy says what may be in the HTML: what is not named here is not. No style, no script, no form, no frame, no foreign
// elements (svg, math), no address but http, https, mailto, those of the own site, and images of bytes in place.
var policy = newPolicy()

var (
	number = regexp.MustCompile(`^[0-9]{1,4}$`)
	size   = regexp.MustCompile(`^[0-9]{1,4}(?:px|%)?$`)
	side   = regexp.MustCompile(`^(?:left|right|center|justify)$`)
	yes    = regexp.MustCompile(`^(?:|open|controls|reversed|muted|loop)$`)
)

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowDataURIImages()
	p.AllowElements("p", "br", "hr", "wbr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "div", "section", "article", "aside",
		"center", "figure", "figcaption", "details", "summary", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
		"em", "strong", "b", "i", "u", "s", "strike", "del", "ins", "sub", "sup", "small", "big", "mark",
		"code", "kbd", "samp", "var", "tt", "q", "cite",
		"abbr", "dfn", "time", "ruby", "rt", "rp", "bdi", "bdo", "picture", "video", "audio")
	p.AllowNoAttrs().OnElements("span", "a")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^h-[\p{L}\p{M}\p{N}_.:-]{1,200}$`)).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z0-9-]{2,20}$`)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("align").Matching(side).OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "th", "td", "img")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("name").Matching(regexp.MustCompile(`^h-[\p{L}\p{M}\p{N}_.:-]{1,200}$`)).OnElements("a")
	p.AllowAttrs("data-item").Matching(regexp.MustCompile(`^[a-z0-9-]{1,200}$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^footnote-(?:ref|backref)$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^footnotes$`)).OnElements("div")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^math$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[\w+#.-]{1,40}$`)).OnElements("code")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-(?:noteref|backlink|endnotes)$`)).OnElements("a", "div")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(size).OnElements("img", "video", "table", "th", "td", "col")
	p.AllowAttrs("src").OnElements("video", "audio", "source", "track")
	p.AllowAttrs("type", "media").Matching(regexp.MustCompile(`^[\w/+.;=()": -]{1,100}$`)).OnElements("source")
	p.AllowAttrs("kind", "srclang", "label").Matching(regexp.MustCompile(`^[\p{L}\p{N} -]{1,60}$`)).OnElements("track")
	p.AllowAttrs("controls", "muted", "loop").Matching(yes).OnElements("video", "audio")
	p.AllowAttrs("open").Matching(yes).OnElements("details")
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("th", "td")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(?:row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("reversed").Matching(yes).OnElements("ol")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowAttrs("datetime").Matching(regexp.MustCompile(`^[\w:+.-]{1,40}$`)).OnElements("time")
	return p
}
