package campaign

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/document"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/room/report"
)

// Needs are what a Desk works on.
type Needs struct {
	Ledger   *ledger.Ledger
	DB       *store.DB
	Calendar *calendar.Calendar
	People   *people.People
	Figures  *indicator.Engine
	Reports  *report.Room
	Layout   document.LayoutAt
	Books    *numbering.Books
	Words    *lang.Catalog

	Clock func() time.Time                                        // time.Now when nil
	Rules func() (Rules, error)                                   // asked when the first campaign is opened
	Head  func(unit, side string, on calendar.Date) report.Agency // as report.Options.Agency

	// Checkpoint is the ledger's tree head at a position, as report.Options.Checkpoint.
	Checkpoint func(ctx context.Context, position int64) (string, error)
}

// Desk runs campaigns.
type Desk struct {
	Needs
	db *store.DB
	l  *ledger.Ledger
}

// New makes the desk. The ledger must run Fold, and the figures follow it.
func New(n Needs) *Desk {
	if n.Clock == nil {
		n.Clock = time.Now
	}
	return &Desk{Needs: n, db: n.DB, l: n.Ledger}
}

// Today is the desk's day.
func (d *Desk) Today() calendar.Date { return calendar.OfTime(d.Clock()) }

// By says who takes a step, and on which version of what they saw (0 = whatever it is).
type By struct {
	Actor  string
	Expect int64
}

// Opening is a campaign about to be opened.
type Opening struct {
	Regime, Period string
	Unit           string        // consolidates; empty = the unit at the top of the regime's side
	AsOf           calendar.Date // cut-off; NoDate = the period's end
	Due            calendar.Date // of the consolidated report; NoDate = as the rules say
	Units          []string      // that owe a part; empty = all that stand below
	External       []string      // of these, those that hand in by workbook
	DueBy          calendar.Date // of every part; NoDate = by level, as the rules say
}

// tries is how often a name that somebody else took in the same moment is asked for anew.
const tries = 5

// Open opens a campaign and asks every unit for its part, all in one write. Errors: those of the regimes, of periods and of
// people.Unit; campaign.not_a_review, campaign.no_units, campaign.other_side, campaign.due_late.
func (d *Desk) Open(ctx context.Context, o Opening, by By) (*Campaign, error) {
	c, asked, err := d.plan(ctx, o)
	if err != nil {
		return nil, err
	}
	base := c.ID
	for try := 1; ; try++ {
		n := 0
		if err := d.db.QueryRow(ctx, countNamed, c.Regime, c.Period).Scan(&n); err != nil {
			return nil, store.Fault(err)
		}
		if c.ID = base; n > 0 {
			c.ID += "-" + strconv.Itoa(n+1)
		}
		cmds := []ledger.Command{{Stream: stream(c.ID), Actor: by.Actor, Unit: c.Unit, Events: []ledger.NewEvent{{Kind: kindOpened, On: c.OpenedOn, Data: fact{Campaign: c}}}}}
		for _, a := range asked {
			p := &Part{Campaign: c.ID, Asked: a, Stage: Waiting, On: calendar.NoDate}
			cmds = append(cmds, ledger.Command{Stream: partStream(c.ID, a.Unit), Actor: by.Actor, Unit: a.Unit,
				Events: []ledger.NewEvent{{Kind: kindPartAsked, On: c.OpenedOn, Data: partFact{Title: c.Title, Part: p}}}})
		}
		_, err := d.l.Append(ctx, cmds...)
		switch {
		case err == nil:
			return d.Get(ctx, c.ID)
		case !fault.Is(err, "ledger.version_conflict") || try == tries:
			return nil, err
		}
	}
}

