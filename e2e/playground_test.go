//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"lyceum/app/apptest"
	"lyceum/db/demo"
)

func root(h *apptest.App) string { return strings.TrimSuffix(h.URL, "/graphql") }

// run chooses an operation with the button and waits for the answer.
func (b *browser) run(operation, answer string) {
	b.t.Helper()
	b.click(".graphiql-execute-button")
	b.until("the menu of operations is open", `document.querySelector("[role=menuitem]")`)
	b.do("choose "+operation, chromedp.Click(`//*[@role="menuitem"][contains(., "`+operation+`")]`, chromedp.NodeVisible))
	b.until("the answer holds "+answer, fmt.Sprintf(`document.querySelector(".result-window .CodeMirror").CodeMirror.getValue().includes(%q)`, answer)) // lines below the fold are not on the page
}

// docs opens the docs explorer, which needs the schema.
func (b *browser) docs() {
	b.t.Helper()
	b.click(`button[aria-label="Show Documentation Explorer"]`)
	b.sees(".graphiql-doc-explorer", "Root Types")
	b.sees(".graphiql-doc-explorer", "the users, plans, content, analytics and security")
	b.click(`button[aria-label="Hide Documentation Explorer"]`)
}

func TestAVisitorReadsRunsAnExampleAndBecomesALearner(t *testing.T) {
	t.Parallel()
	b := browse(t, root(apptest.Demo(t)), 1280, 800)
	b.open("/")
	b.sees("#name", "Visitor")
	b.sees(".graphiql-tab", "VisitorCatalogue")
	b.docs()
	b.run("VisitorCatalogue", "SIGN_IN_REQUIRED")
	b.run("VisitorPlans", "Lifetime")

	b.click(`[data-reader="learner"]`)
	b.sees("#name", "lena")
	b.sees(".graphiql-tab-active", "LearnerHome")
	b.until("her button is pressed", `document.querySelector('[data-reader="learner"]').ariaPressed === "true"`)
	b.run("LearnerOpens", `"body"`)
	b.run("LearnerReports", `"userErrors": []`)
	b.docs()

	b.click("#sign-out")
	b.sees("#name", "Visitor")
	b.run("LearnerHome", `"viewer": null`)
}

func TestEveryDemoReaderHasHerTab(t *testing.T) {
	t.Parallel()
	b := browse(t, root(apptest.Demo(t)), 1280, 800)
	b.open("/playground")
	for _, r := range []struct{ reader, name, tab, operation, answer string }{
		{"admin", "ada", "AdminPeople", "AdminPeople", "securityStatus"},
		{"analyst", "noor", "AnalystRevenue", "AnalystRevenue", "mrr"},
		{"visitor", "Visitor", "VisitorCatalogue", "VisitorSearch", "rank"},
	} {
		b.click(`[data-reader="` + r.reader + `"]`)
		b.sees("#name", r.name)
		b.sees(".graphiql-tab-active", r.tab)
		b.run(r.operation, r.answer)
	}
}

func TestSigningInByFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := browse(t, root(apptest.Demo(t)), 390, 844)
	b.open("/playground")
	b.click("#open-sign-in")
	b.write("#email", "editor@demo.test")
	b.write("#password", "wrong")
	b.click("#submit")
	b.until("the problem is told", `document.querySelector("#problem").innerText !== ""`)
	b.write("#password", demo.Password)
	b.click("#submit")
	b.sees("#name", "mira")
	b.sees("#roles", "editor")
	b.until("the dialog is closed", `!document.querySelector("#sign-in").open`)
	b.until("nothing is wider than the screen", `document.documentElement.scrollWidth <= 390`)
}

func TestProductionOpensGraphiQLForHoldersOfSchemaReadAlone(t *testing.T) {
	t.Parallel()
	b := browse(t, root(apptest.Demo(t, apptest.Production)), 1280, 800)
	signIn := func(email string) {
		b.write("#email", email)
		b.write("#password", demo.Password)
		b.click("#submit")
	}
	b.open("/playground")
	b.sees("h2", "Sign in to open it")
	asked := b.says(`session.ask("{ __schema { queryType { name } } }").then(() => "open", (e) => "refused: " + e.message)`)
	if b.has("#graphiql") || !strings.HasPrefix(asked, "refused") {
		t.Error("a visitor gets GraphiQL or the schema")
	}

	signIn("pro@demo.test")
	b.sees("#lacking", "signed in as lena")
	b.sees("#lacking", "SCHEMA_READ")
	if b.has("#graphiql") {
		t.Error("a learner gets GraphiQL")
	}
	b.click("#sign-out")

	signIn("admin@demo.test")
	b.sees("#name", "ada")
	b.docs()
	b.run("AdminPeople", "securityStatus")
	if b.has("[data-reader]") {
		t.Error("production offers demo readers")
	}
	b.click("#sign-out")
	b.sees("h2", "Sign in to open it")
}

// The picture in the README is taken here: UPDATE=1 go test -tags e2e ./e2e -run Picture.
func TestThePictureShowsTheRealPage(t *testing.T) {
	t.Parallel()
	b := browse(t, root(apptest.Demo(t)), 1280, 800)
	b.open("/playground")
	b.click(`[data-reader="learner"]`)
	b.sees(".graphiql-tab-active", "LearnerHome")
	b.run("LearnerHome", "itemsCompleted")
	b.do("leave the button", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 640, 790))
	b.until("the menu is closed", `!document.querySelector("[role=menuitem]")`)
	b.until("nothing is loading", `!document.querySelector(".graphiql-spinner")`)
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	image, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || image.Width != 1280 || image.Height != 800 || len(picture) > 250_000 {
		t.Fatalf("%v, %d × %d, %d bytes", err, image.Width, image.Height, len(picture))
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("../docs/playground.png", picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
