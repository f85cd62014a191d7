// Package figures (trang số liệu) shows figures and opens each one onto the records it was made of. It
// owns no figures; package indicator computes them.
package figures

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/app/page/scope"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
)

// perPage is the number of records on a page.
const perPage = 50

type pages struct {
	figures *indicator.Engine
	l       *ledger.Ledger
	who     *people.People
	procs   *procedure.Set
}

// Routes are the pages of figures.
func Routes(e *indicator.Engine, l *ledger.Ledger, who *people.People, procs *procedure.Set) []web.Route {
	s := &pages{e, l, who, procs}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/so-lieu", Permission: people.ReadFigures, Handler: s.all},
		{Method: http.MethodGet, Pattern: "/so-lieu/{id}", Permission: people.ReadFigures, Handler: s.one},
	}
}

func (s *pages) scope(r *web.Request) (scope.Scope, []people.Unit, error) {
	sc, err := scope.Read(r, s.who, people.ReadFigures, s.figures.Units(), s.figures.Position())
	if err != nil {
		return sc, nil, err
	}
	units, err := Visible(r, s.who, people.ReadFigures)
	return sc, units, err
}

// Visible lists the units of today in which the reader has the permission, for the choice of a unit.
func Visible(r *web.Request, who *people.People, p web.Permission) ([]people.Unit, error) {
	units, err := who.Units(r.Context(), r.Today(), "")
	if err != nil {
		return nil, err
	}
	var out []people.Unit
	for _, u := range units {
		if r.Can(p, u.Code) {
			out = append(out, u)
		}
	}
	return out, nil
}

type line struct {
	Def indicator.Definition
	Fig indicator.Figure
}

// group are the figures of one field of work.
type group struct {
	Title string
	Lines []line
}

type allPage struct {
	*web.View
	Scope  scope.Scope
	Units  []people.Unit
	Groups []group
}

// add puts a line under its group. Groups stand in the order in which their first figures are defined.
func (p *allPage) add(l line) {
	title := l.Def.Group.In(p.Lang)
	i := slices.IndexFunc(p.Groups, func(g group) bool { return g.Title == title })
	if i < 0 {
		i, p.Groups = len(p.Groups), append(p.Groups, group{Title: title})
	}
	p.Groups[i].Lines = append(p.Groups[i].Lines, l)
}

func (s *pages) all(r *web.Request) error {
	sc, units, err := s.scope(r)
	if err != nil {
		return err
	}
	p := allPage{View: r.View(r.T("figures.title")), Scope: sc, Units: units}
	p.Wide = true
	for _, d := range s.figures.Definitions().All() {
		f, err := s.figures.Figure(sc.Query(), d.ID)
		if err != nil {
			return err
		}
		if f.Arising != 0 && f.Arising != indicator.NoValue || f.Closing != 0 && f.Closing != indicator.NoValue {
			p.add(line{d, f})
		}
	}
	return r.Render(http.StatusOK, all(p))
}

type onePage struct {
	*web.View
	Scope   scope.Scope
	Units   []people.Unit
	Def     indicator.Definition
	Fig     indicator.Figure
	Part    indicator.Part
	Records []indicator.Record
	Slices  []indicator.Slice
	Dim     string
	Next    string
	Now     indicator.Figure // as known today, when the page asks for an earlier position
	Changed []indicator.Record
	pages   *pages
}

