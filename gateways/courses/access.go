package courses

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lyceum/domain/content"
)

// What a document says about who may read it, and from when. What is not understood closes the document: it becomes a draft, and is
// reported with its path and key.

// kind is what a key of front matter is about.
type kind int

const (
	unknownKey kind = iota
	levelKey        // a level, or a word for one
	memberKey       // yes: whoever is signed in
	paidKey         // yes: not for nothing
	openKey         // yes: for everyone
	draftKey        // yes: not ready
	hiddenKey       // yes: not for the catalogue
	publishKey      // yes, or from when
	statusKey       // a word
)

var kinds = map[string]kind{
	"level": levelKey, "levels": levelKey, "access": levelKey, "access_level": levelKey, "accesslevel": levelKey, "content_level": levelKey,
	"required_level": levelKey, "min_level": levelKey, "minimum_level": levelKey, "tier": levelKey, "tiers": levelKey, "access_tier": levelKey,
	"required_tier": levelKey, "visibility": levelKey, "membership": levelKey, "plan": levelKey, "plans": levelKey, "required_plan": levelKey,
	"member": memberKey, "members": memberKey, "members_only": memberKey, "member_only": memberKey, "login_required": memberKey,
	"requires_login": memberKey, "require_login": memberKey, "signed_in": memberKey, "logged_in": memberKey,
	"paid": paidKey, "is_paid": paidKey, "paid_only": paidKey, "premium": paidKey, "is_premium": paidKey, "premium_only": paidKey,
	"subscriber": paidKey, "subscribers": paidKey, "subscribers_only": paidKey, "subscription": paidKey, "paywall": paidKey, "paywalled": paidKey,
	"gated": paidKey, "locked": paidKey, "restricted": paidKey, "protected": paidKey,
	"free": openKey, "is_free": openKey, "public": openKey, "is_public": openKey, "open_access": openKey,
	"draft": draftKey, "is_draft": draftKey, "drafted": draftKey,
	"private": hiddenKey, "is_private": hiddenKey, "hidden": hiddenKey, "unlisted": hiddenKey, "unpublished": hiddenKey, "archived": hiddenKey, "wip": hiddenKey,
	"published": publishKey, "publish": publishKey, "is_published": publishKey,
	"status": statusKey, "post_status": statusKey, "page_status": statusKey, "publication_status": statusKey, "publish_status": statusKey,
	// Something that opens the text, and that this program cannot ask for.
	"password": levelKey, "passphrase": levelKey,
}

// Words for levels and statuses, as keyName writes them.
var (
	openWords   = []string{"public", "free", "open", "everyone", "everybody", "anyone", "all"}
	memberWords = []string{"member", "members", "members_only", "signed_in", "registered", "users", "logged_in", "login"}
	paidWords   = []string{"paid", "premium", "subscriber", "subscribers", "subscription", "paid_members"}
	draftWords  = []string{
		"draft", "drafts", "private", "hidden", "unlisted", "unpublished", "internal", "none", "nobody", "archived", "pending", "review", "in_review", "wip",
		"scheduled", "future", "planned", "todo", "trash",
	}
	publishedWords = []string{
		"published", "publish", "public", "live", "ready", "final", "done", "complete", "completed", "stable", "active", "current", "new", "updated", "deprecated",
	}
	yesWords, noWords = []string{"true", "yes", "y", "on", "1"}, []string{"false", "no", "n", "off", "0"}
)

var (
	accessWords = []string{
		"access", "level", "levels", "tier", "tiers", "visibility", "member", "members", "membership", "paid", "paywall", "premium", "subscriber", "subscribers",
		"subscription", "subscriptions", "restricted", "gated", "draft", "lvl", "vip", "pro", "paying", "payment", "price", "exclusive", "entitlement", "entitlements",
	}
	// Of these a level says nothing about access: headings in a table of contents, what a learner should know.
	otherLevels = []string{"heading", "headings", "toc", "skill", "difficulty", "experience", "reading", "grade", "education", "proficiency"}
	fromKeys    = regexp.MustCompile(`^(date|datetime|embargo|(publish|published|publishing|pub|publication|release|released|available|visible|embargo|embargoed|go_live|golive|scheduled|schedule|opens|open)_?(date|datetime|at|on|from|time|for)|embargo(ed)?_until)$`)
	untilKeys   = regexp.MustCompile(`^(expires|expiry|(expiry|expiration|expire|expires|unpublish|unpublished|archive)_?(date|at|on|time)|(available|visible|valid|published|open)_?(until|till|to))$`)
)

