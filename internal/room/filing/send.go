package filing

import (
	"context"
	"errors"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// Send turns a draft into a dossier that waits for the one-stop desk, and empties the draft. Sent twice it is one
// dossier. Errors: as Draft; fault.Invalid "filing.incomplete" while a step is open; what the definition refuses.
func (r *Room) Send(ctx context.Context, code, secret string) (*dossier.Dossier, error) {
	d, err := r.Draft(ctx, code, secret)
	if err != nil {
		return nil, err
	}
	if d.Dossier != "" {
		return r.dossiers.Get(ctx, d.Dossier)
	}
	p, err := r.Definition(d)
	if err != nil {
		return nil, err
	}
	steps := d.Steps(p, r.today())
	if !Complete(steps) {
		return nil, fault.New(fault.Invalid, "filing.incomplete")
	}
	unit, err := r.receiver(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	values := d.Answers(p, r.today())
	n := dossier.Filing{Procedure: p.ID, Action: p.Filing().ID, Role: p.FilerOf(p.Filing()), On: calendar.NoDate, At: r.opts.Clock(), Channel: "online",
		Unit: unit, Fields: map[string]any{}, Key: "filing:" + d.ID}
	x := Lodged{Channel: "online"}
	if err := r.papers(ctx, d, p, values, steps, &n, &x); err != nil {
		return nil, err
	}
	for _, s := range steps {
		if s.Field != nil && values[s.Field.ID] != nil {
			n.Fields[s.Field.ID] = values[s.Field.ID]
		}
	}
	filed, err := r.dossiers.Open(ctx, n)
	if err != nil {
		return nil, err
	}
	if err := r.Lodge(ctx, filed, "", d.Contact, x); err != nil {
		return nil, err
	}
	if err := r.handOver(ctx, d, filed); err != nil {
		if again, e := r.Draft(ctx, code, secret); e == nil && again.Dossier != "" {
			return filed, nil // sent by another press of the button, whose end took the files' key away
		}
		return nil, err
	}
	_, expect := r.Expected(d, p)
	_, err = r.Change(ctx, code, secret, func(d *Draft) error {
		*d = Draft{ID: d.ID, Procedure: d.Procedure, Dossier: filed.Code, Expect: expect, version: d.version}
		return nil
	})
	if err == nil {
		err = r.opts.Erase(ctx, d.ID)
	}
	return filed, err
}

// Expected is how long the dossier may take and when it is due were it received today; zero where the definition has no
// main deadline, or one that cannot be told yet.
func (r *Room) Expected(d *Draft, p *procedure.Procedure) (length calendar.Duration, due calendar.Date) {
	_, env := d.env(p, r.today())
	for i := range p.Deadlines {
		l := &p.Deadlines[i]
		if !l.Main || l.Before || len(l.Anchor) == 0 {
			continue
		}
		long, err := l.DurationFor(env)
		if err != nil {
			continue
		}
		if due, err = r.cal.Due(calendar.Count{From: r.today(), Duration: long.Duration}); err == nil {
			return long.Duration, due
		}
	}
	return calendar.Duration{}, calendar.NoDate
}

// Fees are what the definition asks for the draft as it stands, in đồng, by the order of the definition; a formula that
// cannot be worked out yet gives -1.
func (d *Draft) Fees(p *procedure.Procedure, today calendar.Date) []int64 {
	_, env := d.env(p, today)
	out := make([]int64, len(p.Fees))
	for i := range p.Fees {
		amount, err := p.Fees[i].Amount.Number(env)
		if out[i] = int64(amount + 0.5); err != nil || amount < 0 {
			out[i] = -1
		}
	}
	return out
}

// papers says how each paper comes. What the agency was said to hold is looked up again: a result may have ended.
func (r *Room) papers(ctx context.Context, d *Draft, p *procedure.Procedure, values map[string]any, steps []Step, n *dossier.Filing, x *Lodged) error {
	for _, s := range steps {
		if s.Paper == nil {
			continue
		}
		switch d.Papers[s.Paper.ID] {
		case PaperFile:
			n.Documents = append(n.Documents, s.Paper.ID)
		case PaperLater:
			x.Later = append(x.Later, s.Paper.ID)
		case PaperHeld:
			c, err := r.Held(ctx, s.Paper, Applicant(p, values))
			if err != nil {
				return err
			}
			if c == nil {
				return fault.New(fault.Invalid, "filing.held_no_more", "label", s.Paper.Label)
			}
			n.Documents = append(n.Documents, s.Paper.ID)
			x.Held = append(x.Held, InHand{Document: s.Paper.ID, Procedure: c.Procedure, Number: c.Number, On: c.IssuedOn})
		}
	}
	return nil
}

// Applicant is the name that dossiers and credentials show of who files, "" for a personal one.
func Applicant(p *procedure.Procedure, values map[string]any) string {
	f := p.Field(p.Applicant)
	if f == nil || f.Personal {
		return ""
	}
	name, _ := values[f.ID].(string)
	return name
}

// Held is the agency's own result that stands for a paper of this applicant, nil when there is none.
func (r *Room) Held(ctx context.Context, paper *procedure.Document, applicant string) (*dossier.Credential, error) {
	for _, id := range paper.HeldFrom {
		c, err := r.dossiers.Held(ctx, id, applicant, r.today())
		if c != nil || err != nil {
			return c, err
		}
	}
	return nil, nil
}

// Lodge records who filed a dossier and how to reach them; a second time it changes nothing. actor is empty for who
// filed themself.
func (r *Room) Lodge(ctx context.Context, d *dossier.Dossier, actor string, c Contact, x Lodged) error {
	rules, err := r.opts.Rules()
	if err != nil {
		return err
	}
	x.Dossier = d.Code
	if kind := rules.identity(c.Identity); kind != nil && !kind.Personal {
		x.TaxCode = c.Identity
	} else if x.Identity, err = r.seal(ctx, d.Code, c.Identity); err != nil {
		return err
	}
	var err1, err2 error
	x.Phone, err1 = r.seal(ctx, d.Code, c.Phone)
	x.Email, err2 = r.seal(ctx, d.Code, c.Email)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err = r.ledger.Append(ctx, ledger.Command{Stream: streamPrefix + d.Code, Expect: ledger.AnyVersion, Actor: actor, Unit: d.Unit, Key: "lodged:" + d.Code,
		Events: []ledger.NewEvent{{Kind: kindLodged, On: d.SubmittedOn, Data: x}}})
	return err
}

// seal is the vault's token of a text under the dossier's key, "" of none.
func (r *Room) seal(ctx context.Context, code, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return r.opts.Seal(ctx, code, text)
}

// open reads a token; what was erased reads as "".
func (r *Room) open(ctx context.Context, token string) (string, error) {
	if token == "" {
		return "", nil
	}
	text, err := r.opts.Open(ctx, token)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return text, err
}

// Known is what the agency already holds of an organisation.
type Known struct {
	Name string           // as on its last dossier
	Last *dossier.Dossier // its last dossier of the procedure asked for, nil when there is none
}

// Known finds an organisation by its tax code: its name and its last dossier, nil when it is not known. The dossier is
// for officers only: nobody has proved here that they are that organisation.
func (r *Room) Known(ctx context.Context, taxCode, procedureID string) (*Known, error) {
	rules, err := r.opts.Rules()
	if err != nil {
		return nil, err
	}
	code := digits(taxCode)
	if kind := rules.identity(code); kind == nil || kind.Personal {
		return nil, nil
	}
	last, err := r.lastOf(ctx, code)
	if last == nil || last.Applicant == "" || err != nil {
		return nil, err
	}
	known := &Known{Name: last.Applicant}
	if last.Procedure == procedureID {
		known.Last = last
	}
	return known, nil
}
