package e2e

import (
	"os"
	"testing"

	"trucot/e2e/browser"
)

// TestAPhonesBarHasRoom: a reader with every role has five things in the bar of a telephone; the last opens the others,
// also without a script.
func TestAPhonesBarHasRoom(t *testing.T) {
	a := start(t)
	a.everyPermission(t)
	p := browser.New(t, axe)
	p.Size(360, 740)
	link, _, err := a.People.NewLink(t.Context(), "tatca")
	must(t, err)
	p.Open(a.url + link)
	p.Click("main form button")
	p.Scripts(false)
	p.Open(a.url + "/bao-cao")
	const shown = `[...document.querySelectorAll(".kh-rail li, .kh-more summary")].filter(e => e.checkVisibility()).length`
	if n := browser.Eval[int](p, shown); n != 5 {
		t.Errorf("%d things stand in the bar", n)
	}
	p.Tick(".kh-more summary")
	all := browser.Eval[int](p, `document.querySelectorAll(".kh-rail>div>ul>li").length`)
	if n := browser.Eval[int](p, shown); n != all+1 || all < 10 {
		t.Errorf("%d of %d things are there once the rest is opened", n-1, all)
	}
	if n := p.Overflow(); n > 0 {
		t.Errorf("the page is %d px too wide", n)
	}
	p.Shot(os.Getenv("SHOTS"), "them")
	p.Click(`.kh-more a[href="/so-lieu"]`)
	if browser.Eval[string](p, `location.pathname`) != "/so-lieu" {
		t.Error(p.URL())
	}
	p.Size(1280, 800)
	if n := browser.Eval[int](p, shown); n != all {
		t.Errorf("%d of %d lines on a wide screen", n, all)
	}
}
