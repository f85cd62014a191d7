package campaign

import (
	"context"
	"slices"
	"strings"

	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// AskComments sends the draft out for comment. Errors: campaign.wrong_stage, campaign.no_units, campaign.due_past.
func (d *Desk) AskComments(ctx context.Context, id string, due calendar.Date, units []string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, fault.New(fault.Invalid, "campaign.no_units")
	}
	if due < d.Today() {
		return nil, fault.New(fault.Invalid, "campaign.due_past", "due", due)
	}
	return d.write(ctx, c, by, kindAsked, fact{Round: &Round{Due: due, Units: units}})
}

// Say records a unit's comment. Errors: campaign.wrong_stage, campaign.not_asked, campaign.no_words.
func (d *Desk) Say(ctx context.Context, id, unit, section, text string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Commenting)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(c.Round.Units, unit) {
		return nil, fault.New(fault.Invalid, "campaign.not_asked", "unit", unit)
	}
	if text, err = need(text, "campaign.no_words"); err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindCommented, fact{Comment: &Comment{Unit: unit, By: by.Actor, On: d.Today(), Section: section, Text: clean(text)}})
}

// Answer says what became of a comment, by its number from 1. Errors: campaign.wrong_stage, campaign.no_such_comment,
// campaign.no_words.
func (d *Desk) Answer(ctx context.Context, id string, n int, text string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > len(c.Comments) {
		return nil, fault.New(fault.NotFound, "campaign.no_such_comment", "n", n)
	}
	if text, err = need(text, "campaign.no_words"); err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindAnswered, fact{Index: n, Text: clean(text)})
}

// Sign signs the report as it stands. missing says why, where some parts are not in. Errors: campaign.wrong_stage,
// campaign.doubles_open, campaign.parts_missing, campaign.unanswered, and the problems of the text.
func (d *Desk) Sign(ctx context.Context, id, missing string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting)
	if err != nil {
		return nil, err
	}
	f, err := d.Draft(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	if len(f.Problems) > 0 {
		return nil, f.Problems
	}
	if n := f.X.Open(); n > 0 {
		return nil, fault.New(fault.Conflict, "campaign.doubles_open", "n", n)
	}
	missing = clean(missing)
	if units := f.X.Missing(); len(units) > 0 && missing == "" {
		return nil, fault.New(fault.Invalid, "campaign.parts_missing", "n", len(units), "units", d.names(ctx, units))
	}
	if slices.ContainsFunc(c.Comments, func(x Comment) bool { return x.Answer == "" }) {
		return nil, fault.New(fault.Conflict, "campaign.unanswered")
	}
	s := &Signature{By: by.Actor, On: d.Today(), Digest: f.Digest(), KnownAt: f.X.KnownAt}
	if len(f.X.Missing()) > 0 {
		s.Missing = missing
	}
	return d.write(ctx, c, by, kindSigned, fact{Signature: s})
}

func (d *Desk) names(ctx context.Context, units []string) string {
	var out []string
	for _, u := range units {
		out = append(out, d.People.UnitName(ctx, u, lang.VI))
	}
	return strings.Join(out, "; ")
}

// Reopen takes a signature or a round of comments back. Errors: campaign.wrong_stage, campaign.no_reason.
func (d *Desk) Reopen(ctx context.Context, id, reason string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Commenting, Signed)
	if err != nil {
		return nil, err
	}
	if reason, err = need(reason, "campaign.no_reason"); err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindReopened, fact{Reason: reason})
}

// numberForm is the campaign's report among the papers of the register.
const numberForm = "campaign-report"

// Issue numbers the signed report, freezes it and ends the campaign. A report of the State's side takes the next number of
// its register; the Party numbers its papers by term, so number is what its office gave. Errors: campaign.wrong_stage,
// campaign.no_number, campaign.changed_since, those of package numbering.
func (d *Desk) Issue(ctx context.Context, id, number string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Signed)
	if err != nil {
		return nil, err
	}
	f, err := d.Draft(ctx, id, c.Signed.KnownAt)
	if err != nil {
		return nil, err
	}
	if f.Digest() != c.Signed.Digest {
		return nil, fault.New(fault.Conflict, "campaign.changed_since", "on", c.Signed.On)
	}
	if c.Number == "" {
		if c, err = d.number(ctx, c, f, number, by); err != nil {
			return nil, err
		}
		by.Expect = 0
	}
	f.X.Campaign = c
	frozen, err := d.freeze(ctx, f)
	if err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindIssued, fact{Frozen: frozen})
}

// number gives the report its number.
func (d *Desk) number(ctx context.Context, c *Campaign, f *Draft, typed string, by By) (*Campaign, error) {
	number := strings.TrimSpace(typed)
	if c.Side == people.Party {
		if number == "" {
			return nil, fault.New(fault.Invalid, "campaign.no_number")
		}
		return d.write(ctx, c, by, kindNumbered, fact{Number: number})
	}
	rules, err := d.Rules()
	if err != nil {
		return nil, err
	}
	g, err := d.Books.Give(ctx, numbering.Request{Pattern: rules.At(d.Today()).Number, Symbol: f.Report.Agency.Symbol, Actor: by.Actor, Given: numbering.Given{
		Book: "BC", On: d.Today(), About: stream(c.ID), Form: numberForm, Subject: f.Report.Subject, Unit: c.Unit, Signer: c.Signed.By,
		Authority: f.Report.Agency.Authority, Post: f.Report.Agency.Post}})
	if err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindNumbered, fact{Number: g.Number})
}
