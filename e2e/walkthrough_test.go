//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A walkthrough is a page of the documents whose steps are done as they stand there. A step begins with a comment that readers do
// not see:
//
//	<!-- as: owner; keep: PLAN = createPlan.plan.id; see: createPlan.userErrors = [] -->
//
// The code block below it is sent by that user; words that were kept are replaced in all later steps. Instead of a user, a comment
// can name a mail (`mail: nora@example.com; keep: TOKEN = verify`), whose link it reads, or a time to pass (`later: 15d`).
type step struct {
	line  int
	words map[string][]string // of the comment; keep and see may come several times
	block string
}

var stepForm = regexp.MustCompile("(?s)<!-- ([a-z]+: .*?) -->\\s*(?:```graphql\n(.*?)```)?")

func readSteps(t *testing.T, path string) (steps []step) {
	t.Helper()
	text, err := os.ReadFile(path)
	blocks := 0
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range stepForm.FindAllSubmatchIndex(text, -1) {
		s := step{line: 1 + bytes.Count(text[:at[0]], []byte("\n")), words: map[string][]string{}}
		for part := range strings.SplitSeq(string(text[at[2]:at[3]]), ";") {
			key, value, ok := strings.Cut(part, ":")
			if !ok {
				t.Fatalf("%s:%d: %q is no word of a step", path, s.line, part)
			}
			key = strings.TrimSpace(key)
			s.words[key] = append(s.words[key], strings.TrimSpace(value))
		}
		if at[4] >= 0 {
			s.block = string(text[at[4]:at[5]])
		}
		steps = append(steps, s)
		if s.block != "" {
			blocks++
		}
	}
	if shown := bytes.Count(text, []byte("```graphql")); blocks != shown || blocks == 0 {
		t.Fatalf("%s shows %d operations, of which %d are steps", path, shown, blocks)
	}
	return steps
}

// walker does the steps.
type walker struct {
	t       *testing.T
	school  *school
	mail    *mailpit
	kept    []string // pairs for a strings.Replacer
	clients map[string]*http.Client
	read    map[string]bool // mails that a step has read
}

func (w *walker) fill(text string) string { return strings.NewReplacer(w.kept...).Replace(text) }

func (w *walker) do(s step) {
	w.t.Helper()
	switch {
	case s.words["as"] != nil:
		w.ask(s)
	case s.words["mail"] != nil:
		w.open(s)
	case s.words["later"] != nil:
		w.school.advance(s.words["later"][0])
	default:
		w.t.Fatalf("line %d: nothing to do", s.line)
	}
}

func (w *walker) client(name string) *http.Client {
	if w.clients[name] == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			w.t.Fatal(err)
		}
		w.clients[name] = &http.Client{Jar: jar, Timeout: 30 * time.Second}
	}
	return w.clients[name]
}

// ask sends a block, and looks at the answer. What is wanted may take a moment: the jobs of the server are at work.
func (w *walker) ask(s step) {
	w.t.Helper()
	query, problem, raw := w.fill(s.block), "", ""
	again := time.Now().Add(90 * time.Second)
	for {
		var answer map[string]any
		answer, raw = w.post(s, query)
		if problem = w.look(s, answer); problem == "" {
			w.keep(s, answer)
			return
		}
		if strings.HasPrefix(strings.TrimSpace(query), "mutation") || time.Now().After(again) {
			w.t.Fatalf("line %d: %s\n%s\n→ %s", s.line, problem, query, raw)
		}
		time.Sleep(time.Second)
	}
}

func (w *walker) post(s step, query string) (answer map[string]any, raw string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.school.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client(s.words["as"][0]).Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(text.Bytes(), &answer); err != nil {
		w.t.Fatalf("line %d: the answer is no JSON: %s", s.line, text.String())
	}
	return answer, text.String()
}

// look says what is not as the step wants it. Without a word `refused` there may be no error.
func (w *walker) look(s step, answer map[string]any) string {
	code := ""
	if errs, _ := answer["errors"].([]any); len(errs) > 0 {
		code, _ = at(errs[0], "extensions.code").(string)
	}
	want := ""
	if refused := s.words["refused"]; refused != nil {
		want = refused[0]
	}
	if code != want {
		return fmt.Sprintf("the error is %q, not %q", code, want)
	}
	for _, see := range s.words["see"] {
		path, wanted, _ := strings.Cut(see, "=")
		got, err := json.Marshal(at(answer["data"], strings.TrimSpace(path)))
		if err != nil {
			w.t.Fatal(err)
		}
		if wanted = w.fill(strings.TrimSpace(wanted)); string(got) != wanted {
			return fmt.Sprintf("%s is %s, not %s", strings.TrimSpace(path), got, wanted)
		}
	}
	return ""
}

func (w *walker) keep(s step, answer map[string]any) {
	for _, keep := range s.words["keep"] {
		word, path, _ := strings.Cut(keep, "=")
		value, ok := at(answer["data"], strings.TrimSpace(path)).(string)
		if !ok || value == "" {
			w.t.Fatalf("line %d: there is nothing at %s", s.line, path)
		}
		w.kept = append(w.kept, strings.TrimSpace(word), value)
	}
}

// at is what stands at a path of names and numbers.
func at(value any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			var n int
			if _, err := fmt.Sscan(name, &n); err != nil || n >= len(v) {
				return nil
			}
			value = v[n]
		default:
			return nil
		}
	}
	return value
}

// open waits for a mail and reads the token of its link.
func (w *walker) open(s step) {
	w.t.Helper()
	address := s.words["mail"][0]
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		for _, m := range w.mail.messages(address) {
			subject := s.words["subject"][0]
			if w.read[m.ID] || !strings.Contains(m.Subject, subject) {
				continue
			}
			w.read[m.ID] = true
			text := w.mail.text(m.ID)
			for _, keep := range s.words["keep"] {
				word, action, _ := strings.Cut(keep, "=")
				found := regexp.MustCompile("#" + regexp.QuoteMeta(strings.TrimSpace(action)) + "=([A-Za-z0-9_-]+)").FindStringSubmatch(text)
				if found == nil {
					w.t.Fatalf("line %d: the mail has no such link: %s", s.line, text)
				}
				w.kept = append(w.kept, strings.TrimSpace(word), found[1])
			}
			return
		}
	}
	w.t.Fatalf("line %d: no mail came to %s", s.line, address)
}

func TestTheWalkthroughOfTheDocumentsWorksAsItIsWritten(t *testing.T) {
	t.Parallel()
	mail := newMailpit(t)
	mail.run()
	s := startSchool(t, "LYCEUM_SMTP_URL=smtp://"+mail.smtp+"?tls=none", "LYCEUM_ADMIN_EMAIL=owner@school.example", "LYCEUM_ADMIN_PASSWORD=a sentence of your own")
	w := &walker{t: t, school: s, mail: mail, clients: map[string]*http.Client{}, read: map[string]bool{}}
	steps := readSteps(t, "../docs/walkthrough.md")
	for _, step := range steps {
		w.do(step)
	}
	for _, m := range mail.messages("") {
		// The owner hears of what the school of this page really lacks.
		told := m.To[0].Address == "owner@school.example" && (strings.Contains(m.Subject, "settings") || strings.Contains(m.Subject, "backup"))
		if to := m.To[0].Address; to != "bo@school.example" && to != "nora@school.example" && !told {
			t.Errorf("%q went to %s", m.Subject, to)
		}
	}
}
