package sample

import (
	"bytes"
	"slices"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/report/campaign"
)

// campaignWords is campaigns.yaml.
type campaignWords struct {
	Office   string   `def:"office,required"`
	Leader   string   `def:"leader,required"`
	Units    []string `def:"units,required"`
	External []string `def:"external,required"`
	Joint    struct {
		Figure string `def:"figure,required"`
		Unit   string `def:"unit,required"`
	} `def:"joint,required"`
	Older   roundWords `def:"older,required"`
	Current roundWords `def:"current,required"`
	Party   struct {
		Office string     `def:"office,required"` // runs it and signs
		Units  []string   `def:"units,required"`
		Half   roundWords `def:"half,required"`
	} `def:"party,required"`
	Whys        []string `def:"whys,required"`
	Limitations string   `def:"limitations,required"`
	Causes      string   `def:"causes,required"`
}

// roundWords is one campaign: the days of its steps, 0 for a step that has not come.
type roundWords struct {
	More       []string      `def:"more"` // units besides
	Of         string        `def:"of"`   // unit whose record is counted twice
	Opened     calendar.Date `def:"opened,required"`
	Regime     string        `def:"regime,required"`
	Period     string        `def:"period,required"`
	Due        calendar.Date `def:"due,required"`
	UnitsDue   calendar.Date `def:"units_due,required"`
	In         calendar.Date `def:"in,required"`
	Late       string        `def:"late"` // the unit that has not handed in
	Returned   calendar.Date `def:"returned"`
	ReturnUnit string        `def:"return_unit"`
	Reason     string        `def:"reason,required"` // of the return, or of the settlement
	Settled    calendar.Date `def:"settled"`
	Asked      calendar.Date `def:"asked"`
	Commented  calendar.Date `def:"commented"`
	Commenter  string        `def:"commenter"`
	Comment    string        `def:"comment"`
	Answer     string        `def:"answer"`
	Signed     calendar.Date `def:"signed"`
	Issued     calendar.Date `def:"issued"`
	Number     string        `def:"number"` // of the report; the Party's office gives its own
}

// round plays one campaign.
type round struct {
	*simulation
	*campaignWords
	roundWords
	id    string
	units []string
}

// campaigns plans the half-year's campaigns of the State's side and the Party's up to their issued reports, and the year's, which
// is under way.
func (s *simulation) campaigns() error {
	var w campaignWords
	if err := read("campaigns.yaml", &w); err != nil {
		return err
	}
	ofParty := w
	ofParty.Office, ofParty.Leader, ofParty.Units, ofParty.External, ofParty.Joint.Unit = w.Party.Office, w.Party.Office, w.Party.Units, nil, ""
	for _, r := range []*round{{campaignWords: &w, roundWords: w.Older}, {campaignWords: &w, roundWords: w.Current}, {campaignWords: &ofParty, roundWords: w.Party.Half}} {
		words := r.roundWords
		r.simulation, r.units = s, slices.Concat(r.Units, words.More)
		for _, step := range []struct {
			on calendar.Date
			do func() error
		}{{words.Opened, r.open}, {words.In, r.handIn}, {words.Returned, r.giveBack}, {words.Settled, r.settle}, {words.Asked, r.ask}, {words.Commented, r.comment}, {words.Signed, r.sign}, {words.Issued, r.issue}} {
			if step.on > 0 {
				s.at(step.on, func(calendar.Date) error { return s.alone(step.do) })
			}
		}
	}
	return nil
}

func (r *round) by(actor string) campaign.By { return campaign.By{Actor: actor} }

func (r *round) open() error {
	c, err := r.app.Campaigns.Open(r.ctx, campaign.Opening{Regime: r.Regime, Period: r.Period, AsOf: calendar.NoDate, Due: r.Due, DueBy: r.UnitsDue, Units: r.units, External: r.External}, r.by(r.Office))
	if err == nil {
		r.id = c.ID
	}
	return err
}

// handIn lets every unit but the late one write its part and hand it in.
func (r *round) handIn() error {
	for i, unit := range r.units {
		if unit == r.Late {
			continue
		}
		if err := r.one(unit, i); err != nil {
			return err
		}
		r.clock.tick()
	}
	return nil
}

