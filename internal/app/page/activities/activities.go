// Package activities (trang sổ việc) is where a unit enters the work that is no dossier, puts an entry right, and enters figures that
// only people know: actual values kept by hand, estimates and targets. It owns no rules; room activity does.
package activities

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"trucot/internal/app/page/figures"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/activity"
)

//go:embed texts.*.yaml
var textFiles embed.FS

// Texts are the texts of this package, for the Catalog.
func Texts() lang.Texts { return lang.MustTexts(textFiles) }

// perPage is the number of entries on a page.
const perPage = 50

const home = "/so-viec"

type pages struct {
	book    *activity.Book
	figures *indicator.Engine
	skip    func(indicator string) bool
	who     *people.People
}

// Routes are the pages of the book of work. skip names the indicators of which nothing is entered here.
func Routes(book *activity.Book, e *indicator.Engine, skip func(indicator string) bool, who *people.People) []web.Route {
	s := &pages{book, e, skip, who}
	return []web.Route{
		{Method: http.MethodGet, Pattern: home, Permission: people.ReadFigures, Handler: s.list},
		{Method: http.MethodGet, Pattern: home + "/moi", Permission: people.RecordFigures, Handler: s.blank},
		web.FormRoute(home, people.RecordFigures, s.enter, s.enterAgain),
		{Method: http.MethodGet, Pattern: home + "/so-lieu", Permission: people.RecordFigures, Handler: s.known},
		web.FormRoute(home+"/so-lieu", people.RecordFigures, s.setFigures, s.figuresAgain),
		{Method: http.MethodGet, Pattern: home + "/{id}", Permission: people.ReadFigures, Handler: s.one},
		web.FormRoute(home+"/{id}", people.RecordFigures, s.change, s.changeAgain),
	}
}

type row struct {
	*activity.Entry
	KindTitle, UnitName, Counted string
}

type listPage struct {
	*web.View
	Kinds            *activity.Kinds
	Units            []people.Unit
	Unit, Kind, Year string
	Rows             []row
	Page, Total      int
	Record           bool // the reader may enter somewhere
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("activities.title")), Unit: r.Query("don-vi"), Kind: r.Query("loai"), Year: r.Query("nam"), Page: 1, Record: people.Holds(r.Reader, people.RecordFigures, "") || r.Can(people.RecordFigures, "")}
	p.Wide = true
	if n, err := strconv.Atoi(r.Query("trang")); err == nil && n > 1 {
		p.Page = n
	}
	year, err := strconv.Atoi(p.Year)
	if err != nil || year < 1900 || year > 9999 {
		year = r.Today().Time().Year()
		p.Year = strconv.Itoa(year)
	}
	if p.Kinds, err = s.book.Kinds(); err != nil {
		return err
	}
	if p.Units, err = figures.Visible(r, s.who, people.ReadFigures); err != nil {
		return err
	}
	f := activity.Filter{Unit: p.Unit, Kind: p.Kind, From: calendar.Of(year, time.January, 1), To: calendar.Of(year, time.December, 31), Limit: perPage, Offset: (p.Page - 1) * perPage}
	f.Units, f.Without = people.Reach(r.Reader, people.ReadFigures)
	found, total, err := s.book.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Total = total
	for _, e := range found {
		p.Rows = append(p.Rows, s.row(r, p.Kinds, e))
	}
	return r.Render(http.StatusOK, list(p))
}

func (s *pages) row(r *web.Request, kinds *activity.Kinds, e *activity.Entry) row {
	out := row{Entry: e, KindTitle: e.Kind, UnitName: s.who.UnitName(r.Context(), e.Unit, r.Lang)}
	k, err := kinds.Kind(e.Kind)
	if err != nil {
		return out // an entry of a kind that is defined no more
	}
	out.KindTitle = k.Title.In(r.Lang)
	var words []string
	for _, a := range k.Amounts {
		n, there := e.Amounts[a.ID]
		if !there && a.ID != "count" {
			continue
		}
		if !there {
			n = 1
		}
		words = append(words, figures.Number(r.Lang, indicator.FromFloat(n))+" "+a.Measure.In(r.Lang))
	}
	out.Counted = strings.Join(words, "; ")
	return out
}

func (p listPage) address(page int) string {
	if page < 1 || (page-1)*perPage >= max(p.Total, 1) {
		return ""
	}
	return home + "?" + url.Values{"don-vi": {p.Unit}, "loai": {p.Kind}, "nam": {p.Year}, "trang": {strconv.Itoa(page)}}.Encode()
}

type formPage struct {
	*web.View
	Kinds    *activity.Kinds
	Kind     *activity.Kind
	Units    []people.Unit
	In       url.Values
	Existing *row // being put right
	Keep     bool // the reader may change it
	Trouble  string
}

func (s *pages) blank(r *web.Request) error {
	return s.form(r, url.Values{"loai": {r.Query("loai")}, "ngay": {r.Today().String()}, "don-vi": {r.Query("don-vi")}}, nil, nil)
}

func (s *pages) form(r *web.Request, in url.Values, e *activity.Entry, trouble error) error {
	title := r.T("activities.new")
	if e != nil {
		title = r.T("activities.entry", "id", e.ID)
	}
	p := formPage{View: r.View(title, web.Crumb{Title: r.T("activities.title"), Path: home}), In: in}
	var err error
	if p.Kinds, err = s.book.Kinds(); err != nil {
		return err
	}
	if e != nil {
		x := s.row(r, p.Kinds, e)
		p.Existing, p.Keep = &x, !e.Gone && people.Holds(r.Reader, people.RecordFigures, e.Unit)
	}
	if id := in.Get("loai"); id != "" {
		if p.Kind, err = p.Kinds.Kind(id); err != nil && e == nil {
			return err
		}
	}
	if p.Units, err = figures.Visible(r, s.who, people.RecordFigures); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, form(p))
}

// read turns the form into an entry of a unit in which the reader may enter.
func (s *pages) read(r *web.Request, in url.Values) (activity.Entry, error) {
	e := activity.Entry{Kind: in.Get("loai"), Unit: in.Get("don-vi"), Title: in.Get("noi-dung"), Amounts: map[string]float64{}}
	if e.Unit != "" && !people.Holds(r.Reader, people.RecordFigures, e.Unit) {
		return e, web.Forbidden()
	}
	kinds, err := s.book.Kinds()
	if err != nil {
		return e, err
	}
	k, err := kinds.Kind(e.Kind)
	if err != nil {
		return e, err
	}
	var wrong fault.List
	for _, a := range k.Amounts {
		text := strings.TrimSpace(in.Get("luong." + a.ID))
		if text == "" {
			continue
		}
		n, err := lang.ParseNumber(text, lang.NumbersOf(r.Lang))
		if err != nil {
			wrong = append(wrong, fault.New(fault.Invalid, "activity.bad_amount", "label", a.Title, "text", text))
			continue
		}
		e.Amounts[a.ID] = float64(n) / 1000
	}
	if e.On, err = calendar.Parse(strings.TrimSpace(in.Get("ngay"))); err != nil {
		wrong = append(wrong, fault.New(fault.Invalid, "activity.bad_day", "today", r.Today()))
	}
	return e, wrong.OrNil()
}

func (s *pages) enter(r *web.Request, in url.Values) (string, error) {
	e, err := s.read(r, in)
	if err != nil {
		return "", err
	}
	_, err = s.book.Enter(r.Context(), r.Actor(), e)
	return back(e.On), err
}

func (s *pages) enterAgain(r *web.Request, in url.Values, trouble error) error {
	return s.form(r, in, nil, trouble)
}

// back is the book's page of the year in which something was entered.
func back(on calendar.Date) string {
	return home + "?nam=" + strconv.Itoa(on.Time().Year()) + "&da=luu"
}

func (s *pages) get(r *web.Request) (*activity.Entry, error) {
	return Get(r, s.book, r.PathValue("id"))
}

// Get reads an entry that the reader may see; another unit's is not found rather than forbidden.
func Get(r *web.Request, book *activity.Book, id string) (*activity.Entry, error) {
	e, err := book.Get(r.Context(), id)
	if err == nil && !people.Holds(r.Reader, people.ReadFigures, e.Unit) {
		return nil, activity.NotFound(id)
	}
	return e, err
}

func (s *pages) one(r *web.Request) error {
	e, err := s.get(r)
	if err != nil {
		return err
	}
	in := url.Values{"loai": {e.Kind}, "don-vi": {e.Unit}, "ngay": {e.On.String()}, "noi-dung": {e.Title}, "ban": {strconv.FormatInt(e.Version, 10)}}
	for id, n := range e.Amounts {
		in.Set("luong."+id, lang.Decimal(r.Lang, int64(indicator.FromFloat(n))))
	}
	return s.form(r, in, e, nil)
}

func (s *pages) change(r *web.Request, in url.Values) (string, error) {
	was, err := s.get(r)
	if err != nil {
		return "", err
	}
	if !people.Holds(r.Reader, people.RecordFigures, was.Unit) {
		return "", web.Forbidden()
	}
	seen := web.Seen(in, was.Version)
	if in.Get("viec") == "rut" {
		return back(was.On), s.book.TakeBack(r.Context(), r.Actor(), was.ID, seen, in.Get("ly-do"))
	}
	in.Set("loai", was.Kind)
	e, err := s.read(r, in)
	if err != nil {
		return "", err
	}
	e.ID = was.ID
	_, err = s.book.Correct(r.Context(), r.Actor(), e, seen, in.Get("ly-do"))
	return back(e.On), err
}

func (s *pages) changeAgain(r *web.Request, in url.Values, trouble error) error {
	e, err := s.get(r)
	if err != nil {
		return err
	}
	return s.form(r, in, e, trouble)
}
