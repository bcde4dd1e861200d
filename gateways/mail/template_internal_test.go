package mail

import (
	"encoding/json"
	"io/fs"
	netmail "net/mail"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/domain/integration"
)

// promised are the messages that the words ask for, with their values and whether they have a link.
var promised = map[domain.MailTemplate]struct {
	values []string
	link   bool
}{
	"operations.alert_opened":   {[]string{"check", "what", "remedy"}, false},
	"operations.alert_critical": {[]string{"check", "what", "remedy"}, false},
	"operations.alert_ended":    {[]string{"check", "what", "remedy"}, false},

	"users.verify_email":       {nil, true},
	"users.already_registered": {nil, false},
	"users.invitation":         {[]string{"name", "inviter"}, true},
	"users.reset_password":     {[]string{"name"}, true},
	"users.password_changed":   {[]string{"name", "at"}, false},
	"users.confirm_new_email":  {nil, true},
	"users.email_changed":      {[]string{"name", "newEmail"}, true},
	"users.account_closed":     {[]string{"name"}, false},
	"users.account_suspended":  {[]string{"name", "reason"}, false},
	"users.account_restored":   {[]string{"name", "reason"}, false},
	"plans.trial_started":      {[]string{"name", "plan", "until"}, false},
	"plans.trial_ended":        {[]string{"name", "plan"}, false},
	"plans.payment_due":        {[]string{"name", "plan", "until"}, false},
	"plans.subscription_ended": {[]string{"name", "plan"}, false},
	"plans.payment_received":   {[]string{"name", "plan", "amount", "until"}, false},
	"plans.subscription_given": {[]string{"name", "plan", "until"}, false},
	"plans.seat_assigned":      {[]string{"name", "plan", "owner"}, false},
}

const aLink = "https://school.example/account#verify=abc-DEF_123"

func TestEveryMessageIsThereInBothLanguagesAndSaysAllItsValues(t *testing.T) {
	t.Parallel()
	for language, all := range templates {
		if len(all) != len(promised) {
			t.Errorf("%s has %d messages, %d are promised", language, len(all), len(promised))
		}
		for name, p := range promised {
			values, link := map[string]string{}, ""
			for _, key := range p.values {
				values[key] = "V" + key
			}
			if p.link {
				link = aLink
			}
			w, err := write(name, language, values, link)
			if err != nil {
				t.Errorf("%s in %s: %v", name, language, err)
				continue
			}
			for _, key := range p.values {
				if !strings.Contains(w.text, "V"+key) || !strings.Contains(w.html, "V"+key) {
					t.Errorf("%s in %s does not say %s", name, language, key)
				}
			}
			if p.link != strings.Contains(w.text, "\n"+aLink+"\n") || p.link != strings.Contains(w.html, `<a href="`+aLink+`">`) {
				t.Errorf("%s in %s: the link is not as promised:\n%s\n%s", name, language, w.text, w.html)
			}
			if len(p.values) > 0 {
				delete(values, p.values[0])
				if _, err := write(name, language, values, link); err == nil {
					t.Errorf("%s in %s is written without %s", name, language, p.values[0])
				}
			}
		}
	}
}

func TestSourcesHaveNoMarkupOfTheirOwn(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(sources, "templates/*/*.txt")
	if err != nil || len(names) != 2*len(promised) {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(text), "<>&\"\r\t") || strings.Contains(string(text), "://") {
			t.Errorf("%s has markup or a link of its own", path.Base(name))
		}
	}
}

func TestALocaleIsAnsweredInItsLanguageAndAnUnknownOneInEnglish(t *testing.T) {
	t.Parallel()
	for locale, language := range map[string]string{
		"de": "de", "de-CH": "de", "DE_at": "de", "en-GB": "en", "fr": "en", "": "en", "../de": "en", "deutsch": "en",
	} {
		if got := languageOf(locale); got != language {
			t.Errorf("%q is answered in %s", locale, got)
		}
	}
	values := map[string]string{"name": "Ada", "plan": "Pro", "until": "2027-03-09T23:30:00Z"}
	for locale, date := range map[string]string{"de-CH": "9. März 2027", "en": "9 March 2027"} {
		if w, err := write("plans.payment_due", locale, values, ""); err != nil || !strings.Contains(w.text, date) {
			t.Errorf("%s: %v %s", locale, err, w.text)
		}
	}
	values = map[string]string{"name": "Ada", "at": "2027-03-09T23:30:00+01:00"}
	for locale, moment := range map[string]string{"de": "9. März 2027 um 22:30 Uhr UTC", "en": "9 March 2027 at 22:30 UTC"} {
		if w, err := write("users.password_changed", locale, values, ""); err != nil || !strings.Contains(w.text, moment) {
			t.Errorf("%s: %v %s", locale, err, w.text)
		}
	}
}

