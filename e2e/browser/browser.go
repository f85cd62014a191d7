// Package browser drives a real Chromium for the tests of the pages: it opens them in several sizes,
// colours and without JavaScript, and reports what a page may never do. It wraps chromedp, whose
// interface has changed before, so that the tests do not know it.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// install is what to do where there is no browser; tests of pages are never skipped.
const install = "no Chromium found: apt-get install -y chromium (or set CHROMIUM to its path)"

// patience bounds every single step in the browser.
const patience = 60 * time.Second

// Page is one tab.
type Page struct {
	t    testing.TB
	ctx  context.Context
	axe  string
	mu   sync.Mutex
	said []string // console errors, exceptions, policy violations since the last Open
}

// find is the browser's path.
func find(t testing.TB) string {
	t.Helper()
	if p := os.Getenv("CHROMIUM"); p != "" {
		return p
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	t.Fatal(install)
	return ""
}

// New starts a browser with a fresh profile and opens a tab; both end with the test. axe is the path of
// the vendored accessibility checks.
func New(t testing.TB, axe string) *Page {
	t.Helper()
	script, err := os.ReadFile(axe)
	if err != nil {
		t.Fatal(err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(find(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "vi-VN"))
	t.Cleanup(stop)
	return tab(t, alloc, string(script))
}

// Stranger opens a tab of the same browser for somebody else: it shares no cookie with this one.
func (p *Page) Stranger() *Page {
	p.t.Helper()
	return tab(p.t, p.ctx, p.axe, chromedp.WithNewBrowserContext())
}

func tab(t testing.TB, parent context.Context, axe string, options ...chromedp.ContextOption) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx, axe: axe}
	// the first run opens the tab and ties it to its context: it must not be one with a time limit
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	p.do(command(audits.Enable, cdp.Empty{}), command(log.Enable, cdp.Empty{}), command(runtime.Enable, cdp.Empty{}))
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	return p
}

// command makes an action of a protocol command without a result.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}

// listen collects what a page must not do. It runs on the browser's reader and must not block.
func (p *Page) listen(ev any) {
	var text string
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			text = ev.Entry.Text + " " + ev.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		text = fmt.Sprint(ev.ExceptionDetails)
	case *audits.EventIssueAdded:
		if ev.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			text = fmt.Sprintf("policy: %+v", ev.Issue.Details.ContentSecurityPolicyIssueDetails)
		}
	}
	if text != "" {
		p.mu.Lock()
		p.said = append(p.said, text)
		p.mu.Unlock()
	}
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// Eval runs an expression in the page and gives its value.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%v in %.200s", err, expression)
	}
	return v
}

// Size sets the window in CSS pixels.
func (p *Page) Size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// Colours makes the device prefer "light" or "dark".
func (p *Page) Colours(scheme string) {
	p.t.Helper()
	p.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
}

// Scripts switches the pages' JavaScript on or off.
func (p *Page) Scripts(on bool) {
	p.t.Helper()
	p.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
}

// Open goes to an address and waits until it is loaded.
func (p *Page) Open(url string) {
	p.t.Helper()
	p.mu.Lock()
	p.said = nil
	p.mu.Unlock()
	p.do(chromedp.Navigate(url))
}

// Click clicks the first element of a CSS selector and waits for the page it leads to.
func (p *Page) Click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.settle(selector)
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		p.t.Fatalf("click %s: %v", selector, err)
	}
}

// settle brings an element to the middle, as a reader would scroll (the bar of a phone lies over the lower edge), and waits until it
// stands still: a click goes to a place, and on a busy machine a page may still move under it.
func (p *Page) settle(selector string) {
	p.t.Helper()
	where := "(e => { if (!e) return ''; e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join() })(document.querySelector(" + strconv.Quote(selector) + "))"
	for last, i := "", 0; i < 100; i++ {
		now := Eval[string](p, where)
		if now == last && now != "" {
			return
		}
		last = now
		time.Sleep(20 * time.Millisecond)
	}
}

// Fill types into the field of a CSS selector.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Authenticator plugs a passkey device into the browser, whose owner always confirms; its passkeys are copied to other
// devices when synced.
func (p *Page) Authenticator(synced bool) {
	p.t.Helper()
	p.do(command(webauthn.Enable, webauthn.EnableParams{}), command(webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
			Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			AutomaticPresenceSimulation: true, DefaultBackupEligibility: synced, DefaultBackupState: synced}}))
}

// Tick presses the space bar on a box: it leads to no other page.
func (p *Page) Tick(selector string) {
	p.t.Helper()
	p.Fill(selector, " ")
}

// Press sends a key to the page, "\t" for Tab.
func (p *Page) Press(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key))
}

// Text is the visible text of the page.
func (p *Page) Text() string { p.t.Helper(); return Eval[string](p, `document.body.innerText`) }

// URL is where the page is.
func (p *Page) URL() string { p.t.Helper(); return Eval[string](p, `location.href`) }

// Attribute is an attribute of the first element of a CSS selector, read without a script.
func (p *Page) Attribute(selector, name string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	all, err := chromedp.Run(ctx, chromedp.Attributes(chromedp.CSS(selector)))
	if err != nil {
		p.t.Fatalf("attribute %s of %s: %v", name, selector, err)
	}
	return all[name]
}

// Said is what the page did that it must not: console errors, exceptions, violations of the policy.
func (p *Page) Said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said...)
}

// Violations runs the accessibility checks (WCAG 2.2 A and AA and best practices) and gives one line a
// violation.
func (p *Page) Violations() []string {
	p.t.Helper()
	Eval[bool](p, p.axe+";true")
	return Eval[[]string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ": " + n.target.join(" ") + " — " + n.any.concat(n.all, n.none).map(c => c.message).join("; "))))`)
}

// Overflow is how many pixels the page is wider than the window.
func (p *Page) Overflow() int {
	p.t.Helper()
	return Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Focused describes the element that has the keyboard, with its outline's width in pixels.
func (p *Page) Focused() (what string, outline float64) {
	p.t.Helper()
	s := Eval[string](p, `(e => e.tagName + "|" + (e.getAttribute("href") || e.name || e.id || "") + "|" + parseFloat(getComputedStyle(e).outlineWidth))(document.activeElement)`)
	f := strings.Split(s, "|")
	fmt.Sscan(f[2], &outline)
	return f[0] + " " + f[1], outline
}

// Shot saves a picture of the whole page as dir/name.png; an empty dir saves none.
func (p *Page) Shot(dir, name string) {
	p.t.Helper()
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// Window saves what the window shows, as a WebP picture.
func (p *Page) Window(file string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	quality := int64(80)
	shot, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (page.CaptureScreenshotResult, error) {
		return cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
	})
	if err == nil {
		err = os.WriteFile(file, shot.Data, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
