package calendar

import (
	"strconv"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// The units of a Duration. They are three different things in law and are never converted into each other.
const (
	WorkingDay  = "wd" // ngày làm việc
	CalendarDay = "d"  // ngày
	Month       = "mo" // tháng
)

// maxDuration bounds a duration: a century of days is a typing error, not a deadline.
const maxDuration = 10000

// Duration is a length of time as a law states it: 15 working days, 25 days, 3 months.
type Duration struct {
	N    int
	Unit string
}

// ParseDuration reads "15wd", "25d" or "3mo", or the same in the words of Name: "15 ngày làm việc", "3 months".
func ParseDuration(s string) (Duration, error) {
	text := squeeze(s)
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	d := Duration{Unit: text[len(digits):]}
	n, err := strconv.Atoi(digits)
	d.N = n
	if err == nil && (d.valid() || d.named(text)) || digits == "" && d.named(text) {
		return d, nil
	}
	return Duration{}, fault.New(fault.Invalid, "calendar.bad_duration", "text", s)
}

// named finds the unit that makes of d what a text calls it in words.
func (d *Duration) named(text string) bool {
	for _, d.Unit = range []string{WorkingDay, CalendarDay, Month} {
		if d.valid() && (text == squeeze(d.Name(lang.VI)) || text == squeeze(d.Name(lang.EN))) {
			return true
		}
	}
	return false
}

// squeeze leaves of a text what tells one duration from another, however it is spaced and accented.
func squeeze(s string) string { return strings.Join(strings.Fields(lang.Fold(s)), "") }

func (d Duration) valid() bool {
	switch d.Unit {
	case WorkingDay, CalendarDay, Month:
		return d.N >= 0 && d.N <= maxDuration
	}
	return false
}

// String is the form that ParseDuration reads.
func (d Duration) String() string { return strconv.Itoa(d.N) + d.Unit }

// Name says the duration in words: "15 ngày làm việc", "3 months", "ngay trong ngày".
func (d Duration) Name(tag lang.Tag) string {
	if d.N == 0 && d.Unit != Month {
		return texts().T(tag, "calendar.same_"+d.Unit)
	}
	return texts().T(tag, "calendar.duration_"+d.Unit, "n", d.N)
}

// MarshalText writes "15wd"; the zero Duration is empty.
func (d Duration) MarshalText() ([]byte, error) {
	if d == (Duration{}) {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads "15wd"; empty is the zero Duration.
func (d *Duration) UnmarshalText(b []byte) error {
	*d = Duration{}
	if len(b) == 0 {
		return nil
	}
	v, err := ParseDuration(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// AddMonths is the same day n months later, or the last day of that month where it has no such day.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.YMD()
	first := Of(y, m+time.Month(n), 1)
	return first + Date(min(day, first.DaysInMonth())-1)
}

// DaysInMonth is the number of days of d's month.
func (d Date) DaysInMonth() int {
	y, m, _ := d.YMD()
	return int(Of(y, m+1, 1) - Of(y, m, 1))
}

// In is Name, so that a duration in a message is in the reader's words.
func (d Duration) In(tag lang.Tag) string { return d.Name(tag) }