func isDateKey(name string) bool { return fromKeys.MatchString(name) || untilKeys.MatchString(name) }

// speaksOfAccess reports whether one of the words of a key, or of the keys above it, is about access.
func speaksOfAccess(name string) bool {
	words := strings.Split(name, "_")
	other := slices.ContainsFunc(words, func(w string) bool { return slices.Contains(otherLevels, w) })
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains(accessWords, w) && (!other || w != "level" && w != "levels")
	})
}

func isAboutAccess(name string) bool {
	return kinds[name] != unknownKey || isDateKey(name) || speaksOfAccess(name)
}

// maxLevel is content_items_access_level_range.
const maxLevel = 1000

// accessReader gathers what the keys say, and what they say against each other.
type accessReader struct {
	now    time.Time
	levels map[int32]string // → the key that says it
	paid   string           // the key that says that it is not for nothing
	ready  map[bool]string  // whether it is to be published → the key that says it
	hidden bool
	notes  []string
	faults []string
}

// readAccess reads all that a document says about access into it. notes are about what keeps it a draft for now; with a fault the
// document is closed.
func (m matter) readAccess(d *content.Document, now time.Time) (notes, faults []string) {
	a := accessReader{now: now, levels: map[int32]string{}, ready: map[bool]string{}}
	for _, e := range m {
		a.read(e)
	}
	if len(a.levels) > 1 {
		keys := sortedValues(a.levels)
		a.fault(keys[0], "says another level than %s", keys[1])
	}
	for _, level := range sortedLevels(a.levels) {
		d.Level = &level // the highest, if there are several
	}
	if a.paid != "" {
		if d.Level != nil && *d.Level < content.LowestPaidLevel {
			a.fault(a.paid, "says another level than %s", a.levels[*d.Level])
		}
		if d.Level == nil || *d.Level < content.LowestPaidLevel {
			d.Paid = a.paid
		}
	}
	if len(a.ready) > 1 {
		a.fault(a.ready[false], "says no, and %s says yes", a.ready[true])
	}
	d.Draft = a.hidden || a.ready[false] != ""
	d.Closed = len(a.faults) > 0
	return a.notes, a.faults
}

func (a *accessReader) fault(key, format string, args ...any) {
	a.faults = append(a.faults, key+": "+fmt.Sprintf(format, args...))
}

func (a *accessReader) read(e entry) {
	kind := kinds[e.name]
	text := words(single(e.value))
	switch {
	case kind == unknownKey && fromKeys.MatchString(e.name):
		a.from(e.key, e.value)
		return
	case kind == unknownKey && untilKeys.MatchString(e.name):
		a.until(e.key, e.value)
		return
	case kind == unknownKey && speaksOfAccess(e.name):
		a.fault(e.key, "is no key that is read, and seems to be about access")
		return
	case kind == unknownKey:
		a.nested(e.key, e.name, e.value, 0)
		return
	case text == "":
		a.fault(e.key, "has no value that is understood")
		return
	}
	yes, plain := yesOrNo(text)
	word := keyName(text)
	switch kind {
	case levelKey:
		a.level(e.key, text)
	case memberKey, paidKey, openKey:
		switch {
		case !plain:
			a.level(e.key, text)
		case kind == memberKey && yes:
			a.levels[1] = e.key
		case kind == paidKey && yes, e.name == "free" && !yes, e.name == "is_free" && !yes:
			a.paid = e.key
		case kind == openKey && yes:
			a.levels[0] = e.key
		case kind == openKey:
			a.hidden = true
		}
	case draftKey, publishKey:
		switch {
		case plain:
			a.ready[yes == (kind == publishKey)] = e.key
		case kind == publishKey && slices.Contains(draftWords, word):
			a.ready[false] = e.key
		case kind == publishKey && slices.Contains(publishedWords, word):
			a.ready[true] = e.key
		case kind == publishKey:
			a.from(e.key, e.value)
		default:
			a.fault(e.key, "%s is neither yes nor no", quoted(text))
		}
	case hiddenKey:
		if !plain {
			a.fault(e.key, "%s is neither yes nor no", quoted(text))
		}
		a.hidden = a.hidden || yes
	case statusKey:
		switch {
		case slices.Contains(draftWords, word):
			a.ready[false] = e.key
		case slices.Contains(publishedWords, word):
			a.ready[true] = e.key
		default:
			a.fault(e.key, "%s is no status that is known", quoted(text))
		}
	}
}

