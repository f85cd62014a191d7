package portal

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// How many other articles stand below one.
const (
	mostOfDay = 8
	mostOther = 6
)

type articlePage struct {
	*web.View
	A       *portal.Article
	Section portal.Section
	Body    string
	Views   int64
	Stars   portal.Stars
	OfDay   []portal.Head // others of the same day
	Others  []portal.Head // newest of the section
	Pair    *portal.Head
	Reason  string // withdrawn: why
}

// raterCookie holds the key by which a reader who gave stars may change them.
const raterCookie = "kh-danh-gia"

// raterAge is a year, in seconds.
const raterAge = 365 * 24 * 3600

// public reads an article that is or was public.
func (s *pages) public(r *web.Request) (*portal.Article, error) {
	id := r.PathValue("id")
	a, err := s.News.Get(r.Context(), id)
	if err == nil && !a.Public(s.News.Now()) && !a.Gone(s.News.Now()) {
		return nil, fault.New(fault.NotFound, "portal.not_found", "id", id)
	}
	return a, err
}

func (s *pages) article(r *web.Request) error {
	if rater := r.Kept(raterCookie); rater != "" {
		return s.ownArticle(r, rater)
	}
	var elsewhere *moved
	err := s.send(r, func() (templ.Component, error) {
		a, err := s.public(r)
		if err != nil {
			return nil, err
		}
		if a.Gone(s.News.Now()) || a.Path() != r.URL.Path {
			return nil, &moved{a}
		}
		return s.show(r, a, "")
	})
	if errors.As(err, &elsewhere) {
		return s.gone(r, elsewhere.a)
	}
	if err == nil {
		s.count(r)
	}
	return err
}

// moved is an article that is not at this address: withdrawn, or under another title.
type moved struct{ a *portal.Article }

func (m *moved) Error() string { return "article elsewhere: " + m.a.ID }

// gone tells of a withdrawn article, or leads to the address that an article has now.
func (s *pages) gone(r *web.Request, a *portal.Article) error {
	if !a.Gone(s.News.Now()) {
		http.Redirect(r.W, r.Request, a.Path(), http.StatusMovedPermanently)
		return nil
	}
	r.Lang = a.Lang
	p := articlePage{View: r.View(a.Title), A: a, Reason: a.Reason}
	return r.Render(http.StatusGone, withdrawn(p))
}

// ownArticle is the page of a reader who gave stars somewhere: it shows their own.
func (s *pages) ownArticle(r *web.Request, rater string) error {
	a, err := s.public(r)
	if err != nil {
		return err
	}
	if a.Gone(s.News.Now()) || a.Path() != r.URL.Path {
		return s.gone(r, a)
	}
	c, err := s.show(r, a, rater)
	if err != nil {
		return err
	}
	if err = r.Render(http.StatusOK, c); err == nil {
		s.count(r)
	}
	return err
}

// count counts the visit of an article that was given out: of people, not of programs, not of the agency's own accounts, not what a browser fetches ahead.
func (s *pages) count(r *web.Request) {
	agent := r.UserAgent()
	if r.Method != http.MethodGet || r.Reader != nil || strings.Contains(r.Request.Header.Get("Sec-Purpose")+r.Request.Header.Get("Purpose"), "prefetch") {
		return
	}
	rules, err := s.News.Rules()
	if err == nil && !rules.Robot(agent) {
		err = s.News.Visit(r.Context(), r.PathValue("id"), portal.Visitor{Address: r.Address(), Agent: agent})
	}
	if err != nil { // the reader has the page already
		slog.Warn("visit not counted", "error", err)
	}
}

