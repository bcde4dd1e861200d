package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	texttemplate "text/template"

	"lyceum/domain"
)

//go:embed templates
var sources embed.FS

// linkMark stands alone on a line where a message has its link.
const linkMark = "{{.link}}"

// English answers readers whose language has no templates.
const English = "en"

// message is one template in one language, parsed twice: text and HTML are made of the same source, so that they cannot differ.
type message struct {
	subject, text *texttemplate.Template
	html          *htmltemplate.Template
}

// written is a message that has been filled in.
type written struct{ subject, text, html string }

// templates are all messages by language and name.
var templates = mustParse(sources)

func mustParse(files fs.FS) map[string]map[domain.MailTemplate]message {
	all := map[string]map[domain.MailTemplate]message{}
	names, err := fs.Glob(files, "templates/*/*.txt")
	for _, name := range names {
		source, readErr := fs.ReadFile(files, name)
		language := path.Base(path.Dir(name))
		m, parseErr := parse(language, string(source))
		err = errors.Join(err, readErr, parseErr)
		if all[language] == nil {
			all[language] = map[domain.MailTemplate]message{}
		}
		all[language][domain.MailTemplate(strings.TrimSuffix(path.Base(name), ".txt"))] = m
	}
	if err != nil {
		panic(err) // the sources are part of the program, and the tests read them all
	}
	return all
}

var blankLines = regexp.MustCompile(`\n{2,}`)

// parse reads a source: the subject on the first line, then paragraphs between blank lines. A value that a template asks for and
// that is missing is an error, so that nobody is addressed as "no value".
func parse(language, source string) (m message, err error) {
	subject, body, _ := strings.Cut(strings.TrimSpace(source), "\n")
	functions := functionsOf(language)
	if m.subject, err = texttemplate.New("subject").Funcs(functions).Option("missingkey=error").Parse(subject); err != nil {
		return m, err
	}
	if m.text, err = texttemplate.New("text").Funcs(functions).Option("missingkey=error").Parse(strings.TrimSpace(body) + "\n"); err != nil {
		return m, err
	}
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><html lang="` + language + `"><head><meta charset="utf-8"><title>Lyceum</title></head>` +
		`<body style="font-family:sans-serif;line-height:1.5;max-width:40em">` + "\n")
	for _, paragraph := range blankLines.Split(strings.TrimSpace(body), -1) {
		if paragraph == linkMark {
			paragraph = `<a href="` + linkMark + `">` + linkMark + `</a>`
		}
		page.WriteString("<p>" + paragraph + "</p>\n")
	}
	page.WriteString("</body></html>\n")
	m.html, err = htmltemplate.New("html").Funcs(functions).Option("missingkey=error").Parse(page.String())
	return m, err
}

// languageOf is the language of a locale that there are templates in: "de-CH" is answered in German.
func languageOf(locale string) string {
	language, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	if _, ok := templates[language]; ok {
		return language
	}
	return English
}

// write fills a template in. Its error is the program's own fault: another attempt would fail too.
func write(name domain.MailTemplate, locale string, values map[string]string, link string) (w written, err error) {
	m, ok := templates[languageOf(locale)][name]
	if !ok {
		return w, fmt.Errorf("there is no template %q", name)
	}
	values = harmless(values)
	if link != "" {
		values["link"] = link
	}
	var subject, text, html bytes.Buffer
	err = errors.Join(m.subject.Execute(&subject, values), m.text.Execute(&text, values), m.html.Execute(&html, values))
	return written{subject: subject.String(), text: text.String(), html: html.String()}, err
}
