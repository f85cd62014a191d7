package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"trucot/e2e/crawl"
	"trucot/internal/app/sample"
)

// TestPagesOfAPastDay opens the sample agency's pages as of days that are over: each says so, offers nothing to do, and leads on to pages of
// the same day.
func TestPagesOfAPastDay(t *testing.T) {
	g, err := sample.Open(t.Context(), sample.Options{Data: t.TempDir()})
	must(t, err)
	defer g.Close()
	handler := g.Site(t.Context(), siteOptions)
	site := httptest.NewServer(handler)
	defer site.Close()
	jar, err := cookiejar.New(nil)
	must(t, err)
	r := reader{t, site.URL, &http.Client{Jar: jar}}
	link, _, err := g.People.NewLink(t.Context(), sample.Guest)
	must(t, err)
	_, token, _ := strings.Cut(link, "t=")
	r.post("/vao", url.Values{"t": {token}})

	mux := http.NewServeMux()
	for _, rt := range handler.Routes() {
		mux.Handle(rt.Method+" "+rt.Pattern, http.NotFoundHandler())
	}
	pattern := func(path string) string {
		q, err := http.NewRequest(http.MethodGet, path, nil)
		must(t, err)
		_, found := mux.Handler(q)
		return strings.TrimPrefix(found, "GET ")
	}
	paths := map[string][]string{} // up to two of each route
	must(t, crawl.Walk(r.c, site.URL, func(p *crawl.Page) {
		if at := pattern(p.Path); g.Shows(at) && p.Status == http.StatusOK && len(paths[at]) < 2 {
			paths[at] = append(paths[at], p.Path)
		}
	}, "/"))
	for _, rt := range handler.Routes() {
		if g.Shows(rt.Pattern) && !strings.HasPrefix(rt.Pattern, "/api/") && paths[rt.Pattern] == nil {
			t.Errorf("nobody comes to %s", rt.Pattern)
		}
	}
	today := sample.Today()
	for at, list := range paths {
		opened := 0
		for _, path := range list {
			for i, day := range []string{(today - 1).String(), (today - 170).String(), (today - 400).String(), "2020-01-01"} {
				status, page := r.get(then(path, day))
				switch {
				case status == http.StatusOK && i == 0:
					opened++
				case status == http.StatusOK, status == http.StatusNotFound: // it was not there yet
				case status == http.StatusForbidden && strings.HasPrefix(at, "/hoi-nghi/{id}/tai/"): // a list for those who invite
				case status == http.StatusUnprocessableEntity && strings.HasPrefix(at, "/khen-thuong") && i == 3: // the year was to come
				default:
					t.Errorf("%s (%s) as of %s: %d", path, at, day, status)
				}
				if strings.HasPrefix(strings.TrimSpace(page), "<!") {
					for _, wrong := range notPast(page, day, func(to string) bool { return g.Keeps(pattern(to)) }) {
						t.Errorf("%s as of %s: %s", path, day, wrong)
					}
				}
			}
		}
		if opened == 0 {
			t.Errorf("no page of %s opens as of yesterday: %q", at, list)
		}
	}
}

func then(path, day string) string {
	at, _ := url.Parse(path)
	q := at.Query()
	q.Set("ngay", day)
	at.RawQuery = q.Encode()
	return at.String()
}

// notPast is what a page of a past day has that it should not have, or lacks.
func notPast(page, day string, keeps func(string) bool) (wrong []string) {
	doc, err := html.Parse(bytes.NewReader([]byte(page)))
	if err != nil {
		return []string{err.Error()}
	}
	if !strings.Contains(page, `class="kh-past"`) {
		wrong = append(wrong, "does not say that it is one of a past day")
	}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Main {
			continue
		}
		for c := range n.Descendants() {
			at := map[string]string{}
			for _, a := range c.Attr {
				at[a.Key] = a.Val
			}
			_, now := at["data-now"]
			switch to, err := url.Parse(at["href"]); {
			case c.DataAtom == atom.Form && at["method"] == "post":
				wrong = append(wrong, "has a form to "+at["action"])
			case c.DataAtom == atom.Button && at["form"] != "":
				wrong = append(wrong, "has a button of a form that is not there: "+at["form"])
			case c.DataAtom == atom.A && err == nil && strings.HasPrefix(to.Path, "/") && !now && keeps(to.String()) && to.Query().Get("ngay") == "":
				wrong = append(wrong, "leads to today's "+at["href"])
			case slices.Contains([]atom.Atom{atom.Section, atom.Details}, c.DataAtom) && strings.TrimSpace(text(c, atom.H2, atom.Summary)) == "" && !has(c, atom.Input):
				wrong = append(wrong, fmt.Sprintf("has an empty %s: %s", c.Data, text(c)))
			}
		}
	}
	return wrong
}

// text is what a node says besides what stands in some elements.
func text(n *html.Node, but ...atom.Atom) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		if !slices.Contains(but, c.DataAtom) {
			b.WriteString(text(c, but...))
		}
	}
	return b.String()
}

func has(n *html.Node, what atom.Atom) bool {
	for c := range n.Descendants() {
		if c.DataAtom == what {
			return true
		}
	}
	return false
}