func (r *round) one(unit string, i int) error {
	desk := r.app.Campaigns
	c, err := desk.Get(r.ctx, r.id)
	if err != nil {
		return err
	}
	p, err := desk.Part(r.ctx, r.id, unit)
	if err != nil {
		return err
	}
	e, err := r.written(c, p, i)
	if err != nil {
		return err
	}
	if p, err = desk.Save(r.ctx, r.id, unit, e, r.by(r.Office)); err != nil {
		return err
	}
	if !p.External {
		_, err = desk.Submit(r.ctx, r.id, unit, r.by(r.Office))
		return err
	}
	var book bytes.Buffer
	if err := desk.WriteTemplate(&book, c, p); err != nil {
		return err
	}
	_, err = desk.Import(r.ctx, r.id, unit, "bao-cao-"+unit+".xlsx", book.Bytes(), r.by(r.Office))
	return err
}

// written is what a unit writes: explanations where they are asked for, the joint record, and in one unit of three its
// limitations. A unit without the system types the figures that its own books give.
func (r *round) written(c *campaign.Campaign, p *campaign.Part, i int) (campaign.Entered, error) {
	e := campaign.Entered{Rows: map[string]campaign.Row{}}
	if i%3 == 1 {
		e.Limitations, e.Causes = r.Limitations, r.Causes
	}
	inside := *p
	inside.External = false
	if r.Joint.Unit == p.Unit {
		record, err := r.joint(c)
		if err != nil {
			return e, err
		}
		e.Rows[r.Joint.Figure] = campaign.Row{Actual: indicator.NoValue, Estimate: indicator.NoValue, Claims: []string{record}}
		inside.Entered = e
	}
	lines, err := r.app.Campaigns.Prefill(r.ctx, c, &inside)
	for k, l := range lines {
		row, ok := e.Rows[l.Indicator]
		if !ok {
			row = campaign.Row{Actual: indicator.NoValue, Estimate: indicator.NoValue}
		}
		if p.External && l.Actual != 0 {
			row.Actual = l.Actual
		}
		if l.Must {
			row.Why = r.Whys[(k+i)%len(r.Whys)]
		}
		e.Rows[l.Indicator] = row
	}
	return e, err
}

// joint is the first record of the other unit in the joint figure.
func (r *round) joint(c *campaign.Campaign) (string, error) {
	p, err := r.app.Campaigns.Part(r.ctx, c.ID, r.Of)
	if err != nil {
		return "", err
	}
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return "", err
	}
	found, err := r.app.Indicators.Records(r.ctx, r.app.Ledger, indicator.Query{Period: period, AsOf: calendar.NoDate, Units: p.Covers}, r.Joint.Figure, 1, 0)
	if err != nil {
		return "", err
	}
	return campaign.Key(found[0].Stream), nil
}

func (r *round) giveBack() error {
	_, err := r.app.Campaigns.Return(r.ctx, r.id, r.ReturnUnit, r.Reason, r.by(r.Office))
	return err
}

func (r *round) settle() error {
	x, err := r.app.Campaigns.Consolidate(r.ctx, r.id, 0)
	for i := range x.Doubles {
		if _, err := r.app.Campaigns.Settle(r.ctx, r.id, x.Doubles[i].Key(), r.Of, r.Reason, r.by(r.Office)); err != nil {
			return err
		}
	}
	return err
}

func (r *round) ask() error {
	_, err := r.app.Campaigns.AskComments(r.ctx, r.id, r.Signed, r.units, r.by(r.Office))
	return err
}

func (r *round) comment() error {
	if _, err := r.app.Campaigns.Say(r.ctx, r.id, r.Commenter, "", r.Comment, r.by("chicuctruong")); err != nil {
		return err
	}
	_, err := r.app.Campaigns.Answer(r.ctx, r.id, 1, r.Answer, r.by(r.Office))
	return err
}

func (r *round) sign() error {
	_, err := r.app.Campaigns.Sign(r.ctx, r.id, "", r.by(r.Leader))
	return err
}

func (r *round) issue() error {
	_, err := r.app.Campaigns.Issue(r.ctx, r.id, r.Number, r.by(r.Office))
	return err
}
