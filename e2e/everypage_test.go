package e2e

import (
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"trucot/e2e/browser"
	"trucot/e2e/crawl"
	"trucot/internal/app/sample"
)

// elsewhere are the pages that no walk over the sample comes to by links, with what lays them before axe; what ends in a slash stands for
// all below. Files are no pages.
var elsewhere = map[string]string{
	"/nop-ho-so/": "TestFilingOnATelephoneWithoutAScript", "/tra-cuu/ho-so": "TestTrackingOnATelephone", "/lay-y-kien/{id}/da-gui": "TestThePublicSaysWhatItThinks", "/moi/": "TestConferencePagesInEveryWay",
	"/ho-so/{code}/xem": "TestTheListByKeyboard, as a part of the list", "/tim-kiem": "TestSearchInTheBrowser",
	"/tin-tuc/tim": "TestNewsPagesInEveryWay", "/tin-tuc/en/tim": "the same page in English", "/tin-tuc/{year}": "TestNewsPagesInEveryWay", "/tin-tuc/en/{year}": "the same page in English",
	"/tin-tuc/bai/{id}": "it goes on to the address with the title",
}

// isFile reports whether a route answers with a file or data.
func isFile(pattern string) bool {
	last := path.Base(pattern)
	return strings.Contains(last, ".") || strings.Contains(pattern, "/ics/") || slices.Contains([]string{"{paper}", "{giay}", "{kind}", "{file}", "xuat", "docx", "noi-dung", "anh-nho", "nho", "tai", "suc-khoe", "checkpoint", "{n}"}, last)
}

// TestEveryPageIsAccessible walks the sample agency as its guest, who may open all, and as a stranger, and lays one page of every route
// that TestEveryPageInEveryWay does not before axe, wide or narrow, light or dark in turn. A page that nobody comes to is looked at by
// another test, or is a fault.
func TestEveryPageIsAccessible(t *testing.T) {
	g, err := sample.Open(t.Context(), sample.Options{Data: t.TempDir()})
	must(t, err)
	defer g.Close()
	handler := g.Site(t.Context(), siteOptions)
	site := httptest.NewServer(handler)
	defer site.Close()
	pattern := patterns(t, handler)
	seen := map[string]bool{"/vao": true}
	for _, path := range start(t).paths() {
		seen[pattern(path)] = true
	}
	guest := browser.New(t, axe)
	jar, err := cookiejar.New(nil)
	must(t, err)
	client, looked := &http.Client{Jar: jar}, 0
	enter(t, g, site.URL, client, guest)
	for _, who := range []struct {
		*http.Client
		*browser.Page
	}{{client, guest}, {&http.Client{}, guest.Stranger()}} {
		must(t, crawl.Walk(who.Client, site.URL, func(page *crawl.Page) {
			at := pattern(page.Path)
			if seen[at] || !page.HTML() || page.Status != http.StatusOK {
				return
			}
			seen[at] = true
			who.Colours([]string{"light", "dark"}[looked/2%2])
			look(t, who.Page, at, site.URL+page.Path, []int64{1440, 360}[looked%2])
			looked++
		}, "/", "/nop-ho-so"))
	}
	for _, rt := range handler.Routes() {
		if rt.Method == http.MethodGet && !strings.HasPrefix(rt.Pattern, "/api/") && !strings.HasPrefix(rt.Pattern, "/ledger/") && !isFile(rt.Pattern) && !seen[rt.Pattern] && !isElsewhere(rt.Pattern) {
			t.Errorf("nobody comes to %s", rt.Pattern)
		}
	}
	if looked < 40 {
		t.Errorf("only %d pages were looked at", looked)
	}
}

func isElsewhere(pattern string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(elsewhere)), func(at string) bool {
		return pattern == at || strings.HasSuffix(at, "/") && strings.HasPrefix(pattern, at)
	})
}

// enter signs the guest in twice: the one who walks and the one who looks.
func enter(t *testing.T, g *sample.Agency, site string, client *http.Client, p *browser.Page) {
	t.Helper()
	var link *url.URL
	for range 2 {
		path, _, err := g.People.NewLink(t.Context(), sample.Guest)
		must(t, err)
		link, err = url.Parse(site + path)
		must(t, err)
		if len(client.Jar.Cookies(link)) == 0 {
			in, err := client.PostForm(site+link.Path, link.Query())
			must(t, err)
			in.Body.Close()
		}
	}
	p.Open(link.String())
	for _, v := range p.Violations() {
		t.Errorf("the page of a link: %s", v)
	}
	p.Click("main form button")
}