func (s *pages) one(r *web.Request) error {
	id := r.PathValue("id")
	def, ok := s.figures.Definitions().Get(id)
	if !ok {
		return fault.New(fault.NotFound, "figures.unknown", "id", id)
	}
	sc, units, err := s.scope(r)
	if err != nil {
		return err
	}
	p := onePage{View: r.View(def.Title.In(r.Lang), web.Crumb{Title: r.T("figures.title"), Path: "/so-lieu?" + sc.Values().Encode()}),
		Scope: sc, Units: units, Def: def, Part: part(r.Query("part")), pages: s}
	q := sc.Query()
	if p.Fig, err = s.figures.Figure(q, id); err != nil {
		return err
	}
	q.Part = p.Part
	after, _ := strconv.ParseInt(r.Query("after"), 10, 64) // an unreadable one starts from the beginning
	if p.Records, err = s.figures.Records(r.Context(), s.l, q, id, perPage+1, after); err != nil {
		return err
	}
	if len(p.Records) > perPage {
		p.Records = p.Records[:perPage]
		p.Next = sc.FigurePath(id, p.Part) + "&after=" + strconv.FormatInt(p.Records[perPage-1].Position, 10)
	}
	HideDossiers(r, p.Records)
	if err := s.split(r, &p, q); err != nil {
		return err
	}
	if err := s.changes(r, &p); err != nil {
		return err
	}
	return r.Render(http.StatusOK, one(p))
}

// HideDossiers takes the titles of dossiers away from a reader who may see the figure but not them.
func HideDossiers(r *web.Request, records []indicator.Record) {
	for i := range records {
		if strings.HasPrefix(records[i].Stream, "dossier/") && !people.Holds(r.Reader, people.ReadDossiers, records[i].Unit) {
			records[i].Label = r.T("figures.hidden_dossier")
		}
	}
}

// split breaks the figure down by the dimension asked for, or by its first.
func (s *pages) split(r *web.Request, p *onePage, q indicator.Query) error {
	if len(p.Def.Dimensions) == 0 {
		return nil
	}
	p.Dim = p.Def.Dimensions[0]
	for _, d := range p.Def.Dimensions {
		if d == r.Query("dim") {
			p.Dim = d
		}
	}
	var err error
	p.Slices, err = s.figures.Breakdown(q, p.Def.ID, p.Dim)
	return err
}

// shares are what each slice is of their sum, in percent and adding up to 100; nil where the figure is no sum of its slices.
func (p onePage) shares() []indicator.Value {
	if t := p.Def.Type; len(p.Slices) < 2 || t != indicator.Flow && t != indicator.Stock && t != indicator.Sum {
		return nil
	}
	parts := make([]indicator.Value, len(p.Slices))
	for i, s := range p.Slices {
		parts[i] = slicePart(s, p.Part)
	}
	shares := indicator.Percentages(parts, 1)
	if !slices.ContainsFunc(shares, func(v indicator.Value) bool { return v != indicator.NoValue }) {
		return nil
	}
	return shares
}

// sliceName is the reader's word for a value of a dimension: a procedure by its title, a channel by its
// name, anything else as it was recorded.
func (p onePage) sliceName(key string) string {
	switch {
	case key == "":
		return p.T("figures.not_stated")
	case p.Dim == "procedure":
		if versions := p.pages.procs.Versions(key); len(versions) > 0 {
			return versions[len(versions)-1].Title.In(p.Lang)
		}
	case p.Dim == "channel":
		if word := p.T("dossiers.channel_" + key); !strings.HasPrefix(word, "⟦") {
			return word
		}
	}
	return key
}

// changes lists what was recorded after the position that the page stands at.
func (s *pages) changes(r *web.Request, p *onePage) error {
	if p.Scope.Known == 0 {
		return nil
	}
	q := p.Scope.Query()
	q.KnownAt = 0
	var err error
	if p.Now, err = s.figures.Figure(q, p.Def.ID); err != nil {
		return err
	}
	if p.Changed, err = s.figures.ChangedSince(q, p.Def.ID, p.Scope.Known); err != nil {
		return err
	}
	if len(p.Changed) > perPage {
		p.Changed = p.Changed[:perPage]
	}
	return s.figures.Fill(r.Context(), s.l, p.Changed)
}

func part(text string) indicator.Part {
	switch p := indicator.Part(text); p {
	case indicator.Opening, indicator.Closing:
		return p
	}
	return indicator.Arising
}

// Number writes a value in the reader's language, "—" for none.
func Number(tag lang.Tag, v indicator.Value) string {
	if v == indicator.NoValue {
		return "—"
	}
	return lang.Decimal(tag, int64(v))
}
