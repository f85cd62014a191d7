package calendar

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"trucot/definitions"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// PeriodKind is the length of a reporting period.
type PeriodKind uint8

// The kinds of period.
const (
	PeriodMonth      PeriodKind = iota + 1 // 2021-M05
	PeriodQuarter                          // 2021-Q2
	PeriodHalf                             // 2021-H1: báo cáo sơ kết
	PeriodYear                             // 2021: báo cáo tổng kết
	PeriodStatistics                       // 2021-S: niên độ thống kê, 1/1 – 31/12
	PeriodFree                             // 2021-01-01..2021-06-30
)

// Period is a reporting period; From and To are inclusive. It is comparable: two periods of one code are
// equal.
type Period struct {
	Code     string
	Kind     PeriodKind
	From, To Date
}

var periodCode = regexp.MustCompile(`^(\d{4})(?:-(?:H([12])|Q([1-4])|M(0[1-9]|1[0-2])|(S)))?$`)

// ParsePeriod reads a period's code: "2021" (reporting year), "2021-H1", "2021-Q3", "2021-M05", "2021-S"
// (statistics year) or "2021-01-01..2021-06-30" (free cut-off). Where the periods of the field begin and end
// is data, definitions/calendar/periods.yaml.
func ParsePeriod(code string) (Period, error) {
	bad := fault.New(fault.Invalid, "calendar.bad_period", "text", code)
	if a, b, free := strings.Cut(code, ".."); free {
		from, errFrom := Parse(a)
		to, errTo := Parse(b)
		if errFrom != nil || errTo != nil || to < from {
			return Period{}, bad
		}
		return Period{Code: code, Kind: PeriodFree, From: from, To: to}, nil
	}
	m := periodCode.FindStringSubmatch(code)
	if m == nil {
		return Period{}, bad
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	year := number(m[1])
	switch {
	case year == 0:
		return Period{}, bad
	case m[2] != "":
		return makePeriod(PeriodHalf, year, number(m[2]))
	case m[3] != "":
		return makePeriod(PeriodQuarter, year, number(m[3]))
	case m[4] != "":
		return makePeriod(PeriodMonth, year, number(m[4]))
	case m[5] != "":
		return makePeriod(PeriodStatistics, year, 1)
	}
	return makePeriod(PeriodYear, year, 1)
}

// MustPeriod is ParsePeriod for literals in code and tests.
func MustPeriod(code string) Period {
	p, err := ParsePeriod(code)
	if err != nil {
		panic(err)
	}
	return p
}

// shapes says, for each kind, how many months it has and how its code is written.
var shapes = map[PeriodKind]struct {
	months int
	code   string
}{
	PeriodMonth: {1, "%04d-M%02d"}, PeriodQuarter: {3, "%04d-Q%d"}, PeriodHalf: {6, "%04d-H%d"},
	PeriodYear: {12, "%04d%.0d"}, PeriodStatistics: {12, "%04d-S%.0d"},
}

// makePeriod is the n-th period of the kind in the year; n counts from 1.
func makePeriod(kind PeriodKind, year, n int) (Period, error) {
	shape := shapes[kind]
	first := Of(year, time.Month((n-1)*shape.months+1), 1)
	last := first.AddMonths(shape.months - 1)
	all, err := periodVersions()
	if err != nil {
		return Period{}, err
	}
	in := all[0]
	for _, v := range all[1:] {
		if v.from <= last {
			in = v
		}
	}
	b := in.bounds[kind]
	p := Period{Kind: kind, From: first.AddMonths(b.StartShift) + Date(b.StartDay-1)}
	p.To = last + Date(min(b.EndDay, last.DaysInMonth())-1)
	if shape.months == 12 {
		n = 0 // the code of a year has no number; %.0d prints nothing for 0
	}
	p.Code = fmt.Sprintf(shape.code, year, n)
	return p, nil
}

// place is the year the period is called after and its number in it.
func (p Period) place() (year, n int) {
	m := periodCode.FindStringSubmatch(p.Code)
	if m == nil {
		return 0, 0
	}
	year, _ = strconv.Atoi(m[1])
	n, _ = strconv.Atoi(m[2] + m[3] + m[4])
	return year, max(n, 1)
}

// Previous is the period just before: H1 of 2021 after H2 of 2020. A free period steps back by its own
// length, in whole months where it is whole months.
func (p Period) Previous() Period {
	if p.Kind == PeriodFree {
		return p.shiftFree(p.freeMonths())
	}
	year, n := p.place()
	perYear := 12 / max(shapes[p.Kind].months, 1)
	if n--; n == 0 {
		year, n = year-1, perYear
	}
	return p.sibling(year, n)
}

// YearBefore is the same period one year earlier.
func (p Period) YearBefore() Period {
	if p.Kind == PeriodFree {
		return p.shiftFree(12)
	}
	year, n := p.place()
	return p.sibling(year-1, n)
}

// sibling is a period of the same kind. The data was readable when p was made, so it is now.
func (p Period) sibling(year, n int) Period {
	q, err := makePeriod(p.Kind, year, n)
	if err != nil {
		return Period{}
	}
	return q
}

// freeMonths is the length of a free period of whole calendar months, 0 otherwise.
func (p Period) freeMonths() int {
	y1, m1, d1 := p.From.YMD()
	y2, m2, _ := (p.To + 1).YMD()
	months := (y2-y1)*12 + int(m2-m1)
	if months > 0 && p.From.AddMonths(months) == p.To+1 && d1 <= 28 {
		return months
	}
	return 0
}

// shiftFree moves a free period back by months, or by its own length in days when months is 0.
func (p Period) shiftFree(months int) Period {
	q := Period{Kind: PeriodFree}
	if months == 0 {
		length := p.To - p.From + 1
		q.From, q.To = p.From-length, p.To-length
	} else {
		q.From, q.To = p.From.AddMonths(-months), (p.To+1).AddMonths(-months)-1
	}
	q.Code = q.From.String() + ".." + q.To.String()
	return q
}

// Name is how the period is called in a title: "6 tháng đầu năm 2021", "first half of 2021".
func (p Period) Name(tag lang.Tag) string {
	if p.Kind == PeriodFree {
		return texts().T(tag, "calendar.period_free", "from", p.From.Format(tag), "to", p.To.Format(tag))
	}
	year, n := p.place()
	key := map[PeriodKind]string{PeriodMonth: "month", PeriodQuarter: "quarter", PeriodHalf: "half" + itoa(n), PeriodYear: "year", PeriodStatistics: "statistics"}[p.Kind]
	number := itoa(n)
	switch {
	case p.Kind == PeriodMonth && tag == lang.EN:
		number = monthText(tag, "long", n)
	case p.Kind == PeriodQuarter && tag == lang.VI:
		number = []string{"I", "II", "III", "IV"}[(n-1)%4] // official papers number quarters so
	}
	return texts().T(tag, "calendar.period_"+key, "n", number, "year", itoa(year))
}

// String is the code.
func (p Period) String() string { return p.Code }

// MarshalText writes the code.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.Code), nil }

// UnmarshalText reads a code; empty is the zero Period.
func (p *Period) UnmarshalText(b []byte) error {
	*p = Period{}
	if len(b) == 0 {
		return nil
	}
	v, err := ParsePeriod(string(b))
	*p = v
	return err
}

// bounds is where a kind of period begins and ends; see definitions/calendar/periods.yaml.
type bounds struct {
	StartDay   int `def:"start_day"`
	StartShift int `def:"start_shift"`
	EndDay     int `def:"end_day"`
}

type periodsFile struct {
	Versions []struct {
		From             string `def:"from"`
		AppliesBefore    bool   `def:"applies_before"`
		Source           string `def:"source"`
		Month            bounds `def:"month"`
		Quarter          bounds `def:"quarter"`
		Half             bounds `def:"half"`
		Year             bounds `def:"year"`
		Statistics       bounds `def:"statistics"`
		StatisticsSource string `def:"statistics_source"`
	} `def:"versions"`
}

// periodRules are the bounds in force from a date on; the first also serves the time before it.
type periodRules struct {
	from   Date
	bounds map[PeriodKind]bounds
}

var periodVersions = sync.OnceValues(func() ([]periodRules, error) { return readPeriods(definitions.Files) })

func readPeriods(fsys fs.FS) ([]periodRules, error) {
	const name = "calendar/periods.yaml"
	var f periodsFile
	if err := decode(fsys, name, &f); err != nil {
		return nil, err
	}
	var all []periodRules
	for _, v := range f.Versions {
		from, err := Parse(v.From)
		if err != nil {
			return nil, err
		}
		r := periodRules{from: from, bounds: map[PeriodKind]bounds{PeriodMonth: v.Month, PeriodQuarter: v.Quarter, PeriodHalf: v.Half,
			PeriodYear: v.Year, PeriodStatistics: v.Statistics}}
		for _, b := range r.bounds {
			if b.StartDay < 1 || b.StartDay > 28 || b.EndDay < 1 || b.EndDay > 31 {
				return nil, fault.New(fault.Invalid, "calendar.bad_rule", "text", v.From).At(fault.Place{File: name})
			}
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Invalid, "calendar.no_rules").At(fault.Place{File: name})
	}
	slices.SortFunc(all, func(a, b periodRules) int { return int(a.from - b.from) })
	return all, nil
}
