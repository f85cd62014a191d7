// Package newsroom (trang biên tập) is where the agency writes its news: the list of articles by state, the form of one, its
// pictures, the steps from writer over editor to approver, and the page that checks what the portal must hold. It works
// without a script; with one, the text is edited as it looks.
//
// It owns no rules: package room/portal decides what a step may do, package people who may take it.
package newsroom

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg" // pictures of articles
	_ "image/png"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	_ "golang.org/x/image/webp"

	public "trucot/internal/app/page/portal"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// Parts are what the pages work on.
type Parts struct {
	News   *portal.Engine
	Files  *attachment.Engine
	People *people.People
	Marks  func() (*portal.Marks, error)                                                   // by which imported files are read
	Record func(ctx context.Context, ref portal.Ref, tag lang.Tag) (*public.Record, error) // see public.Parts
}

type pages struct{ Parts }

// The bodies that routes take, in bytes.
const (
	maxPicture = 31 << 20
	maxArticle = 4 << 20
)

// Routes are the pages of the newsroom.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	article := func(pattern string, do web.Deed, again web.Again) web.Route {
		rt := web.FormRoute(pattern, people.WriteNews, do, again)
		rt.MaxBody = maxArticle
		return rt
	}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/bien-tap", Permission: people.ReadNews, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/bien-tap/moi", Permission: people.WriteNews, Handler: s.blank},
		article("/bien-tap", s.enter, s.enterAgain),
		{Method: http.MethodGet, Pattern: "/bien-tap/nhap", Permission: people.WriteNews, Handler: s.blankImport},
		{Method: http.MethodPost, Pattern: "/bien-tap/nhap", Permission: people.WriteNews, Handler: s.importFiles, MaxBody: maxImport},
		{Method: http.MethodGet, Pattern: "/bien-tap/{id}", Permission: people.ReadNews, Handler: s.one},
		{Method: http.MethodGet, Pattern: "/bien-tap/{id}/sua", Permission: people.WriteNews, Handler: s.edit},
		article("/bien-tap/{id}/sua", s.change, s.changeAgain),
		{Method: http.MethodPost, Pattern: "/bien-tap/{id}/anh", Permission: people.WriteNews, Handler: s.addPicture, MaxBody: maxPicture},
		{Method: http.MethodGet, Pattern: "/bien-tap/{id}/anh/{file}", Permission: people.ReadNews, Handler: s.picture},
		web.FormRoute("/bien-tap/{id}/{step}", people.WriteNews, s.step, s.stepAgain),
		{Method: http.MethodGet, Pattern: "/tin-tuc/tu-kiem-tra", Permission: people.ReadNews, Handler: s.check},
	}
}

// slugs are the steps in addresses.
var slugs = map[portal.Step]string{portal.Submit: "trinh", portal.Forward: "chuyen", portal.Return: "tra-lai", portal.Approve: "duyet", portal.Withdraw: "go"}

// Path is an article's page in the newsroom.
func Path(id string) string { return "/bien-tap/" + url.PathEscape(id) }

// Get reads the article that the address names, if the reader may see it; another's is not there.
func (p Parts) Get(r *web.Request) (*portal.Article, error) { return (&pages{p}).get(r) }

func (s *pages) get(r *web.Request) (*portal.Article, error) {
	id := r.PathValue("id")
	a, err := s.News.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.ReadNews, a.Unit) {
		return nil, fault.New(fault.NotFound, "portal.not_found", "id", id)
	}
	return a, err
}

// may reports whether the reader may take a step now: it is the article's turn, and theirs.
func (s *pages) may(r *web.Request, a *portal.Article, step portal.Step) bool {
	if step == portal.Approve && a.Writer() == r.Actor() {
		return false
	}
	return a.Allows(step, s.News.Now()) == nil && people.Holds(r.Reader, a.Right(step), a.Unit)
}

// perPage is how many articles a page of the list shows.
const perPage = 50

type listPage struct {
	*web.View
	State  portal.State
	Find   string
	Heads  []portal.Head
	Counts map[portal.State]int
	Total  int
	Page   int
	Units  map[string]string
	pages  *pages
}

func (p *listPage) at(state portal.State, page int) string {
	v := url.Values{}
	for name, value := range map[string]string{"xem": string(state), "q": p.Find} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if page > 1 {
		v.Set("trang", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "/bien-tap"
	}
	return "/bien-tap?" + v.Encode()
}

// Back and Next are the neighbouring pages, "" for none.
func (p *listPage) Back() string {
	if p.Page <= 1 {
		return ""
	}
	return p.at(p.State, p.Page-1)
}

// Next is the page after.
func (p *listPage) Next() string {
	if p.Page*perPage >= p.shown() {
		return ""
	}
	return p.at(p.State, p.Page+1)
}

func (p *listPage) shown() int {
	if p.State != "" {
		return p.Counts[p.State]
	}
	return p.Total
}

// Reach is what a reader may see of the newsroom.
func Reach(r *web.Request) portal.Reach {
	state, units := people.Sides(r.Reader, people.ReadNews)
	return portal.Reach{State: state, Units: units}
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("newsroom.title")), State: portal.State(r.Query("xem")), Find: r.Query("q"), Units: map[string]string{}, pages: s}
	n, _ := strconv.Atoi(r.Query("trang")) // an unreadable one is the first
	p.Page = min(max(n, 1), 10_000)
	var err error
	p.Heads, p.Counts, err = s.News.Desk(r.Context(), portal.Desk{Reach: Reach(r), State: p.State, Text: p.Find, Limit: perPage, Offset: (p.Page - 1) * perPage})
	for _, n := range p.Counts {
		p.Total += n
	}
	for _, h := range p.Heads {
		if p.Units[h.Unit] == "" {
			p.Units[h.Unit] = s.People.UnitName(r.Context(), h.Unit, r.Lang)
		}
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, list(p))
}