// level reads a number, or a word for a level.
func (a *accessReader) level(key, text string) {
	word := keyName(text)
	n, err := strconv.ParseInt(text, 10, 32)
	switch {
	case err == nil && n >= 0 && n <= maxLevel:
		a.levels[int32(n)] = key
	case err == nil:
		a.fault(key, "%d is no level: 0 to %d are", n, maxLevel)
	case slices.Contains(openWords, word):
		a.levels[0] = key
	case slices.Contains(memberWords, word):
		a.levels[1] = key
	case slices.Contains(paidWords, word):
		a.paid = key
	case slices.Contains(draftWords, word):
		a.hidden = true
	default:
		a.fault(key, "%s is no level: numbers from 0 to %d are", quoted(text), maxLevel)
	}
}

// nested looks for keys about access within the value of one that is not: they are not read there.
func (a *accessReader) nested(path, name string, value any, depth int) {
	if depth > 50 {
		a.fault(path, "is nested too deeply")
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(value) {
			at, inner := path+"."+key, keyName(key)
			if speaksOfAccess(name+"_"+inner) || kinds[inner] == levelKey {
				a.fault(at, "is no key that is read, and seems to be about access")
				continue
			}
			a.nested(at, name+"_"+inner, value[key], depth+1)
		}
	case []any:
		for _, one := range value {
			a.nested(path, name, one, depth+1)
		}
	}
}

// from reads an instant before which the document is not to be published.
func (a *accessReader) from(key string, value any) {
	_, latest, ok := instants(value)
	switch {
	case !ok:
		a.fault(key, "%s is no date that is understood: 2006-01-02 is", quoted(words(value)))
	case latest.After(a.now):
		a.hidden = true
		a.notes = append(a.notes, fmt.Sprintf("%s: %s lies ahead; it stays a draft", key, quoted(words(value))))
	}
}

// until reads an instant from which the document is no longer to be published.
func (a *accessReader) until(key string, value any) {
	earliest, _, ok := instants(value)
	switch {
	case !ok:
		a.fault(key, "%s is no date that is understood: 2006-01-02 is", quoted(words(value)))
	case !earliest.After(a.now):
		a.hidden = true
		a.notes = append(a.notes, fmt.Sprintf("%s: %s is over; it stays a draft", key, quoted(words(value))))
	}
}

var dateForms = []string{
	time.RFC3339, "2006-01-02 15:04:05.999 Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04",
	"2006-01-02T15:04", "2006-1-2", "2006/1/2", "2006.1.2", "2.1.2006", "2/1/2006", "1/2/2006", "1-2-2006", "2-1-2006", "20060102", "2006-1", "2006", "January 2, 2006", "Jan 2, 2006",
	"2 January 2006", "2 Jan 2006", "January 2006", "Monday, January 2, 2006", time.RFC1123, time.RFC1123Z,
}

// instants are the earliest and the latest that a date can mean: 3/4/2026 is two days, and they may lie on both sides of now.
func instants(value any) (earliest, latest time.Time, ok bool) {
	text := words(single(value))
	for _, form := range dateForms {
		t, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if !ok || t.Before(earliest) {
			earliest = t
		}
		if !ok || t.After(latest) {
			latest = t
		}
		ok = true
	}
	return earliest, latest, ok
}

// single is what a list of one holds.
func single(value any) any {
	if list, ok := value.([]any); ok && len(list) == 1 {
		return list[0]
	}
	return value
}

func yesOrNo(text string) (yes, plain bool) {
	text = strings.ToLower(text)
	yes = slices.Contains(yesWords, text)
	return yes, yes || slices.Contains(noWords, text)
}

func quoted(text string) string { return strconv.Quote(cutAt(text, 60)) }

func sortedLevels(levels map[int32]string) (all []int32) {
	for level := range levels {
		all = append(all, level)
	}
	slices.Sort(all)
	return all
}

func sortedValues(levels map[int32]string) (all []string) {
	for _, level := range sortedLevels(levels) {
		all = append(all, levels[level])
	}
	return all
}
