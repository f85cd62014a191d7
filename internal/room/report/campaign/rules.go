package campaign

import (
	"io/fs"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
)

// RulesFile holds the dated rules of campaigns, in the definitions.
const RulesFile = "reports/campaign.yaml"

// Rules are the dated rules of campaigns, the earliest first.
type Rules []Rule

// Rule holds from a day until the next one does.
type Rule struct {
	From     calendar.Date `def:"from,required"`
	Day      int           `def:"day,required"`    // of the period's last month: the agency's own due date
	Levels   []int         `def:"levels,required"` // working days before it, by level below the agency; deeper ones as the last
	Explain  Threshold     `def:"explain,required"`
	Remind   int           `def:"remind,required"`   // working days ahead of a due date
	Escalate int           `def:"escalate,required"` // working days after it
	Number   string        `def:"number,required"`   // pattern of the state's register
	Source   string        `def:"source,required"`
	Status   string        `def:"status"`
}

// Threshold says which moves of a figure must be explained: those beyond both numbers.
type Threshold struct {
	Percent int64 `def:"percent,required"`
	Least   int64 `def:"least,required"` // of whatever the figure counts
}

// LoadRules reads RulesFile. Errors: those of package defs, campaign.bad_rules.
func LoadRules(files fs.FS) (Rules, error) {
	raw, err := fs.ReadFile(files, RulesFile)
	if err != nil {
		return nil, err
	}
	node, err := defs.Parse(RulesFile, raw)
	if err != nil {
		return nil, err
	}
	var f struct {
		Versions Rules `def:"versions,required"`
	}
	if err := defs.Decode(node, &f).OrNil(); err != nil {
		return nil, err
	}
	for i, v := range f.Versions {
		if v.Day < 1 || v.Day > 31 || len(v.Levels) == 0 || v.Explain.Percent < 0 || v.Explain.Least < 0 || i > 0 && v.From <= f.Versions[i-1].From {
			return nil, fault.New(fault.Invalid, "campaign.bad_rules", "from", v.From).At(fault.Place{File: RulesFile})
		}
	}
	return f.Versions, nil
}

// At is the rule of a day; before the first, the first.
func (r Rules) At(on calendar.Date) Rule {
	found := r[0]
	for _, v := range r {
		if v.From <= on {
			found = v
		}
	}
	return found
}

// Due is the agency's due date in a period's last month.
func (r Rule) Due(p calendar.Period) calendar.Date {
	year, month, _ := p.To.YMD()
	first := calendar.Of(year, month, 1)
	return first + calendar.Date(min(r.Day, first.DaysInMonth())-1)
}

// DueAt is the due date of a level (1 = directly below the agency) when the agency's own is given.
func (r Rule) DueAt(cal *calendar.Calendar, agency calendar.Date, level int) calendar.Date {
	left := r.Levels[min(max(level, 1), len(r.Levels))-1]
	for d := agency; ; d-- {
		if cal.Working(d) && left <= 0 {
			return d
		}
		if cal.Working(d) {
			left--
		}
	}
}

// Moved reports whether a move from one number to another must be explained. Where there was nothing before, the move
// alone decides.
func (t Threshold) Moved(then, now indicator.Value) bool {
	if then == indicator.NoValue || now == indicator.NoValue {
		return false
	}
	move := now - then
	if move < 0 {
		move = -move
	}
	if move < indicator.Of(t.Least) || move == 0 {
		return false
	}
	if then <= 0 {
		return true
	}
	return indicator.Quotient(move, then, 100, 3) > indicator.Of(t.Percent)
}