// standing is the word and colour of where an article stands, scheduled and public ones told apart.
func (s *pages) standing(v *web.View, state portal.State, at time.Time) (tone, word string) {
	switch {
	case state == portal.Approved && at.After(s.News.Now()):
		return "blue", v.T("newsroom.scheduled", "at", clock(v, at))
	case state == portal.Approved:
		return "green", v.T("newsroom.public", "at", clock(v, at))
	}
	tones := map[portal.State]string{portal.Draft: "grey", portal.Editing: "amber", portal.Approving: "purple", portal.Withdrawn: "red"}
	return tones[state], v.T("portal.state_" + string(state))
}

// clock is a moment for people.
func clock(v *web.View, at time.Time) string {
	return v.Date(calendar.OfTime(at)) + " " + at.In(calendar.Zone).Format("15:04")
}

type onePage struct {
	*web.View
	A       *portal.Article
	Section string
	Unit    string
	Tone    string
	Word    string
	Body    string
	Steps   []portal.Step
	MayEdit bool
	Correct bool
	Public  bool
	Views   int64
	Stars   portal.Stars
	Who     map[string]string // accounts
	Trouble string
	At      string // proposed time of publishing
	Named   []named
}

func (s *pages) one(r *web.Request) error {
	a, err := s.get(r)
	if err != nil {
		return err
	}
	return s.show(r, a, nil)
}

func (s *pages) show(r *web.Request, a *portal.Article, trouble error) error {
	ctx := r.Context()
	rules, err := s.News.Rules()
	if err != nil {
		return err
	}
	v := r.View(a.Title, web.Crumb{Title: r.T("newsroom.title"), Path: "/bien-tap"})
	v.Path = Path(a.ID)
	p := onePage{View: v, A: a, Unit: s.People.UnitName(ctx, a.Unit, r.Lang), Public: a.Public(s.News.Now()), Who: map[string]string{}}
	if sec := rules.Section(a.Section); sec != nil {
		p.Section = sec.Title.In(r.Lang)
	}
	p.Tone, p.Word = s.standing(v, a.State, a.PublishAt)
	for _, step := range portal.Moves() {
		if s.may(r, a, step) {
			p.Steps = append(p.Steps, step)
		}
	}
	p.MayEdit, p.Correct = s.may(r, a, portal.Edit), s.may(r, a, portal.Correct)
	for _, t := range a.History {
		p.Who[t.By] = s.People.AccountName(ctx, t.By)
	}
	if !a.Dated.IsZero() {
		p.At = a.Dated.In(calendar.Zone).Format(minute)
	}
	var errs [3]error
	p.Views, errs[0] = s.News.Views(ctx, a.ID)
	p.Stars, errs[1] = s.News.Stars(ctx, a.ID, "")
	p.Body, errs[2] = s.body(r, a)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	if p.Named, err = s.named(r, a); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, one(p))
}

// body is the preview: records lead to themselves.
func (s *pages) body(r *web.Request, a *portal.Article) (string, error) {
	at := map[portal.Ref]string{}
	for _, ref := range a.Refs() {
		rec, err := s.Record(r.Context(), ref, r.Lang)
		if err != nil {
			return "", err
		}
		if rec != nil {
			at[ref] = rec.Path
		}
	}
	w := public.Writer{Article: a, Caption: r.T("newsroom.no_picture"), Ref: func(ref portal.Ref) string { return at[ref] },
		Picture: func(file string) string { return Path(a.ID) + "/anh/" + url.PathEscape(file) }}
	return w.HTML(), nil
}

// minute is how a form writes a moment.
const minute = "2006-01-02T15:04"

// moment reads a moment of a form in the agency's time; empty is the zero time. Error: newsroom.bad_time.
func moment(text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(minute, text, calendar.Zone)
	if err != nil {
		return t, fault.New(fault.Invalid, "newsroom.bad_time", "text", text)
	}
	return t, nil
}

