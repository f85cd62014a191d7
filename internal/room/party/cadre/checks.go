package cadre

import (
	"context"
	"slices"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/room/party"
)

// Verdict says how a candidate stands to a criterion.
type Verdict string

// The verdicts.
const (
	Meets   Verdict = "meets"
	Fails   Verdict = "fails"
	Unknown Verdict = "unknown" // the records do not say
)

// Finding is one criterion read from the records. What is one of "age" (N months are left of Least), "official" (N months of
// Least), "class" (Class), "discipline".
type Finding struct {
	What     string
	Verdict  Verdict
	N, Least int
	Class    party.Class
}

// Checked is a candidate with what the records say.
type Checked struct {
	Candidate
	M        *party.Member
	Again    bool // in the committee that stands
	Young    Verdict
	Findings []Finding
}

// Verdict is the worst of the findings, Fails before Unknown.
func (c Checked) Verdict() Verdict {
	worst := Meets
	for _, f := range c.Findings {
		if f.Verdict == Fails || f.Verdict == Unknown && worst == Meets {
			worst = f.Verdict
		}
	}
	return worst
}

// Share is a part of the list beside what is asked for, in per cent.
type Share struct {
	N, Of, Least int
	Unknown      int // of whom the records do not say
}

// Met reports whether the part is large enough.
func (s Share) Met() bool { return s.N*100 >= s.Least*s.Of }

// Structure (cơ cấu) is what the whole list is made of, each member once.
type Structure struct{ Women, Young, Renewed Share }

// Check reads the records of all candidates, those taken off too.
func (r *Room) Check(ctx context.Context, round *Round) ([]Checked, Structure, error) {
	var s Structure
	rules, err := r.On(round.On)
	if err != nil {
		return nil, s, err
	}
	crit := rules.Of(round.Kind)
	sitting, err := r.sitting(ctx, round)
	if err != nil {
		return nil, s, err
	}
	classes, punished, err := r.recorded(ctx, round)
	if err != nil {
		return nil, s, err
	}
	var out []Checked
	for _, c := range round.Slate {
		m, err := r.party.Member(ctx, c.Member)
		if err != nil {
			return nil, s, err
		}
		born, err := r.party.Reveal(ctx, m.Personal["born"])
		if err != nil {
			return nil, s, err
		}
		x := Checked{Candidate: c, M: m, Again: sitting[c.Member], Young: Unknown}
		x.Findings = []Finding{x.age(round.On, born, crit, rules.Retirement), official(m, round.On, crit.OfficialMonths), classed(classes[c.Member], crit.Class), clean(punished[c.Member])}
		out = append(out, x)
	}
	return out, structure(out, crit), nil
}

// age fills in whether the candidate is young, and tells the months until retirement.
func (x *Checked) age(on calendar.Date, born string, crit *Criteria, t Retirement) Finding {
	f := Finding{What: "age", Verdict: Unknown, Least: crit.MonthsLeft.New}
	if x.Again {
		f.Least = crit.MonthsLeft.Again
	}
	day, err := calendar.Parse(born)
	if err != nil || x.M.Sex == "" { // never entered, or erased
		return f
	}
	x.Young = Fails
	if party.Months(day, on) < crit.Young.Under*12 {
		x.Young = Meets
	}
	f.N = party.Months(on, t.On(day, x.M.Sex))
	f.Verdict = verdict(f.N >= f.Least)
	return f
}

func verdict(ok bool) Verdict {
	if ok {
		return Meets
	}
	return Fails
}

func official(m *party.Member, on calendar.Date, least int) Finding {
	f := Finding{What: "official", Least: least, Verdict: Fails}
	if m.Official != calendar.NoDate {
		f.N = party.Months(m.Official, on)
		f.Verdict = verdict(m.State == party.Official && f.N >= least)
	}
	return f
}

func classed(class, least party.Class) Finding {
	f := Finding{What: "class", Class: class, Verdict: Unknown}
	if rank := slices.Index(party.Classes(), class); rank >= 0 {
		f.Verdict = verdict(rank <= slices.Index(party.Classes(), least))
	}
	return f
}

func clean(punished bool) Finding { return Finding{What: "discipline", Verdict: verdict(!punished)} }

// structure counts each member who stands once.
func structure(list []Checked, crit *Criteria) Structure {
	s := Structure{Share{Least: crit.Women}, Share{Least: crit.Young.Percent}, Share{Least: crit.Renewed}}
	seen := map[string]bool{}
	for _, x := range list {
		if x.Out || seen[x.Member] {
			continue
		}
		seen[x.Member] = true
		add := func(part *Share, in Verdict) {
			part.Of++
			switch in {
			case Meets:
				part.N++
			case Unknown:
				part.Unknown++
			}
		}
		women := verdict(x.M.Sex == "female")
		if x.M.Sex == "" {
			women = Unknown
		}
		add(&s.Women, women)
		add(&s.Young, x.Young)
		add(&s.Renewed, verdict(!x.Again))
	}
	return s
}

// sitting are the members of the committee that stands before the round's day.
func (r *Room) sitting(ctx context.Context, round *Round) (map[string]bool, error) {
	known, err := r.party.Committees(ctx, round.Unit)
	out := map[string]bool{}
	for _, c := range known {
		if c.From < round.On && c.Congress != round.ID {
			for _, s := range c.Seats {
				out[s.Member] = out[s.Member] || s.To == calendar.NoDate
			}
			break // the latest
		}
	}
	return out, err
}

