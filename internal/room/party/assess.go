package party

import (
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// Class is a result of the yearly assessment.
type Class string

// The four classes, best first.
const (
	Excellent Class = "excellent" // hoàn thành xuất sắc nhiệm vụ
	Good      Class = "good"      // hoàn thành tốt
	Fair      Class = "fair"      // hoàn thành
	Poor      Class = "poor"      // không hoàn thành
)

// Classes lists them, best first.
func Classes() []Class { return []Class{Excellent, Good, Fair, Poor} }

// Cap bounds how many may be excellent.
type Cap struct {
	Percent int    `def:"percent,required"`
	Of      string `def:"of,required"` // "good": of those classed good; "good_and_excellent": of both together
}

// Most is how many of the qualified – those who deserve good or better – may be excellent. Where the cap is of those
// classed good, each excellent one makes the base smaller: with 20 % it is ⌊n/6⌋, not ⌊n/5⌋.
func (c Cap) Most(qualified int) int {
	if c.Of == "good" {
		return qualified * c.Percent / (100 + c.Percent)
	}
	return qualified * c.Percent / 100
}

// Result is one line of an assessment: a member or an organisation.
type Result struct {
	Subject   string `json:"subject"` // member or unit
	Class     Class  `json:"class"`
	Points    int    `json:"points,omitempty"`
	Tasks     int    `json:"tasks,omitempty"`   // that were due
	OnTime    int    `json:"on_time,omitempty"` // of them
	Exceeding int    `json:"exceeding,omitempty"`
	Votes     int    `json:"votes,omitempty"` // for the class, of all who may vote
}

// Deserves is the best class that points and tasks allow under the rules; without a scale it is for the vote alone
// and reads excellent.
func (a *Assessment) Deserves(x Result) Class {
	best := Excellent
	for i, least := range a.Points {
		if x.Points >= least {
			break
		}
		best = Classes()[i+1]
	}
	late := a.OnTime > 0 && x.OnTime*100 < x.Tasks*a.OnTime
	few := a.Exceeding > 0 && x.Exceeding*100 < x.Tasks*a.Exceeding
	if best == Excellent && (late || few) {
		return Good
	}
	return best
}

// Check applies the rules to a whole assessment, in which voters is the number of those who may vote. Errors, each
// naming its line: party.bad_class, party.class_not_earned, party.class_not_voted.
func (a *Assessment) Check(lines []Result, voters int) error {
	var list fault.List
	for _, x := range lines {
		rank := rankOf(x.Class)
		switch {
		case rank < 0:
			list = append(list, fault.New(fault.Invalid, "party.bad_class", "subject", x.Subject))
		case rank < rankOf(a.Deserves(x)):
			list = append(list, fault.New(fault.Invalid, "party.class_not_earned", "subject", x.Subject, "points", x.Points))
		case voters > 0 && x.Votes*2 <= voters:
			list = append(list, fault.New(fault.Invalid, "party.class_not_voted", "subject", x.Subject, "votes", x.Votes, "voters", voters))
		}
	}
	return list.OrNil()
}

// Quota is how many of a base organisation may be excellent in a year, and how many are already.
type Quota struct {
	Unit     string // the base organisation
	Of       int    // members, or organisations, who are good or better, or not assessed yet
	Most     int
	Reserved int // excellent already, by other assessments
}

// Quota counts the cap of a year's assessment of members over the whole base organisation as it stood on the day of the
// assessment, as the rules do: a cell of five has no
// excellent member by itself, but may have one of its base organisation's. Who is not assessed yet counts as good, so that cells may
// enter theirs one after the other.
func (r *Room) Quota(ctx context.Context, rec *Record) (Quota, error) {
	q := Quota{Unit: rec.Unit}
	rules, err := r.Rules()
	if err != nil {
		return q, err
	}
	if q.Unit, err = r.base(ctx, rec.Unit, rec.On, rules.OrganisationOn(rec.On)); err != nil {
		return q, err
	}
	units, err := r.who.Subtree(ctx, q.Unit, rec.On)
	if err != nil {
		return q, err
	}
	members, err := r.MembersOn(ctx, units, rec.On)
	if err != nil {
		return q, err
	}
	classes := map[string]Class{}
	for _, m := range members {
		classes[m.ID] = Good
	}
	year := rec.YearOf()
	list, _, err := r.Records(ctx, RecordFilter{Units: units, Kind: "assessment", Stage: Done, From: calendar.Of(year, 1, 1), To: calendar.Of(year+1, 12, 31), UntilBy: calendar.NoDate, Limit: most})
	if err != nil {
		return q, err
	}
	slices.Reverse(list) // the latest of a year stands
	for _, x := range list {
		if x.YearOf() == year && x.Object != "body" && x.ID != rec.ID {
			classed(classes, x)
		}
	}
	for _, x := range rec.Results {
		delete(classes, x.Subject) // judged anew
	}
	for _, class := range classes {
		if class == Excellent {
			q.Reserved++
		}
		if rankOf(class) <= rankOf(Good) {
			q.Of++
		}
	}
	for _, x := range rec.Results {
		if rankOf(x.Class) <= rankOf(Good) {
			q.Of++
		}
	}
	q.Most = rules.AssessmentOn(rec.On).Cap.Most(q.Of)
	return q, nil
}

func classed(classes map[string]Class, rec *Record) {
	for _, x := range rec.Results {
		if rec.Stands(x.Subject) {
			classes[x.Subject] = x.Class
		}
	}
}

// base is the base organisation that a unit belongs to on a day: itself, or the nearest above.
func (r *Room) base(ctx context.Context, unit string, on calendar.Date, org *Organisation) (string, error) {
	for {
		u, err := r.who.Unit(ctx, unit, on)
		if err != nil || u.Parent == "" || org.Kind(u.Kind).Base {
			return unit, err
		}
		unit = u.Parent
	}
}

// capped refuses more excellent members, or organisations, than the cap allows. Error: party.over_cap.
func (r *Room) capped(ctx context.Context, a *Assessment, rec *Record) error {
	n, good := 0, 0
	for _, x := range rec.Results {
		switch x.Class {
		case Excellent:
			n++
		case Good:
			good++
		}
	}
	if n == 0 {
		return nil
	}
	q := Quota{Most: a.Cap.Most(n + good)}
	if rec.Object != "body" {
		var err error
		if q, err = r.Quota(ctx, rec); err != nil {
			return err
		}
	}
	if n+q.Reserved > q.Most {
		return fault.New(fault.Invalid, "party.over_cap", "n", n+q.Reserved, "most", q.Most, "percent", a.Cap.Percent)
	}
	return nil
}

func rankOf(c Class) int {
	for i, x := range Classes() {
		if x == c {
			return i
		}
	}
	return -1
}
