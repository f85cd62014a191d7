package dossier

import (
	"context"
	"strings"

	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// kindReplaced is the event of a credential that another one takes the place of. It stands in the stream of the old one's
// end, so that a credential is ended or replaced once.
const kindReplaced = "credential.replaced"

// ReplacedData is what that event says.
type ReplacedData struct {
	Procedure string        `json:"procedure"`
	Number    string        `json:"number"`
	By        string        `json:"by"`   // number of the new one
	From      calendar.Date `json:"from"` // first day of the new one
}

// EndReplaced is the reason of a credential that ended because another one took its place at once.
const EndReplaced = "replaced"

// A new term that begins after the old one leaves the old credential standing to its end.
var replaceCredential = store.Statement(`update dossier_credential set successor = $3, ended_on = case when until_on < $4 then null else $4 end,
	end_reason = case when until_on < $4 then '' else '` + EndReplaced + `' end where procedure = $1 and number = $2`)

// replacing is the credential that a step's new one takes the place of.
type replacing struct {
	number string
	known  *Credential // nil where the register does not have it, such as one issued on paper before
	rule   *procedure.Replaces
	until  calendar.Date // its last day, NoDate when unknown or without end
}

// namesOld finds the credential that the dossier names, and checks it where the step names it anew: it must be the
// applicant's and stand, and a last day that was told must be its own; one left out is filled in.
func (e *Engine) namesOld(ctx context.Context, s *step) error {
	c := s.p.Credential
	if c == nil || len(c.Replaces) == 0 {
		return nil
	}
	for i := range c.Replaces {
		r := &c.Replaces[i]
		number, _ := s.values[r.Field].(string)
		if number = strings.TrimSpace(number); number == "" {
			continue
		}
		ok, err := r.When.Holds(s.p.Form().Fill(facts(s.old, s.act.On), s.values, s.papers()))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		s.replacing = &replacing{number: number, rule: r, until: calendar.NoDate}
		return e.recognise(ctx, s)
	}
	return nil
}

// recognise looks the credential up in the register.
func (e *Engine) recognise(ctx context.Context, s *step) error {
	h := s.replacing
	told, isTold := s.values[h.rule.End].(calendar.Date)
	if isTold {
		h.until = told
	}
	c, err := e.Credential(ctx, s.p.ID, h.number)
	if fault.Is(err, "dossier.no_credential") {
		if h.rule.End != "" && !isTold {
			return fault.New(fault.Invalid, "procedure.field_missing", "label", s.p.Field(h.rule.End).Label)
		}
		return nil
	}
	if err != nil {
		return err
	}
	h.known, h.until = c, c.Until
	if s.given[h.rule.Field] == nil && s.given[h.rule.End] == nil {
		return nil // said at an earlier step, and checked then
	}
	switch holder := s.applicant(); {
	case c.Holder != "" && holder != "" && lang.Fold(c.Holder) != lang.Fold(holder):
		return fault.New(fault.Invalid, "dossier.credential_not_theirs", "number", c.Number, "holder", holder)
	case isTold && told != c.Until:
		return fault.New(fault.Invalid, "dossier.credential_other_end", "label", s.p.Field(h.rule.End).Label, "number", c.Number, "told", told, "until", c.Until)
	case !isTold && h.rule.End != "" && c.Until != calendar.NoDate:
		s.given[h.rule.End], s.values[h.rule.End] = c.Until, c.Until
	}
	return c.stands()
}

// stands refuses a credential that ended early or that has a successor.
func (c *Credential) stands() error {
	switch {
	case c.Successor != "":
		return fault.New(fault.Conflict, "dossier.credential_replaced", "number", c.Number, "by", c.Successor)
	case c.EndedOn != calendar.NoDate:
		return fault.New(fault.Invalid, "dossier.credential_ended", "number", c.Number, "date", c.EndedOn)
	}
	return nil
}

// predecessor is the credential that the step's new one takes the place of, nil for none: the one that the dossier
// names, unless both are to stand, or the last that this dossier itself ended in. One that no longer stands is refused.
func (e *Engine) predecessor(ctx context.Context, s *step) (*replacing, error) {
	h := s.replacing
	if h != nil && h.rule.Adds {
		return nil, nil // which stays as it is
	}
	if n := len(s.old.Track.Issued); h == nil && n > 0 {
		c, err := e.Credential(ctx, s.p.ID, s.old.Track.Issued[n-1].Number)
		if err != nil {
			return nil, err
		}
		h = &replacing{number: c.Number, known: c, rule: &procedure.Replaces{}, until: c.Until}
	}
	if h == nil || h.known == nil {
		return h, nil
	}
	return h, h.known.stands()
}

// command tells the old credential of the new one; ok = false where the register has no old one.
func (h *replacing) command(s *step, by string, from calendar.Date) (cmd ledger.Command, ok bool) {
	if h == nil || h.known == nil {
		return cmd, false
	}
	return ledger.Command{Stream: endStream(s.p.ID, h.number), Expect: 0, Actor: s.act.Actor, Unit: h.known.Unit, Events: []ledger.NewEvent{{
		Kind: kindReplaced, On: s.act.On, Data: ReplacedData{Procedure: s.p.ID, Number: h.number, By: by, From: from}}}}, true
}

// endStream holds how a credential ended.
func endStream(procedureID, number string) string {
	return "credential/" + procedureID + "/ended/" + number
}

func foldReplaced(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var x ReplacedData
	if err := decode(e.Data, &x); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, replaceCredential, x.Procedure, x.Number, x.By, int64(x.From))
	return err
}
