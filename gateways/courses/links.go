package courses

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"lyceum/domain/content"
)

// resolver knows what a link within the folder can mean.
type resolver struct {
	*reader
	byPath map[string]*parsed
	routes map[string]*parsed   // language + " " + route: the address that a site's generator gives a document
	tails  map[string][]*parsed // language + " " + the ends of routes
	heads  map[string]*parsed   // language + " " + a folder's route: its first document
	ends   map[string][]*parsed // language + " " + the ends of folders' routes: their first documents
	used   map[string]bool      // files
}

// resolveAll turns the references of all documents into what they point at.
func (r *reader) resolveAll(documents []*parsed) error {
	v := &resolver{
		reader: r, byPath: map[string]*parsed{}, routes: map[string]*parsed{}, tails: map[string][]*parsed{},
		used: map[string]bool{}, heads: map[string]*parsed{}, ends: map[string][]*parsed{},
	}
	for _, d := range documents {
		v.byPath[d.Path] = d
		route := routeOf(d.Key)
		if _, taken := v.routes[d.Language+" "+route]; !taken || d.Kind == content.Lesson {
			v.routes[d.Language+" "+route] = d
		}
		for _, tail := range tailsOf(route) {
			v.tails[d.Language+" "+tail] = append(v.tails[d.Language+" "+tail], d)
		}
		if at := d.Language + " " + strings.ToLower(d.Folder); v.heads[at] == nil || naturally(d.Key, v.heads[at].Key) < 0 {
			v.heads[at] = d
		}
	}
	for _, d := range v.heads {
		for _, tail := range tailsOf(strings.ToLower(d.Folder)) {
			v.ends[d.Language+" "+tail] = append(v.ends[d.Language+" "+tail], d)
		}
	}
	for _, d := range documents {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		for _, one := range d.refs {
			if to, ok := v.resolve(d, one); ok {
				to.Start, to.End, to.Before, to.After = one.start, one.end, one.before, one.after
				d.Refs = append(d.Refs, to)
			}
		}
	}
	r.dropUnused(v.used)
	return r.ctx.Err() // a file that was not read for that was not missing
}

// tailsOf are a route and what is left of it without its first folders.
func tailsOf(route string) (all []string) {
	for ; route != ""; _, route, _ = strings.Cut(route, "/") {
		all = append(all, route)
	}
	return all
}

