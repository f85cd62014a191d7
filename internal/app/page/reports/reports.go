// Package reports (trang báo cáo) shows the report regimes, one report with every number opening onto its
// records, the faults of its sums, its files, and what changed since it was frozen. It owns no rules; room
// report does.
package reports

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"

	"trucot/internal/app/page/figures"
	"trucot/internal/app/page/scope"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report"
)

type pages struct {
	room    *report.Room
	who     *people.People
	defs    *indicator.Definitions
	catalog *lang.Catalog
	tasks   *task.Engine
}

// Routes are the pages of reports.
func Routes(room *report.Room, who *people.People, defs *indicator.Definitions, catalog *lang.Catalog, work *task.Engine) []web.Route {
	s := &pages{room, who, defs, catalog, work}
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/bao-cao", Permission: people.ReadReports, Handler: s.list},
		{Method: http.MethodGet, Pattern: "/bao-cao/{regime}/{period}", Permission: people.ReadReports, Handler: s.one},
		{Method: http.MethodGet, Pattern: "/bao-cao/{regime}/{period}/tai/{kind}", Permission: people.ReadReports, Handler: s.file},
		{Method: http.MethodPost, Pattern: "/bao-cao/{regime}/{period}/chot", Permission: people.FreezeReports, Handler: s.freeze},
		web.FormRoute("/bao-cao/{regime}/{period}/han-che/{position}", people.AssignTasks, s.repair, nil),
	}
}

// offered is a regime with the periods that the list offers.
type offered struct {
	*report.Regime
	Periods []offer
}

type offer struct {
	Period calendar.Period
	Path   string
	Frozen bool
}

type filed struct {
	report.Filed
	Title, Path, UnitName string
}

type listPage struct {
	*web.View
	Regimes []offered
	Filed   []filed
	Faults  int
}

func (s *pages) list(r *web.Request) error {
	p := listPage{View: r.View(r.T("reports.title"))}
	for _, regime := range s.room.Regimes.All() {
		if regime.Kind == report.KindForms || !May(r, people.ReadReports, regime, "") {
			continue // forms stand in their own list, by unit
		}
		o, err := s.offer(r, regime)
		if err != nil {
			return err
		}
		p.Regimes = append(p.Regimes, o)
	}
	forms, err := s.room.Filed(r.Context(), "", "")
	if err != nil {
		return err
	}
	for _, f := range forms {
		if form, ok := s.room.Forms.Get(f.Form); ok && r.Can(people.ReadReports, f.Unit) {
			p.Filed = append(p.Filed, s.filed(r, form, f))
		}
	}
	faults, err := s.room.Faults(r.Context(), "", "", 0)
	for _, d := range faults {
		if r.Can(people.ReadReports, d.Unit) {
			p.Faults++
		}
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, list(p))
}

func (s *pages) filed(r *web.Request, form *report.Form, f report.Filed) filed {
	regime, _, _ := cutForm(f.Form)
	out := filed{Filed: f, Title: form.Number + " – " + form.Title[r.Lang], UnitName: f.UnitName,
		Path: reportPath(regime, f.Period, f.Unit) + "#" + formAnchor(form)}
	if out.UnitName == "" {
		out.UnitName = s.who.UnitName(r.Context(), f.Unit, r.Lang)
	}
	return out
}

// offer lists the periods of a regime among the last two years, the latest first.
func (s *pages) offer(r *web.Request, regime *report.Regime) (offered, error) {
	o := offered{Regime: regime}
	for _, code := range scope.Choices(r.Today()) {
		p, err := calendar.ParsePeriod(code)
		if err != nil {
			return o, err
		}
		if p.From > r.Today() || !has(regime, p) || len(o.Periods) == 3 {
			continue
		}
		frozen, err := s.room.LastFrozen(r.Context(), report.Request{Regime: regime.ID, Period: code, AsOf: calendar.NoDate})
		if err != nil {
			return o, err
		}
		o.Periods = append(o.Periods, offer{Period: p, Path: reportPath(regime.ID, code, ""), Frozen: frozen != nil})
	}
	return o, nil
}

func has(regime *report.Regime, p calendar.Period) bool {
	kind := map[calendar.PeriodKind]string{calendar.PeriodHalf: "half", calendar.PeriodYear: "year", calendar.PeriodStatistics: "statistics"}[p.Kind]
	for _, k := range regime.Periods {
		if k == kind {
			return true
		}
	}
	return false
}

