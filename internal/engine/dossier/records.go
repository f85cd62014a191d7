package dossier

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"trucot/internal/engine/dossier/worklist"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Recorded is what other dossiers of a procedure tell of who takes part in one of them, by one rule of its definition.
type Recorded struct {
	ID       string
	Label    procedure.Text
	Bars     bool
	Counts   string // tie-break
	Verify   bool   // the rule is recalled, not seen at its source
	Dossiers []string
}

// Party is who takes part, by the field that names them: an organisation, or a person in the clear.
type Party map[string]string

// Reckoning is what the records say for one file before a council: a dossier itself or one of several applications. A nil
// Bonus or Forced is left to the secretary, since the definition says it in words only.
type Reckoning struct {
	Bonus, Forced *bool
	Found         []Recorded // one for each rule, also where nothing was found
}

var selectFull = store.Statement("select " + strings.Join(columns, ", ") + " from dossier where num in (" + marks(1, rowsAtOnce) + ")")

// Reckon works out what the records say for a council of a dossier. party names who takes part, nil = whom the dossier names.
// It looks at every dossier of the procedure that stands in a state of a record.
func (e *Engine) Reckon(ctx context.Context, d *Dossier, council string, party Party) (*Reckoning, error) {
	p, err := e.Procedure(ctx, d)
	if err != nil {
		return nil, err
	}
	have := values(p, d)
	if party == nil {
		if party, err = e.party(ctx, p, d); err != nil {
			return nil, err
		}
	}
	var out Reckoning
	if out.Found, err = e.records(ctx, p, d.Code, e.today(), party); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Councils, func(c procedure.Council) bool { return c.ID == council })
	if i < 0 {
		return &out, nil
	}
	ballot := &p.Councils[i].Ballot
	if b, r := ballot.Bonus, p.Councils[i].Result; b != nil && b.Same != "" && r != nil {
		due := sameName(shown(have[b.Same]), party[r.Winner])
		out.Bonus = &due
	}
	if f := ballot.Forced; f != nil && !f.Rule.Empty() {
		holds, err := f.Rule.Holds(p.Form().Fill(facts(d, e.today()), have, d.papers()))
		if err != nil {
			return nil, err
		}
		out.Forced = &holds
	}
	return &out, nil
}

// Records says what the records tell of whom the dossier names; none where its definition asks nothing.
func (e *Engine) Records(ctx context.Context, d *Dossier) ([]Recorded, error) {
	p, err := e.Procedure(ctx, d)
	if err != nil || len(p.Records) == 0 {
		return nil, err
	}
	party, err := e.party(ctx, p, d)
	if err != nil {
		return nil, err
	}
	return e.records(ctx, p, d.Code, e.today(), party)
}

// Named is whom a dossier names, persons in the clear: for comparing, not for showing.
func (e *Engine) Named(ctx context.Context, code string) (Party, error) {
	d, err := e.Get(ctx, code)
	if err != nil {
		return nil, err
	}
	p, err := e.Procedure(ctx, d)
	if err != nil {
		return nil, err
	}
	return e.party(ctx, p, d)
}

// cleared refuses a step while records bar who takes part, unless the reason to go on comes with it.
func (e *Engine) cleared(ctx context.Context, s *step) error {
	if s.t.Clears == "" || procedure.Filled(s.given[s.t.Clears]) {
		return nil
	}
	party, err := e.party(ctx, s.p, s.old)
	if err != nil {
		return err
	}
	for id, v := range s.given {
		if name, is := v.(string); is && asked(s.p, id) {
			party[id] = name
		}
	}
	found, err := e.records(ctx, s.p, s.old.Code, s.act.On, party)
	if err != nil {
		return err
	}
	var barred fault.List
	for i := range found {
		if r := &found[i]; r.Bars && len(r.Dossiers) > 0 {
			barred = append(barred, fault.New(fault.Invalid, "dossier.barred", "label", r.Label, "dossiers", strings.Join(r.Dossiers, ", "),
				"field", s.p.Field(s.t.Clears).Label))
		}
	}
	return barred.OrNil()
}

// asked reports whether a record looks at a field.
func asked(p *procedure.Procedure, field string) bool {
	return slices.ContainsFunc(p.Records, func(r procedure.Record) bool { return slices.Contains(r.Party, field) })
}

// party is whom a dossier names.
func (e *Engine) party(ctx context.Context, p *procedure.Procedure, d *Dossier) (Party, error) {
	out := Party{}
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Type != procedure.TypeOrganisation && f.Type != procedure.TypePerson || d.Fields[f.ID] == nil {
			continue
		}
		name, err := e.named(ctx, f, d)
		if err != nil {
			return nil, err
		}
		if name != "" {
			out[f.ID] = name
		}
	}
	return out, nil
}

