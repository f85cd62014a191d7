// Package councils (trang hội đồng) is the pages of councils: the list, one council with what to do next, the ballot
// that a member fills in on a phone, and the official papers. It owns no rules: package council decides what a step may
// do, package people who the reader is.
package councils

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"trucot/internal/engine/council"
	"trucot/internal/engine/document"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// Parts are what the pages stand on.
type Parts struct {
	Councils *council.Engine
	Dossiers *dossier.Engine
	People   *people.People
	Calendar *calendar.Calendar
	Words    *lang.Catalog
	Standing func() ([]*procedure.Standing, error)
	// Head is the official heading and signature of a paper of a unit, issued on a day.
	Head func(ctx context.Context, unit string, on calendar.Date) (*document.Document, error)
}

type pages struct{ Parts }

// Routes are the pages of councils. Whoever sits in a council reaches it by council.sit; each handler looks whether the
// council is the reader's.
func Routes(p Parts) []web.Route {
	s := &pages{p}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/hoi-dong", Permission: people.SitInCouncils, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/hoi-dong/moi", Permission: people.RunCouncils, Handler: s.blank},
		web.FormRoute("/hoi-dong", people.RunCouncils, s.form, s.showBlank),
		{Method: http.MethodGet, Pattern: "/hoi-dong/{id}", Permission: people.SitInCouncils, Handler: s.one},
		{Method: http.MethodGet, Pattern: "/hoi-dong/{id}/phieu", Permission: people.SitInCouncils, Handler: s.ballot},
		{Method: http.MethodPost, Pattern: "/hoi-dong/{id}/phieu", Permission: people.SitInCouncils, Handler: s.vote},
		{Method: http.MethodGet, Pattern: "/hoi-dong/{id}/tai/{paper}", Permission: people.SitInCouncils, Handler: s.paper},
		web.FormRoute("/hoi-dong/{id}/{step}", people.SitInCouncils, s.act, s.again),
	}
}

// Path is a council's page.
func Path(id string) string { return "/hoi-dong/" + url.PathEscape(id) }

func (s *pages) get(r *web.Request) (*council.Council, error) {
	return Get(r, s.Councils, r.PathValue("id"))
}

// Get reads a council that the reader may see; another unit's is not found rather than forbidden.
func Get(r *web.Request, e *council.Engine, id string) (*council.Council, error) {
	c, err := e.Get(r.Context(), id)
	if err == nil && !Sees(r, c) {
		return nil, council.NotFound(id)
	}
	return c, err
}

// Sees reports whether the reader may see a council: as one who has a part in it, or by its unit.
func Sees(r *web.Request, c *council.Council) bool {
	return c.Knows(r.Actor()) || people.Holds(r.Reader, people.ReadCouncils, c.Unit)
}

// runs reports whether the reader does the secretary's work in the council.
func runs(r *web.Request, c *council.Council) bool {
	return r.Actor() == c.Secretary || people.Holds(r.Reader, people.RunCouncils, c.Unit)
}

// tone is the colour of a stage; the word always stands beside it.
func tone(s council.Stage) string {
	switch s {
	case council.Preparing:
		return "blue"
	case council.Voting:
		return "amber"
	case council.Counted, council.Confirmed:
		return "purple"
	case council.Concluded:
		return "green"
	}
	return "grey"
}

// perPage is the number of councils on a page.
const perPage = 50

// views are the lists; the first is where a reader with a part in a council begins.
var views = []string{"mine", "open", "voting", "concluded", "all"}

// row is a council in a list.
type row struct {
	*council.Council
	UnitName string
	Mine     bool // the reader's ballot is awaited
}

type listPage struct {
	*web.View
	Show, Text string
	Page       int
	Rows       []row
	Total      int
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("councils.title")), Show: r.Query("xem"), Text: r.Query("q")}
	p.Page, _ = strconv.Atoi(r.Query("trang")) // unreadable = the first page
	p.Page = max(p.Page, 1)
	f := council.Filter{Account: r.Actor(), Text: p.Text, Limit: perPage, Offset: (p.Page - 1) * perPage}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadCouncils)
	if !slices.Contains(views, p.Show) {
		p.Show = "mine"
		if _, n, err := s.Councils.List(r.Context(), council.Filter{Account: r.Actor(), Mine: true, Stage: council.Open, Limit: 1}); err != nil {
			return err
		} else if n == 0 && r.Can(people.ReadCouncils, "") {
			p.Show = "open"
		}
	}
	switch p.Show {
	case "mine":
		f.Mine = true
	case "open", "voting", "concluded":
		f.Stage = council.Stage(p.Show)
	}
	found, total, err := s.Councils.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, c := range found {
		p.Rows = append(p.Rows, row{c, s.People.UnitName(r.Context(), c.Unit, r.Lang), c.MayVote(r.Actor())})
	}
	return r.Render(http.StatusOK, list(p))
}