// recorded reads the register: the last class of each member by the round's day, and who is under discipline on it.
func (r *Room) recorded(ctx context.Context, round *Round) (map[string]party.Class, map[string]bool, error) {
	units, err := r.who.Units(ctx, round.On, people.Party)
	if err != nil {
		return nil, nil, err
	}
	codes := make([]string, len(units))
	for i, u := range units {
		codes[i] = u.Code
	}
	f := party.RecordFilter{Units: codes, Kind: "assessment", Stage: party.Done, From: calendar.NoDate, To: round.On, UntilBy: calendar.NoDate, Limit: 1 << 30}
	assessed, _, err := r.party.Records(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	classes := map[string]party.Class{}
	for _, rec := range assessed { // the latest first
		for _, x := range rec.Results {
			if _, known := classes[x.Subject]; !known && rec.Stands(x.Subject) {
				classes[x.Subject] = x.Class
			}
		}
	}
	f.Kind = "discipline"
	list, _, err := r.party.Records(ctx, f)
	punished := map[string]bool{}
	for _, rec := range list {
		if rec.Until == calendar.NoDate || rec.Until >= min(round.On, r.party.Today()) {
			punished[rec.Subject] = true
		}
	}
	return classes, punished, err
}

// StepState is a step of the calendar with its day.
type StepState struct {
	Step
	Due  calendar.Date
	Done calendar.Date // NoDate = not yet
}

// Readiness (mức độ chuẩn bị) is how far the preparation of a congress has come.
type Readiness struct {
	Rules    *Rules
	Steps    []StepState
	Window   *Window        // nil when nothing says when
	InWindow bool           // the day lies in it
	Below    []people.Unit  // organisations below whose term is over by then
	Seats    int            // to be elected
	Standing map[string]int // candidates, by position
	Slate    []Checked
	Structure
	Papers, Adopted, Unanswered int
}

// Ready reads how far a round has come.
func (r *Room) Ready(ctx context.Context, round *Round) (*Readiness, error) {
	rules, err := r.On(round.On)
	if err != nil {
		return nil, err
	}
	x := &Readiness{Rules: rules, Standing: map[string]int{}}
	if x.Slate, x.Structure, err = r.Check(ctx, round); err != nil {
		return nil, err
	}
	for _, p := range round.Positions {
		x.Seats += p.Seats
	}
	for _, c := range round.Standing() {
		x.Standing[c.Position]++
	}
	if round.Kind != Congress {
		return x, nil
	}
	for _, s := range rules.Steps {
		state := StepState{s, round.On - calendar.Date(s.Before), calendar.NoDate}
		if done, ok := round.Done[s.ID]; ok {
			state.Done = done
		}
		x.Steps = append(x.Steps, state)
	}
	for _, p := range round.Papers {
		x.Papers++
		if p.Adopted {
			x.Adopted++
		}
		for _, c := range p.Comments {
			if c.Answer == "" {
				x.Unanswered++
			}
		}
	}
	if u, err := r.who.Unit(ctx, round.Unit, round.On); err == nil {
		if x.Window = rules.window(round.Term, u.Kind); x.Window != nil {
			x.InWindow = x.Window.From <= round.On && round.On <= x.Window.To
		}
	}
	x.Below, err = r.waiting(ctx, round)
	return x, err
}

// waiting are the organisations right below whose term is over by then: their congresses come first.
func (r *Room) waiting(ctx context.Context, round *Round) ([]people.Unit, error) {
	units, err := r.who.Units(ctx, min(round.On, r.party.Today()), people.Party)
	if err != nil {
		return nil, err
	}
	var out []people.Unit
	for _, u := range units {
		if u.Parent != round.Unit {
			continue
		}
		known, err := r.party.Committees(ctx, u.Code)
		if err != nil {
			return nil, err
		}
		if len(known) == 0 || known[0].Until <= round.On {
			out = append(out, u)
		}
	}
	return out, nil
}

// Waiting is a day of a round that comes or is over.
type Waiting struct {
	*Round
	What string // "step" (Step names it), "congress", "review"
	Step *Step
	On   calendar.Date
}

// Due lists what rounds ask for by a day: steps of the calendar, congresses, reviews of plans.
func (r *Room) Due(ctx context.Context, units []string, by calendar.Date) ([]Waiting, error) {
	var out []Waiting
	open, _, err := r.List(ctx, Filter{Units: units, Kind: Congress, Stage: Open, Limit: 1000})
	if err != nil {
		return nil, err
	}
	for _, round := range open {
		rules, err := r.On(round.On)
		if err != nil {
			return nil, err
		}
		for i, s := range rules.Steps {
			if _, done := round.Done[s.ID]; !done && round.On-calendar.Date(s.Before) <= by {
				out = append(out, Waiting{round, "step", &rules.Steps[i], round.On - calendar.Date(s.Before)})
			}
		}
		if round.On <= by {
			out = append(out, Waiting{round, "congress", nil, round.On})
		}
	}
	plans, _, err := r.List(ctx, Filter{Units: units, Kind: Planning, Stage: Closed, Limit: 1000})
	for _, round := range plans {
		if round.Due != calendar.NoDate && round.Due <= by {
			out = append(out, Waiting{round, "review", nil, round.Due})
		}
	}
	return out, err
}