// plan works out what an opening means.
func (d *Desk) plan(ctx context.Context, o Opening) (*Campaign, []Asked, error) {
	regime, err := d.Reports.Regimes.Get(o.Regime)
	if err != nil {
		return nil, nil, err
	}
	if regime.Kind != report.KindReview {
		return nil, nil, fault.New(fault.Invalid, "campaign.not_a_review", "regime", regime.ID)
	}
	period, err := regime.Period(o.Period)
	if err != nil {
		return nil, nil, err
	}
	rules, err := d.Rules()
	if err != nil {
		return nil, nil, err
	}
	rule := rules.At(d.Today())
	c := &Campaign{Regime: regime.ID, Period: period.Code, AsOf: o.AsOf, Unit: o.Unit, Side: people.Side(regime.Side), Due: o.Due, Explain: rule.Explain,
		Stage: Collecting, OpenedOn: d.Today(), Title: regime.Title[lang.VI] + ", " + period.Name(lang.VI)}
	c.ID = strings.ToLower(regime.ID + "-" + period.Code)
	if c.AsOf <= 0 || c.AsOf >= period.To {
		c.AsOf = calendar.NoDate
	} else if c.AsOf < period.From {
		return nil, nil, fault.New(fault.Invalid, "campaign.cut_off_before", "on", c.AsOf, "from", period.From)
	}
	if c.Due <= 0 || c.Due == calendar.NoDate {
		c.Due = rule.Due(period)
	}
	if c.Unit == "" {
		c.Unit = d.Top(ctx, c.Side)
	}
	outline, err := d.Reports.Regimes.Outline(regime.Side, period.To)
	if err != nil {
		return nil, nil, err
	}
	for _, ref := range outline.Refs() {
		if !slices.Contains(c.Figures, ref.Indicator) {
			c.Figures = append(c.Figures, ref.Indicator)
		}
	}
	asked, err := d.ask(ctx, c, o, rule)
	c.Scope = d.Head(d.reportUnit(ctx, c.Unit), regime.Side, d.Today()).Units
	return c, asked, err
}

// Top is the unit at the top of a side.
func (d *Desk) Top(ctx context.Context, side people.Side) string {
	units, _ := d.People.Units(ctx, d.Today(), side) // without units there is none
	for _, u := range units {
		if u.Parent == "" {
			return u.Code
		}
	}
	return ""
}

// reportUnit is the unit as reports name it: the whole side is "".
func (d *Desk) reportUnit(ctx context.Context, unit string) string {
	if u, err := d.People.Unit(ctx, unit, d.Today()); err == nil && u.Parent == "" {
		return ""
	}
	return unit
}

