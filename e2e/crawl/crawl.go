// Package crawl walks the pages of a running site the way a reader could: from link to link. It looks at a few pages of each
// shape, since a thousand dossiers have one page in common.
package crawl

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// ofAShape is how many pages of one shape are visited.
const ofAShape = 3

// most bounds a walk, should links never end.
const most = 2000

// Page is one answer.
type Page struct {
	Path   string // with its query
	From   string // the page that led here
	Status int
	Type   string // media type
	Body   []byte
}

// HTML reports whether the page is one to read.
func (p *Page) HTML() bool { return strings.HasPrefix(p.Type, "text/html") }

// Walk visits what can be reached from the given paths by links of the same site and calls visit for each. The client
// carries the cookies; files to load and ways out of the account are left alone.
func Walk(c *http.Client, base string, visit func(*Page), from ...string) error {
	w := walk{shapes: map[string]int{}, seen: map[string]bool{}}
	for _, path := range from {
		w.add(path, "")
	}
	for len(w.queue) > 0 && len(w.seen) < most {
		next := w.queue[0]
		w.queue = w.queue[1:]
		p, err := get(c, base, next)
		if err != nil {
			return err
		}
		visit(p)
		if !p.HTML() {
			continue
		}
		for _, link := range links(p.Body) {
			w.follow(p.Path, link)
		}
	}
	return nil
}

type walk struct {
	queue  []Page
	seen   map[string]bool
	shapes map[string]int
}

func (w *walk) follow(page, link string) {
	at, err := url.Parse(page)
	if err != nil {
		return
	}
	to, err := at.Parse(link)
	if err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") {
		return
	}
	to.Fragment = ""
	w.add(to.String(), page)
}

func (w *walk) add(path, from string) {
	s := shape(path)
	if w.seen[path] || w.shapes[s] == ofAShape {
		return
	}
	w.seen[path] = true
	w.shapes[s]++
	w.queue = append(w.queue, Page{Path: path, From: from})
}

var (
	query = regexp.MustCompile(`=[^&]*`)
	named = regexp.MustCompile(`[^/?&=]*[0-9.][^/?&=]*`)
)

// shape is a path without what tells one thing from another: numbers, codes and the values of a query.
func shape(path string) string {
	path, asked, _ := strings.Cut(path, "?")
	names := strings.Split(query.ReplaceAllString(asked, ""), "&")
	slices.Sort(names)
	return named.ReplaceAllString(path, "#") + "?" + strings.Join(slices.Compact(names), "&")
}

func get(c *http.Client, base string, p Page) (*Page, error) {
	r, err := c.Get(base + p.Path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	defer r.Body.Close()
	p.Status, p.Type = r.StatusCode, r.Header.Get("Content-Type")
	p.Body, err = io.ReadAll(r.Body)
	return &p, err
}

// links are the addresses that a page leads to.
func links(body []byte) []string {
	var out []string
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data != "a" {
				continue
			}
			for _, a := range t.Attr {
				if a.Key == "href" && a.Val != "" {
					out = append(out, a.Val)
				}
			}
		}
	}
}
