package portal

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// How many articles a list shows.
const (
	perPage    = 20
	frontList  = 8
	perSection = 4
)

// listPage is a list of articles: a section, a tag, a time or what was found.
type listPage struct {
	*web.View
	Base    string // where the pages of the language begin
	Now     string // address without the page
	Heads   []portal.Head
	Names   map[string]string // of sections
	Total   int
	Page    int
	Months  []monthCount
	Month   *monthGrid
	Day     string // chosen, for the form
	Find    string
	Found   []service // services that the words find
	Feed    string
	Nothing string // what an empty list says
}

// Next and Back are the addresses of the neighbouring pages, "" for none.
func (p *listPage) Next() string {
	if p.Page*perPage >= p.Total {
		return ""
	}
	return p.at(p.Page + 1)
}

// Back is the address of the page before.
func (p *listPage) Back() string {
	if p.Page <= 1 {
		return ""
	}
	return p.at(p.Page - 1)
}

func (p *listPage) at(n int) string {
	if n == 1 {
		return p.Now
	}
	sep := "?"
	if p.Find != "" {
		sep = "?q=" + url.QueryEscape(p.Find) + "&"
	}
	return p.Now + sep + "trang=" + strconv.Itoa(n)
}

// list begins the page of a list; title is the whole heading.
func (s *pages) list(r *web.Request, title string, crumbs ...web.Crumb) (*listPage, error) {
	rules, err := s.News.Rules()
	if err != nil {
		return nil, err
	}
	p := &listPage{View: r.View(title, crumbs...), Base: base(r.Lang), Now: r.URL.Path, Page: pageNumber(r), Names: map[string]string{}, Feed: base(r.Lang) + "/atom.xml"}
	for _, sec := range rules.Sections {
		p.Names[sec.ID] = sec.Title.In(r.Lang)
	}
	p.Nothing = r.T("news.none")
	p.Other = base(otherLang(r.Lang))
	return p, nil
}

// fill reads the articles of a list's page.
func (s *pages) fill(r *web.Request, p *listPage, f portal.Filter) error {
	f.Lang, f.Limit, f.Offset = r.Lang, perPage, (p.Page-1)*perPage
	var errs [2]error
	p.Total, errs[0] = s.News.CountPublic(r.Context(), f)
	p.Heads, errs[1] = s.News.Public(r.Context(), f)
	return errors.Join(errs[:]...)
}

func (s *pages) home(r *web.Request) web.Crumb {
	return web.Crumb{Title: r.T("news.title"), Path: base(r.Lang)}
}

type frontPage struct {
	*listPage
	First    *portal.Head
	Sections []frontSection
}

type frontSection struct {
	portal.Section
	Heads []portal.Head
}

// front is the newest article, those before it, and the newest of each section.
func (s *pages) front(r *web.Request) error {
	return s.send(r, func() (templ.Component, error) {
		l, err := s.list(r, r.T("news.title"))
		if err != nil {
			return nil, err
		}
		p := frontPage{listPage: l}
		if p.Heads, err = s.News.Public(r.Context(), portal.Filter{Lang: r.Lang, Limit: frontList + 1}); err != nil {
			return nil, err
		}
		if len(p.Heads) > 0 {
			p.First, p.Heads = &p.Heads[0], p.Heads[1:]
		}
		rules, err := s.News.Rules()
		if err != nil {
			return nil, err
		}
		for _, sec := range rules.Sections {
			if !sec.Front {
				continue
			}
			heads, err := s.News.Public(r.Context(), portal.Filter{Lang: r.Lang, Section: sec.ID, Limit: perSection})
			if err != nil {
				return nil, err
			}
			if len(heads) > 0 {
				p.Sections = append(p.Sections, frontSection{sec, heads})
			}
		}
		if p.Month, err = s.grid(r, monthOf(r.Today())); err != nil {
			return nil, err
		}
		p.Head = listHead(r, p.listPage, base(lang.VI), base(lang.EN))
		return front(p), nil
	})
}

