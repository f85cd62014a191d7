// Package commendation (thi đua, khen thưởng) owns the year's commendation: the classes, merits and obstacles on record
// for each person and unit, the movements and what was registered for, the simulation of who would qualify for which
// award and who just misses it, the nominations from the person's own report to the conferral, and the money.
//
// What a title asks for, its cap and its money are dated data in definitions/commendation. It does not own the vote
// (package council), nor the tasks that speak for a person: package app hands in what the records say.
package commendation

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Text is a text in both languages.
type Text map[lang.Tag]string

// In is the text in a language, the Vietnamese one where the other is missing.
func (t Text) In(tag lang.Tag) string {
	if s := t[tag]; s != "" {
		return s
	}
	return t[lang.VI]
}

// Class is the yearly assessment of a person (xếp loại chất lượng).
type Class string

// The classes, the best first.
const (
	Excellent Class = "excellent"
	Good      Class = "good"
	Done      Class = "done"
	Failed    Class = "failed"
)

// Classes lists them in order.
func Classes() []Class { return []Class{Excellent, Good, Done, Failed} }

// atLeast reports whether a class is as good as another; the empty class is none.
func (c Class) atLeast(want Class) bool {
	i, j := slices.Index(Classes(), c), slices.Index(Classes(), want)
	return i >= 0 && i <= j
}

// recalled marks what was written down from memory and waits for the legal officer.
const recalled = "recalled"

// Law is one dated set of awards and their rules.
type Law struct {
	At        fault.Place   `def:"@"`
	ID        string        `def:"id,required"`
	Side      string        `def:"side,required"`
	Title     Text          `def:"title,required"`
	From      calendar.Date `def:"from,required"`
	To        calendar.Date `def:"to"` // 0 = still
	Legal     []Basis       `def:"legal,required"`
	BlockedBy []string      `def:"blocked_by"`    // kinds of case during which nothing is awarded
	Restart   []string      `def:"restart_after"` // kinds of case whose year breaks a streak
	Excellent struct {
		Percent int    `def:"percent,required"`
		Base    string `def:"base,required"` // "others": of those good but not excellent; "all": of those good or better
		Mark    string `def:"mark,required"`
	} `def:"excellent,required"`
	// Propose is the class that tasks speak for while none is on record; percentages of the tasks done.
	Propose struct {
		OnTime     int    `def:"on_time,required"`
		Early      int    `def:"early,required"`
		GoodOnTime int    `def:"good_on_time,required"`
		Mark       string `def:"mark,required"`
	} `def:"propose,required"`
	RoundUp int64 `def:"money_round_up"` // đồng; 0 = exact
	// Occasions are the rules of thematic and sudden commendation; an occasion without one is not open under the law.
	Occasions []OccasionRule `def:"occasions"`
	// Revocations are the ways in which an award is taken back, the usual one first.
	Revocations []RevocationRule `def:"revocations,required"`
	Awards      []Award          `def:"awards,required"`
}

// OccasionRule says which awards may be given besides the regular ones, for what, and by which form of dossier.
type OccasionRule struct {
	At      fault.Place `def:"@"`
	ID      string      `def:"id,required"` // thematic or sudden
	Awards  []string    `def:"awards,required"`
	Asks    Text        `def:"asks,required"`    // what the law asks for, in a sentence
	Dossier Text        `def:"dossier,required"` // the papers of its dossier
	Basis   string      `def:"basis,required"`
	Mark    string      `def:"mark,required"`
}

// Verify reports whether the rule waits for the legal officer.
func (o *OccasionRule) Verify() bool { return o.Mark == recalled }

// Occasion is the rule of an occasion, nil where the law has none.
func (l *Law) Occasion(id string) *OccasionRule {
	for i := range l.Occasions {
		if l.Occasions[i].ID == id {
			return &l.Occasions[i]
		}
	}
	return nil
}

// RevocationRule is a way to take an award back, and when.
type RevocationRule struct {
	At    fault.Place `def:"@"`
	ID    string      `def:"id,required"`
	Label Text        `def:"label,required"`
	Basis string      `def:"basis,required"`
	Mark  string      `def:"mark,required"`
}

// Verify reports whether the rule waits for the legal officer.
func (x *RevocationRule) Verify() bool { return x.Mark == recalled }

// Revocation is the way with an id, the usual one for ""; nil where the law has none of it.
func (l *Law) Revocation(id string) *RevocationRule {
	for i := range l.Revocations {
		if id == "" || l.Revocations[i].ID == id {
			return &l.Revocations[i]
		}
	}
	return nil
}

