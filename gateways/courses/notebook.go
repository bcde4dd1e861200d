package courses

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	reading "github.com/yuin/goldmark/text"
)

// notebookFile is what is read of nbformat 3 and 4.
type notebookFile struct {
	Cells      []cell `json:"cells"`
	Worksheets []struct {
		Cells []cell `json:"cells"`
	} `json:"worksheets"`
	Metadata json.RawMessage `json:"metadata"`
}

// languages is where the metadata of a notebook name the language of its code.
type languages struct {
	Kernelspec struct {
		Language string `json:"language"`
	} `json:"kernelspec"`
	LanguageInfo struct {
		Name string `json:"name"`
	} `json:"language_info"`
}

type cell struct {
	Type        string                     `json:"cell_type"`
	Source      lines                      `json:"source"`
	Input       lines                      `json:"input"` // format 3
	Level       int                        `json:"level"` // format 3: headings
	Outputs     []output                   `json:"outputs"`
	Attachments map[string]map[string]data `json:"attachments"`
}

type output struct {
	Type      string          `json:"output_type"`
	Text      lines           `json:"text"`
	Data      map[string]data `json:"data"`
	PNG       lines           `json:"png"` // format 3
	Error     string          `json:"ename"`
	Value     string          `json:"evalue"`
	Traceback []string        `json:"traceback"`
}

// lines is a text, or a list of its lines.
type lines string

// UnmarshalJSON takes both forms; anything else, as in the data of widgets, is no text.
func (l *lines) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = lines(one)
		return nil
	}
	var many []string
	if err := json.Unmarshal(raw, &many); err == nil {
		*l = lines(strings.Join(many, ""))
	}
	return nil
}

type data = lines

// picture is an image that a notebook holds.
type picture struct {
	extension string
	data      []byte
}

// imageTypes are the images that outputs hold, the better first.
var imageTypes = [][2]string{
	{"image/png", ".png"},
	{"image/jpeg", ".jpg"},
	{"image/gif", ".gif"},
	{"image/webp", ".webp"},
	{"image/svg+xml", ".svg"},
}

const maxOutput = 20_000 // bytes of one text output

// attached is an image that the text of a cell names; the same name may mean another one in another cell.
type attached struct {
	start, end int // of the cell in the text
	name       string
	picture    int
}

// converted is what a notebook became.
type converted struct {
	text     string
	said     json.RawMessage // what it says of itself, as it is written
	pictures []picture
	attached []attached
}

// notebook makes a notebook Markdown: text as it is, code and text outputs between fences, images apart.
func notebook(raw string) (c converted, err error) {
	var n notebookFile
	if err := json.Unmarshal([]byte(raw), &n); err != nil {
		return c, fmt.Errorf("is no notebook: %s", firstLine(err.Error()))
	}
	for _, sheet := range n.Worksheets {
		n.Cells = append(n.Cells, sheet.Cells...)
	}
	if n.Cells == nil {
		return c, errors.New("is no notebook: it has no cells")
	}
	var l languages
	_ = json.Unmarshal(n.Metadata, &l) // metadata of another form name no language
	w := notebookWriter{language: languageWord(first(l.Kernelspec.Language, l.LanguageInfo.Name, "python"))}
	for _, c := range n.Cells {
		if c.Type == "raw" && w.out.Len() == 0 && opening.MatchString(string(c.Source)) {
			c.Type = "markdown" // front matter, as Quarto keeps it
		}
		w.cell(c)
	}
	w.out.WriteByte('\n')
	return converted{text: w.out.String(), said: n.Metadata, pictures: w.pictures, attached: w.attached}, nil
}

type notebookWriter struct {
	language string
	out      strings.Builder
	pictures []picture
	attached []attached
}

// What a database and a parser take: NUL is a sign that cannot be shown, and all line ends are alike.
var plainText = strings.NewReplacer("\x00", "\ufffd", "\r\n", "\n", "\r", "\n")

// add writes a part of the text and returns where it stands.
func (w *notebookWriter) add(part string) (start, end int) {
	part = strings.Trim(plainText.Replace(part), "\n")
	if strings.TrimSpace(part) == "" {
		return 0, 0
	}
	if w.out.Len() > 0 {
		w.out.WriteString("\n\n")
		if part[0] == ' ' || part[0] == '\t' { // else it would belong to a list above
			w.out.WriteString("<!-- -->\n\n")
		}
	}
	start = w.out.Len()
	w.out.WriteString(part)
	return start, w.out.Len()
}

// addText writes Markdown that stands alone: what it leaves open must not take in what follows.
func (w *notebookWriter) addText(text string) (start, end int) {
	text = plainText.Replace(text)
	return w.add(strings.TrimRight(text, "\n") + endOf(text))
}