func (s *pages) section(r *web.Request) error {
	rules, err := s.News.Rules()
	if err != nil {
		return err
	}
	sec := rules.Section(r.PathValue("section"))
	if sec == nil {
		return noPage(r.URL.Path)
	}
	return s.send(r, func() (templ.Component, error) {
		p, err := s.list(r, sec.Title.In(r.Lang), s.home(r))
		if err != nil {
			return nil, err
		}
		tail := "/muc/" + sec.ID
		p.Other, p.Feed = base(otherLang(r.Lang))+tail, base(r.Lang)+tail+"/atom.xml"
		p.Head = listHead(r, p, base(lang.VI)+tail, base(lang.EN)+tail)
		return list(p), s.fill(r, p, portal.Filter{Section: sec.ID})
	})
}

func (s *pages) tag(r *web.Request) error {
	return s.send(r, func() (templ.Component, error) {
		p, err := s.list(r, r.T("news.tagged", "tag", r.PathValue("tag")), s.home(r))
		if err != nil {
			return nil, err
		}
		p.Now = base(r.Lang) + "/the/" + url.PathEscape(r.PathValue("tag"))
		return list(p), s.fill(r, p, portal.Filter{Tag: r.PathValue("tag")})
	})
}

// search finds articles by their words.
func (s *pages) search(r *web.Request) error {
	p, err := s.list(r, r.T("news.search"), s.home(r))
	if err != nil {
		return err
	}
	p.Other = base(otherLang(r.Lang)) + "/tim"
	if p.Find = r.Query("q"); p.Find == "" || len(p.Find) > longestQuery {
		p.Nothing, p.Find = r.T("news.search_first"), ""
		return r.Render(http.StatusOK, list(p))
	}
	found, err := s.Find(r.Context(), search.Query{Text: p.Find, Scope: []search.Clause{{All: []string{"kind:news", "lang:" + string(r.Lang)}}}, Most: true,
		Limit: perPage, Offset: (p.Page - 1) * perPage})
	if err != nil {
		return err
	}
	p.Total = found.Total
	for _, h := range found.Hits {
		a, err := s.News.Get(r.Context(), h.ID[len("news/"):])
		if err != nil {
			return err
		}
		if a.Public(s.News.Now()) {
			p.Heads = append(p.Heads, portal.Head{ID: a.ID, Lang: a.Lang, Section: a.Section, Title: a.Title, Lead: a.Lead, At: a.PublishAt})
		}
	}
	p.Nothing = r.T("news.search_none", "q", p.Find)
	if p.Page == 1 {
		if p.Found, err = s.services(r, p.Find); err != nil {
			return err
		}
	}
	return r.Render(http.StatusOK, list(p))
}

// service is one that a stranger may file for.
type service struct{ Name, Path string }

// mostServices is how many stand above the news: who asks for a service has its name in mind.
const mostServices = 5

// services are those whose name or field has the words.
func (s *pages) services(r *web.Request, words string) ([]service, error) {
	found, err := s.Find(r.Context(), search.Query{Text: words, Scope: []search.Clause{{All: []string{"kind:procedure"}}}, Most: true, Limit: 2 * mostServices})
	var out []service
	for _, h := range found.Hits {
		id := strings.TrimPrefix(h.ID, "procedure/")
		if name := s.Service(id, r.Lang); name != "" && len(out) < mostServices {
			out = append(out, service{name, "/dich-vu/" + url.PathEscape(id)})
		}
	}
	return out, err
}

// longestQuery is how many bytes of words are looked for.
const longestQuery = 500

// archive leads to a day that was chosen, or lists the months that have news.
func (s *pages) archive(r *web.Request) error {
	if chosen := r.Query("ngay"); chosen != "" {
		d, err := calendar.Parse(chosen)
		if err != nil {
			return err
		}
		return r.Go(base(r.Lang) + dayPath(d))
	}
	return s.send(r, func() (templ.Component, error) {
		p, err := s.list(r, r.T("news.archive"), s.home(r))
		if err != nil {
			return nil, err
		}
		p.Other = base(otherLang(r.Lang)) + "/luu-tru"
		p.Months, err = s.months(r, portal.Filter{Lang: r.Lang})
		p.Nothing = ""
		return list(p), err
	})
}

// monthCount is a month with how many articles came out in it.
type monthCount struct {
	Name, Path string
	N          int
	first      calendar.Date
}

