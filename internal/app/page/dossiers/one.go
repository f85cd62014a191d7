package dossiers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// entry is one line of the history, a sentence with its event.
type entry struct {
	Position int64
	On       calendar.Date
	At       time.Time
	Action   string
	State    string
	To       string // whom it was handed over to, or which unit
	Who      string
	Note     string
	Outputs  []string
	Due      calendar.Date // a new due date; 0 = the old one holds
}

type value struct{ Label, Text string }

type deadlineRow struct {
	Label string
	From  calendar.Date
	Due   calendar.Date
	Met   calendar.Date
	Late  bool
	Long  string
}

type onePage struct {
	*web.View
	D         *dossier.Dossier
	P         *procedure.Procedure // nil for an imported dossier
	Procedure string
	State     string
	Unit      string
	Assignee  string
	Late      bool
	Left      int // working days until the due date, negative after it
	Steps     []step
	Waiting   []*procedure.Transition
	Accounts  []people.Account
	Values    []value
	Documents []string
	Deadlines []deadlineRow
	Explained *calendar.Explanation
	History   []entry
	Comments  []remark
	Links     []linked
	MayGive   bool          // may hand the dossier over
	MoveTo    []people.Unit // that it may be given to by the reader
	MayTalk   bool
	AsOf      calendar.Date     // the day it is shown as of, 0 = now
	Main      []templ.Component // what other packages show, see Panels
	Side      []templ.Component
	Trouble   string
	Typed     url.Values // into a refused form
}

func (s *pages) one(r *web.Request) error {
	d, err := s.get(r)
	if err != nil {
		return err
	}
	if day := r.Query("ngay"); day != "" {
		return s.past(r, d, day)
	}
	return s.show(r, d, nil, nil)
}

// show is the dossier's page; after a refused step it carries what was typed and what is wrong.
func (s *pages) show(r *web.Request, d *dossier.Dossier, typed url.Values, trouble error) error {
	p := s.page(r, d)
	if err := s.complete(r, p); err != nil {
		return err
	}
	status := http.StatusOK
	if trouble != nil {
		p.Trouble, p.Typed, status = r.ErrorText(trouble), typed, web.Status(fault.KindOf(trouble))
		p.keep(r.PathValue("action"), typed)
	}
	return r.Render(status, one(p))
}

// page is what the dossier itself tells.
func (s *pages) page(r *web.Request, d *dossier.Dossier) *onePage {
	def := s.definition(r.Context(), d)
	title := d.Title
	if title == "" {
		title = d.Code
	}
	p := &onePage{View: r.View(title, web.Crumb{Title: r.T("dossiers.title"), Path: "/ho-so"}), D: d, P: def}
	p.Path = path(d.Code)
	p.Late = d.Overdue(r.Today())
	p.Unit, p.Assignee = s.who.UnitName(r.Context(), d.Unit, r.Lang), s.who.AccountName(r.Context(), d.Assignee)
	p.Procedure, p.State = d.Procedure, s.stateName(r, d)
	if def != nil {
		p.Procedure = def.Title.In(r.Lang)
	}
	p.Steps, p.Waiting = s.steps(r, d, def)
	p.Values, p.Documents, p.Deadlines = values(r, d, def), documentNames(r.Lang, d, def), deadlines(r, d, def)
	return p
}

// stateName is the dossier's state as its definition calls it, or its national status.
func (s *pages) stateName(r *web.Request, d *dossier.Dossier) string {
	if def := s.definition(r.Context(), d); def != nil {
		if st := def.State(d.State); st != nil {
			return st.Label.In(r.Lang)
		}
	}
	return r.T("dossiers.status_" + strconv.Itoa(d.Status))
}

// keep puts what was typed back into its form and opens it.
func (p *onePage) keep(action string, typed url.Values) {
	for i := range p.Steps {
		p.Steps[i].Open = p.Steps[i].T.ID == action
		if p.Steps[i].Open {
			p.Steps[i].Typed, p.Steps[i].Key = typed, typed.Get("khoa")
		}
	}
}

// complete reads what the dossier itself does not hold: history, the reason of the due date, accounts.
func (s *pages) complete(r *web.Request, p *onePage) error {
	var err error
	if p.History, err = s.history(r, p.D, p.P); err != nil {
		return err
	}
	if err = s.around(r, p); err != nil {
		return err
	}
	if p.Main, err = drawn(r, p, s.panels.Main); err != nil {
		return err
	}
	if p.Side, err = drawn(r, p, s.panels.Side); err != nil {
		return err
	}
	if p.Accounts, err = s.assignees(r.Context()); err != nil {
		return err
	}
	if p.D.DueOn == calendar.NoDate || p.P == nil {
		return nil
	}
	x, err := s.dossiers.Explain(r.Context(), p.D.Code)
	if fault.KindOf(err) == fault.Internal && err != nil {
		return err
	}
	if err == nil {
		p.Explained = &x
	}
	return nil
}

