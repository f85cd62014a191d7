package party

import (
	"cmp"
	"context"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Honours is one version of the rules of regular commendation in the Party (khen thưởng trong Đảng).
type Honours struct {
	Place     fault.Place         `def:"@"`
	ID        string              `def:"id,required"`
	Title     map[lang.Tag]string `def:"title,required"`
	Effective Span                `def:"effective,required"`
	Source    string              `def:"source,required"`
	Revoke    Revocable           `def:"revoke,required"`
	Awards    []Honour            `def:"awards,required"`
}

// Since is the first day of force.
func (h *Honours) Since() calendar.Date { return h.Effective.From }

// Award is the form with an id, nil when these rules have none.
func (h *Honours) Award(id string) *Honour {
	if i := slices.IndexFunc(h.Awards, func(a Honour) bool { return a.ID == id }); i >= 0 {
		return &h.Awards[i]
	}
	return nil
}

// Honour is one form of commendation and what it asks for.
type Honour struct {
	Place   fault.Place         `def:"@"`
	ID      string              `def:"id,required"`
	Label   map[lang.Tag]string `def:"label,required"`
	Subject string              `def:"subject,required"` // "member" or "body"
	Form    string              `def:"form,required"`    // giay_khen, bang_khen
	Level   string              `def:"level"`            // "" the committee itself decides; upper, province: one above it
	Class   Class               `def:"class,required"`   // this class or better, in each of Years years that end with the one judged
	Years   int                 `def:"years,required"`
	Anew    bool                `def:"anew"` // the years behind the last such award do not count again
	Basis   string              `def:"basis,required"`
	Mark    string              `def:"mark,required"` // seen, recalled
}

// Verify reports whether the rule waits for the legal officer.
func (h *Honour) Verify() bool { return h.Mark == "recalled" }

// Standing is how a member or an organisation stands toward a form of commendation.
type Standing string

// The standings, the best first.
const (
	Commended Standing = "given" // has it for the year
	Qualified Standing = "due"
	Near      Standing = "near" // one class, or one year, is missing
	Far       Standing = "far"
)

// HonourLine is one member or organisation toward one form.
type HonourLine struct {
	Subject  string
	Unit     string // cell of a member; of an organisation itself
	Standing Standing
	Class    Class // of the year, "" where none is on record
	Streak   int   // years in a row up to the year that count
	Broken   int   // the year before them, when more are asked for
	By       string
	Record   string // that gave it
	Shaken   bool   // has it, but what it was given for was since taken back or put right
}

// What ended a streak, in HonourLine.By, besides a class that is too low.
const (
	byNothing    = "unrated"    // no assessment of that year is on record
	byDiscipline = "discipline" // a discipline of that year
	byAward      = "awarded"    // the years to there counted for the last such award
)

// HonourResult is how everybody stands toward one form, the best first.
type HonourResult struct {
	Honour
	Count map[Standing]int
	Lines []HonourLine
}

// HonoursOf are the rules by which a year is judged: those in force at its end, or today while it runs.
func (r *Room) HonoursOf(year int) (*Honours, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	return InForce(rules.Honours, min(calendar.Of(year, 12, 31), r.Today())), nil
}

// graces is how many months into a year an assessment may still be the one of the year before.
const graces = 3

// YearOf is the year that an assessment is of: as entered, else that of its day, and the one before where it was held in the
// first months of a year.
func (rec *Record) YearOf() int {
	year, month, _ := rec.On.YMD()
	switch {
	case rec.Year != 0:
		return rec.Year
	case int(month) <= graces:
		return year - 1
	}
	return year
}

// merits are what the register says of members and organisations, by year.
type merits struct {
	classes     map[string]map[int]Class
	disciplined map[string]map[int]bool
	given       map[string]map[int]string // "award/subject": the entry that gave it
}

// longest is how many years back a streak is followed.
const longest = 10

// merits reads the entries of some units that speak for or against anybody up to a year.
func (r *Room) merits(ctx context.Context, units []string, year int) (*merits, error) {
	m := &merits{map[string]map[int]Class{}, map[string]map[int]bool{}, map[string]map[int]string{}}
	for _, kind := range []string{"assessment", "discipline", "commendation"} {
		list, _, err := r.Records(ctx, RecordFilter{Units: units, Kind: kind, From: calendar.Of(year-longest, 1, 1), To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: most})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(list, func(a, b *Record) int { return cmp.Or(int(a.On-b.On), cmp.Compare(a.ID, b.ID)) })
		for _, rec := range list {
			if rec.Stage == Done || rec.Stage == Ended {
				m.add(rec)
			}
		}
	}
	return m, nil
}

func (m *merits) add(rec *Record) {
	switch rec.Kind {
	case "assessment":
		for _, x := range rec.Results { // the latest of a year stands
			if rec.Stands(x.Subject) {
				put(m.classes, x.Subject, rec.YearOf(), x.Class)
			}
		}
	case "discipline":
		year, _, _ := rec.On.YMD()
		put(m.disciplined, rec.Subject, year, true)
	case "commendation":
		for _, subject := range rec.Standing() {
			put(m.given, rec.Award+"/"+subject, rec.Year, rec.ID)
		}
	}
}

func put[K comparable, V any](m map[string]map[K]V, key string, k K, v V) {
	if m[key] == nil {
		m[key] = map[K]V{}
	}
	m[key][k] = v
}

// line works out how one subject stands toward a form in a year.
func (m *merits) line(h *Honour, subject, unit string, year int) HonourLine {
	l := HonourLine{Subject: subject, Unit: unit, Standing: Far, Class: m.classes[subject][year]}
	for y := year; l.Streak < h.Years; y-- {
		if l.By = m.broken(h, subject, y, year); l.By != "" {
			l.Broken = y
			break
		}
		l.Streak++
	}
	l.Record = m.given[h.ID+"/"+subject][year]
	switch {
	case l.Record != "":
		l.Standing, l.Shaken = Commended, l.Streak < h.Years
	case l.Streak == h.Years:
		l.Standing = Qualified
	case h.Years > 1 && l.Streak == h.Years-1, h.Years == 1 && rankOf(l.Class) == rankOf(h.Class)+1:
		l.Standing = Near
	}
	return l
}

// broken says what keeps a year from counting, "" = it counts.
func (m *merits) broken(h *Honour, subject string, y, year int) string {
	switch class := m.classes[subject][y]; {
	case m.disciplined[subject][y]:
		return byDiscipline
	case h.Anew && y < year && m.given[h.ID+"/"+subject][y] != "":
		return byAward
	case class == "":
		return byNothing
	case rankOf(class) > rankOf(h.Class):
		return string(class)
	}
	return ""
}

// Honours works out from the register, over some units, who would get which form of commendation for a year and who just
// misses it. It changes nothing. Caps do not come in: those of the assessment bound who is excellent.
func (r *Room) Honours(ctx context.Context, units []string, year int) ([]HonourResult, error) {
	rules, err := r.HonoursOf(year)
	if err != nil {
		return nil, err
	}
	m, err := r.merits(ctx, units, year)
	if err != nil {
		return nil, err
	}
	members, _, err := r.Members(ctx, MemberFilter{Units: units, State: Active, Limit: most})
	if err != nil {
		return nil, err
	}
	var out []HonourResult
	for i := range rules.Awards {
		x := HonourResult{Honour: rules.Awards[i], Count: map[Standing]int{}}
		if x.Subject == "member" {
			for _, who := range members {
				x.Lines = append(x.Lines, m.line(&x.Honour, who.ID, who.Unit, year))
			}
		} else {
			for _, unit := range units {
				x.Lines = append(x.Lines, m.line(&x.Honour, unit, unit, year))
			}
		}
		for _, l := range x.Lines {
			x.Count[l.Standing]++
		}
		slices.SortStableFunc(x.Lines, func(a, b HonourLine) int {
			return cmp.Or(cmp.Compare(standings[a.Standing], standings[b.Standing]), b.Streak-a.Streak)
		})
		out = append(out, x)
	}
	return out, nil
}

var standings = map[Standing]int{Commended: 0, Qualified: 1, Near: 2, Far: 3}

// Honouring is a decision to commend: who gets a form of commendation for a year.
type Honouring struct {
	Unit     string // whose decision it is, or who proposed it to a committee above
	Award    string
	Year     int
	On       calendar.Date // NoDate = today
	Number   string        // of the decision of a committee above; its own is numbered by the register
	Subjects []string
	Title    string // of the entry
}

// Honour enters a decision to commend in the register. Each subject must qualify by what the register says of the units below.
// Errors: party.no_honour, party.no_honoured, party.no_number, party.cell_honours, party.honour_not_earned, those of Enter.
func (r *Room) Honour(ctx context.Context, actor string, n Honouring) (*Record, error) {
	rules, err := r.HonoursOf(n.Year)
	if err != nil {
		return nil, err
	}
	h := rules.Award(n.Award)
	switch {
	case h == nil:
		return nil, fault.New(fault.Invalid, "party.no_honour", "award", n.Award)
	case len(n.Subjects) == 0:
		return nil, fault.New(fault.Invalid, "party.no_honoured")
	case h.Level != "" && trimmed(n.Number) == "":
		return nil, fault.New(fault.Invalid, "party.no_number")
	}
	if err := r.committee(ctx, n.Unit); err != nil {
		return nil, err
	}
	units, err := r.who.Subtree(ctx, n.Unit, r.Today())
	if err != nil {
		return nil, err
	}
	all, err := r.Honours(ctx, units, n.Year)
	if err != nil {
		return nil, err
	}
	var faults fault.List
	for _, subject := range n.Subjects {
		if !qualified(all, h.ID, subject) {
			faults = append(faults, fault.New(fault.Invalid, "party.honour_not_earned", "subject", subject, "years", h.Years))
		}
	}
	if err := faults.OrNil(); err != nil {
		return nil, err
	}
	rec := Record{Kind: "commendation", Unit: n.Unit, On: n.On, Title: n.Title, Object: h.Subject, Count: len(n.Subjects), Until: calendar.NoDate,
		Award: h.ID, Year: n.Year, Subjects: n.Subjects, Number: trimmed(n.Number)}
	if h.Level == "" {
		rec.Form, rec.Number = decisionForm, ""
	}
	if rec.On, err = r.day(rec.On); err != nil {
		return nil, err
	}
	return r.Enter(ctx, actor, rec, false)
}

// committee refuses a cell: it proposes, and a committee commends. Errors: those of cell; party.cell_honours.
func (r *Room) committee(ctx context.Context, unit string) error {
	if err := r.cell(ctx, unit, r.Today()); err != nil {
		return err
	}
	u, err := r.who.Unit(ctx, unit, r.Today())
	if err != nil {
		return err
	}
	rules, err := r.Rules()
	if err == nil && rules.OrganisationOn(r.Today()).Kind(u.Kind).Cell {
		err = fault.New(fault.Invalid, "party.cell_honours", "unit", u.NameVI)
	}
	return err
}

func qualified(all []HonourResult, award, subject string) bool {
	for _, x := range all {
		if x.ID == award {
			return slices.ContainsFunc(x.Lines, func(l HonourLine) bool { return l.Subject == subject && l.Standing == Qualified })
		}
	}
	return false
}

// HonourOf is the form that an entry gives, nil where it gives none by rule.
func (r *Room) HonourOf(rec *Record) (*Honour, error) {
	if rec.Award == "" {
		return nil, nil
	}
	rules, err := r.HonoursOf(rec.Year)
	if err != nil {
		return nil, err
	}
	return rules.Award(rec.Award), nil
}
