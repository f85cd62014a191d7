package e2e

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"

	"trucot/e2e/crawl"
	"trucot/internal/app"
	"trucot/internal/app/sample"
)

// TestEveryLinkLeadsSomewhere walks the sample agency's pages from link to link, as its guest and as a stranger.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	ctx := context.Background()
	g, err := sample.Open(ctx, sample.Options{Data: t.TempDir()})
	must(t, err)
	defer g.Close()
	site := httptest.NewServer(g.Site(ctx, app.SiteOptions{Sample: true, Log: slog.New(slog.DiscardHandler)}))
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
	for _, walk := range []struct {
		who    string
		client *http.Client
		least  int
	}{{"guest", guest, 200}, {"stranger", stranger, 10}} {
		n := 0
		err := crawl.Walk(walk.client, site.URL, func(p *crawl.Page) {
			n++
			if p.Status >= 400 && !(walk.who == "stranger" && p.Status == http.StatusUnauthorized) {
				t.Errorf("%s: %s, linked from %s: %d", walk.who, p.Path, p.From, p.Status)
			}
		}, "/", "/nop-ho-so")
		must(t, err)
		if n < walk.least {
			t.Errorf("%s reached only %d pages", walk.who, n)
		}
	}
}