func TestAValueBringsNoHeaderNoMarkupAndNoLink(t *testing.T) {
	t.Parallel()
	courier := Courier{From: &netmail.Address{Name: "Lyceum", Address: "no-reply@school.example"}, AccountURL: "https://school.example/account"}
	verification, action := domain.VerificationID{UUID: uuid.New()}, domain.LinkInvitation
	for _, hostile := range []string{
		"Eve\r\nBcc: victims@evil.example", "Eve\n\nhttps://evil.example/x", "<a href=https://evil.example>here</a>", "www.evil.example",
		"evil.example", "a.b.c.d.evil.example", "https:\\\\evil.example", "javascript:alert(1)//evil.example", "{{.link}}",
		"\u202eelpmaxe.live", "e\u200bvil.example", "mail me@evil.example", "</p><script>alert(1)</script>", strings.Repeat("x", 5000),
		"bad \xff bytes \x00",
	} {
		values, err := json.Marshal(map[string]string{"name": hostile, "inviter": hostile})
		if err != nil {
			t.Fatal(err)
		}
		m, err := courier.write(&integration.Letter{
			ID: domain.MailID{UUID: uuid.New()}, Template: "users.invitation", Recipient: "ada@test.example", Locale: "en", Values: values,
			Action: &action, VerificationID: &verification, CreatedAt: time.Now(),
		})
		if err != nil {
			t.Errorf("%q: %v", hostile, err)
			continue
		}
		var raw strings.Builder
		if _, err := m.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		parsed, err := netmail.ReadMessage(strings.NewReader(raw.String()))
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Header.Get("Bcc") != "" || len(parsed.Header["To"]) != 1 || len(parsed.Header["Subject"]) != 1 {
			t.Errorf("%q brings a header: %v", hostile, parsed.Header)
		}
		stored, err := readMessage([]byte(raw.String()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(stored.Subject + stored.Text + stored.HTML)
		for _, forbidden := range []string{"evil.example", "://evil", "@evil", "\u202e", "\u200b", "elpmaxe.live"} {
			if strings.Contains(text, forbidden) {
				t.Errorf("%q brings %q: %s", hostile, forbidden, text)
			}
		}
		if links := strings.Count(text, "https://"); links != 3 || strings.Count(strings.ToLower(stored.HTML), "<a ") != 1 || strings.Contains(stored.HTML, "<script") {
			t.Errorf("%q changes the links: %s", hostile, text)
		}
		if len(stored.Subject) > 1100 {
			t.Errorf("a value of 5,000 letters is written whole")
		}
	}
}

// An alert names folders, which nobody finds without their slashes; what others have said in it makes no link all the same.
func TestAnAlertKeepsThePathsOfFoldersAndBringsNoLink(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]string{
		"the disk of /var/lib/lyceum has 25 MB free": "the disk of /var/lib/lyceum has 25 MB free",
		"it failed: see https://evil.example/x/y":    "it failed: see https: evil example/x/y",
		`\\evil.example\share`:                       "evil example share",
	} {
		for _, name := range []domain.MailTemplate{"operations.alert_opened", "operations.alert_critical", "operations.alert_ended"} {
			w, err := write(name, "de", map[string]string{"check": "disk", "what": what, "remedy": "remove nothing below postgres/"}, "")
			if err != nil || !strings.Contains(w.text, want) || !strings.Contains(w.text, "remove nothing below postgres/") {
				t.Errorf("%s: %v: %s", name, err, w.text)
			}
		}
	}
}

func TestALetterIsWrittenTheSameWayEachTime(t *testing.T) {
	t.Parallel()
	courier := Courier{From: &netmail.Address{Address: "no-reply@school.example"}, AccountURL: "https://school.example/account", Key: domain.LinkKey("k")}
	verification, action := domain.VerificationID{UUID: uuid.New()}, domain.LinkReset
	letter := &integration.Letter{
		ID: domain.MailID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-1234567890ab")}, Template: "users.reset_password", Recipient: "ada@test.example",
		Locale: "de", Values: []byte(`{"name": "Ada Müller"}`), Action: &action, VerificationID: &verification, CreatedAt: time.Now(),
	}
	for range 2 {
		m, err := courier.write(letter)
		if err != nil {
			t.Fatal(err)
		}
		if id := m.GetMessageID(); id != "<0190c0ffee00700080001234567890ab@school.example>" {
			t.Errorf("the Message-ID is %s", id)
		}
		var raw strings.Builder
		if _, err := m.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		stored, err := readMessage([]byte(raw.String()))
		if err != nil {
			t.Fatal(err)
		}
		link := "https://school.example/account#reset=" + courier.Key.Token(verification)
		if !strings.Contains(stored.Text, "Guten Tag Ada Müller") || !strings.Contains(stored.Text, link) || !strings.Contains(stored.HTML, link) {
			t.Errorf("%+v", stored)
		}
	}
}