// show makes an article's page, in the article's own language.
func (s *pages) show(r *web.Request, a *portal.Article, rater string) (templ.Component, error) {
	ctx := r.Context()
	r.Lang = a.Lang
	rules, err := s.News.Rules()
	if err != nil {
		return nil, err
	}
	p := articlePage{View: r.View(a.Title), A: a}
	if sec := rules.Section(a.Section); sec != nil {
		p.Section = *sec
	}
	day := calendar.OfTime(a.PublishAt)
	var errs [5]error
	p.Views, errs[0] = s.News.Views(ctx, a.ID)
	p.Stars, errs[1] = s.News.Stars(ctx, a.ID, rater)
	p.OfDay, errs[2] = s.News.Public(ctx, portal.Filter{Lang: a.Lang, From: day, To: day, Without: a.ID, Limit: mostOfDay})
	p.Others, errs[3] = s.News.Public(ctx, portal.Filter{Lang: a.Lang, Section: a.Section, Without: a.ID, Limit: mostOther})
	p.Pair, errs[4] = s.News.Other(ctx, a)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	p.Others = slices.DeleteFunc(p.Others, func(h portal.Head) bool {
		return slices.ContainsFunc(p.OfDay, func(o portal.Head) bool { return o.ID == h.ID })
	})
	if p.Body, err = s.body(r, a); err != nil {
		return nil, err
	}
	p.Other = base(otherLang(a.Lang))
	if p.Pair != nil {
		p.Other = p.Pair.Path()
	}
	p.Head = articleHead(s.meta(r, &p))
	return article(p), nil
}

// body writes the text with links to the public records that it names.
func (s *pages) body(r *web.Request, a *portal.Article) (string, error) {
	at := map[portal.Ref]string{}
	for n, ref := range a.Refs() {
		rec, err := s.Record(r.Context(), ref, a.Lang)
		if err != nil {
			return "", err
		}
		if rec != nil {
			at[ref] = basisPath(a.ID, n)
		}
	}
	w := Writer{Article: a, Picture: picturePath, Ref: func(ref portal.Ref) string { return at[ref] }, Caption: r.T("news.caption")}
	return w.HTML(), nil
}

func basisPath(id string, n int) string {
	return "/tin-tuc/bai/" + id + "/can-cu/" + strconv.Itoa(n+1)
}

func picturePath(file string) string { return "/tin-tuc/anh/" + url.PathEscape(file) }

type basisPage struct {
	*web.View
	A   *portal.Article
	R   *Record
	May bool // open the record itself
}

// basis shows what a figure or a decision in an article stands on: the public part of the record.
func (s *pages) basis(r *web.Request) error {
	a, err := s.public(r)
	if err != nil {
		return err
	}
	if a.Gone(s.News.Now()) {
		return s.gone(r, a)
	}
	r.Lang = a.Lang
	n, _ := strconv.Atoi(r.PathValue("n")) // an unreadable one is none
	refs := a.Refs()
	if n < 1 || n > len(refs) {
		return noPage(r.URL.Path)
	}
	rec, err := s.Record(r.Context(), refs[n-1], a.Lang)
	if err != nil {
		return err
	}
	if rec == nil {
		return noPage(r.URL.Path)
	}
	p := basisPage{View: r.View(rec.Title), A: a, R: rec}
	p.May = rec.Path != "" && (rec.Unit != "" && r.Can(rec.Permission, rec.Unit) || rec.Unit == "" && r.Reader != nil && people.Holds(r.Reader, rec.Permission, ""))
	return r.Render(http.StatusOK, basis(p))
}

// rate takes a reader's stars and remembers the reader, so that they can be changed.
func (s *pages) rate(r *web.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	a, err := s.public(r)
	if err != nil {
		return err
	}
	if a.Gone(s.News.Now()) {
		return s.gone(r, a)
	}
	r.Lang = a.Lang
	stars, _ := strconv.Atoi(form.Get("sao")) // none chosen is refused as such
	key, err := s.News.Rate(r.Context(), a.ID, r.Kept(raterCookie), portal.Visitor{Address: r.Address(), Agent: r.UserAgent()}, stars)
	if err != nil {
		return err
	}
	r.Keep(raterCookie, "/tin-tuc", key, raterAge)
	return r.Go(a.Path() + "#danh-gia")
}

// when is a moment as a page says it: the day with its name, and the hour where one is known.
func when(v *web.View, at time.Time) string {
	local := at.In(calendar.Zone)
	text := v.DateWithDay(calendar.OfTime(at))
	if local.Hour() == 0 && local.Minute() == 0 {
		return text
	}
	return text + ", " + local.Format("15:04") + " (GMT+7)"
}

// machine is a moment for programs.
func machine(at time.Time) string { return at.In(calendar.Zone).Format(time.RFC3339) }

// mean is the average of the stars in the reader's language.
func mean(v *web.View, s portal.Stars) string { return lang.Decimal(v.Lang, s.Mean()*100) }
