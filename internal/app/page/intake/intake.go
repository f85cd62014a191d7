// Package intake (tiếp nhận tại Bộ phận Một cửa) is the one screen on which a clerk takes a paper dossier in, by keyboard
// alone: the procedure by a few letters, the fields, the papers, the receipt, the next person. It owns no rules: package
// dossier files and receives, package filing reads the form and keeps who filed.
package intake

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
	"trucot/internal/room/filing"
)

const path = "/ho-so/tiep-nhan"

type pages struct {
	filing   *filing.Room
	dossiers *dossier.Engine
	who      *people.People
	slip     func(code string) string
}

// Routes are the clerk's screen. slip gives the address of a dossier's receipt slip, "" for none.
func Routes(room *filing.Room, e *dossier.Engine, who *people.People, slip func(code string) string) []web.Route {
	s := &pages{room, e, who, slip}
	return []web.Route{
		{Method: http.MethodGet, Pattern: path, Permission: people.OpenDossiers, Handler: s.form},
		{Method: http.MethodPost, Pattern: path, Permission: people.OpenDossiers, Handler: s.take},
	}
}

// page is the screen: the choice of a procedure, and its form once one is chosen.
type page struct {
	*web.View
	Services []*procedure.Procedure
	P        *procedure.Procedure
	Asked    string // what was typed to choose the procedure
	Units    []people.Unit
	Known    *filing.Known
	Held     map[string]*dossier.Credential // by paper: the agency's own result that stands for it
	Typed    url.Values
	Key      string
	Problems []filing.Problem
	Trouble  string
	Done     *dossier.Dossier // the one just taken in
	Slip     string
	req      *web.Request
}

// units are where the reader works at the one-stop desk.
func (s *pages) units(r *web.Request) ([]people.Unit, error) {
	all, err := s.who.Units(r.Context(), r.Today(), people.State)
	out := slices.DeleteFunc(slices.Clone(all), func(u people.Unit) bool { return !atDesk(r, u.Code) })
	if err == nil && len(out) == 0 {
		err = web.Forbidden()
	}
	return out, err
}

func atDesk(r *web.Request, unit string) bool {
	return people.HasRole(r.Reader, people.OneStop, unit) && people.Holds(r.Reader, people.OpenDossiers, unit)
}

func (s *pages) form(r *web.Request) error {
	p, err := s.blank(r)
	if err != nil {
		return err
	}
	if p.Asked = r.Query("thu-tuc"); p.Asked != "" {
		if p.P = choose(p.Services, p.Asked); p.P == nil {
			p.Problems = []filing.Problem{{Input: "thu-tuc", Err: fault.New(fault.Invalid, "intake.which", "text", p.Asked)}}
			return s.show(r, p)
		}
		p.Asked = p.P.Title.In(r.Lang)
		p.Typed = url.Values{"ma-so": {r.Query("ma-so")}}
		if err := s.prefill(r, p); err != nil {
			return err
		}
	}
	if code := r.Query("xong"); code != "" {
		if p.Done, err = s.dossiers.Get(r.Context(), code); err != nil || !people.Holds(r.Reader, people.ReadDossiers, p.Done.Unit) {
			return fault.New(fault.NotFound, "intake.unknown")
		}
		p.Slip = s.slip(code)
	}
	return s.show(r, p)
}

func (s *pages) blank(r *web.Request) (*page, error) {
	units, err := s.units(r)
	if err != nil {
		return nil, err
	}
	title := r.T("intake.title")
	return &page{View: r.View(title, web.Crumb{Title: r.T("intake.dossiers"), Path: "/ho-so"}), Services: s.filing.Services(), Units: units,
		Key: rand.Text(), Typed: url.Values{}, req: r}, nil
}

func (s *pages) show(r *web.Request, p *page) error {
	status := http.StatusOK
	if len(p.Problems) > 0 || p.Trouble != "" {
		status, p.Title = http.StatusUnprocessableEntity, r.T("intake.error_prefix")+p.Title
	}
	return r.Render(status, screen(p))
}

