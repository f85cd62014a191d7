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
// It reads every dossier of the procedure, a fiftieth of a second for a thousand.
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

// records asks every other dossier of the procedure.
func (e *Engine) records(ctx context.Context, p *procedure.Procedure, code string, on calendar.Date, party Party) ([]Recorded, error) {
	out := make([]Recorded, len(p.Records))
	for i := range p.Records {
		r := &p.Records[i]
		out[i] = Recorded{ID: r.ID, Label: r.Label, Bars: r.Bars, Counts: r.Counts, Verify: p.Recalls(r.Mark, r.Basis)}
	}
	if len(p.Records) == 0 {
		return nil, nil
	}
	return out, e.eachOf(ctx, p.ID, func(o *Dossier) error {
		if o.Code == code {
			return nil
		}
		env := any(nil)
		for i := range p.Records {
			r := &p.Records[i]
			if env == nil {
				env = p.Form().Fill(facts(o, on), values(p, o), o.papers())
			}
			holds, err := r.When.Holds(env)
			if err != nil {
				return err
			}
			if holds { // names may be sealed, so they come second
				if holds, err = e.names(ctx, p, r, o, party); err != nil {
					return err
				}
			}
			if holds {
				out[i].Dossiers = append(out[i].Dossiers, o.Code)
			}
		}
		return nil
	})
}

// names reports whether a dossier names one of the party in a field of the record.
func (e *Engine) names(ctx context.Context, p *procedure.Procedure, r *procedure.Record, o *Dossier, party Party) (bool, error) {
	for _, id := range r.Party {
		if party[id] == "" {
			continue
		}
		name, err := e.named(ctx, p.Field(id), o)
		if err != nil || sameName(name, party[id]) {
			return err == nil, err
		}
	}
	return false, nil
}

// sameName compares names as people write them: marks and case aside. Two empty ones are not the same.
func sameName(a, b string) bool {
	return a != "" && lang.Fold(strings.TrimSpace(a)) == lang.Fold(strings.TrimSpace(b))
}

// eachOf visits the dossiers of a procedure in the order in which they were filed.
func (e *Engine) eachOf(ctx context.Context, procedureID string, visit func(*Dossier) error) error {
	x, q, err := e.question(ctx, &Filter{Procedure: procedureID})
	if err != nil {
		return err
	}
	order, at := worklist.Order{Group: worklist.NoDim, Key: worklist.Filed}, worklist.Cursor{}
	nums := x.Page(q, order, at, false, x.Count(q)).Rows
	for len(nums) > 0 {
		n := min(len(nums), rowsAtOnce)
		args := make([]any, rowsAtOnce)
		for i := range args {
			args[i] = int64(-1)
			if i < n {
				args[i] = int64(nums[i])
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
		nums = nums[n:]
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
