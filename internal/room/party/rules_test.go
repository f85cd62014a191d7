package party

import (
	"testing"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

func shipped(t testing.TB) *Rules {
	t.Helper()
	r, err := LoadRules(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each day falls under the version in force, and a later version never reaches back.
func TestEveryVersionHoldsOnItsDays(t *testing.T) {
	r := shipped(t)
	for _, c := range []struct {
		on, charter string
		levels      int
		assessment  string
	}{
		{"2015-06-01", "qd-29-2016", 4, "hd-21-2019"}, // before the first: entered late
		{"2019-07-15", "qd-29-2016", 4, "hd-21-2019"},
		{"2021-07-29", "qd-29-2016", 4, "hd-21-2019"},
		{"2021-07-30", "qd-24-2021", 4, "hd-21-2019"},
		{"2023-10-04", "qd-24-2021", 4, "qd-124-2023"},
		{"2025-01-20", "qd-232-2025", 4, "qd-124-2023"},
		{"2025-06-30", "qd-232-2025", 4, "qd-124-2023"},
		{"2025-07-01", "qd-294-2025", 3, "qd-124-2023"},
		{"2025-08-30", "qd-294-2025", 3, "qd-366-2025"},
		{"2026-07-26", "qd-208-2026", 3, "qd-366-2025"},
	} {
		charter, assessment := r.On(day(c.on)), r.AssessmentOn(day(c.on))
		if charter.ID != c.charter || charter.Levels != c.levels || assessment.ID != c.assessment {
			t.Errorf("%s: %s with %d levels and %s", c.on, charter.ID, charter.Levels, assessment.ID)
		}
	}
	for i, c := range r.Charters[1:] { // no day without a version and none with two
		if before := r.Charters[i]; before.Effective.To == nil || *before.Effective.To+1 != c.Effective.From {
			t.Errorf("%s does not follow on %s", c.ID, before.ID)
		}
	}
}

func TestTheCap(t *testing.T) {
	for _, c := range []struct {
		of              string
		qualified, most int
	}{{"good", 0, 0}, {"good", 5, 0}, {"good", 6, 1}, {"good", 11, 1}, {"good", 12, 2}, {"good", 30, 5}, {"good_and_excellent", 30, 6}, {"good_and_excellent", 4, 0}} {
		if got := (Cap{20, c.of}).Most(c.qualified); got != c.most {
			t.Errorf("%s, %d qualified: %d, want %d", c.of, c.qualified, got, c.most)
		}
	}
}

// The cap is as large as the rule allows and never larger, whatever the numbers.
func TestTheCapIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cap{rapid.IntRange(1, 100).Draw(t, "percent"), rapid.SampledFrom([]string{"good", "good_and_excellent"}).Draw(t, "of")}
		n := rapid.IntRange(0, 5000).Draw(t, "qualified")
		fits := func(e int) bool {
			base := n
			if c.Of == "good" {
				base = n - e
			}
			return e*100 <= c.Percent*base
		}
		most := c.Most(n)
		if !fits(most) || fits(most+1) {
			t.Fatalf("%+v of %d: %d", c, n, most)
		}
	})
}