// choose is the procedure that a few letters name: its id, its whole title, or the only one whose title has the words.
func choose(from []*procedure.Procedure, text string) *procedure.Procedure {
	words := strings.Fields(lang.Fold(lang.NFC(text)))
	var found []*procedure.Procedure
	for _, p := range from {
		title := lang.Fold(p.Title.In(lang.VI) + " " + p.Title.In(lang.EN) + " " + p.Code)
		switch {
		case p.ID == text || lang.Fold(p.Title.In(lang.VI)) == lang.Fold(lang.NFC(text)) || lang.Fold(p.Title.In(lang.EN)) == lang.Fold(text):
			return p
		case !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(title, w) }):
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// prefill fills in what the agency holds of the organisation with the tax code asked for: its name, and from its last
// dossier of the procedure all that is not personal.
func (s *pages) prefill(r *web.Request, p *page) error {
	code := r.Query("ma-so")
	known, err := s.filing.Known(r.Context(), code, p.P.ID)
	if err != nil || known == nil {
		return err
	}
	p.Known = known
	p.Typed.Set(filing.IdentityInput, code)
	p.Typed.Set(filing.FieldInput+p.P.Applicant, known.Name)
	if err := s.held(r, p, known.Name); err != nil {
		return err
	}
	if known.Last == nil || !people.Holds(r.Reader, people.ReadDossiers, known.Last.Unit) {
		return s.inHand(r, p, known.Name)
	}
	for _, f := range p.P.AskedAtFiling() {
		raw, there := known.Last.Fields[f.ID]
		var v any
		if !there || f.Personal || f.Type == procedure.TypeDate || json.Unmarshal(raw, &v) != nil { // days are of that time
			continue
		}
		if v, err := f.Read(v); err == nil {
			p.Typed.Set(filing.FieldInput+f.ID, f.Text(r.Lang, v))
		}
	}
	return s.inHand(r, p, known.Name)
}

// heldValue is what the box of a paper says that the agency itself has issued.
const heldValue = "held"

// held ticks the papers that a result of the agency stands for: nobody is asked for them again.
func (s *pages) held(r *web.Request, p *page, applicant string) error {
	p.Held = map[string]*dossier.Credential{}
	for _, paper := range p.P.PapersAtFiling() {
		c, err := s.filing.Held(r.Context(), paper, applicant)
		if err != nil {
			return err
		}
		if c != nil {
			p.Held[paper.ID] = c
			p.Typed.Set("d."+paper.ID, heldValue)
		}
	}
	return nil
}

// inHand fills in the number of the licence that the procedure's next one would take the place of. That of the last
// dossier is not it: it was replaced by what that dossier ended in.
func (s *pages) inHand(r *web.Request, p *page, applicant string) error {
	if p.P.Credential == nil || len(p.P.Credential.Replaces) == 0 {
		return nil
	}
	number := ""
	c, err := s.dossiers.Held(r.Context(), p.P.ID, applicant, r.Today())
	if err != nil {
		return err
	}
	if c != nil {
		number = c.Number
	}
	for i := range p.P.Credential.Replaces {
		p.Typed.Set(filing.FieldInput+p.P.Credential.Replaces[i].Field, number)
	}
	return nil
}

// take files and receives what the clerk typed.
func (s *pages) take(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	p, err := s.blank(r)
	if err != nil {
		return err
	}
	if p.P, err = s.filing.Service(in.Get("thu-tuc")); err != nil {
		return err
	}
	unit := in.Get("don-vi")
	if !atDesk(r, unit) {
		return web.Forbidden()
	}
	p.Asked, p.Typed = p.P.Title.In(r.Lang), in
	if key := in.Get("khoa"); key != "" {
		p.Key = key
	}
	d, err := s.receive(r, p, unit)
	if d != nil && err == nil {
		return r.Go(path + "?thu-tuc=" + url.QueryEscape(p.P.ID) + "&xong=" + url.QueryEscape(d.Code))
	}
	if err != nil {
		if k := fault.KindOf(err); k == fault.Internal || k == fault.Forbidden {
			return err
		}
		p.Trouble = r.ErrorText(err)
	}
	return s.show(r, p)
}

// unanswered are the questions without the answer that they need, given the others.
func unanswered(r *web.Request, p *page, n *dossier.Filing) (out []filing.Problem) {
	ticked := map[string]bool{}
	for _, doc := range p.P.PapersAtFiling() {
		ticked[doc.ID] = p.Typed.Get("d."+doc.ID) != ""
	}
	env := p.P.Form().Fill(procedure.Facts{Today: r.Today(), Received: calendar.NoDate, Due: calendar.NoDate, State: p.P.Initial, Channel: n.Channel}, n.Fields, ticked)
	for _, f := range p.P.AskedAtFiling() {
		input := filing.FieldInput + f.ID
		told := slices.ContainsFunc(p.Problems, func(x filing.Problem) bool { return x.Input == input })
		if !told && f.Needed(env) && !procedure.Filled(n.Fields[f.ID]) {
			out = append(out, filing.Problem{Input: input, Err: fault.New(fault.Invalid, "filing.answer", "label", f.Label)})
		}
	}
	return out
}

// receive is the two steps of the desk: filed, and received where the definition lets it be at once. nil without an
// error means that the form has problems.
func (s *pages) receive(r *web.Request, p *page, unit string) (*dossier.Dossier, error) {
	rules, err := s.filing.Rules()
	if err != nil {
		return nil, err
	}
	actor, key := r.Actor(), r.Actor()+":"+p.Key
	n := dossier.Filing{Procedure: p.P.ID, Action: p.P.Filing().ID, Role: p.P.FilerOf(p.P.Filing()), On: calendar.NoDate, At: r.Now(), Channel: channel(p.Typed),
		Actor: actor, Unit: unit, Fields: map[string]any{}, Note: strings.TrimSpace(p.Typed.Get("ghi-chu")), Key: key}
	for _, f := range p.P.AskedAtFiling() {
		v, problem := filing.ReadField(f, p.Typed, r.Lang)
		if problem != nil {
			p.Problems = append(p.Problems, *problem)
		} else if v != nil {
			n.Fields[f.ID] = v
		}
	}
	p.Problems = append(p.Problems, unanswered(r, p, &n)...)
	contact, more := filing.ReadContact(rules, p.Typed, false)
	if p.Problems = append(p.Problems, more...); len(p.Problems) > 0 {
		return nil, nil
	}
	x := filing.Lodged{Channel: n.Channel}
	for _, doc := range p.P.PapersAtFiling() {
		ticked := p.Typed.Get("d." + doc.ID)
		if ticked != "" {
			n.Documents = append(n.Documents, doc.ID)
		}
		if ticked == heldValue {
			applicant, _ := n.Fields[p.P.Applicant].(string)
			c, err := s.filing.Held(r.Context(), doc, applicant)
			if err != nil {
				return nil, err
			}
			if c != nil {
				x.Held = append(x.Held, filing.InHand{Document: doc.ID, Procedure: c.Procedure, Number: c.Number, On: c.IssuedOn})
			}
		}
	}
	d, err := s.dossiers.Open(r.Context(), n)
	if err != nil {
		return nil, err
	}
	if err := s.filing.Lodge(r.Context(), d, actor, contact, x); err != nil {
		return nil, err
	}
	return s.receiveNow(r, p, d, key)
}

// receiveNow takes the step of receipt unless the clerk only files, or the definition has another one first. What the
// receipt lacks leaves the dossier filed: its page says what is missing.
func (s *pages) receiveNow(r *web.Request, p *page, d *dossier.Dossier, key string) (*dossier.Dossier, error) {
	if p.Typed.Get("tiep-nhan") == "" {
		return d, nil
	}
	for _, t := range p.P.Leaving(d.State) {
		if p.P.Verb(t, d.State) != "received" {
			continue
		}
		got, err := s.dossiers.Act(r.Context(), dossier.Act{Code: d.Code, Action: t.ID, On: calendar.NoDate, At: r.Now(), Actor: r.Actor(), Role: t.Actor[0], Key: key + "/2"})
		if fault.KindOf(err) == fault.Invalid {
			return d, nil
		}
		return got, err
	}
	return d, nil
}

func channel(in url.Values) string {
	if in.Get("kenh") == "post" {
		return "post"
	}
	return "direct"
}

// problem is the sentence for an input, "" when it has none.
func (p *page) problem(input string) string {
	for _, x := range p.Problems {
		if x.Input == input {
			return p.req.ErrorText(x.Err)
		}
	}
	return ""
}

// received reports whether the dossier just taken in was received, not only filed.
func (p *page) received() bool { return p.Done.ReceivedOn != calendar.NoDate }
