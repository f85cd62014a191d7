package dossiers

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// fieldPrefix and documentPrefix keep a definition's own names apart from the form's.
const (
	fieldPrefix    = "f."
	documentPrefix = "d."
	datePrefix     = "n." // the date on a paper
)

// step is one action that the reader may take now, with what was typed after a mistake.
type step struct {
	T         *procedure.Transition
	Role      string
	Fields    []*procedure.Field
	Documents []*procedure.Document
	Assign    bool
	Open      bool // shown opened
	Side      bool // an exit or correction, not the way forward
	Key       string
	Typed     url.Values
	Trouble   string
}

// steps are the actions out of the dossier's state, the way forward first; waiting are those of others.
func (s *pages) steps(r *web.Request, d *dossier.Dossier, p *procedure.Procedure) (mine []step, waiting []*procedure.Transition) {
	if p == nil || !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		return nil, nil
	}
	for _, t := range p.Leaving(d.State) {
		role := roleFor(r, t, d.Unit)
		if role == "" {
			waiting = append(waiting, t)
			continue
		}
		mine = append(mine, s.step(r, d, p, t, role))
	}
	for i := range mine {
		if !mine[i].Side {
			mine[i].Open = true
			break
		}
	}
	return mine, waiting
}

func (s *pages) step(r *web.Request, d *dossier.Dossier, p *procedure.Procedure, t *procedure.Transition, role string) step {
	st := step{T: t, Role: role, Key: rand.Text(), Assign: p.Verb(t, d.State) == "assigned", Side: isSide(p, t), Typed: url.Values{}}
	has := func(id string) bool { return d.Fields[id] != nil }
	for _, f := range p.ShownFields(t, has) {
		st.Fields = append(st.Fields, f)
		if !slices.Contains(t.Asks, f.ID) { // which come anew with every act
			st.Typed.Set(fieldPrefix+f.ID, present(r, d, f))
		}
	}
	for _, doc := range p.ShownPapers(t) {
		if !slices.Contains(d.Track.Documents, doc.ID) {
			st.Documents = append(st.Documents, doc)
		}
	}
	if p.Verb(t, d.State) == "received" { // what was filed online comes on paper to the desk
		for _, doc := range p.PapersAtFiling() {
			if !slices.Contains(d.Track.Documents, doc.ID) && !slices.Contains(st.Documents, doc) {
				st.Documents = append(st.Documents, doc)
			}
		}
	}
	return st
}

// present is what stands in a field, as its input takes it; a personal value is not shown.
func present(r *web.Request, d *dossier.Dossier, f *procedure.Field) string {
	v, ok := dossier.Value(f, d.Fields[f.ID])
	if on, is := v.(calendar.Date); is {
		return on.String()
	}
	if !ok || f.Personal {
		return ""
	}
	return f.Text(r.Lang, v)
}

// isSide tells exits, pauses and corrections from the way forward.
func isSide(p *procedure.Procedure, t *procedure.Transition) bool {
	if t.To == "" || t.Clock != "" || t.Reappoint != "" {
		return true
	}
	to := p.State(t.To)
	if to == nil {
		return false
	}
	switch to.Status {
	case dossier.Refused, dossier.AwaitSupplement, dossier.Withdrawn, dossier.Stopped:
		return true
	}
	return false
}

// act takes one step from the dossier's page.
func (s *pages) act(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, err := s.get(r)
	if err != nil {
		return err
	}
	if err := s.take(r, d, in); err != nil {
		if k := fault.KindOf(err); k == fault.Internal || k == fault.NotFound {
			return err
		}
		// the page again with everything typed, and what is wrong above the form
		return s.show(r, d, in, err)
	}
	return r.Go(path(d.Code) + "?da=luu")
}

func (s *pages) take(r *web.Request, d *dossier.Dossier, in url.Values) error {
	p := s.definition(r.Context(), d)
	if p == nil {
		return fault.New(fault.NotFound, "dossiers.no_definition", "code", d.Code)
	}
	a, err := s.request(r, d, p, r.PathValue("action"))
	if err != nil {
		return err
	}
	if a.Fields, err = formFields(r, p, in); err != nil {
		return err
	}
	unchanged(r, d, p, a, in)
	a.Documents = formDocuments(in)
	if a.Dates, err = paperDates(in); err != nil {
		return err
	}
	a.Receipt, a.Online = in.Get("bien-lai"), in.Get("truc-tuyen") != ""
	a.Note, a.Assignee = strings.TrimSpace(in.Get("ghi-chu")), in.Get("nguoi-xu-ly")
	a.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	if key := in.Get("khoa"); key != "" {
		a.Key = r.Actor() + ":" + key
	}
	if on := in.Get("ngay"); on != "" {
		if a.On, err = calendar.Parse(on); err != nil {
			return err
		}
	}
	_, err = s.dossiers.Act(r.Context(), a)
	return err
}

// unchanged leaves out of an act what its form only showed.
func unchanged(r *web.Request, d *dossier.Dossier, p *procedure.Procedure, a dossier.Act, in url.Values) {
	t := p.Transition(a.Action)
	for id := range a.Fields {
		f := p.Field(id)
		if t != nil && !slices.Contains(t.Asks, id) && strings.TrimSpace(in.Get(fieldPrefix+id)) == strings.TrimSpace(present(r, d, f)) {
			delete(a.Fields, id)
		}
	}
}

