package directives

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/a-h/templ"

	"trucot/internal/app/page/figures"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/directive"
)

// link is one arrow of the chain with both ends' names.
type link struct {
	directive.Link
	LaterLabel, EarlierLabel string
	LaterPath, EarlierPath   string // "" for what the reader does not see
}

// cite is a citation with the page of the directive where it stands in the register.
type cite struct {
	directive.Cited
	Path string
	Find string                // search of the register, for a citation without a date
	Of   []*directive.Document // that a name may mean, where the register has several
}

// goal is a target with what has been reached.
type goal struct {
	directive.Goal
	Figure, Measure, UnitName, PeriodName string
	Now, Path                             string
	Percent                               string        // of the target; "" where it cannot be said
	Until                                 calendar.Date // the day that Now is of
	Over                                  bool          // the period is over
}

// branch is the targets and tasks under one heading.
type branch struct {
	Title string
	Tasks []tasks.Row
	Goals []goal
	Count task.UnitCount
}

// done is how many of a heading's tasks are done.
func (b *branch) done() int { return b.Count.OnTime + b.Count.DoneLate }

type onePage struct {
	*web.View
	D          *directive.Document
	Kind       string
	UnitName   string
	Ended      bool
	Later      *directive.Document
	Chain      []link
	Cites      []cite
	Branches   []branch
	Count      task.UnitCount
	Keep       bool
	Others     []*directive.Document // that may replace or amend it
	Indicators []indicator.Definition
	Units      []people.Unit
	Typed      url.Values
	Trouble    string
	Files      templ.Component
}

func (s *pages) one(r *web.Request) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	return s.show(r, d, nil, nil)
}

func (s *pages) show(r *web.Request, d *directive.Document, typed url.Values, trouble error) error {
	lists, err := s.docs.Lists()
	if err != nil {
		return err
	}
	p := &onePage{View: r.View(d.Label(), web.Crumb{Title: r.T("directives.title"), Path: "/chi-dao"}), D: d, Kind: lists.KindName(d.Kind, r.Lang),
		UnitName: s.who.UnitName(r.Context(), d.Unit, r.Lang), Ended: !d.InForce(r.Today()), Later: s.visible(r, d.By), Typed: typed, Keep: people.Holds(r.Reader, people.KeepDirectives, d.Unit)}
	p.Path = Path(d.ID)
	for _, step := range []func(*web.Request, *onePage) error{s.chain, s.cites, s.tree, s.forms} {
		if err := step(r, p); err != nil {
			return err
		}
	}
	if p.Files, err = s.files(r, p.View, d); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, one(p))
}

func (s *pages) chain(r *web.Request, p *onePage) error {
	links, err := s.docs.Chain(r.Context(), p.D.ID)
	name := func(id string) (label, path string) {
		switch d := s.visible(r, id); {
		case d == nil:
			return r.T("directives.hidden"), ""
		case d.ID == p.D.ID:
			return d.Label(), ""
		default:
			return d.Label(), Path(d.ID)
		}
	}
	for _, l := range links {
		one := link{Link: l}
		one.LaterLabel, one.LaterPath = name(l.Later)
		one.EarlierLabel, one.EarlierPath = name(l.Earlier)
		p.Chain = append(p.Chain, one)
	}
	return err
}

func (s *pages) cites(r *web.Request, p *onePage) error {
	if len(p.D.Cites) == 0 {
		return nil
	}
	f := s.filter(r)
	finder, err := s.docs.Finder(r.Context(), directive.Filter{State: f.State, Units: f.Units})
	if err != nil {
		return err
	}
	for _, c := range p.D.Cites {
		line := cite{Cited: c}
		if d := s.visible(r, c.ID); d != nil {
			line.Path = Path(d.ID)
		} else if c.Symbol != "" {
			line.Find = query{Text: c.Symbol}.address()
		} else if line.Of, err = finder.Named(r.Context(), c); err != nil {
			return err
		}
		if len(line.Of) == 1 {
			line.Path = Path(line.Of[0].ID)
		}
		p.Cites = append(p.Cites, line)
	}
	return nil
}

// tree gathers targets and tasks under their headings; what has none comes last.
func (s *pages) tree(r *web.Request, p *onePage) error {
	list, _, err := s.tasks.List(r.Context(), task.Filter{Reach: tasks.Reach(r), Directive: p.D.ID, Limit: 1000})
	if err != nil {
		return err
	}
	at := map[string]*branch{}
	var order []string
	under := func(title string) *branch {
		if at[title] == nil {
			at[title] = &branch{Title: title}
			order = append(order, title)
		}
		return at[title]
	}
	for _, g := range p.D.Goals {
		b := under(g.Title)
		b.Goals = append(b.Goals, s.goalLine(r, g))
	}
	for _, t := range list {
		b := under(t.Goal)
		b.Tasks = append(b.Tasks, tasks.NewRow(r, s.tasks, s.who, t))
		p.Count.Add(t.Status(r.Today()))
		b.Count.Add(t.Status(r.Today()))
	}
	sort.SliceStable(order, func(i, j int) bool { return order[j] == "" && order[i] != "" })
	for _, title := range order {
		p.Branches = append(p.Branches, *at[title])
	}
	return nil
}

