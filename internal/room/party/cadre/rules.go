package cadre

import (
	"io/fs"
	"slices"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/room/party"
)

// Rules are one version of what holds for congresses and planning.
type Rules struct {
	Place      fault.Place         `def:"@"`
	ID         string              `def:"id,required"`
	Title      map[lang.Tag]string `def:"title,required"`
	Effective  party.Span          `def:"effective,required"`
	Source     string              `def:"source,required"`
	Status     string              `def:"status"` // "cần xác minh" while the full text has not confirmed it
	Windows    []Window            `def:"windows"`
	Steps      []Step              `def:"steps,required"`
	Papers     []Named             `def:"papers,required"`
	Congress   Criteria            `def:"congress,required"`
	Planning   Criteria            `def:"planning,required"`
	Retirement Retirement          `def:"retirement,required"`
}

// Window is when congresses of some kinds of organisation are held in a term: the lower ones first.
type Window struct {
	Term  string        `def:"term,required"`
	Kinds []string      `def:"kinds,required"`
	From  calendar.Date `def:"from,required"`
	To    calendar.Date `def:"to,required"`
}

// Named is something with an id and a title.
type Named struct {
	ID    string              `def:"id,required"`
	Title map[lang.Tag]string `def:"title,required"`
}

// Step is a step of the calendar, due so many days before the congress.
type Step struct {
	ID     string              `def:"id,required"`
	Before int                 `def:"before,required"`
	Title  map[lang.Tag]string `def:"title,required"`
}

// Vote is a step of the personnel procedure; a candidate needs more than Share of those who may vote.
type Vote struct {
	ID    string              `def:"id,required"`
	Share party.Share         `def:"share,required"`
	Title map[lang.Tag]string `def:"title,required"`
}

// Criteria are what candidates and the whole list are measured by.
type Criteria struct {
	Votes      []Vote       `def:"votes,required"`
	Ballot     *party.Share `def:"ballot"` // of the congress
	MonthsLeft struct {
		New   int `def:"new,required"`   // for the first time in the committee
		Again int `def:"again,required"` // there already
	} `def:"months_left,required"`
	OfficialMonths int         `def:"official_months"` // since official
	Class          party.Class `def:"class,required"`  // of the last yearly assessment, or better
	Women          int         `def:"women"`           // per cent of the list
	Young          struct {
		Percent int `def:"percent,required"`
		Under   int `def:"under,required"` // years of age
	} `def:"young,required"`
	Renewed int `def:"renewed"` // per cent who are not in the committee
	Most    struct {
		Position int `def:"position,required"` // candidates of a position
		Person   int `def:"person,required"`   // positions of a person
	} `def:"most"`
	Review int `def:"review"` // months from approval to review
}

// Retirement is the age of retirement by year.
type Retirement struct {
	Source string        `def:"source,required"`
	Year   int           `def:"year,required"`
	Male   RetirementAge `def:"male,required"`
	Female RetirementAge `def:"female,required"`
}

// RetirementAge is an age in months in the first year, and how it rises.
type RetirementAge struct {
	Months int `def:"months,required"`
	Step   int `def:"step,required"` // a year
	Most   int `def:"most,required"`
}

// On is the day on which somebody retires: the first of the month in which they are as old as that year asks.
func (t Retirement) On(born calendar.Date, sex string) calendar.Date {
	age := t.Male
	if sex == "female" {
		age = t.Female
	}
	for months := age.Months; ; months += age.Step {
		day := born.AddMonths(min(months, age.Most))
		year, _, _ := day.YMD()
		if months >= age.Most || age.Months+age.Step*max(year-t.Year, 0) <= months {
			return day
		}
	}
}

// Since is the first day of force.
func (v *Rules) Since() calendar.Date { return v.Effective.From }

// LoadRules reads definitions/party/cadre.
func LoadRules(files fs.FS) ([]*Rules, error) { return party.Versions[Rules](files, "party/cadre") }

// All are the versions, the earliest first.
func (r *Room) All() ([]*Rules, error) { return r.rules() }

// On is the version in force on a day, the earliest one for days before it.
func (r *Room) On(d calendar.Date) (*Rules, error) {
	all, err := r.rules()
	if err != nil {
		return nil, err
	}
	return party.InForce(all, d), nil
}

// Of are the criteria for a round's kind.
func (v *Rules) Of(kind string) *Criteria {
	if kind == Planning {
		return &v.Planning
	}
	return &v.Congress
}

// window is when the organisation's kind holds its congress in a term, nil when nothing says so.
func (v *Rules) window(term, kind string) *Window {
	for i, w := range v.Windows {
		if w.Term == term && slices.Contains(w.Kinds, kind) {
			return &v.Windows[i]
		}
	}
	return nil
}

// More reports whether votes are more than a share of all who may vote.
func More(s party.Share, v party.Votes) bool { return v.Of > 0 && v.For*s.Den > v.Of*s.Num }
