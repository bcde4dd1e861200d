//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience ends every wait; on an idle machine none takes a second.
const patience = 60 * time.Second

// browser is a Chromium of its own with one open page.
type browser struct {
	t    *testing.T
	ctx  context.Context
	root string

	mu       sync.Mutex
	problems []string
}

// browse opens a page of the server at root. What the page asks of another host, its errors and whatever its
// Content-Security-Policy refuses fail the test at its end.
func browse(t *testing.T, root string, width, height int) *browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatal("no Chromium was found; install it (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	allocated, cancelAllocation := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated) // the browser lives as long as this context
	b := &browser{t: t, ctx: ctx, root: root}
	t.Cleanup(func() {
		if t.Failed() {
			b.tell()
		}
		cancel() // waits for Chromium to end
		cancelAllocation()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Error(p)
		}
	})
	slow := time.AfterFunc(patience, cancel)
	defer slow.Stop()
	_, noLog := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, noNetwork := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	if err := errors.Join(chromedp.Listen(ctx, b.watch), noLog, noNetwork); err != nil {
		t.Fatalf("%s cannot be driven: %v", program, err)
	}
	b.do("set the size", chromedp.EmulateViewport(int64(width), int64(height)))
	return b
}

func (b *browser) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme+"://"+u.Host != b.root {
			b.problem("the page asks elsewhere: %s", e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		if u, err := url.Parse(e.URL); err != nil || "http://"+u.Host != b.root {
			b.problem("the page opens a socket elsewhere: %s", e.URL)
		}
	case *log.EventEntryAdded:
		refusal := e.Entry.Source == log.EntrySourceNetwork && e.Entry.URL == b.root+"/playground" && strings.Contains(e.Entry.Text, "403")
		if e.Entry.Level == log.EntryLevelError && !refusal || strings.Contains(e.Entry.Text, "Content Security Policy") {
			b.problem("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.problem("a script fails: %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			for _, a := range e.Args {
				b.problem("a script complains: %s %s", a.Value, a.Description)
			}
		}
	}
}

func (b *browser) problem(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

func (b *browser) troubled() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.problems) > 0
}

// tell logs what the page shows, for whoever has to repair the test.
func (b *browser) tell() {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	if text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`)); err == nil {
		b.t.Logf("the page shows:\n%s", text)
	}
}

// do runs actions; each batch has an end.
func (b *browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// open goes to a path.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.root+path))
}

// click clicks an element once it can be seen and used.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.until(selector+" can be clicked", fmt.Sprintf(`((e) => e && e.checkVisibility() && !e.disabled)(document.querySelector(%q))`, selector))
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// write types into a field, instead of what is there.
func (b *browser) write(selector, text string) {
	b.t.Helper()
	b.until(selector+" can be seen", fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, selector))
	b.says(fmt.Sprintf(`document.querySelector(%q).value = ""`, selector))
	b.do("write into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// until waits until an expression of the page is true. It outlives navigations.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if met {
			return
		}
		if b.troubled() {
			b.t.FailNow() // told at the end
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("waited in vain until %s (%v)", what, err)
		case <-again.C:
		}
	}
}

// sees waits until an element shows a text.
func (b *browser) sees(selector, text string) {
	b.t.Helper()
	b.until(selector+" shows "+text, fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => e.innerText.includes(%q))`, selector, text))
}

// says evaluates an expression, and waits if it is a promise.
func (b *browser) says(expression string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// has reports whether there is such an element now.
func (b *browser) has(selector string) bool {
	b.t.Helper()
	return b.says(fmt.Sprintf(`String(document.querySelector(%q) !== null)`, selector)) == "true"
}