// goalLine sets a target beside what the figure says now, where the reader may see figures.
func (s *pages) goalLine(r *web.Request, g directive.Goal) goal {
	out := goal{Goal: g, Figure: g.Indicator, UnitName: s.who.UnitName(r.Context(), g.Unit, r.Lang), PeriodName: g.Period}
	part := indicator.Arising
	period, err := calendar.ParsePeriod(g.Period)
	if err != nil {
		return out
	}
	out.PeriodName = period.Name(r.Lang)
	if def, ok := s.figures.Definitions().Get(g.Indicator); ok {
		out.Figure, out.Measure = def.Title.In(r.Lang), def.Measure.In(r.Lang)
		if def.Type == indicator.Stock {
			part = indicator.Closing
		}
	}
	if !people.Holds(r.Reader, people.ReadFigures, g.Unit) {
		return out
	}
	units, err := s.who.Subtree(r.Context(), g.Unit, r.Today())
	if err != nil {
		return out
	}
	units = slices.DeleteFunc(units, func(u string) bool { return !people.Holds(r.Reader, people.ReadFigures, u) })
	f, err := s.figures.Figure(indicator.Query{Period: period, AsOf: min(period.To, r.Today()), Units: units}, g.Indicator)
	if err == nil {
		out.Now, out.Until, out.Over = figures.Number(r.Lang, f.Get(part)), min(period.To, r.Today()), period.To < r.Today()
		if plan, err := indicator.ParseValue(g.Value); err == nil && plan > 0 && f.Get(part) != indicator.NoValue {
			out.Percent = figures.Number(r.Lang, indicator.Quotient(f.Get(part), plan, 100, 1))
		}
		out.Path = "/so-lieu/" + url.PathEscape(g.Indicator) + "?" + url.Values{"period": {g.Period}, "unit": {g.Unit}, "part": {string(part)}}.Encode()
	}
	return out
}

// forms reads what the forms offer to those who keep the register.
func (s *pages) forms(r *web.Request, p *onePage) error {
	if !p.Keep {
		return nil
	}
	f := s.filter(r)
	f.Limit = 500
	docs, _, err := s.docs.List(r.Context(), f)
	if err != nil {
		return err
	}
	p.Others = slices.DeleteFunc(docs, func(d *directive.Document) bool { return d.ID == p.D.ID })
	p.Indicators = s.goals()
	p.Units, err = s.units(r)
	return err
}

// goals are the indicators that a target may be set for; the cells of statistical forms are left out.
func (s *pages) goals() []indicator.Definition {
	var out []indicator.Definition
	for _, d := range s.figures.Definitions().All() {
		if d.Type != indicator.Manual || !strings.HasPrefix(d.ID, "tk") {
			out = append(out, d)
		}
	}
	return out
}

// change records that the directive was replaced, amended or ended.
func (s *pages) change(r *web.Request) error {
	return s.write(r, func(d *directive.Document, in url.Values) error {
		from, err := dayIn(in, "ngay")
		if err != nil {
			return err
		}
		by := in.Get("boi")
		if by != "" && s.visible(r, by) == nil {
			return fault.New(fault.NotFound, "directive.not_found", "id", by)
		}
		_, err = s.docs.Change(r.Context(), directive.Change{ID: d.ID, How: directive.How(in.Get("cach")), By: by, From: from, Actor: r.Actor(), Note: strings.TrimSpace(in.Get("ghi-chu"))})
		return err
	})
}

// goal records a target.
func (s *pages) goal(r *web.Request) error {
	return s.write(r, func(d *directive.Document, in url.Values) error {
		g := directive.Goal{Title: in.Get("ten"), Indicator: in.Get("chi-tieu"), Period: strings.TrimSpace(in.Get("ky")), Unit: in.Get("don-vi")}
		if err := r.Require(people.KeepDirectives, g.Unit); err != nil {
			return err
		}
		if _, ok := s.figures.Definitions().Get(g.Indicator); !ok {
			return fault.New(fault.Invalid, "directive.bad_goal")
		}
		var err error
		if g.Value, err = plain(r, in.Get("so")); err != nil {
			return err
		}
		_, err = s.docs.SetGoal(r.Context(), r.Actor(), d.ID, g)
		return err
	})
}

// write takes one step from the directive's page and shows the page again when it is refused.
func (s *pages) write(r *web.Request, do func(*directive.Document, url.Values) error) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, err := s.get(r)
	if err != nil {
		return err
	}
	if err := r.Require(people.KeepDirectives, d.Unit); err != nil {
		return err
	}
	if err := do(d, in); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.show(r, d, in, err)
	}
	return r.Go(Path(d.ID) + "?da=luu")
}

// plain reads a figure as people of the language type it and gives it as definitions write it.
func plain(r *web.Request, text string) (string, error) {
	style := lang.NumberVI
	if r.Lang == lang.EN {
		style = lang.NumberEN
	}
	n, err := lang.ParseNumber(strings.TrimSpace(text), style)
	return indicator.Value(n).String(), err
}

// shown is a recorded figure in the reader's way of writing numbers.
func shown(tag lang.Tag, plain string) string {
	v, err := indicator.ParseValue(plain)
	if err != nil {
		return plain
	}
	return figures.Number(tag, v)
}