func drawn(r *web.Request, p *onePage, panels []Panel) ([]templ.Component, error) {
	var out []templ.Component
	for _, panel := range panels {
		part, err := panel(r, p.View, p.D)
		if err != nil {
			return nil, err
		}
		if part != nil {
			out = append(out, part)
		}
	}
	return out, nil
}

// history is the latest step first.
func (s *pages) history(r *web.Request, d *dossier.Dossier, p *procedure.Procedure) ([]entry, error) {
	steps, err := s.dossiers.History(r.Context(), d.Code)
	out := make([]entry, 0, len(steps))
	for i := len(steps) - 1; i >= 0; i-- {
		e := steps[i]
		if e.Kind == dossier.KindMovedIn { // the other half says where it went
			continue
		}
		line := entry{Position: e.Position, On: e.On, At: e.RecordedAt, Action: e.Label.In(r.Lang), Note: e.Note, Who: s.who.AccountName(r.Context(), e.Actor)}
		if line.Action == "" {
			line.Action = r.T("dossiers.event_" + strings.TrimPrefix(e.Kind, "dossier."))
		}
		if to := e.To.In(r.Lang); to != e.From.In(r.Lang) {
			line.State = to
		}
		if e.Kind == "dossier.handed_over" {
			line.To = s.assigneeName(r, e.Assignee)
		}
		if e.Between != nil {
			line.To = r.T("dossiers.from_to", "from", s.unitName(r, e.Between.From), "to", s.unitName(r, e.Between.To))
		}
		if e.Moved && e.Due != calendar.NoDate {
			line.Due = e.Due
		}
		for _, id := range e.Outputs {
			line.Outputs = append(line.Outputs, outputName(r.Lang, p, id))
		}
		out = append(out, line)
	}
	return out, err
}

// unitName is a unit's name, and says so where there is none.
func (s *pages) unitName(r *web.Request, code string) string {
	if code == "" {
		return r.T("dossiers.no_unit")
	}
	return s.who.UnitName(r.Context(), code, r.Lang)
}

func outputName(tag lang.Tag, p *procedure.Procedure, id string) string {
	if p != nil {
		if o := p.Output(id); o != nil {
			return o.Label.In(tag)
		}
	}
	return id
}

// values are the filled fields in the order of the form.
func values(r *web.Request, d *dossier.Dossier, p *procedure.Procedure) []value {
	var out []value
	if p == nil {
		for id, raw := range d.Fields {
			out = append(out, value{id, plainText(r, nil, raw)})
		}
		return out
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		if raw, ok := d.Fields[f.ID]; ok && !f.Personal { // those have a panel of their own
			out = append(out, value{f.Label.In(r.Lang), plainText(r, f, raw)})
		}
	}
	return out
}

// plainText writes a recorded value for people.
func plainText(r *web.Request, f *procedure.Field, raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	if f != nil && f.Personal {
		return r.T("dossiers.personal")
	}
	switch v := v.(type) {
	case string:
		return wordsOf(r, f, v)
	case bool:
		return r.T(fmt.Sprintf("dossiers.%v", v))
	case float64:
		text := lang.Decimal(r.Lang, int64(v*1000+0.5))
		switch {
		case f != nil && f.Type == procedure.TypeMoney:
			return text + " đ"
		case f != nil && f.Unit != "":
			return text + " " + f.Unit
		}
		return text
	case []any:
		return r.T("dossiers.rows", "n", len(v))
	}
	return string(raw)
}

func wordsOf(r *web.Request, f *procedure.Field, s string) string {
	if f == nil {
		return s
	}
	for i := range f.Options {
		if f.Options[i].ID == s {
			return f.Options[i].Label.In(r.Lang)
		}
	}
	if f.Type == procedure.TypeDate {
		if day, err := calendar.Parse(s); err == nil {
			return day.Format(r.Lang)
		}
	}
	return s
}

func documentNames(tag lang.Tag, d *dossier.Dossier, p *procedure.Procedure) []string {
	var out []string
	for _, id := range d.Track.Documents {
		word := id
		if p != nil {
			if doc := p.Document(id); doc != nil {
				word = doc.Label.In(tag)
			}
		}
		out = append(out, word)
	}
	return out
}

func deadlines(r *web.Request, d *dossier.Dossier, p *procedure.Procedure) []deadlineRow {
	var out []deadlineRow
	for _, run := range d.Track.Deadlines {
		line := deadlineRow{Label: run.ID, From: run.From, Due: run.Due, Met: run.Met, Long: run.Duration.Name(r.Lang)}
		if p != nil {
			if l := p.Deadline(run.ID); l != nil {
				line.Label = l.Label.In(r.Lang)
			}
		}
		if run.Met == 0 {
			line.Met = calendar.NoDate
		}
		if run.Due == 0 {
			line.Due = calendar.NoDate
		}
		switch {
		case line.Due == calendar.NoDate:
		case line.Met != calendar.NoDate:
			line.Late = line.Met > line.Due
		default:
			line.Late = r.Today() > line.Due
		}
		out = append(out, line)
	}
	return out
}

// typed is what stood in a field of a refused form.
func (s *step) typed(name string) string { return strings.TrimSpace(s.Typed.Get(name)) }
