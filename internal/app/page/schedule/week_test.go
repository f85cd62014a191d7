package schedule

import (
	"testing"

	"trucot/internal/kernel/calendar"
)

func TestTheWeekendOpensTheComingWeek(t *testing.T) {
	for day, want := range map[string]string{"2026-11-16": "2026-11-16", "2026-11-20": "2026-11-16", "2026-11-21": "2026-11-23", "2026-11-22": "2026-11-23", "2026-11-23": "2026-11-23"} {
		if got := shownWeek(calendar.MustParse(day)).Monday; got != calendar.MustParse(want) {
			t.Errorf("on %s the week of %v, not of %s", day, got, want)
		}
	}
}
