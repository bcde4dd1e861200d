package courses

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// place is where a document stands among its versions.
type place struct {
	key      string // the path without extension and language
	language string
}

// markers are folders whose folders are languages.
var markers = []string{"translations", "i18n", "locales", "locale"}

// Docusaurus keeps the versions of docs/ here, below i18n/<language>.
const docusaurus = "docusaurus-plugin-content-docs/current/"

var codeForm = regexp.MustCompile(`^[A-Za-z]{2}([-_][A-Za-z]{2,4})?$`)

// misnomers are country codes that courses take for languages.
var misnomers = map[string]string{"jp": "ja", "kr": "ko", "cn": "zh", "gj": "gu", "cz": "cs", "ua": "uk"}

// codeOf reads the name of a folder, or a suffix, as a language; empty when it is none.
func codeOf(name string) string {
	if !codeForm.MatchString(name) {
		return ""
	}
	if right, ok := misnomers[strings.ToLower(name)]; ok {
		name = right
	}
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return ""
	}
	return tag.String()
}

// layout finds the language and the key of every document by where the documents stand:
// below translations/<language>, or in <language> folders side by side, the school's own among them, or in one that holds
// what stands beside it again, or with a language before the extension and another version beside.
func layout(documents []string, fallback string) map[string]place {
	languageFolders := languageFolders(documents, fallback)
	places := make(map[string]place, len(documents))
	for _, name := range documents {
		p := place{key: stem(name), language: fallback}
		segments := strings.Split(name, "/")
		for i := range segments[:len(segments)-1] {
			folder := strings.Join(segments[:i+1], "/")
			code, ok := languageFolders[folder]
			if !ok {
				continue
			}
			above := segments[:i]
			rest := strings.Join(segments[i+1:], "/")
			if n := len(above); n > 0 && slices.Contains(markers, strings.ToLower(above[n-1])) {
				above = above[:n-1]
				if strings.HasPrefix(rest, docusaurus) {
					rest = "docs/" + strings.TrimPrefix(rest, docusaurus)
				}
			}
			p = place{key: stem(path.Join(path.Join(above...), rest)), language: code}
			break
		}
		places[name] = p
	}
	return bySuffix(places)
}

func languageFolders(documents []string, fallback string) map[string]string {
	children, there := map[string]map[string]bool{}, make(map[string]bool, len(documents))
	for _, name := range documents {
		there[name] = true
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			above := path.Dir(folder)
			if children[above] == nil {
				children[above] = map[string]bool{}
			}
			children[above][path.Base(folder)] = true
		}
	}
	found := map[string]string{}
	for above, names := range children {
		marked := slices.Contains(markers, strings.ToLower(path.Base(above)))
		codes, ours := map[string]string{}, false
		for name := range names {
			if code := codeOf(name); code != "" {
				codes[name] = code
				ours = ours || sameLanguage(code, fallback)
			}
		}
		for name, code := range codes {
			if folder := path.Join(above, name); marked || ours && len(codes) > 1 ||
				!sameLanguage(code, fallback) && mirrors(documents, there, folder) {
				found[folder] = code
			}
		}
	}
	return found
}

// mirrors reports whether most documents of a folder, and more than one, stand beside it again under the same names.
func mirrors(documents []string, there map[string]bool, folder string) bool {
	within, again := 0, 0
	for _, name := range documents {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok {
			within++
			if there[path.Join(path.Dir(folder), rest)] {
				again++
			}
		}
	}
	return again > 1 && 2*again > within
}

func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return a == b
}

var readmeSuffix = regexp.MustCompile(`^(?i)(readme|index)[._-]([a-z]{2}([-_][a-z]{2,4})?)$`)

// bySuffix reads lesson.fr beside lesson or lesson.de as French.
func bySuffix(places map[string]place) map[string]place {
	beside := map[string]map[string]bool{} // key without suffix → the codes that stand there, "" for none
	split := func(key string) (bare, code string) {
		base := path.Base(key)
		if m := readmeSuffix.FindStringSubmatch(base); m != nil && codeOf(m[2]) != "" {
			return strings.TrimSuffix(key, base) + m[1], codeOf(m[2])
		}
		base = strings.TrimSuffix(key, notebookKey)
		if i := strings.LastIndexByte(base, '.'); i > strings.LastIndexByte(base, '/')+1 && codeOf(base[i+1:]) != "" {
			return base[:i] + strings.TrimPrefix(key, base), codeOf(base[i+1:])
		}
		return key, ""
	}
	for _, p := range places {
		bare, code := split(p.key)
		if beside[bare] == nil {
			beside[bare] = map[string]bool{}
		}
		beside[bare][code] = true
	}
	for name, p := range places {
		if bare, code := split(p.key); code != "" && len(beside[bare]) > 1 {
			places[name] = place{key: bare, language: code}
		}
	}
	return places
}

// notebookKey keeps a notebook apart from the page of the same name: they are no versions of each other.
const notebookKey = ".ipynb"

func stem(name string) string {
	if isNotebook(name) {
		return strings.TrimSuffix(name, path.Ext(name)) + notebookKey
	}
	return strings.TrimSuffix(name, path.Ext(name))
}

// isFolderPage reports whether a document speaks for its folder.
func isFolderPage(key string) bool {
	base := strings.ToLower(path.Base(key))
	return base == "readme" || base == "index" || base == "_index"
}

// slugless is a name without its extension, for names of files.
func slugless(base string) string { return strings.TrimSuffix(base, path.Ext(base)) }

// titleFromName is the title of a document that has none.
func titleFromName(key string) string {
	name := strings.TrimSuffix(path.Base(key), notebookKey)
	if isFolderPage(key) && path.Dir(key) != "." {
		name = path.Base(path.Dir(key))
	}
	words := strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == ' ' || c == '.' }), " ")
	if words == "" {
		return name
	}
	return cutAt(words, maxTitle)
}