// address is the list with another view or page.
func (p listPage) address(view string, page int) string {
	v := url.Values{"xem": {view}}
	if p.Text != "" {
		v.Set("q", p.Text)
	}
	if page > 1 {
		v.Set("trang", strconv.Itoa(page))
	}
	return "/hoi-dong?" + v.Encode()
}

// Panel shows a dossier's councils on its page, and where its definition has some, the way to form one.
func Panel(p Parts) func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
	s := &pages{p}
	return func(r *web.Request, v *web.View, d *dossier.Dossier) (templ.Component, error) {
		found, err := s.Councils.OfDossier(r.Context(), d.Code)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(c *council.Council) bool { return !Sees(r, c) })
		def, err := s.Dossiers.Procedure(r.Context(), d)
		may := err == nil && len(def.Councils) > 0 && d.Open() && people.Holds(r.Reader, people.RunCouncils, d.Unit)
		if fault.KindOf(err) == fault.Internal && err != nil {
			return nil, err
		}
		if len(found) == 0 && !may {
			return nil, nil
		}
		return panel(v, d.Code, found, may), nil
	}
}

// choice is a kind of council that may be formed.
type choice struct {
	ID, Label string
	Variants  []procedure.Variant
	Verify    bool
}

type blankPage struct {
	*web.View
	In       url.Values
	Key      string
	Dossier  *dossier.Dossier // nil for a council that stands by itself
	Choices  []choice
	Units    []people.Unit
	Accounts []people.Account
	Trouble  string
}

func (s *pages) blank(r *web.Request) error { return s.showBlank(r, r.URL.Query(), nil) }

func (s *pages) showBlank(r *web.Request, in url.Values, trouble error) error {
	p := &blankPage{View: r.View(r.T("councils.new"), web.Crumb{Title: r.T("councils.title"), Path: "/hoi-dong"}), In: in, Key: in.Get("khoa")}
	if p.Key == "" {
		p.Key = newKey()
	}
	if err := s.choices(r, p); err != nil {
		return err
	}
	var err error
	if p.Accounts, err = s.accounts(r); err != nil {
		return err
	}
	units, err := s.People.Units(r.Context(), r.Today(), people.State)
	if err != nil {
		return err
	}
	for _, u := range units {
		if r.Can(people.RunCouncils, u.Code) {
			p.Units = append(p.Units, u)
		}
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, blank(p))
}

// choices lists the councils of the dossier's definition, or those that stand by themselves.
func (s *pages) choices(r *web.Request, p *blankPage) error {
	add := func(group string, all []procedure.Council, legal []procedure.Basis) {
		for i := range all {
			c := &all[i]
			p.Choices = append(p.Choices, choice{group + c.ID, c.Label.In(r.Lang), c.Ballot.Variants, c.Mark == procedure.Recalled})
		}
	}
	if code := p.In.Get("ho-so"); code != "" {
		d, err := s.dossier(r, code)
		if err != nil {
			return err
		}
		def, err := s.Dossiers.Procedure(r.Context(), d)
		if err != nil {
			return err
		}
		p.Dossier = d
		add("", def.Councils, def.Legal)
		return nil
	}
	standing, err := s.Standing()
	for _, group := range standing {
		add(group.ID+".", group.Councils, group.Legal)
	}
	return err
}

// dossier reads a dossier for which the reader may form a council.
func (s *pages) dossier(r *web.Request, code string) (*dossier.Dossier, error) {
	d, err := s.Dossiers.Get(r.Context(), code)
	if err == nil && !people.Holds(r.Reader, people.RunCouncils, d.Unit) {
		return nil, fault.New(fault.NotFound, "dossier.not_found", "code", code)
	}
	return d, err
}

// accounts lists those who may be named in a council.
func (s *pages) accounts(r *web.Request) ([]people.Account, error) {
	all, err := s.People.Accounts(r.Context())
	return slices.DeleteFunc(all, func(a people.Account) bool { return a.Closed }), err
}

// form forms a council.
func (s *pages) form(r *web.Request, in url.Values) (string, error) {
	n := council.Founding{Dossier: in.Get("ho-so"), Rule: in.Get("loai"), Variant: in.Get("bang-diem"), Title: in.Get("ten"), Unit: in.Get("don-vi"), Decision: in.Get("quyet-dinh"),
		Secretary: in.Get("thu-ky"), Actor: r.Actor(), Files: filesOf(in.Get("danh-sach"))}
	if key := in.Get("khoa"); key != "" {
		n.Key = r.Actor() + ":" + key
	}
	if n.Dossier != "" {
		if _, err := s.dossier(r, n.Dossier); err != nil {
			return "", err
		}
	} else if !people.Holds(r.Reader, people.RunCouncils, n.Unit) {
		return "", web.Forbidden()
	}
	c, err := s.Councils.Form(r.Context(), n)
	if err != nil {
		return "", err
	}
	return Path(c.ID) + "?da=luu", nil
}