// named is the name in a field, "" where it was erased or is empty.
func (e *Engine) named(ctx context.Context, f *procedure.Field, d *Dossier) (string, error) {
	raw := d.Fields[f.ID]
	if raw == nil {
		return "", nil
	}
	if !f.Personal {
		v, _ := Value(f, raw)
		return shown(v), nil
	}
	var is struct {
		Sealed string `json:"sealed"`
	}
	if e.opts.Open == nil || decode(raw, &is) != nil || is.Sealed == "" {
		return "", nil
	}
	plain, err := e.opts.Open(ctx, d.Code, is.Sealed)
	if fault.KindOf(err) == fault.NotFound && err != nil { // erased
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var name string
	if json.Unmarshal([]byte(plain), &name) != nil {
		return "", nil
	}
	return name, nil
}

// records asks every other dossier of the procedure that stands in a state which a record is about.
func (e *Engine) records(ctx context.Context, p *procedure.Procedure, code string, on calendar.Date, party Party) ([]Recorded, error) {
	out := make([]Recorded, len(p.Records))
	var states []string
	for i := range p.Records {
		r := &p.Records[i]
		out[i] = Recorded{ID: r.ID, Label: r.Label, Bars: r.Bars, Counts: r.Counts, Verify: p.Recalls(r.Mark, r.Basis)}
		states = append(states, r.States...)
	}
	if len(p.Records) == 0 {
		return nil, nil
	}
	return out, e.eachIn(ctx, p.ID, states, func(o *Dossier) error {
		if o.Code == code {
			return nil
		}
		x := other{e: e, p: p, d: o, on: on}
		for i := range p.Records {
			tells, err := x.tells(ctx, &p.Records[i], party)
			if err != nil {
				return err
			}
			if tells {
				out[i].Dossiers = append(out[i].Dossiers, o.Code)
			}
		}
		return nil
	})
}

// other is a dossier that is asked about a party of another.
type other struct {
	e   *Engine
	p   *procedure.Procedure // of the asking one
	d   *Dossier
	on  calendar.Date
	env any
}

// tells reports whether a record holds of the dossier and one of the party is named in it. Names in the clear come first,
// sealed ones are opened last.
func (o *other) tells(ctx context.Context, r *procedure.Record, party Party) (bool, error) {
	if !slices.Contains(r.States, o.d.State) {
		return false, nil
	}
	for _, sealed := range []bool{false, true} {
		for _, id := range r.Party {
			f := o.p.Field(id)
			if f.Personal != sealed || party[id] == "" || o.d.Fields[id] == nil {
				continue
			}
			if sealed {
				if holds, err := o.holds(r); err != nil || !holds {
					return false, err
				}
			}
			name, err := o.e.named(ctx, f, o.d)
			if err != nil {
				return false, err
			}
			if sameName(name, party[id]) {
				return o.holds(r)
			}
		}
	}
	return false, nil
}

func (o *other) holds(r *procedure.Record) (bool, error) {
	if o.env == nil {
		o.env = o.p.Form().Fill(facts(o.d, o.on), values(o.p, o.d), o.d.papers())
	}
	return r.When.Holds(o.env)
}

// sameName compares names as people write them: marks and case aside. Two empty ones are not the same.
func sameName(a, b string) bool {
	return a != "" && lang.Fold(strings.TrimSpace(a)) == lang.Fold(strings.TrimSpace(b))
}

// eachIn visits the dossiers of a procedure that stand in one of the states.
func (e *Engine) eachIn(ctx context.Context, procedureID string, states []string, visit func(*Dossier) error) error {
	x, q, err := e.question(ctx, &Filter{Procedure: procedureID})
	if err != nil {
		return err
	}
	order := worklist.Order{Group: worklist.NoDim, Key: worklist.Filed}
	rows, err := e.rows(ctx, x.Page(q, order, worklist.Cursor{}, false, x.Count(q)).Rows)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r *Row) bool { return !slices.Contains(states, r.State) })
	for part := range slices.Chunk(rows, rowsAtOnce) {
		args := make([]any, rowsAtOnce)
		for i := range args {
			args[i] = int64(-1)
			if i < len(part) {
				args[i] = int64(part[i].Num)
			}
		}
		found, err := store.All(ctx, e.db, scanDossier, selectFull, args...)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b *Dossier) int { return int(a.num - b.num) })
		for _, d := range found {
			if err := visit(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// papers are the documents handed in.
func (d *Dossier) papers() map[string]bool {
	have := make(map[string]bool, len(d.Track.Documents))
	for _, id := range d.Track.Documents {
		have[id] = true
	}
	return have
}
