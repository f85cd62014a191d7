package e2e

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"trucot/e2e/crawl"
	"trucot/internal/app"
	"trucot/internal/app/sample"
	"trucot/internal/kernel/web"
)

// TestEveryLinkLeadsSomewhere walks the sample agency's pages from link to link, as its guest and as a stranger, and then the guest's
// pages of past days.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	ctx := context.Background()
	g, err := sample.Open(ctx, sample.Options{Data: t.TempDir()})
	must(t, err)
	defer g.Close()
	handler := g.Site(ctx, app.SiteOptions{Sample: true, Log: slog.New(slog.DiscardHandler)})
	site := httptest.NewServer(handler)
	defer site.Close()
	jar, err := cookiejar.New(nil)
	must(t, err)
	stranger := &http.Client{}
	guest := &http.Client{Jar: jar}
	path, _, err := g.People.NewLink(ctx, sample.Guest)
	must(t, err)
	link, err := url.Parse(path)
	must(t, err)
	in, err := guest.PostForm(site.URL+link.Path, link.Query())
	must(t, err)
	in.Body.Close()
	pattern, dated := patterns(t, handler), map[string][]string{}
	for _, walk := range []struct {
		who    string
		client *http.Client
		least  int
	}{{"guest", guest, 200}, {"stranger", stranger, 10}} {
		n := 0
		err := crawl.Walk(walk.client, site.URL, func(p *crawl.Page) {
			n++
			if at := pattern(p.Path); g.Shows(at) && walk.client == guest && p.Status == http.StatusOK && len(dated[at]) < 2 {
				dated[at] = append(dated[at], p.Path)
			}
			if p.Status >= 400 && !(walk.who == "stranger" && p.Status == http.StatusUnauthorized) {
				t.Errorf("%s: %s, linked from %s: %d", walk.who, p.Path, p.From, p.Status)
			}
		}, "/", "/nop-ho-so")
		must(t, err)
		if n < walk.least {
			t.Errorf("%s reached only %d pages", walk.who, n)
		}
	}
	for _, rt := range handler.Routes() {
		if g.Shows(rt.Pattern) && !strings.HasPrefix(rt.Pattern, "/api/") && dated[rt.Pattern] == nil {
			t.Errorf("nobody comes to %s", rt.Pattern)
		}
	}
	r := reader{t, site.URL, guest}
	_, book := r.get("/so-viec?ngay=" + (sample.Today() - 1).String())
	if entry := regexp.MustCompile(`/so-viec/\d+`).FindString(book); entry != "" { // those that the book of now begins with are of today
		dated["/so-viec/{id}"] = append(dated["/so-viec/{id}"], entry)
	}
	r.past(g.App, dated, pattern)
}

// patterns finds the pattern of the route that answers for an address.
func patterns(t *testing.T, site *web.Site) func(path string) string {
	mux := http.NewServeMux()
	for _, rt := range site.Routes() {
		mux.Handle(rt.Method+" "+rt.Pattern, http.NotFoundHandler())
	}
	return func(path string) string {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		must(t, err)
		_, found := mux.Handler(r)
		return strings.TrimPrefix(found, "GET ")
	}
}
