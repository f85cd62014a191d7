package calendar

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"

	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// toVerify marks data whose source still has to be confirmed; readers see the mark beside the date.
const toVerify = "cần xác minh"

// yearFile is one definitions/calendar/<year>.yaml.
type yearFile struct {
	Year   int       `def:"year"`
	Status string    `def:"status"`
	Basis  string    `def:"basis"`
	Source string    `def:"source"`
	Days   []dayLine `def:"days"`
}

type dayLine struct {
	Date   string `def:"date"`
	Kind   string `def:"kind"`
	Pair   string `def:"pair"`
	VI     string `def:"vi"`
	EN     string `def:"en"`
	Source string `def:"source"`
	Status string `def:"status"`
}

type rulesFile struct {
	Versions []struct {
		From              string   `def:"from"`
		RestDays          []string `def:"rest_days"`
		RestDaysSource    string   `def:"rest_days_source"`
		CutOff            string   `def:"cut_off"`
		CutOffSource      string   `def:"cut_off_source"`
		RollForward       bool     `def:"roll_forward"`
		RollForwardSource string   `def:"roll_forward_source"`
		AnchorSource      string   `def:"anchor_source"`
		Status            string   `def:"status"`
	} `def:"versions"`
}

// rules are the counting rules in force from a date on.
type rules struct {
	from   Date
	rest   [7]bool
	cutOff int // minutes after midnight; -1 = none
	roll   bool
}

var dayKinds = map[string]DayKind{
	"off": Holiday, "compensation": Compensation, "swapped_off": SwappedOff, "swapped_work": SwappedWork,
}

var weekdays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
}

// read fills days, years and rules from the files.
func (c *Calendar) read(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "calendar/*.yaml")
	if err != nil {
		return err
	}
	var faults fault.List
	for _, name := range names {
		var err error
		switch base := path.Base(name); {
		case base == "rules.yaml":
			err = c.readRules(fsys, name)
		case base == "periods.yaml": // read by package-level ParsePeriod
		default:
			err = c.readYear(fsys, name)
		}
		var list fault.List
		var one *fault.Error
		switch {
		case errors.As(err, &list):
			faults = append(faults, list...)
		case errors.As(err, &one):
			faults = append(faults, one)
		case err != nil:
			return err
		}
	}
	if len(faults) == 0 && len(c.rules) == 0 {
		return fault.New(fault.Invalid, "calendar.no_rules").At(fault.Place{File: "calendar/rules.yaml"})
	}
	return faults.OrNil()
}

// decode reads one YAML file strictly: an unknown key is a fault with its line.
func decode(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	tree, err := defs.Parse(name, raw)
	if err != nil {
		return err
	}
	return defs.Decode(tree, into).OrNil()
}

func (c *Calendar) readYear(fsys fs.FS, name string) error {
	var f yearFile
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	if f.Year < 1900 || f.Year > 2200 {
		return fault.New(fault.Invalid, "calendar.bad_year", "year", itoa(f.Year)).At(fault.Place{File: name})
	}
	if _, dup := c.years[f.Year]; dup {
		return fault.New(fault.Invalid, "calendar.year_twice", "year", itoa(f.Year)).At(fault.Place{File: name})
	}
	c.years[f.Year] = Year{Year: f.Year, Basis: f.Basis, Source: f.Source, Verify: f.Status == toVerify}
	var faults fault.List
	for i, line := range f.Days {
		if e := c.addDay(&f, line); e != nil {
			e.Args["row"] = i + 1
			faults = append(faults, e.At(fault.Place{File: name}))
		}
	}
	return faults.OrNil()
}

// addDay checks one line and takes it. A swap must name its other day, since the two only make sense
// together; that the other day says the same is a test over the shipped files.
func (c *Calendar) addDay(f *yearFile, line dayLine) *fault.Error {
	date, err := Parse(line.Date)
	if err != nil {
		return fault.New(fault.Invalid, "calendar.bad_day", "text", line.Date)
	}
	kind, ok := dayKinds[line.Kind]
	if y, _, _ := date.YMD(); !ok || y != f.Year {
		return fault.New(fault.Invalid, "calendar.bad_day", "text", line.Date+" "+line.Kind)
	}
	if _, dup := c.days[date]; dup {
		return fault.New(fault.Invalid, "calendar.day_twice", "date", date)
	}
	pair := NoDate
	if kind == SwappedOff || kind == SwappedWork {
		if pair, err = Parse(line.Pair); err != nil {
			return fault.New(fault.Invalid, "calendar.swap_without_pair", "date", date)
		}
	}
	source := line.Source
	if source == "" {
		source = f.Source
	}
	c.days[date] = Day{Date: date, Kind: kind, Pair: pair, Name: map[lang.Tag]string{lang.VI: line.VI, lang.EN: line.EN},
		Source: source, Verify: line.Status == toVerify || f.Status == toVerify}
	return nil
}

func (c *Calendar) readRules(fsys fs.FS, name string) error {
	var f rulesFile
	if err := decode(fsys, name, &f); err != nil {
		return err
	}
	for _, v := range f.Versions {
		bad := func(text string) error {
			return fault.New(fault.Invalid, "calendar.bad_rule", "text", text).At(fault.Place{File: name})
		}
		from, err := Parse(v.From)
		if err != nil {
			return bad(v.From)
		}
		r := rules{from: from, roll: v.RollForward, cutOff: -1}
		for _, w := range v.RestDays {
			day, ok := weekdays[w]
			if !ok {
				return bad(w)
			}
			r.rest[day] = true
		}
		if r.rest == [7]bool{true, true, true, true, true, true, true} {
			return bad("rest_days") // no working day would ever come
		}
		if v.CutOff != "" {
			at, err := time.Parse("15:04", v.CutOff)
			if err != nil {
				return bad(v.CutOff)
			}
			r.cutOff = at.Hour()*60 + at.Minute()
		}
		c.rules = append(c.rules, r)
	}
	slices.SortFunc(c.rules, func(a, b rules) int { return int(a.from - b.from) })
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
