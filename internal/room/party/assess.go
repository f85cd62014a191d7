package party

import "trucot/internal/kernel/fault"

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

// Holds reports whether numbers of excellent and good keep to the cap.
func (c Cap) Holds(excellent, good int) bool { return excellent <= c.Most(excellent+good) }

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
// naming its line: party.bad_class, party.class_not_earned, party.class_not_voted; party.over_cap for all.
func (a *Assessment) Check(lines []Result, voters int) error {
	var list fault.List
	count := map[Class]int{}
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
		count[x.Class]++
	}
	if !a.Cap.Holds(count[Excellent], count[Good]) {
		list = append(list, fault.New(fault.Invalid, "party.over_cap", "n", count[Excellent], "most", a.Cap.Most(count[Excellent]+count[Good]), "percent", a.Cap.Percent))
	}
	return list.OrNil()
}

func rankOf(c Class) int {
	for i, x := range Classes() {
		if x == c {
			return i
		}
	}
	return -1
}