// May reports whether the reader has a permission for a regime's report of a unit, "" being the whole
// agency. A report of the Party side asks for party.read besides, and its whole is the Party's own.
func May(r *web.Request, p web.Permission, regime *report.Regime, unit string) bool {
	if regime.Side == string(people.Party) {
		return r.Can(people.ReadParty, unit) && r.Can(p, unit)
	}
	return people.Holds(r.Reader, p, unit)
}

func (s *pages) request(r *web.Request) (report.Request, error) { return Request(r, s.room) }

// Request reads which report an address asks for, by its regime and period and in its query unit, asof and known, and checks
// that the reader may see it. Errors: those of the
// regimes and of dates, web.forbidden.
func Request(r *web.Request, room *report.Room) (report.Request, error) {
	q := report.Request{Regime: r.PathValue("regime"), Period: r.PathValue("period"), Unit: r.URL.Query().Get("unit"), AsOf: calendar.NoDate}
	regime, err := room.Regimes.Get(q.Regime)
	if err != nil {
		return q, err
	}
	if !May(r, people.ReadReports, regime, q.Unit) {
		return q, web.Forbidden()
	}
	if text := r.Query("asof"); text != "" {
		if q.AsOf, err = calendar.Parse(text); err != nil {
			return q, err
		}
	}
	q.KnownAt, err = scope.Known(r, room.Head())
	return q, err
}

// onePage is one report as it stands, or as it was frozen.
type onePage struct {
	*web.View
	R         *report.Report
	Frozen    *report.Frozen
	AsFrozen  bool
	Changes   []report.Change
	Unrebuilt string // why the frozen form cannot be built again
	Mine      string // this page's own path without a query
	Unit      string
	Faults    []string
	Before    []limitation // of the period before
	Found     []limitation // of this one
	Units     []people.Unit
	CanFreeze bool
	defs      *indicator.Definitions
}

func (s *pages) one(r *web.Request) error {
	q, err := s.request(r)
	if err != nil {
		return err
	}
	p := onePage{Mine: "/bao-cao/" + url.PathEscape(q.Regime) + "/" + url.PathEscape(q.Period), Unit: q.Unit, AsFrozen: r.Query("xem") == "chot", defs: s.defs}
	if p.R, err = s.room.Build(r.Context(), q); err != nil {
		return err
	}
	if p.Frozen, err = s.room.LastFrozen(r.Context(), q); err != nil {
		return err
	}
	p.View = r.View(p.R.Regime.Title[r.Lang]+", "+p.R.Period.Name(r.Lang), web.Crumb{Title: r.T("reports.title"), Path: "/bao-cao"})
	p.CanFreeze = May(r, people.FreezeReports, p.R.Regime, q.Unit)
	if err := s.since(r.Context(), r, &p); err != nil {
		return err
	}
	if err := s.limitations(r, &p); err != nil {
		return err
	}
	for _, d := range p.R.Discrepancies {
		p.Faults = append(p.Faults, d.Sentence(s.catalog, r.Lang))
	}
	return r.Render(http.StatusOK, one(p))
}

// since adds what changed after the freeze, and shows the frozen state itself when asked to.
func (s *pages) since(ctx context.Context, r *web.Request, p *onePage) error {
	if p.Frozen == nil {
		p.AsFrozen = false
		return nil
	}
	if p.AsFrozen {
		rep, err := s.room.Rebuild(ctx, p.Frozen)
		if fault.KindOf(err) == fault.Conflict {
			p.Unrebuilt, p.AsFrozen = r.ErrorText(err), false
		} else if err != nil {
			return err
		} else {
			p.R = rep
		}
	}
	var err error
	p.Changes, err = s.room.Changes(ctx, p.Frozen)
	return err
}

// file sends the report as DOCX or XLSX; of a frozen one, the frozen bytes.
func (s *pages) file(r *web.Request) error {
	q, err := s.request(r)
	if err != nil {
		return err
	}
	kind := r.PathValue("kind")
	typ, known := fileTypes[kind]
	if !known {
		return fault.New(fault.NotFound, "reports.unknown_kind", "kind", kind)
	}
	b, err := s.bytes(r, q, kind)
	if err != nil {
		return err
	}
	h := r.W.Header()
	h.Set("Content-Type", typ)
	h.Set("Content-Disposition", `attachment; filename="`+q.Regime+"-"+q.Period+"."+kind+`"`)
	h.Set("Cache-Control", "no-store")
	_, err = r.W.Write(b)
	return err
}