func (w *notebookWriter) cell(c cell) {
	text := string(c.Source + c.Input)
	switch c.Type {
	case "markdown":
		start, end := w.addText(text)
		for _, name := range sortedKeys(c.Attachments) {
			if _, ok := w.image(c.Attachments[name]); ok {
				w.attached = append(w.attached, attached{start, end, name, len(w.pictures) - 1})
			}
		}
	case "heading":
		w.add(strings.Repeat("#", min(6, max(1, c.Level))) + " " + strings.Join(strings.Fields(text), " "))
	case "code":
		if strings.TrimSpace(text) != "" {
			w.add(fence(w.language, plainText.Replace(text)))
		}
		for _, o := range c.Outputs {
			w.output(o)
		}
	}
}

// output writes what a cell printed or showed. Of several forms of one thing the one that reads best is taken.
func (w *notebookWriter) output(o output) {
	switch o.Type {
	case "stream":
		w.printed(string(o.Text))
	case "error", "pyerr":
		w.printed(first(strings.Join(o.Traceback, "\n"), o.Error+": "+o.Value))
	case "execute_result", "display_data", "pyout":
		if o.PNG != "" {
			o.Data = map[string]data{"image/png": o.PNG}
		}
		if at, ok := w.image(o.Data); ok {
			w.add("![](" + at + ")")
		} else if md := o.Data["text/markdown"]; md != "" {
			w.addText(string(md))
		} else if _, widget := o.Data["application/vnd.jupyter.widget-view+json"]; !widget {
			w.printed(string(o.Data["text/plain"] + o.Text))
		}
	}
}

func (w *notebookWriter) image(forms map[string]data) (at string, ok bool) {
	for _, t := range imageTypes {
		text := string(forms[t[0]])
		if text == "" {
			continue
		}
		raw := []byte(text)
		if t[1] != ".svg" {
			var err error
			if raw, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err != nil {
				continue
			}
		}
		w.pictures = append(w.pictures, picture{extension: t[1], data: raw})
		return pictureRef(len(w.pictures) - 1), true
	}
	return "", false
}

var terminalCodes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// printed writes a text output as a terminal would show it in the end: without colours, of each line what overwrote the rest.
func (w *notebookWriter) printed(text string) {
	text = terminalCodes.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "")
	all := strings.Split(text, "\n")
	for i, line := range all {
		if j := strings.LastIndexByte(strings.TrimRight(line, "\r"), '\r'); j >= 0 {
			line = line[j+1:]
		}
		all[i] = strings.TrimRight(line, "\r")
	}
	text = strings.Trim(strings.Join(all, "\n"), "\n")
	if len(text) > maxOutput {
		text = cutBytes(text, maxOutput) + "\n…"
	}
	if strings.TrimSpace(text) != "" {
		w.add(fence("text", text))
	}
}

// fence puts code between fences longer than any within it.
func fence(language, code string) string {
	marks, longest := 0, 2
	for _, c := range code {
		if c == '`' {
			marks++
			longest = max(longest, marks)
		} else {
			marks = 0
		}
	}
	f := strings.Repeat("`", longest+1)
	return f + language + "\n" + code + "\n" + f
}

// blocks reads how a text is laid out and nothing within its lines, which takes little time.
var blocks = parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...))

// endOf is what ends the fence or the HTML that a Markdown text leaves open at its end; empty when it leaves nothing open.
// What a list or a quote holds ends with it.
func endOf(text string) string {
	if !strings.Contains(text, "```") && !strings.Contains(text, "~~~") && !strings.Contains(text, "<") {
		return ""
	}
	source := []byte(strings.TrimRight(text, "\n") + "\n\nend\n")
	switch last := blocks.Parse(reading.NewReader(source)).LastChild().(type) {
	case *ast.FencedCodeBlock:
		line := bytes.TrimRight(source[:last.Lines().At(0).Start], " \t\n")
		if found := fenceForm.FindSubmatch(line[bytes.LastIndexByte(line, '\n')+1:]); found != nil {
			return "\n" + string(found[1]) + string(found[2])
		}
	case *ast.HTMLBlock:
		begin := last.Lines().At(0)
		begins := strings.ToLower(string(bytes.TrimLeft(begin.Value(source), " ")))
		for _, pair := range rawHTML {
			if strings.HasPrefix(begins, pair[0]) {
				return "\n" + pair[1]
			}
		}
	}
	return ""
}

// rawHTML is what begins HTML in Markdown that blank lines do not end, with what does.
var rawHTML = [][2]string{
	{"<!--", "-->"},
	{"<pre", "</pre>"},
	{"<script", "</script>"},
	{"<style", "</style>"},
	{"<textarea", "</textarea>"},
	{"<?", "?>"},
	{"<![cdata[", "]]>"},
	{"<!", ">"},
}

var languageForm = regexp.MustCompile(`^[a-z0-9+#_-]{1,20}$`)

func languageWord(name string) string {
	if name = strings.ToLower(name); languageForm.MatchString(name) {
		return name
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