// Basis is a legal text that a law's rules come from.
type Basis struct {
	Symbol string        `def:"symbol,required"`
	On     calendar.Date `def:"on"` // when it was issued; 0 = not confirmed
	Title  Text          `def:"title,required"`
	Source string        `def:"source,required"`
	Mark   string        `def:"mark,required"`
}

// Award is a title or a form of commendation.
type Award struct {
	At         fault.Place `def:"@"`
	ID         string      `def:"id,required"`
	Subject    string      `def:"subject,required"` // "person" or "unit"
	Form       string      `def:"form,required"`    // of the paper: certificate, giay_khen, bang_khen
	Level      string      `def:"level"`            // who decides: "" the agency, upper, state
	Label      Text        `def:"label,required"`
	Conditions []Condition `def:"conditions,required"`
	Cap        *Cap        `def:"cap"`
	Council    string      `def:"council"` // rule of the council that votes; "" = none
	Consult    string      `def:"consult"` // how long the people are asked, as "10wd"; "" = not
	Money      int64       `def:"money"`   // tenths of the base salary
	Basis      string      `def:"basis,required"`
	Mark       string      `def:"mark,required"`
}

// Verify reports whether the award's rule waits for the legal officer.
func (a *Award) Verify() bool { return a.Mark == recalled }

// Cap bounds an award by a share of those who have another one in the year, rounded down.
type Cap struct {
	Percent int    `def:"percent,required"`
	Of      string `def:"of,required"`
}

// Condition is one thing that an award asks for; one of Class, Award, Merit, Held, Months, Any, Share, Count and Clean is set.
type Condition struct {
	At      fault.Place `def:"@" json:"-"`
	Class   Class       `def:"class" json:"class,omitempty"` // this class or better, in each of Years years that end with this one
	Award   string      `def:"award" json:"award,omitempty"` // held in each of Years years that end with this one
	Years   int         `def:"years" json:"years,omitempty"`
	Merit   string      `def:"merit" json:"merit,omitempty"`   // "initiative" or "mission", of this year
	Scope   string      `def:"scope" json:"scope,omitempty"`   // "base" or "wide", which counts as base too
	Times   int         `def:"times" json:"times,omitempty"`   // the Award or Merit so often
	Within  int         `def:"within" json:"within,omitempty"` // in so many years that end with this one
	Held    string      `def:"held" json:"held,omitempty"`     // given in any year
	Since   int         `def:"since" json:"since,omitempty"`   // and so many years ago
	Months  int         `def:"months" json:"months,omitempty"`
	Any     []Condition `def:"any" json:"any,omitempty"`
	Share   int         `def:"share" json:"share,omitempty"` // percent of the unit's people with Of or OfClass
	Over    bool        `def:"over" json:"over,omitempty"`   // more than, not at least
	Count   int         `def:"count" json:"count,omitempty"` // so many of the unit's people
	Of      string      `def:"of" json:"of,omitempty"`
	OfClass Class       `def:"of_class" json:"of_class,omitempty"`
	Clean   bool        `def:"clean" json:"clean,omitempty"` // nobody in the unit was disciplined in the year
}

// Kind names what the condition is about.
func (c *Condition) Kind() string {
	switch {
	case c.Class != "":
		return "class"
	case c.Times > 0 && c.Award != "":
		return "times_award"
	case c.Times > 0 && c.Merit != "":
		return "times_" + c.Merit
	case c.Since > 0 && c.Held != "":
		return "since"
	case c.Held != "":
		return "held"
	case c.Award != "":
		return "award"
	case c.Merit != "":
		return c.Merit
	case c.Months > 0:
		return "months"
	case len(c.Any) > 0:
		return "any"
	case c.Share > 0:
		return "share"
	case c.Count > 0:
		return "count"
	case c.Clean:
		return "clean"
	}
	return ""
}

// Award is the award with an id, nil when the law has none.
func (l *Law) Award(id string) *Award {
	for i := range l.Awards {
		if l.Awards[i].ID == id {
			return &l.Awards[i]
		}
	}
	return nil
}

// ExcellentCap is how many of n people rated good or better may be excellent, and what the other way of counting gives.
func (l *Law) ExcellentCap(n int) (most, other int) {
	p := l.Excellent.Percent
	others, all := p*n/(100+p), p*n/100 // E ≤ p(N−E)/100 ⇔ E ≤ pN/(100+p)
	if l.Excellent.Base == "all" {
		return all, others
	}
	return others, all
}

// Salary is the base salary from a day on, in đồng a month.
type Salary struct {
	From   calendar.Date `def:"from,required"`
	Amount int64         `def:"amount,required"`
	Basis  string        `def:"basis,required"`
	Mark   string        `def:"mark,required"`
}

