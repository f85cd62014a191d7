package portal

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// meta is what an article's page says to search engines and to those who share its address.
type meta struct {
	Title, About, URL, Site, Locale, Published string
	Image, Section                             string
	Feed                                       string
	Alternates                                 []alternate
	JSON                                       string // JSON-LD
}

// alternate is the same page in a language.
type alternate struct{ Lang, URL string }

func (s *pages) meta(r *web.Request, p *articlePage) meta {
	here := r.Origin() + p.A.Path()
	m := meta{Title: p.A.Title, About: brief(p.A.Lead), URL: here, Site: p.Agency(), Locale: locale(p.A.Lang), Published: machine(p.A.PublishAt), Section: p.Section.Title.In(p.A.Lang),
		Feed: base(p.A.Lang) + "/atom.xml", Alternates: []alternate{{string(p.A.Lang), here}}}
	if p.Pair != nil {
		m.Alternates = append(m.Alternates, alternate{string(p.Pair.Lang), r.Origin() + p.Pair.Path()})
	}
	if shown := p.A.Shown(); len(shown) > 0 {
		m.Image = r.Origin() + picturePath(shown[0].File)
	}
	m.JSON = ld(p, m)
	return m
}

// ld is the article as schema.org's NewsArticle. The encoder writes < and > so that nothing in it can end the element.
func ld(p *articlePage, m meta) string {
	changed := p.A.PublishAt
	if n := len(p.A.Corrections); n > 0 {
		changed = p.A.Corrections[n-1].At
	}
	agency := map[string]any{"@type": "GovernmentOrganization", "name": m.Site}
	author := agency
	if p.A.Author != "" {
		author = map[string]any{"@type": "Person", "name": p.A.Author}
	}
	out := map[string]any{"@context": "https://schema.org", "@type": "NewsArticle", "headline": m.Title, "description": m.About, "inLanguage": string(p.A.Lang),
		"datePublished": m.Published, "dateModified": machine(changed), "mainEntityOfPage": m.URL, "articleSection": m.Section, "author": author, "publisher": agency}
	if m.Image != "" {
		out["image"] = []string{m.Image}
	}
	if p.A.Source != "" {
		out["sourceOrganization"] = map[string]any{"@type": "Organization", "name": p.A.Source}
	}
	raw, _ := json.Marshal(out) // plain values
	return string(raw)
}

func locale(tag lang.Tag) string {
	if tag == lang.EN {
		return "en_GB"
	}
	return "vi_VN"
}

// brief is the beginning of a text, for a description.
func brief(text string) string {
	const most = 200
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	cut := string(letters[:most])
	return cut[:max(strings.LastIndexByte(cut, ' '), 0)] + "…"
}

type atomFeed struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string     `xml:"xml:lang,attr"`
	ID      string     `xml:"id"`
	Title   string     `xml:"title"`
	Updated string     `xml:"updated"`
	Links   []atomLink `xml:"link"`
	Author  string     `xml:"author>name"`
	Entries []atomEntry
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	XMLName   xml.Name   `xml:"entry"`
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary,omitempty"`
}

// inFeed is how many articles a feed holds.
const inFeed = 30

// feed is the Atom feed of all news of a language, or of a section.
func (s *pages) feed(r *web.Request) error {
	id := r.PathValue("section")
	rules, err := s.News.Rules()
	if err != nil {
		return err
	}
	sec := rules.Section(id)
	if id != "" && sec == nil {
		return noPage(r.URL.Path)
	}
	return s.fixed(r, func(tag string) (*web.Fixed, error) {
		heads, err := s.News.Public(r.Context(), portal.Filter{Lang: r.Lang, Section: id, Limit: inFeed})
		if err != nil {
			return nil, err
		}
		v := r.View(r.T("news.title"))
		here := r.Origin() + strings.TrimSuffix(r.URL.Path, "/atom.xml")
		f := atomFeed{Lang: string(r.Lang), ID: here, Title: v.Title + " – " + v.Agency(), Author: v.Agency(), Updated: machine(time.Unix(0, 0)),
			Links: []atomLink{{"self", "application/atom+xml", r.Origin() + r.URL.Path}, {"alternate", "text/html", here}}}
		if sec != nil {
			f.Title = sec.Title.In(r.Lang) + " – " + v.Agency()
		}
		for i, h := range heads {
			if i == 0 {
				f.Updated = machine(h.At)
			}
			f.Entries = append(f.Entries, atomEntry{ID: r.Origin() + "/tin-tuc/bai/" + h.ID, Title: h.Title, Published: machine(h.At), Updated: machine(later(h.At, h.Changed)),
				Links: []atomLink{{"alternate", "text/html", r.Origin() + h.Path()}}, Summary: h.Lead})
		}
		return asXML(f, "application/atom+xml; charset=utf-8", tag)
	})
}

// later is the later of two times; approving before the hour of publishing is no change after it.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func asXML(v any, contentType, tag string) (*web.Fixed, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(v); err != nil {
		return nil, err
	}
	return web.NewFixed(b.Bytes(), contentType, tag), nil
}

type siteMap struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteURL
}

type siteURL struct {
	XMLName  xml.Name `xml:"url"`
	Location string   `xml:"loc"`
	Changed  string   `xml:"lastmod,omitempty"`
}

// inSitemap is how many addresses one sitemap may list by its standard.
const inSitemap = 50_000

// sitemap lists the newest articles and the lists.
func (s *pages) sitemap(r *web.Request) error {
	return s.fixed(r, func(tag string) (*web.Fixed, error) {
		rules, err := s.News.Rules()
		if err != nil {
			return nil, err
		}
		var m siteMap
		for _, at := range []string{base(lang.VI), base(lang.EN)} {
			m.URLs = append(m.URLs, siteURL{Location: r.Origin() + at})
			for _, sec := range rules.Sections {
				m.URLs = append(m.URLs, siteURL{Location: r.Origin() + at + "/muc/" + sec.ID})
			}
		}
		heads, err := s.News.Public(r.Context(), portal.Filter{Limit: inSitemap - len(m.URLs)})
		for _, h := range heads {
			m.URLs = append(m.URLs, siteURL{Location: r.Origin() + h.Path(), Changed: machine(later(h.At, h.Changed))})
		}
		if err != nil {
			return nil, err
		}
		return asXML(m, "application/xml; charset=utf-8", tag)
	})
}

// robots leads search engines to the public pages only.
func (s *pages) robots(r *web.Request) error {
	r.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := fmt.Fprintf(r.W, "User-agent: *\nAllow: /tin-tuc\nAllow: /dich-vu\nAllow: /tinh/\nDisallow: /\nSitemap: %s/sitemap.xml\n", r.Origin())
	return err
}

// shown finds a picture that a public article shows.
func (s *pages) shown(r *web.Request) (*attachment.File, error) {
	id := r.PathValue("file")
	none := attachment.NotFound(id)
	f, err := s.Files.Get(r.Context(), id)
	if err != nil {
		return nil, err
	}
	owner, ours := strings.CutPrefix(f.Owner, "article/")
	if !ours || f.Withdrawn || !strings.HasPrefix(f.Type, "image/") {
		return nil, none
	}
	a, err := s.News.Get(r.Context(), owner)
	if err != nil {
		return nil, none
	}
	for _, p := range a.Shown() {
		if p.File == id && a.Public(s.News.Now()) {
			return f, nil
		}
	}
	return nil, none
}

func (s *pages) picture(r *web.Request) error {
	f, err := s.shown(r)
	if err != nil {
		return err
	}
	c, err := s.Files.Content(r.Context(), f)
	if err != nil {
		return err
	}
	defer c.Close()
	return SendPicture(r, f, f.Type, "public, max-age=3600", c)
}

func (s *pages) thumbnail(r *web.Request) error {
	f, err := s.shown(r)
	if err != nil {
		return err
	}
	small, err := s.Files.Thumbnail(r.Context(), f)
	if err != nil {
		return err
	}
	return SendPicture(r, f, "image/jpeg", "public, max-age=3600", nopClose{bytes.NewReader(small)})
}

type nopClose struct{ *bytes.Reader }

func (nopClose) Close() error { return nil }

// SendPicture gives out a picture, which may load and run nothing.
func SendPicture(r *web.Request, f *attachment.File, contentType, keep string, c blob.Content) error {
	h := r.W.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Etag", `"`+f.Key.String()+`"`)
	h.Set("Cache-Control", keep)
	http.ServeContent(r.W, r.Request, "", time.Time{}, c)
	return nil
}