// request checks that the reader may take the action and prepares it.
func (s *pages) request(r *web.Request, d *dossier.Dossier, p *procedure.Procedure, action string) (dossier.Act, error) {
	a := dossier.Act{Code: d.Code, Action: action, On: calendar.NoDate, Actor: r.Actor()}
	if !people.Holds(r.Reader, people.ActOnDossiers, d.Unit) {
		return a, web.Forbidden()
	}
	t := p.Transition(action)
	if t == nil {
		return a, nil // the engine names the near ones
	}
	if a.Role = roleFor(r, t, d.Unit); a.Role == "" {
		return a, fault.New(fault.Forbidden, "dossiers.not_your_step", "action", t.Label.In(r.Lang), "actors", actorNames(r.Lang, p, t))
	}
	return a, nil
}

func actorNames(tag lang.Tag, p *procedure.Procedure, t *procedure.Transition) string {
	var words []string
	for _, id := range t.Actor {
		for _, a := range p.Actors {
			if a.ID == id {
				words = append(words, a.Label.In(tag))
			}
		}
	}
	return strings.Join(words, ", ")
}

// formFields reads the fields of a definition that a form carries.
func formFields(r *web.Request, p *procedure.Procedure, in url.Values) (map[string]any, error) {
	out := map[string]any{}
	for name := range in {
		id, ok := strings.CutPrefix(name, fieldPrefix)
		f := p.Field(id)
		if !ok || f == nil {
			continue
		}
		out[id] = f.Typed(r.Lang, in.Get(name))
	}
	return out, nil
}

func formDocuments(in url.Values) []string {
	var out []string
	for name := range in {
		if id, ok := strings.CutPrefix(name, documentPrefix); ok {
			out = append(out, id)
		}
	}
	return out
}

// paperDates are the dates written on papers that may not be old.
func paperDates(in url.Values) (map[string]calendar.Date, error) {
	var out map[string]calendar.Date
	for name := range in {
		id, ok := strings.CutPrefix(name, datePrefix)
		if !ok || in.Get(name) == "" {
			continue
		}
		on, err := calendar.Parse(in.Get(name))
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = map[string]calendar.Date{}
		}
		out[id] = on
	}
	return out, nil
}

// blankPage is the form that files a dossier.
type blankPage struct {
	*web.View
	Choices []*procedure.Procedure
	P       *procedure.Procedure
	Units   []people.Unit
	Step    step
	Trouble string
}

func (s *pages) blank(r *web.Request) error { return s.showBlank(r, r.URL.Query(), nil) }

func (s *pages) showBlank(r *web.Request, in url.Values, trouble error) error {
	b := blankPage{View: r.View(r.T("dossiers.new"), web.Crumb{Title: r.T("dossiers.title"), Path: "/ho-so"})}
	var err error
	if b.Units, err = s.unitsFor(r, people.OpenDossiers); err != nil {
		return err
	}
	for _, p := range s.procs.All() {
		files := func(u people.Unit) bool { return filer(r, p, u.Code) != "" }
		if p.Effective.Covers(r.Today()) && p.Status != procedure.Draft && !p.Toy && slices.ContainsFunc(b.Units, files) {
			b.Choices = append(b.Choices, p)
		}
	}
	if id := in.Get("thu-tuc"); id != "" {
		if b.P, err = s.procs.At(id, r.Today()); err != nil {
			return err
		}
		b.Step = step{Key: rand.Text(), Typed: in}
		b.Step.Fields = b.P.AskedAtFiling()
		for i := range b.P.Documents {
			b.Step.Documents = append(b.Step.Documents, &b.P.Documents[i])
		}
	}
	status := http.StatusOK
	if trouble != nil {
		b.Trouble, status = r.ErrorText(trouble), web.Status(fault.KindOf(trouble))
	}
	return r.Render(status, blank(b))
}

func (s *pages) file(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	d, err := s.open(r, in)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showBlank(r, in, err)
	}
	return r.Go(path(d.Code) + "?da=luu")
}

func (s *pages) open(r *web.Request, in url.Values) (*dossier.Dossier, error) {
	p, err := s.procs.At(in.Get("thu-tuc"), r.Today())
	if err != nil {
		return nil, err
	}
	n := dossier.Filing{Procedure: p.ID, On: calendar.NoDate, Channel: in.Get("kenh"), Unit: in.Get("don-vi"),
		Documents: formDocuments(in), Note: strings.TrimSpace(in.Get("ghi-chu")), Key: r.Actor() + ":" + in.Get("khoa")}
	if n.Fields, err = formFields(r, p, in); err != nil {
		return nil, err
	}
	if n.Dates, err = paperDates(in); err != nil {
		return nil, err
	}
	return API{s}.File(r, n)
}

// filer is the actor under which the reader may file a procedure's dossiers in a unit, "" when none.
func filer(r *web.Request, p *procedure.Procedure, unit string) string {
	for _, t := range p.Leaving(p.Initial) {
		if role := roleFor(r, t, unit); role != "" {
			return role
		}
	}
	return ""
}

func (s *pages) unitsFor(r *web.Request, p web.Permission) ([]people.Unit, error) {
	units, err := s.who.Units(r.Context(), r.Today(), people.State)
	var out []people.Unit
	for _, u := range units {
		if r.Can(p, u.Code) {
			out = append(out, u)
		}
	}
	return out, err
}