func (s *pages) months(r *web.Request, f portal.Filter) ([]monthCount, error) {
	days, err := s.News.Days(r.Context(), f)
	of := map[calendar.Date]int{}
	for d, n := range days {
		of[monthOf(d)] += n
	}
	var out []monthCount
	for first, n := range of {
		out = append(out, monthCount{monthName(r, first), base(r.Lang) + monthPath(first), n, first})
	}
	slices.SortFunc(out, func(a, b monthCount) int { return int(b.first - a.first) })
	return out, err
}

func monthOf(d calendar.Date) calendar.Date { y, m, _ := d.YMD(); return calendar.Of(y, m, 1) }

func monthName(r *web.Request, first calendar.Date) string {
	y, m, _ := first.YMD()
	return r.T("news.month", "month", fmt.Sprintf("%02d", int(m)), "year", strconv.Itoa(y))
}

func monthPath(d calendar.Date) string { return d.Time().Format("/2006/01") }
func dayPath(d calendar.Date) string   { return d.Time().Format("/2006/01/02") }

func (s *pages) year(r *web.Request) error {
	y, ok := number(r, "year", 1945, 2200)
	if !ok {
		return noPage(r.URL.Path)
	}
	return s.span(r, r.T("news.year", "year", strconv.Itoa(y)), calendar.Of(y, time.January, 1), calendar.Of(y, time.December, 31))
}

func (s *pages) month(r *web.Request) error {
	y, yes := number(r, "year", 1945, 2200)
	m, ok := number(r, "month", 1, 12)
	if !yes || !ok {
		return noPage(r.URL.Path)
	}
	first := calendar.Of(y, time.Month(m), 1)
	return s.span(r, monthName(r, first), first, first.AddMonths(1)-1)
}

func (s *pages) day(r *web.Request) error {
	d, err := calendar.Parse(r.PathValue("year") + "-" + r.PathValue("month") + "-" + r.PathValue("day"))
	if err != nil {
		return noPage(r.URL.Path)
	}
	return s.span(r, r.View("").DateWithDay(d), d, d)
}

// number reads a number of the address.
func number(r *web.Request, name string, least, most int) (int, bool) {
	n, err := strconv.Atoi(r.PathValue(name))
	return n, err == nil && n >= least && n <= most
}

// span lists what came out from one day to another, with the month's calendar or the year's months beside it.
func (s *pages) span(r *web.Request, title string, from, to calendar.Date) error {
	return s.send(r, func() (templ.Component, error) {
		p, err := s.list(r, title, s.home(r), web.Crumb{Title: r.T("news.archive"), Path: base(r.Lang) + "/luu-tru"})
		if err != nil {
			return nil, err
		}
		p.Nothing = r.T("news.none_then")
		if from == to {
			p.Day = from.String()
		}
		p.Other = otherBase(r)
		f := portal.Filter{Lang: r.Lang, From: from, To: to}
		if to-from > 31 {
			p.Months, err = s.months(r, f)
		} else {
			p.Month, err = s.grid(r, monthOf(from))
		}
		return list(p), errors.Join(err, s.fill(r, p, f))
	})
}

// otherBase is the address of a time in the other language.
func otherBase(r *web.Request) string {
	return base(otherLang(r.Lang)) + r.URL.Path[len(base(r.Lang)):]
}

// monthGrid is a month's calendar in which the days with news lead to them.
type monthGrid struct {
	Name, Before, After string
	Weeks               [][]gridDay
}

type gridDay struct {
	Date calendar.Date
	In   bool // of this month
	N    int  // articles
	Path string
}

func (s *pages) grid(r *web.Request, first calendar.Date) (*monthGrid, error) {
	last := first.AddMonths(1) - 1
	days, err := s.News.Days(r.Context(), portal.Filter{Lang: r.Lang, From: first, To: last})
	if err != nil {
		return nil, err
	}
	g := &monthGrid{Name: monthName(r, first), Before: base(r.Lang) + monthPath(first-1)}
	if last < r.Today() {
		g.After = base(r.Lang) + monthPath(last+1)
	}
	for d := first - calendar.Date((int(first.Weekday())+6)%7); d <= last; d += 7 {
		var week []gridDay
		for i := range calendar.Date(7) {
			week = append(week, gridDay{Date: d + i, In: monthOf(d+i) == first, N: days[d+i], Path: base(r.Lang) + dayPath(d+i)})
		}
		g.Weeks = append(g.Weeks, week)
	}
	return g, nil
}
