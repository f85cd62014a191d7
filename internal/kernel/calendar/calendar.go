package calendar

import (
	"io/fs"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// DayKind is what the calendar says about one day.
type DayKind uint8

const (
	Ordinary     DayKind = iota // a working day of the week
	Weekend                     // a weekly rest day
	Holiday                     // a public holiday
	Compensation                // a day off because a holiday fell on a rest day
	SwappedOff                  // a day off by swap with a rest day
	SwappedWork                 // a rest day worked by swap
)

// Works reports whether people work on a day of this kind.
func (k DayKind) Works() bool { return k == Ordinary || k == SwappedWork }

// Day is one entry of the calendar's data.
type Day struct {
	Date   Date
	Kind   DayKind
	Pair   Date // the other day of a swap, NoDate otherwise
	Name   map[lang.Tag]string
	Source string
	Verify bool // the source still has to be confirmed
}

// Calendar is the working days of the years it has data for, and the counting rules. It is immutable and
// safe for concurrent use.
type Calendar struct {
	days  map[Date]Day
	years map[int]Year
	rules []rules

	first  Date // of the span below
	kinds  []DayKind
	worked []int32 // worked[i] = working days among kinds[:i]
}

// Year says where the data of one year comes from.
type Year struct {
	Year   int
	Basis  string // the law
	Source string
	Verify bool
}

// Load reads calendar/*.yaml of the definitions. All faults of the files come back together, each with its
// place.
func Load(fsys fs.FS) (*Calendar, error) {
	c := &Calendar{days: map[Date]Day{}, years: map[int]Year{}}
	if err := c.read(fsys); err != nil {
		return nil, err
	}
	c.lay()
	return c, nil
}

// lay writes the days from the first to the last year with data into an array, so that Working and
// WorkingDays cost one or two look-ups.
func (c *Calendar) lay() {
	low, high := 0, 0
	for y := range c.years {
		if low == 0 || y < low {
			low = y
		}
		high = max(high, y)
	}
	if low == 0 {
		return
	}
	c.first = Of(low, time.January, 1)
	n := int(Of(high+1, time.January, 1) - c.first)
	c.kinds, c.worked = make([]DayKind, n), make([]int32, n+1)
	for i := range c.kinds {
		k := c.week(c.first + Date(i))
		if d, ok := c.days[c.first+Date(i)]; ok {
			k = d.Kind
		}
		c.kinds[i] = k
		c.worked[i+1] = c.worked[i]
		if k.Works() {
			c.worked[i+1]++
		}
	}
}

// week is the kind of a day by its weekday only.
func (c *Calendar) week(d Date) DayKind {
	if c.rulesOn(d).rest[d.Weekday()] {
		return Weekend
	}
	return Ordinary
}

// Kind is what the calendar says about d; in a year without data, what the weekday says.
func (c *Calendar) Kind(d Date) DayKind {
	if i := int(d) - int(c.first); i >= 0 && i < len(c.kinds) {
		return c.kinds[i]
	}
	return c.week(d)
}

// Working reports whether d is a working day. In a year without data it knows only the weekly rest days;
// Due refuses such years.
func (c *Calendar) Working(d Date) bool { return c.Kind(d).Works() }

// Day is the entry for d, if the data names it.
func (c *Calendar) Day(d Date) (Day, bool) { day, ok := c.days[d]; return day, ok }

// Years lists the years that have data.
func (c *Calendar) Years() map[int]Year { return c.years }

// Covers reports whether the year of d has data.
func (c *Calendar) Covers(d Date) bool {
	y, _, _ := d.YMD()
	_, ok := c.years[y]
	return ok
}

// countable is the fault for a date in a year without data, unless it lies ahead of all data and the
// count may run there.
func (c *Calendar) countable(d Date, ahead bool) error {
	if c.Covers(d) || ahead && d >= c.first+Date(len(c.kinds)) {
		return nil
	}
	y, _, _ := d.YMD()
	return fault.New(fault.NotFound, "calendar.year_missing", "year", itoa(y), "date", d)
}

// WorkingDays counts the working days d with from < d ≤ to; negative when to lies before from.
func (c *Calendar) WorkingDays(from, to Date) int {
	if to < from {
		return -c.WorkingDays(to, from)
	}
	n := 0
	if last := c.first + Date(len(c.kinds)) - 1; len(c.kinds) > 0 && from >= c.first-1 && to <= last {
		return int(c.worked[to-c.first+1] - c.worked[from-c.first+1])
	}
	for d := from + 1; d <= to; d++ {
		if c.Working(d) {
			n++
		}
	}
	return n
}

// Next is the first working day after d.
func (c *Calendar) Next(d Date) Date {
	for d++; !c.Working(d); d++ {
	}
	return d
}

// CutOff is the hour after which a dossier received on d counts as received on the next working day; ok is
// false when the agency has none.
func (c *Calendar) CutOff(d Date) (hour, minute int, ok bool) {
	r := c.rulesOn(d)
	return r.cutOff / 60, r.cutOff % 60, r.cutOff >= 0
}

// AfterCutOff reports whether the instant is at or after the cut-off hour of its local day.
func (c *Calendar) AfterCutOff(t time.Time) bool {
	local := t.In(Zone)
	hour, minute, ok := c.CutOff(OfTime(t))
	return ok && (local.Hour() > hour || local.Hour() == hour && local.Minute() >= minute)
}

func (c *Calendar) rulesOn(d Date) rules {
	in := c.rules[0]
	for _, r := range c.rules[1:] {
		if r.from <= d {
			in = r
		}
	}
	return in
}