var fileTypes = map[string]string{
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pdf":  "application/pdf",
}

func (s *pages) bytes(r *web.Request, q report.Request, kind string) ([]byte, error) {
	if r.Query("xem") == "chot" {
		f, err := s.room.LastFrozen(r.Context(), q)
		if err == nil && f == nil {
			err = fault.New(fault.NotFound, "reports.not_frozen")
		}
		if err != nil {
			return nil, err
		}
		if kind != "pdf" {
			return s.room.FrozenFile(r.Context(), f, kind)
		}
		rep, err := s.room.Rebuild(r.Context(), f)
		return written(rep, kind, err)
	}
	rep, err := s.room.Build(r.Context(), q)
	return written(rep, kind, err)
}

func written(rep *report.Report, kind string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = map[string]func(io.Writer) error{"docx": rep.WriteDOCX, "xlsx": rep.WriteXLSX, "pdf": rep.WritePDF}[kind](&b)
	return b.Bytes(), err
}

func (s *pages) freeze(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	regime, err := s.room.Regimes.Get(r.PathValue("regime"))
	if err != nil {
		return err
	}
	unit := in.Get("unit")
	if !May(r, people.ReadReports, regime, unit) || !May(r, people.FreezeReports, regime, unit) {
		return web.Forbidden()
	}
	rep, err := s.room.Freeze(r.Context(), report.Request{Regime: regime.ID, Period: r.PathValue("period"), Unit: unit, AsOf: calendar.NoDate}, r.Actor())
	if err != nil {
		return err
	}
	v := url.Values{"xem": {"chot"}, "da": {"dong-bang"}}
	if unit != "" {
		v.Set("unit", unit)
	}
	return r.Go("/bao-cao/" + url.PathEscape(regime.ID) + "/" + url.PathEscape(rep.Period.Code) + "?" + v.Encode())
}

func reportPath(regime, period, unit string) string {
	p := "/bao-cao/" + url.PathEscape(regime) + "/" + url.PathEscape(period)
	if unit != "" {
		p += "?unit=" + url.QueryEscape(unit)
	}
	return p
}

// figurePath opens a number of the report: as known to it when it is frozen.
func (p onePage) figurePath(n report.Number) string {
	period, err := calendar.ParsePeriod(n.Period)
	if err != nil {
		return ""
	}
	s := scope.Scope{Period: period, Unit: p.Unit, AsOf: calendar.NoDate}
	if n.Period == p.R.Period.Code {
		s.AsOf = p.R.AsOf
	}
	if p.AsFrozen {
		s.Known = p.Frozen.Position
	}
	return s.FigurePath(n.Indicator, n.Part)
}

// cellPath opens a cell of a form.
func (p onePage) cellPath(t *report.Table, row, column string) string {
	period, err := calendar.ParsePeriod(t.Period)
	if err != nil {
		return ""
	}
	s := scope.Scope{Period: period, Unit: t.Unit, AsOf: calendar.NoDate}
	if p.AsFrozen {
		s.Known = p.Frozen.Position
	}
	return s.FigurePath(t.Form.Indicator(row, column), "")
}

// path is this page with parts of its query changed.
func (p onePage) path(tail string, pairs ...string) string {
	v := url.Values{}
	if p.Unit != "" {
		v.Set("unit", p.Unit)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	out := p.Mine + tail
	if len(v) > 0 {
		out += "?" + v.Encode()
	}
	return out
}

// filePath downloads what is seen: the frozen bytes for a frozen report.
func (p onePage) filePath(kind string) string {
	if p.AsFrozen {
		return p.path("/tai/"+kind, "xem", "chot")
	}
	return p.path("/tai/" + kind)
}

// title names a figure by its indicator and period.
func (p onePage) title(f report.FrozenFigure) string {
	name := f.Ref
	if d, ok := p.defs.Get(f.Indicator); ok {
		name = d.Title.In(p.Lang)
	}
	return name + ", " + periodName(p.View, f.Period)
}

func number(v *web.View, n report.Number) string {
	if n.Text != "" {
		return n.Text
	}
	return figures.Number(v.Lang, n.Value)
}
