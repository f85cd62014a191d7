package procedure

import (
	"trucot/internal/kernel/calendar"
)

// Duration is a length of time in one of the three legal kinds: "15wd" ngày làm việc, "25d" ngày,
// "3mo" tháng.
type Duration struct{ calendar.Duration }

// UnmarshalText reads "15wd", "25d", "3mo".
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := calendar.ParseDuration(string(b))
	d.Duration = v
	return err
}

// Zero reports whether no duration was written.
func (d Duration) Zero() bool { return d.Duration == calendar.Duration{} }