// ask works out who owes what by when.
func (d *Desk) ask(ctx context.Context, c *Campaign, o Opening, rule Rule) ([]Asked, error) {
	below, err := d.People.Subtree(ctx, c.Unit, d.Today())
	if err != nil {
		return nil, err
	}
	if c.Side == people.State {
		below = below[1:] // a Party committee keeps registers of its own and owes a part like its cells
	}
	units := o.Units
	if len(units) == 0 {
		units = d.standing(ctx, below, c.Side)
	}
	if len(units) == 0 {
		return nil, fault.New(fault.Invalid, "campaign.no_units")
	}
	var out []Asked
	for _, unit := range units {
		if !slices.Contains(below, unit) {
			return nil, fault.New(fault.Invalid, "campaign.not_below", "unit", unit, "of", c.Unit)
		}
		u, err := d.People.Unit(ctx, unit, d.Today())
		if err != nil {
			return nil, err
		}
		if u.Side != c.Side {
			return nil, fault.New(fault.Invalid, "campaign.other_side", "unit", unit)
		}
		a := Asked{Unit: unit, Level: d.level(ctx, unit, c.Unit), Due: o.DueBy, External: slices.Contains(o.External, unit)}
		if a.Due <= 0 || a.Due == calendar.NoDate {
			a.Due = rule.DueAt(d.Calendar, c.Due, a.Level)
		}
		if a.Due > c.Due {
			return nil, fault.New(fault.Invalid, "campaign.due_late", "due", a.Due, "agency", c.Due)
		}
		if a.Covers, err = d.covers(ctx, unit, c.Side, units); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// standing leaves out units of the other side and those that have ended.
func (d *Desk) standing(ctx context.Context, codes []string, side people.Side) []string {
	all, _ := d.People.Units(ctx, d.Today(), side) // none where they cannot be read
	var out []string
	for _, u := range all {
		if slices.Contains(codes, u.Code) {
			out = append(out, u.Code)
		}
	}
	return out
}

// level counts how far a unit stands below another.
func (d *Desk) level(ctx context.Context, unit, top string) int {
	n := 0
	for unit != top && n < 10 {
		u, err := d.People.Unit(ctx, unit, d.Today())
		if err != nil || u.Parent == "" {
			break
		}
		unit = u.Parent
		n++
	}
	return max(n, 1)
}

// covers are the units whose records are a unit's part: itself and those below, but for those that owe a part themselves.
func (d *Desk) covers(ctx context.Context, unit string, side people.Side, asked []string) ([]string, error) {
	all, err := d.People.Subtree(ctx, unit, d.Today())
	if err != nil {
		return nil, err
	}
	var others []string
	for _, other := range asked {
		if other == unit || !slices.Contains(all, other) {
			continue
		}
		theirs, err := d.People.Subtree(ctx, other, d.Today())
		if err != nil {
			return nil, err
		}
		others = append(others, theirs...)
	}
	return slices.DeleteFunc(all, func(code string) bool {
		u, err := d.People.Unit(ctx, code, d.Today())
		return slices.Contains(others, code) || err != nil || u.Side != side
	}), nil
}

// write appends one event to a campaign and reads what became of it.
func (d *Desk) write(ctx context.Context, c *Campaign, by By, kind string, f fact) (*Campaign, error) {
	if by.Expect == 0 {
		by.Expect = c.Version
	}
	_, err := d.l.Append(ctx, ledger.Command{Stream: stream(c.ID), Expect: by.Expect, Actor: by.Actor, Unit: c.Unit,
		Events: []ledger.NewEvent{{Kind: kind, On: d.Today(), Data: f}}})
	if err != nil {
		return nil, err
	}
	return d.Get(ctx, c.ID)
}

// step reads a campaign that a step is to be taken in, and checks its stage.
func (d *Desk) step(ctx context.Context, id string, stages ...Stage) (*Campaign, error) {
	c, err := d.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(stages, c.Stage) {
		return nil, fault.New(fault.Conflict, "campaign.wrong_stage", "stage", word{d.Words, "campaign.stage_" + string(c.Stage)})
	}
	return c, nil
}

// word is a text of the catalogue as an argument of another.
type word struct {
	words *lang.Catalog
	key   string
}

// In is the text in a language.
func (w word) In(tag lang.Tag) string { return w.words.T(tag, w.key) }

// need checks that words were written.
func need(text, key string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", fault.New(fault.Invalid, key)
	}
	return text, nil
}

// Cancel ends a campaign without a report. Errors: campaign.wrong_stage, campaign.no_reason.
func (d *Desk) Cancel(ctx context.Context, id, reason string, by By) (*Campaign, error) {
	c, err := d.step(ctx, id, Collecting, Commenting, Signed)
	if err != nil {
		return nil, err
	}
	if reason, err = need(reason, "campaign.no_reason"); err != nil {
		return nil, err
	}
	return d.write(ctx, c, by, kindCancelled, fact{Reason: reason})
}

// periods are the campaign's period and the one that its regime compares with.
func (d *Desk) periods(c *Campaign) (now, then calendar.Period, err error) {
	if now, err = calendar.ParsePeriod(c.Period); err != nil {
		return now, then, err
	}
	then = now.YearBefore()
	if regime, err := d.Reports.Regimes.Get(c.Regime); err == nil && regime.Compare == "previous" {
		then = now.Previous()
	}
	return now, then, nil
}

// Compared is the period that a campaign's regime compares with.
func (d *Desk) Compared(c *Campaign) (calendar.Period, error) {
	_, then, err := d.periods(c)
	return then, err
}

// Side lists the units of one side in a subtree: what a figure of the unit is counted over.
func (d *Desk) Side(ctx context.Context, unit string, side people.Side) ([]string, error) {
	return d.covers(ctx, unit, side, nil)
}