func TestTheAssessmentFollowsPointsTasksAndVotes(t *testing.T) {
	r := shipped(t)
	now, then := r.AssessmentOn(day("2025-12-01")), r.AssessmentOn(day("2019-12-01"))
	good := Result{Class: Good, Points: 80, Tasks: 10, OnTime: 9, Votes: 8}
	best := Result{Class: Excellent, Points: 95, Tasks: 10, OnTime: 10, Exceeding: 3, Votes: 8}
	with := func(x Result, change func(*Result)) Result { change(&x); return x }
	for name, c := range map[string]struct {
		rule  *Assessment
		lines []Result
		key   string // of the fault
	}{
		"all good":            {now, []Result{good, good}, ""},
		"an excellent one":    {now, []Result{best, good, good, good, good, good}, ""},
		"a point short":       {now, []Result{with(best, func(x *Result) { x.Points = 89 })}, "party.class_not_earned"},
		"a task late":         {now, []Result{with(best, func(x *Result) { x.OnTime = 9 })}, "party.class_not_earned"},
		"too few beyond":      {now, []Result{with(best, func(x *Result) { x.Exceeding = 2 })}, "party.class_not_earned"},
		"69 points are fair":  {now, []Result{with(good, func(x *Result) { x.Points = 69 })}, "party.class_not_earned"},
		"49 points are poor":  {now, []Result{with(good, func(x *Result) { x.Points, x.Class = 49, Fair })}, "party.class_not_earned"},
		"half is no majority": {now, []Result{with(good, func(x *Result) { x.Votes = 5 })}, "party.class_not_voted"},
		"no class":            {now, []Result{with(good, func(x *Result) { x.Class = "" })}, "party.bad_class"},
		"2019 has no scale":   {then, []Result{with(best, func(x *Result) { x.Points, x.OnTime = 0, 0 }), good, good, good, good, good}, ""},
	} {
		err := c.rule.Check(c.lines, 10)
		if c.key == "" && err != nil || c.key != "" && !fault.Is(err, c.key) {
			t.Errorf("%s: %v, want %q", name, err, c.key)
		}
	}
}

func TestBadgesByMonths(t *testing.T) {
	c := shipped(t).On(day("2024-02-03"))
	for _, x := range []struct {
		decided      string
		badge        int
		grade, short int
		ok           bool
	}{
		{"1994-02-03", 0, 30, 0, true},
		{"1994-02-04", 0, 30, 1, true}, // a day short is a month short: only the seriously ill
		{"1995-02-03", 0, 30, 12, true},
		{"1995-02-04", 0, 30, 13, false},
		{"1994-02-03", 30, 40, 120, false}, // conferred already, the next is far
		{"1979-01-01", 30, 45, 0, true},    // the highest that is due, 40 skipped
		{"1956-02-03", 65, 70, 24, true},   // from 70 years on up to 24 months early
		{"1956-02-04", 65, 70, 25, false},
		{"2020-01-01", 0, 30, 311, false},
	} {
		m := &Member{Decided: day(x.decided), Badge: x.badge, State: Official}
		line, ok := c.BadgeFor(m, day("2024-02-03"))
		if ok != x.ok || line.Grade != x.grade || line.Short != x.short {
			t.Errorf("%s with %d: %d, %d short, %v", x.decided, x.badge, line.Grade, line.Short, ok)
		}
	}
	if got := c.NextOccasion(day("2024-09-03")); got != day("2024-11-07") {
		t.Error(got)
	}
	if got := c.NextOccasion(day("2024-11-08")); got != day("2025-02-03") {
		t.Error(got)
	}
}

// A badge is of the day it was given on, so that the money with it goes by the base salary of that day; what was not given is of
// the last occasion.
func TestBadgesOfATime(t *testing.T) {
	rules := shipped(t)
	from, to := day("2023-12-15"), day("2024-12-14")
	for name, x := range map[string]struct {
		given, on string
		grade     int
		ok        bool
	}{
		"given in the time": {"2024-02-03", "2024-02-03", 30, true},
		"due, not given":    {"", "2024-11-07", 30, true},
		"given before":      {"2023-11-07", "2024-11-07", 0, false},
	} {
		m := &Member{Decided: day("1993-06-01"), State: Official}
		if x.given != "" {
			m.Badge, m.BadgeOn = 30, day(x.given)
		}
		line, on, ok := rules.badgeBetween(m, from, to)
		if ok != x.ok || on != day(x.on) || ok && line.Grade != x.grade {
			t.Errorf("%s: %d on %v, %v", name, line.Grade, on, ok)
		}
	}
}

func TestMonthsCountWholeOnes(t *testing.T) {
	for _, c := range []struct {
		from, to string
		n        int
	}{{"2020-01-31", "2020-02-28", 0}, {"2020-01-31", "2020-02-29", 1}, {"2020-03-15", "2021-03-14", 11}, {"2020-03-15", "2021-03-15", 12}, {"2021-01-01", "2020-01-01", 0}} {
		if got := Months(day(c.from), day(c.to)); got != c.n {
			t.Errorf("%s to %s: %d", c.from, c.to, got)
		}
	}
}