// step takes an editorial step.
func (s *pages) step(r *web.Request, in url.Values) (string, error) {
	a, err := s.get(r)
	if err != nil {
		return "", err
	}
	if r.PathValue("step") == tieSlug {
		return Path(a.ID) + "?da=luu", s.tie(r, a, in)
	}
	m := portal.Move{Reason: in.Get("ly-do"), Version: web.Seen(in, a.Version)}
	for step, slug := range slugs {
		if slug == r.PathValue("step") {
			m.Step = step
		}
	}
	if m.Step == "" {
		return "", fault.New(fault.NotFound, "portal.not_found", "id", a.ID)
	}
	if !people.Holds(r.Reader, a.Right(m.Step), a.Unit) {
		return "", web.Forbidden()
	}
	if m.At, err = moment(in.Get("dang-luc")); err != nil {
		return "", err
	}
	return Path(a.ID) + "?da=luu", s.News.Take(r.Context(), r.Actor(), a.ID, m)
}

func (s *pages) stepAgain(r *web.Request, _ url.Values, trouble error) error {
	a, err := s.get(r)
	if err != nil || fault.KindOf(trouble) == fault.NotFound {
		return trouble
	}
	return s.show(r, a, trouble)
}

// addPicture takes a picture and lays it at the end of the text.
func (s *pages) addPicture(r *web.Request) error {
	form, file, err := r.FormWithFile("tep")
	if err != nil {
		return err
	}
	path, err := s.Lay(r, form, file)
	if err == nil {
		return r.Go(path + "?da=luu")
	}
	a, gone := s.get(r)
	if k := fault.KindOf(err); gone != nil || k == fault.Internal || k == fault.Forbidden {
		return err
	}
	return s.show(r, a, err)
}

// Lay lays a picture at the end of the text of the article that the address names, "mo-ta" its description and "chu-thich" its
// caption, and gives the article's page. Errors: newsroom.no_alt, newsroom.no_picture_file.
func (p Parts) Lay(r *web.Request, form url.Values, up web.Upload) (string, error) {
	s := &pages{p}
	a, err := s.get(r)
	if err != nil {
		return "", err
	}
	if !s.may(r, a, portal.Edit) {
		return "", web.Forbidden()
	}
	return Path(a.ID), s.lay(r, a, form, up)
}

func (s *pages) lay(r *web.Request, a *portal.Article, form url.Values, up web.Upload) error {
	alt := strings.TrimSpace(form.Get("mo-ta"))
	if alt == "" {
		return fault.New(fault.Invalid, "newsroom.no_alt")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(up.Data))
	if err != nil {
		return fault.New(fault.Invalid, "newsroom.no_picture_file").Because(err)
	}
	f, err := s.Files.Add(r.Context(), attachment.Incoming{Owner: "article/" + a.ID, Name: up.Name, Actor: r.Actor(), Unit: a.Unit}, bytes.NewReader(up.Data))
	if err != nil {
		return err
	}
	c := a.Content
	if c.Picture(f.ID) == nil {
		c.Pictures = append(c.Pictures, portal.Picture{File: f.ID, Alt: alt, Width: size.Width, Height: size.Height})
	}
	caption := portal.Block{Kind: portal.Photo, Photo: f.ID, Text: []portal.Run{{Text: form.Get("chu-thich")}}}
	if at := waiting(c.Body); at >= 0 { // a caption from an imported page waits for its picture
		c.Body[at].Photo = f.ID
		if strings.TrimSpace(form.Get("chu-thich")) != "" {
			c.Body[at] = caption
		}
	} else {
		c.Body = append(c.Body, caption)
	}
	return s.News.Write(r.Context(), r.Actor(), a.ID, a.Version, c, "")
}

// waiting is the first caption without a picture, -1 for none.
func waiting(body []portal.Block) int {
	for i, b := range body {
		if b.Kind == portal.Photo && b.Photo == "" {
			return i
		}
	}
	return -1
}

// picture gives out a picture of an article that is not public yet.
func (s *pages) picture(r *web.Request) error {
	a, err := s.get(r)
	if err != nil {
		return err
	}
	f, err := s.Files.Get(r.Context(), r.PathValue("file"))
	if err != nil {
		return err
	}
	if f.Owner != "article/"+a.ID || !strings.HasPrefix(f.Type, "image/") {
		return attachment.NotFound(f.ID)
	}
	c, err := s.Files.Content(r.Context(), f)
	if err != nil {
		return err
	}
	defer c.Close()
	return public.SendPicture(r, f, f.Type, "private, no-cache", c)
}

type checkPage struct {
	*web.View
	Rules  *portal.Rules
	Checks []portal.Check
	Wrong  int
}

// check shows what the portal must hold and does not.
func (s *pages) check(r *web.Request) error {
	p := checkPage{View: r.View(r.T("newsroom.check"), web.Crumb{Title: r.T("newsroom.title"), Path: "/bien-tap"})}
	var err error
	if p.Rules, err = s.News.Rules(); err != nil {
		return err
	}
	if p.Checks, err = s.News.Check(r.Context()); err != nil {
		return err
	}
	for _, c := range p.Checks {
		if !c.Found || c.Stale {
			p.Wrong++
		}
	}
	return r.Render(http.StatusOK, check(p))
}
