package newsroom

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	public "trucot/internal/app/page/portal"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/portal"
)

// formPage is the form of an article, new or there already.
type formPage struct {
	*web.View
	In      url.Values
	A       *portal.Article // nil for a new one
	Rules   *portal.Rules
	Units   []people.Unit
	Public  bool   // a change is a correction
	Look    string // the text as it looks, for the editor in the browser
	Trouble string
}

// target is where the form goes.
func (p formPage) target() string {
	if p.A != nil {
		return Path(p.A.ID) + "/sua"
	}
	return "/bien-tap"
}

func (s *pages) blank(r *web.Request) error {
	return s.form(r, url.Values{"ngon-ngu": {string(lang.VI)}, "muc": {"hoat-dong"}}, nil, nil)
}

func (s *pages) edit(r *web.Request) error {
	a, err := s.get(r)
	if err != nil {
		return err
	}
	if !s.may(r, a, portal.Edit) && !s.may(r, a, portal.Correct) {
		return web.Forbidden()
	}
	in := url.Values{"tieu-de": {a.Title}, "sapo": {a.Lead}, "muc": {a.Section}, "ngon-ngu": {string(a.Lang)}, "cap": {a.Pair}, "noi-dung": {portal.Markup(a.Body)}, "the": {strings.Join(a.Tags, ", ")},
		"tac-gia": {a.Author}, "nguon": {a.Source}, "ban": {strconv.FormatInt(a.Version, 10)}}
	for _, p := range a.Pictures {
		in.Set("mo-ta-"+p.File, p.Alt)
	}
	if !a.Dated.IsZero() {
		in.Set("ngay-goc", a.Dated.In(calendar.Zone).Format(minute))
	}
	return s.form(r, in, a, nil)
}

func (s *pages) form(r *web.Request, in url.Values, a *portal.Article, trouble error) error {
	crumbs := []web.Crumb{{Title: r.T("newsroom.title"), Path: "/bien-tap"}}
	title := r.T("newsroom.new")
	if a != nil {
		crumbs = append(crumbs, web.Crumb{Title: a.Title, Path: Path(a.ID)})
		title = r.T("newsroom.edit")
	}
	p := formPage{View: r.View(title, crumbs...), In: in, A: a, Public: a != nil && a.Public(s.News.Now())}
	if p.Public {
		p.Title = r.T("newsroom.correct")
	}
	var err error
	if p.Rules, err = s.News.Rules(); err != nil {
		return err
	}
	units, err := s.People.Units(r.Context(), r.Today(), "")
	if err != nil {
		return err
	}
	for _, u := range units {
		if r.Can(people.WriteNews, u.Code) {
			p.Units = append(p.Units, u)
		}
	}
	p.Look = s.look(in.Get("noi-dung"), a)
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, form(p))
}

// look is a text as the editor in the browser begins with it: every record and picture keeps its name.
func (s *pages) look(markup string, a *portal.Article) string {
	body, _ := portal.Clean(portal.ParseMarkup(markup)) // what is too long is said when it is saved
	shown := &portal.Article{Content: portal.Content{Body: body}}
	id := ""
	if a != nil {
		shown.Pictures, id = a.Pictures, a.ID
	}
	w := public.Writer{Article: shown, Edit: true, Ref: portal.Ref.String,
		Picture: func(file string) string { return Path(id) + "/anh/" + url.PathEscape(file) }}
	return w.HTML()
}

// read turns the form into content; a is what it was before, nil for a new article.
func (s *pages) read(r *web.Request, in url.Values, a *portal.Article) (portal.Content, error) {
	c := portal.Content{Lang: lang.Tag(in.Get("ngon-ngu")), Pair: in.Get("cap"), Section: in.Get("muc"), Title: in.Get("tieu-de"), Lead: in.Get("sapo"),
		Tags: strings.Split(in.Get("the"), ","), Author: in.Get("tac-gia"), Source: in.Get("nguon")}
	if html := in.Get("noi-dung-html"); html != "" {
		var err error
		if c.Body, err = portal.ParseHTML(html); err != nil {
			return c, err
		}
		if body, err := portal.Clean(c.Body); err == nil { // so that the form comes back with what was typed, also where something else is wrong
			in.Set("noi-dung", portal.Markup(body))
		}
	} else {
		c.Body = portal.ParseMarkup(in.Get("noi-dung"))
	}
	unit := in.Get("don-vi")
	if a != nil {
		unit = a.Unit
		c.Pictures = slices.Clone(a.Pictures)
		for i := range c.Pictures {
			if alt := strings.TrimSpace(in.Get("mo-ta-" + c.Pictures[i].File)); alt != "" {
				c.Pictures[i].Alt = alt
			}
		}
	}
	var err error
	if c.Dated, err = moment(in.Get("ngay-goc")); err == nil && in.Get("viec") == "nhan" {
		_, err = s.News.LinkDirectives(r.Context(), s.registers(r, unit), &c)
	}
	return c, err
}

func (s *pages) enter(r *web.Request, in url.Values) (string, error) {
	c, err := s.read(r, in, nil)
	if err != nil {
		return "", err
	}
	a, err := s.News.Draft(r.Context(), r.Reader, in.Get("don-vi"), c)
	if err != nil {
		return "", err
	}
	return Path(a.ID) + "?da=luu", nil
}

func (s *pages) enterAgain(r *web.Request, in url.Values, trouble error) error {
	return s.form(r, in, nil, trouble)
}

func (s *pages) change(r *web.Request, in url.Values) (string, error) {
	a, err := s.get(r)
	if err != nil {
		return "", err
	}
	if !s.may(r, a, portal.Edit) && !s.may(r, a, portal.Correct) {
		return "", web.Forbidden()
	}
	c, err := s.read(r, in, a)
	if err != nil {
		return "", err
	}
	return Path(a.ID) + "?da=luu", s.News.Write(r.Context(), r.Actor(), a.ID, web.Seen(in, a.Version), c, in.Get("dinh-chinh"))
}

func (s *pages) changeAgain(r *web.Request, in url.Values, trouble error) error {
	a, err := s.get(r)
	if err != nil {
		return err
	}
	return s.form(r, in, a, trouble)
}
