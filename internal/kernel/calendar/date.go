// Package calendar (lịch làm việc) owns local dates, working days, durations in the three legal kinds
// (ngày làm việc, ngày, tháng), and the reporting periods of the field.
//
// Holidays and swapped days are data (definitions/calendar), never constants here.
package calendar

import (
	"regexp"
	"strings"
	"time"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Date is a local calendar date as days since 1970-01-01. It has no hour and no time zone.
type Date int32

// NoDate is the absent date; its String is empty.
const NoDate Date = -1 << 31

// Zone is the agency's time zone: Việt Nam has had UTC+7 without summer time throughout the years the
// product covers.
var Zone = time.FixedZone("ICT", 7*3600)

// Of makes a date; overflowing days and months roll as in time.Date.
func Of(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// OfTime is the local date of an instant.
func OfTime(t time.Time) Date { y, m, d := t.In(Zone).Date(); return Of(y, m, d) }

// Parse reads an ISO date, 2021-06-14.
func Parse(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return NoDate, fault.New(fault.Invalid, "calendar.bad_date", "text", s)
	}
	return Date(t.Unix() / 86400), nil
}

var written = regexp.MustCompile(`^(?:ngày\s+)?(\d{1,2})(?:\s*[/.\-]\s*|\s+tháng\s+|\s+)(\d{1,2})(?:\s*[/.\-]\s*|\s+năm\s+|\s+)(\d{4})$`)

// ParseWritten reads a date as people write it, day first ("12/5/2026", “ngày 12 tháng 5 năm 2026”), or as Parse does.
func ParseWritten(s string) (Date, error) {
	m := written.FindStringSubmatch(strings.ToLower(lang.NFC(strings.TrimSpace(s))))
	if m == nil {
		return Parse(s)
	}
	d, err := Parse(m[3] + "-" + two(m[2]) + "-" + two(m[1]))
	if err != nil {
		return NoDate, fault.New(fault.Invalid, "calendar.bad_date", "text", s)
	}
	return d, nil
}

func two(digits string) string { return strings.Repeat("0", 2-len(digits)) + digits }

// MustParse is Parse for literals in code and tests.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Time is midnight UTC of the date, for formatting.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is the ISO form; empty for NoDate.
func (d Date) String() string {
	if d == NoDate {
		return ""
	}
	return d.Time().Format("2006-01-02")
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// YMD splits the date.
func (d Date) YMD() (int, time.Month, int) { return d.Time().Date() }

// MarshalText writes the ISO form, so that a Date is a JSON and YAML string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; empty is NoDate.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = NoDate
		return nil
	}
	v, err := Parse(string(b))
	*d = v
	return err
}