// Rules are all laws and base salaries, immutable once loaded.
type Rules struct {
	laws     []*Law
	salaries []Salary
}

const salaryFile = "luong-co-so.yaml"

// Load reads commendation/*.yaml of the definitions. Every fault of every file is in the returned fault.List:
// commendation.bad_rule and those of package defs.
func Load(files fs.FS) (*Rules, error) {
	names, err := fs.Glob(files, "commendation/*.yaml")
	if err != nil {
		return nil, err
	}
	r := &Rules{}
	var faults fault.List
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		tree, err := defs.Parse(name, raw)
		if err != nil {
			return nil, err
		}
		if path.Base(name) == salaryFile {
			var s struct {
				Salaries []Salary `def:"base_salary,required"`
			}
			faults = append(faults, defs.Decode(tree, &s)...)
			slices.SortFunc(s.Salaries, func(a, b Salary) int { return int(a.From - b.From) })
			r.salaries = s.Salaries
			continue
		}
		l := &Law{}
		faults = append(faults, defs.Decode(tree, l)...)
		faults = append(faults, l.lint()...)
		r.laws = append(r.laws, l)
	}
	return r, faults.OrNil()
}

// lint refuses rules that could not be run: a reference must point at an award above it, so that one pass is enough.
func (l *Law) lint() fault.List {
	var faults fault.List
	known := map[string]bool{}
	for i := range l.Awards {
		a := &l.Awards[i]
		bad := func(at fault.Place, what string) {
			faults = append(faults, fault.New(fault.Invalid, "commendation.bad_rule", "award", a.ID, "what", what).At(at))
		}
		if a.Consult != "" {
			if _, err := calendar.ParseDuration(a.Consult); err != nil {
				bad(a.At, a.Consult)
			}
		}
		if a.Cap != nil && !known[a.Cap.Of] {
			bad(a.At, a.Cap.Of)
		}
		l.lintAll(a.Conditions, known, bad)
		if known[a.ID] || !slices.Contains([]string{"person", "unit"}, a.Subject) {
			bad(a.At, a.ID)
		}
		known[a.ID] = true
	}
	for _, o := range l.Occasions {
		for _, id := range append(slices.Clone(o.Awards), o.ID) {
			if id == o.ID && !slices.Contains(Occasions()[1:], id) || id != o.ID && !known[id] {
				faults = append(faults, fault.New(fault.Invalid, "commendation.bad_rule", "award", o.ID, "what", id).At(o.At))
			}
		}
	}
	return faults
}

func (l *Law) lintAll(list []Condition, known map[string]bool, bad func(fault.Place, string)) {
	for i := range list {
		c := &list[i]
		for _, id := range []string{c.Award, c.Held, c.Of} {
			if id != "" && !known[id] {
				bad(c.At, id)
			}
		}
		for _, class := range []Class{c.Class, c.OfClass} {
			if class != "" && !slices.Contains(Classes(), class) {
				bad(c.At, string(class))
			}
		}
		if c.Kind() == "" || c.Share > 0 && c.Of == "" && c.OfClass == "" || c.Times > 0 != (c.Within > 0) || c.Since > 0 && c.Held == "" {
			bad(c.At, "—")
		}
		l.lintAll(c.Any, known, bad)
	}
}

// At is the law of a side on a day. Error: fault.NotFound "commendation.no_law".
func (r *Rules) At(side string, on calendar.Date) (*Law, error) {
	for _, l := range r.laws {
		if l.Side == side && l.From <= on && (l.To == 0 || on <= l.To) {
			return l, nil
		}
	}
	return nil, fault.New(fault.NotFound, "commendation.no_law", "on", on)
}

// Salary is the base salary of a day. Error: fault.NotFound "commendation.no_salary" where the data begin later.
func (r *Rules) Salary(on calendar.Date) (*Salary, error) {
	var s *Salary
	for i := range r.salaries {
		if r.salaries[i].From <= on {
			s = &r.salaries[i]
		}
	}
	if s == nil {
		return nil, fault.New(fault.NotFound, "commendation.no_salary", "on", on)
	}
	return s, nil
}

// Money is what an award is worth on the day of its decision, in đồng, with the base salary that it comes from. Errors: those
// of Salary.
func (r *Rules) Money(l *Law, a *Award, on calendar.Date) (int64, *Salary, error) {
	s, err := r.Salary(on)
	if err != nil {
		return 0, nil, err
	}
	sum := (s.Amount*a.Money + 9) / 10
	if l.RoundUp > 0 {
		sum = (sum + l.RoundUp - 1) / l.RoundUp * l.RoundUp
	}
	return sum, s, nil
}

// tidy trims what was typed.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }
