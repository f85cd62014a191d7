package onestop

import (
	"net/http"
	"net/url"
	"strconv"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// perPage is the number of lines on a page.
const perPage = 50

// pageOf is the page asked for; what cannot be read is the first.
func pageOf(r *web.Request) int {
	n, _ := strconv.Atoi(r.Query("trang"))
	return max(n, 1)
}

// pager is where a list stands.
type pager struct {
	Page, Total, Shown int
	base               string
	values             url.Values
}

func (p pager) at(page int) string {
	v := url.Values{}
	for name := range p.values {
		v.Set(name, p.values.Get(name))
	}
	v.Set("trang", strconv.Itoa(page))
	return p.base + "?" + v.Encode()
}

func (p pager) back() string {
	if p.Page < 2 {
		return ""
	}
	return p.at(p.Page - 1)
}

func (p pager) next() string {
	if p.Page*perPage >= p.Total {
		return ""
	}
	return p.at(p.Page + 1)
}

type row struct {
	dossier.Row
	ProcedureName, UnitName, Who string
	Left                         int // working days until the due date, negative after it
	Drafted                      bool
}

type soonPage struct {
	*web.View
	pager
	Rows  []row
	Until calendar.Date
}

// soon lists the dossiers that are late or will be tomorrow, each with its drafted letter of apology.
func (s *pages) soon(r *web.Request) error {
	p := soonPage{View: r.View(r.T("onestop_page.soon")), Until: s.dossiers.WarnUntil()}
	p.Wide = true
	p.pager = pager{Page: pageOf(r), base: "/sap-tre"}
	rows, total, err := s.dossiers.Soon(r.Context(), Reach(r), perPage, (p.Page-1)*perPage)
	if err != nil {
		return err
	}
	p.Total, p.Shown = total, len(rows)
	name := s.procedureName(r.Lang)
	for _, one := range rows {
		d, err := s.dossiers.Get(r.Context(), one.Code)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row{Row: *one, ProcedureName: name(one.Procedure, one.Version), UnitName: s.who.UnitName(r.Context(), one.Unit, r.Lang),
			Who: s.who.AccountName(r.Context(), one.Assignee), Left: s.dossiers.Left(one.DueOn), Drafted: s.dossiers.Warned(d) && d.Digest != ""})
	}
	return r.Render(http.StatusOK, soonView(p))
}

type logPage struct {
	*web.View
	pager
	From, To calendar.Date
	Rows     []row
}

// logbook is the logbook of a time: a page, or a file with ?tai=docx or pdf.
func (s *pages) logbook(r *web.Request) error {
	p := logPage{View: r.View(r.T("onestop_page.logbook"))}
	p.Wide = true
	var err error
	if p.From, p.To, err = span(r); err != nil {
		return err
	}
	if ext := r.Query("tai"); ext != "" {
		doc, err := s.desk.Logbook(r.Context(), Reach(r), p.From, p.To, s.procedureName("vi"))
		if err != nil {
			return err
		}
		return send(r, doc, "so-theo-doi-"+p.From.String()+"-"+p.To.String(), ext)
	}
	p.pager = pager{Page: pageOf(r), base: "/so-theo-doi", values: url.Values{"tu": {p.From.String()}, "den": {p.To.String()}}}
	rows, total, err := s.dossiers.Received(r.Context(), Reach(r), p.From, p.To, perPage, (p.Page-1)*perPage)
	if err != nil {
		return err
	}
	p.Total, p.Shown = total, len(rows)
	name := s.procedureName(r.Lang)
	for _, one := range rows {
		p.Rows = append(p.Rows, row{Row: *one, ProcedureName: name(one.Procedure, one.Version), UnitName: s.who.UnitName(r.Context(), one.Unit, r.Lang)})
	}
	return r.Render(http.StatusOK, logView(p))
}

// span is the time asked for, the current month without one.
func span(r *web.Request) (from, to calendar.Date, err error) {
	year, month, _ := r.Today().YMD()
	from, to = calendar.Of(year, month, 1), r.Today()
	if text := r.Query("tu"); text != "" {
		if from, err = calendar.Parse(text); err != nil {
			return from, to, err
		}
	}
	if text := r.Query("den"); text != "" {
		if to, err = calendar.Parse(text); err != nil {
			return from, to, err
		}
	}
	if to < from {
		return from, to, fault.New(fault.Invalid, "onestop_page.bad_span", "from", from, "to", to)
	}
	return from, to, nil
}

type numbersPage struct {
	*web.View
	pager
	Year  int
	Given []numbering.Given
	Names map[string]string // signers by account
}

// numbers is the books of numbers of a year.
func (s *pages) numbers(r *web.Request) error {
	year, _, _ := r.Today().YMD()
	if n, err := strconv.Atoi(r.Query("nam")); err == nil {
		year = n
	}
	p := numbersPage{View: r.View(r.T("onestop_page.numbers")), Year: year, Names: map[string]string{}}
	p.Wide = true
	p.pager = pager{Page: pageOf(r), base: "/so-van-ban", values: url.Values{"nam": {strconv.Itoa(year)}}}
	units, without := people.Reach(r.Reader, people.ReadDossiers)
	var err error
	p.Given, p.Total, err = s.books.List(r.Context(), numbering.Filter{Year: year, Units: units, Without: without, Limit: perPage, Offset: (p.Page - 1) * perPage})
	p.Shown = len(p.Given)
	for _, g := range p.Given {
		if g.Signer != "" {
			p.Names[g.Signer] = s.who.AccountName(r.Context(), g.Signer)
		}
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, numbersView(p))
}