// naturally compares as users count: page 2 comes before page 10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		n, m := digits(a), digits(b)
		if n > 0 && m > 0 {
			x, y := strings.TrimLeft(a[:n], "0"), strings.TrimLeft(b[:m], "0")
			if c := cmp.Or(len(x)-len(y), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[n:], b[m:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }

// routeOf is a key as an address: a folder's own page has the folder's.
func routeOf(key string) string {
	key = strings.TrimSuffix(key, notebookKey)
	if isFolderPage(key) {
		key = path.Dir(key)
	}
	return strings.ToLower(key)
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

// resolve finds what a reference points at; false when it stays as it is.
func (v *resolver) resolve(d *parsed, one ref) (content.Ref, bool) {
	target := strings.TrimSpace(one.target)
	if id := d.ownPicture(one.start, target); id != "" {
		v.used[id] = true
		return content.Ref{File: id}, true
	}
	if target == "" || target[0] == '#' || target[0] == '?' || strings.HasPrefix(target, "//") || scheme.MatchString(target) {
		return content.Ref{}, false
	}
	address, fragment, _ := strings.Cut(target, "#")
	address, _, _ = strings.Cut(address, "?")
	plain, err := url.PathUnescape(address)
	if err != nil {
		plain = address
	}
	if strings.ContainsAny(plain, "{}$") || strings.IndexByte(plain, 0) >= 0 || plain == "" {
		v.note(d.Path, "the link %s is for another program; it stays as it is", shown(target))
		return content.Ref{}, false
	}
	to, reason := v.find(d, plain)
	switch {
	case to.Document != "" && fragment != "":
		to.Fragment = "#" + fragment
	case to.File != "":
		v.used[to.File] = true
	case to.Document == "" && reason == "":
		return content.Ref{}, false
	case reason == missing && one.image:
		v.dead(d.Path, "the image %s is missing", shown(target))
	case reason == missing:
		v.dead(d.Path, "the link %s leads nowhere", shown(target))
	case reason == outside:
		v.note(d.Path, "the link %s leads out of the folder; it stays as it is", shown(target))
	case reason == ofSite:
		v.note(d.Path, "the link %s is an address of the course's own site; it stays as it is", shown(target))
	case reason == bareFolder:
		v.note(d.Path, "the link %s leads to a folder without documents; it stays as it is", shown(target))
	case strings.HasPrefix(reason, leftOut):
		v.dead(d.Path, "%s %s", shown(target), strings.TrimPrefix(reason, leftOut))
	case reason != "":
		v.fault(d.Path, "%s %s", shown(target), reason)
	}
	return to, to.Document != "" || to.File != ""
}

// ownPicture is the image of a notebook's own that a reference names; empty when it names none.
func (d *parsed) ownPicture(at int, target string) string {
	if i, ok := strings.CutPrefix(target, picturePrefix); ok && d.Kind == content.Notebook {
		return d.Path + "\x00" + i
	}
	name, ok := strings.CutPrefix(target, "attachment:")
	if !ok {
		return ""
	}
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	for _, a := range d.attached {
		if a.start <= at && at < a.end && a.name == name {
			return pictureID(d.Path, a.picture)
		}
	}
	return ""
}

// Why a reference points at nothing.
const (
	missing    = "is missing"
	outside    = "leads out of the folder"
	ofSite     = "is an address of the site"
	bareFolder = "is a folder without a page" // nor any document
	leftOut    = "was left out: "             // with the reason behind it
)

func shown(target string) string { return cutAt(strings.Join(strings.Fields(target), " "), 120) }

func (v *resolver) find(d *parsed, address string) (content.Ref, string) {
	if rooted, ok := strings.CutPrefix(address, "/"); ok {
		return v.findRooted(d, path.Clean(rooted))
	}
	at := path.Join(path.Dir(d.Path), strings.ReplaceAll(address, "\\", "/"))
	if at == ".." || strings.HasPrefix(at, "../") {
		return content.Ref{}, outside
	}
	if to, reason := v.at(d, at); reason != missing {
		return to, reason
	}
	// Of a page that is not translated, the version in the school's own language.
	if code, key := v.placeOf(d, at); code {
		if to := v.route(d, routeOf(stem(key))); to != nil {
			return content.Ref{Document: to.Path}, ""
		}
	}
	return content.Ref{}, missing
}

// at finds what stands at a path: a document, a file, a folder's page, a document without its extension.
func (v *resolver) at(d *parsed, at string) (content.Ref, string) {
	if to := v.byPath[at]; to != nil {
		return content.Ref{Document: to.Path}, ""
	}
	switch {
	case v.out.Unread[at] || v.tree.inLeft(at):
		return content.Ref{}, "" // said already, or on purpose
	case v.tree.files[at]:
		return v.toFile(at)
	case v.tree.refused[at] != "":
		return content.Ref{}, leftOut + v.tree.refused[at]
	}
	if same := v.tree.folded[strings.ToLower(at)]; same != "" {
		if to := v.byPath[same]; to != nil {
			return content.Ref{Document: to.Path}, ""
		}
		return v.toFile(same)
	}
	bare := strings.TrimSuffix(strings.TrimSuffix(at, path.Ext(at)), ".")
	for _, base := range []string{at, at + "/README", at + "/readme", at + "/index", at + "/_index", bare} {
		if base == bare && !slices.Contains([]string{".html", ".htm", ".md", ".mdx"}, strings.ToLower(path.Ext(at))) {
			continue
		}
		for _, extension := range []string{".md", ".mdx", "." + d.Language + ".md", "." + d.Language + ".mdx", ".ipynb", ".markdown"} {
			if to := v.byPath[base+extension]; to != nil {
				return content.Ref{Document: to.Path}, ""
			}
		}
	}
	if at == "." || v.tree.folders[at] {
		if _, key := v.placeOf(d, at); key != "" {
			at = key
		}
		if to := v.route(d, strings.ToLower(at)); to != nil {
			return content.Ref{Document: to.Path}, ""
		}
		return content.Ref{}, bareFolder
	}
	return content.Ref{}, missing
}

func (v *resolver) toFile(at string) (content.Ref, string) {
	if reason := v.file(at); reason != "" {
		return content.Ref{}, reason
	}
	return content.Ref{File: at}, ""
}

// placeOf is a path that does not exist as the key that it would have, beside a document of a known place.
func (v *resolver) placeOf(d *parsed, at string) (bool, string) {
	// The document's path without its key's end is where its language's versions stand.
	own := stem(d.Path)
	common := 0
	for common < len(own) && common < len(d.Key) && own[len(own)-1-common] == d.Key[len(d.Key)-1-common] {
		common++
	}
	prefix, head := own[:len(own)-common], d.Key[:len(d.Key)-common]
	if rest, ok := strings.CutPrefix(at, prefix); ok {
		return true, head + rest
	}
	return false, ""
}

// route finds a document by its address, in the language of the one that points at it, else in the school's own.
func (v *resolver) route(d *parsed, route string) *parsed {
	if to := v.routes[d.Language+" "+route]; to != nil {
		return to
	}
	if to := v.routes[v.Language+" "+route]; to != nil {
		return to
	}
	if to := v.heads[d.Language+" "+route]; to != nil {
		return to
	}
	return v.heads[v.Language+" "+route]
}

// nearest is the document that shares the most folders with the one that points at it; nil when several do.
func nearest(d *parsed, found []*parsed) (best *parsed) {
	most := -1
	for _, f := range found {
		shared := 0
		for a, b := d.Key, f.Key; ; shared++ {
			x, restA, moreA := strings.Cut(a, "/")
			y, restB, moreB := strings.Cut(b, "/")
			if x != y || !moreA || !moreB {
				break
			}
			a, b = restA, restB
		}
		switch {
		case shared > most:
			most, best = shared, f
		case shared == most:
			best = nil
		}
	}
	return best
}

// findRooted reads an address of the course's own site: a file where generators look for them, or the document whose
// address ends so; of several, the nearest.
func (v *resolver) findRooted(d *parsed, rooted string) (content.Ref, string) {
	for _, base := range []string{"", "public", "static", "docs", "pages", "src"} {
		at := path.Join(base, rooted)
		if rooted != "." && (v.byPath[at] != nil || v.tree.files[at]) {
			return v.at(d, at)
		}
	}
	route := routeOf(stem(strings.ToLower(strings.TrimSuffix(rooted, ".html"))))
	segments := strings.Split(route, "/")
	// /course/fr/chapter1/2 names its language itself.
	languages := []string{d.Language, v.Language}
	for i, s := range segments[:min(2, len(segments))] {
		if code := codeOf(s); code != "" && len(segments) > i+1 {
			languages = append([]string{code}, languages...)
			segments = append(slices.Clone(segments[:i]), segments[i+1:]...)
			break
		}
	}
	for _, code := range languages {
		for from := 0; from < len(segments) && from < 2; from++ {
			end := code + " " + strings.Join(segments[from:], "/")
			if to := nearest(d, v.tails[end]); to != nil && (from == 0 || len(segments)-from > 1) { // one word alone would be a guess
				return content.Ref{Document: to.Path}, ""
			}
			if to := nearest(d, v.ends[end]); to != nil {
				return content.Ref{Document: to.Path}, ""
			}
		}
	}
	return content.Ref{}, ofSite
}
