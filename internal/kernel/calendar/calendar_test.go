package calendar

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

func shipped(t testing.TB) *Calendar {
	t.Helper()
	c, err := Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustDuration(t testing.TB, s string) Duration {
	t.Helper()
	d, err := ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDue(t *testing.T) {
	c := shipped(t)
	for _, x := range []struct {
		name, from, duration string
		late                 bool
		pauses               []Pause
		want                 string
	}{
		{"Hùng Kings' day fell on a Sunday, its Monday is off", "2026-04-24", "1wd", false, nil, "2026-04-28"},
		{"Culture Day", "2026-11-23", "1wd", false, nil, "2026-11-25"},
		{"Tết 2026", "2026-02-13", "1wd", false, nil, "2026-02-23"},
		{"a Saturday worked by swap counts", "2026-01-09", "1wd", false, nil, "2026-01-10"},
		{"the swapped day off does not", "2026-01-01", "1wd", false, nil, "2026-01-05"},
		{"received on a Saturday morning", "2021-06-12", "1wd", false, nil, "2021-06-14"},
		{"received after the cut-off hour", "2021-06-14", "1wd", true, nil, "2021-06-16"},
		{"after the cut-off hour of a Friday", "2021-06-11", "1wd", true, nil, "2021-06-15"},
		{"15 working days over a month's end", "2021-06-14", "15wd", false, nil, "2021-07-05"},
		{"25 days end on a working day", "2021-06-14", "25d", false, nil, "2021-07-09"},
		{"5 days end on a Saturday and roll on", "2021-06-14", "5d", false, nil, "2021-06-21"},
		{"a month", "2021-06-15", "1mo", false, nil, "2021-07-15"},
		{"a month from the 31st ends on the last day", "2021-03-31", "1mo", false, nil, "2021-05-04"}, // 30/4, 1/5, 3/5 off
		{"three months into a leap February", "2023-11-30", "3mo", false, nil, "2024-02-29"},
		{"a pause delays working days", "2021-06-14", "3wd", false, []Pause{{From: MustParse("2021-06-15"), To: MustParse("2021-06-22")}}, "2021-06-24"},
		{"a pause delays months by its days", "2021-06-15", "1mo", false, []Pause{{From: MustParse("2021-07-01"), To: MustParse("2021-07-06")}}, "2021-07-20"},
		{"a pause over a weekend costs working days nothing", "2021-06-18", "1wd", false, []Pause{{From: MustParse("2021-06-19"), To: MustParse("2021-06-21")}}, "2021-06-21"},
		{"a stopped clock after the due day changes nothing", "2021-06-14", "1wd", false, []Pause{{From: MustParse("2021-06-16"), To: NoDate}}, "2021-06-15"},
		{"nothing to wait for", "2021-06-14", "0wd", false, nil, "2021-06-14"},
	} {
		t.Run(x.name, func(t *testing.T) {
			due, err := c.Due(Count{From: MustParse(x.from), AfterCutOff: x.late, Duration: mustDuration(t, x.duration), Pauses: x.pauses})
			if err != nil || due.String() != x.want {
				t.Errorf("due %v, %v; want %s", due, err, x.want)
			}
		})
	}
}

func TestDueRefuses(t *testing.T) {
	c := shipped(t)
	for key, q := range map[string]Count{
		"calendar.year_missing":  {From: MustParse("2027-12-30"), Duration: Duration{5, WorkingDay}},
		"calendar.clock_stopped": {From: MustParse("2021-06-14"), Duration: Duration{5, WorkingDay}, Pauses: []Pause{{From: MustParse("2021-06-16"), To: NoDate}}},
		"calendar.bad_duration":  {From: MustParse("2021-06-14"), Duration: Duration{5, "fortnight"}},
	} {
		if _, err := c.Due(q); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	_, err := c.Due(Count{From: MustParse("2011-05-01"), Duration: Duration{5, WorkingDay}})
	said := lang.NewCatalog(Texts(), lang.OwnTexts()).Error(lang.VI, err)
	if !strings.Contains(said, "năm 2011") || !strings.Contains(said, "calendar/2011.yaml") {
		t.Errorf("the message does not name year and remedy: %s", said)
	}
}

func TestExplainSaysWhyDayByDay(t *testing.T) {
	e, err := shipped(t).Explain(Count{From: MustParse("2026-04-23"), Duration: Duration{3, WorkingDay}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range e.Steps {
		got = append(got, s.Date.Format(lang.VI)+" "+s.Text(lang.VI))
	}
	want := []string{
		"23/04/2026 ngày bắt đầu, không tính",
		"24/04/2026 ngày làm việc thứ 1",
		"25/04/2026 nghỉ hằng tuần, không tính",
		"26/04/2026 nghỉ lễ: Giỗ Tổ Hùng Vương",
		"27/04/2026 nghỉ lễ: Nghỉ bù Giỗ Tổ Hùng Vương",
		"28/04/2026 ngày làm việc thứ 2",
		"29/04/2026 ngày làm việc thứ 3",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := e.Steps[3].Text(lang.EN); s != "public holiday: Hùng Kings' Commemoration Day" {
		t.Error(s)
	}
	if e.Verify {
		t.Error("nothing here waits for confirmation")
	}
	e, err = shipped(t).Explain(Count{From: MustParse("2026-11-23"), Duration: Duration{1, WorkingDay}})
	if err != nil || !e.Verify {
		t.Errorf("24/11/2026 waits for confirmation: %+v, %v", e, err)
	}
}

// days draws a date of the years with data that leaves room for a count.
func days(t *rapid.T, label string) Date {
	return Date(rapid.Int32Range(int32(Of(2019, 1, 1)), int32(Of(2026, 6, 30))).Draw(t, label))
}

func TestCountingHoldsTogether(t *testing.T) {
	c := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		from := days(t, "from")
		n := rapid.IntRange(1, 120).Draw(t, "n")
		unit := rapid.SampledFrom([]string{WorkingDay, CalendarDay}).Draw(t, "unit")
		q := Count{From: from, Duration: Duration{n, unit}}
		due, err := c.Due(q)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Working(due) {
			t.Fatalf("due on %v, a rest day", due)
		}
		if unit == WorkingDay && c.WorkingDays(from, due) != n {
			t.Fatalf("%d working days to %v, want %d", c.WorkingDays(from, due), due, n)
		}
		later := q
		later.Duration.N++
		if next, err := c.Due(later); err != nil || next < due || unit == WorkingDay && next == due {
			t.Fatalf("one day more is due %v after %v, %v", next, due, err)
		}
		later = q
		later.From++
		if next, err := c.Due(later); err != nil || next < due {
			t.Fatalf("a day later is due %v before %v, %v", next, due, err)
		}
		stop := from + Date(rapid.IntRange(0, 60).Draw(t, "stop"))
		later = q
		later.Pauses = []Pause{{From: stop, To: stop + Date(rapid.IntRange(0, 30).Draw(t, "length"))}}
		if next, err := c.Due(later); err != nil || next < due {
			t.Fatalf("with a pause due %v before %v, %v", next, due, err)
		}
		e, err := c.Explain(later)
		if next, _ := c.Due(later); err != nil || e.Due != next || e.Steps[len(e.Steps)-1].Date != next {
			t.Fatalf("explained %v, due %v, %v", e.Due, next, err)
		}
	})
}

func TestWorkingDaysAddUp(t *testing.T) {
	c := shipped(t)
	if got := c.WorkingDays(MustParse("2024-12-31"), MustParse("2025-12-31")); got != 250 {
		t.Errorf("2025 has %d working days, want 250", got) // 261 weekdays − 12 days off on weekdays + the Saturday 26/4 worked by swap
	}
	rapid.Check(t, func(t *rapid.T) {
		wide := func(label string) Date { // inside and outside the years with data
			return Date(rapid.Int32Range(int32(Of(2016, 1, 1)), int32(Of(2030, 1, 1))).Draw(t, label))
		}
		a, b, d := wide("a"), wide("b"), wide("c")
		if c.WorkingDays(a, b)+c.WorkingDays(b, d) != c.WorkingDays(a, d) {
			t.Fatal("does not add up")
		}
	})
}

// A swap is two days that name each other: a weekday off, a rest day worked.
func TestShippedDataIsWhole(t *testing.T) {
	c := shipped(t)
	for year := 2019; year <= 2027; year++ {
		if y, ok := c.Years()[year]; !ok || y.Basis == "" || y.Source == "" {
			t.Errorf("%d: no data or no source", year)
		}
	}
	for date, d := range c.days {
		if d.Name[lang.VI] == "" || d.Name[lang.EN] == "" || d.Source == "" {
			t.Errorf("%v lacks a name or source", date)
		}
		weekend := c.week(date) == Weekend
		switch d.Kind {
		case Compensation, SwappedOff:
			if weekend {
				t.Errorf("%v: a compensation or swap on a rest day", date)
			}
		case SwappedWork:
			if !weekend {
				t.Errorf("%v: worked by swap but a working day anyway", date)
			}
		}
		if d.Pair != NoDate {
			if other := c.days[d.Pair]; other.Pair != date || other.Kind == d.Kind {
				t.Errorf("%v and %v do not name each other", date, d.Pair)
			}
		}
	}
	for _, d := range []string{"2027-02-04", "2026-08-22", "2026-11-24"} {
		if day, _ := c.Day(MustParse(d)); !day.Verify {
			t.Errorf("%s must be marked as unconfirmed", d)
		}
	}
}

func TestBadFilesSayWhere(t *testing.T) {
	good, err := definitions.Files.ReadFile("calendar/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ name, year, key string }{
		{"misspelt key", "year: 2021\ndays:\n  - { date: 2021-01-01, knd: off }\n", "defs.unknown_key_near"},
		{"not YAML", "year: [\n", "defs.syntax"},
		{"another year's day", "year: 2021\ndays:\n  - { date: 2022-01-01, kind: off }\n", "calendar.bad_day"},
		{"unknown kind", "year: 2021\ndays:\n  - { date: 2021-01-01, kind: holiday }\n", "calendar.bad_day"},
		{"twice", "year: 2021\ndays:\n  - { date: 2021-01-01, kind: off }\n  - { date: 2021-01-01, kind: off }\n", "calendar.day_twice"},
		{"swap alone", "year: 2021\ndays:\n  - { date: 2021-01-04, kind: swapped_off }\n", "calendar.swap_without_pair"},
		{"no year", "days: []\n", "calendar.bad_year"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"calendar/rules.yaml": {Data: good}, "calendar/x.yaml": {Data: []byte(x.year)}})
			if !fault.Is(err, x.key) {
				t.Fatalf("want %s, got %v", x.key, err)
			}
			if said, _, _ := strings.Cut(lang.NewCatalog(Texts(), lang.OwnTexts()).Error(lang.VI, err), "\n"); !strings.HasPrefix(said, "calendar/x.yaml") || strings.Contains(said, "{") {
				t.Errorf("message without place or with an open argument: %s", said)
			}
		})
	}
	if _, err := Load(fstest.MapFS{}); !fault.Is(err, "calendar.no_rules") {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestCutOffHour(t *testing.T) {
	c := shipped(t)
	for at, want := range map[string]bool{"2021-06-14T14:59:00+07:00": false, "2021-06-14T15:00:00+07:00": true, "2021-06-14T08:30:00Z": true} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.AfterCutOff(when); got != want {
			t.Errorf("%s after cut-off: %v", at, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]string{"15wd": "15wd", " 25 D ": "25d", "3mo": "3mo", "15 ngày làm việc": "15wd", "25 ngay": "25d", "1 month": "1mo", "3 months": "3mo", "0d": "0d", "Ngay trong ngày": "0d", "the same working day": "0wd"} {
		if d, err := ParseDuration(in); err != nil || d.String() != want {
			t.Errorf("%q = %v, %v", in, d, err)
		}
	}
	for _, in := range []string{"", "15", "wd", "-1d", "15h", "1.5d", "99999d", "5dd", "15wd2"} {
		if d, err := ParseDuration(in); !fault.Is(err, "calendar.bad_duration") {
			t.Errorf("%q = %v, %v", in, d, err)
		}
	}
}

func TestParseWritten(t *testing.T) {
	for in, want := range map[string]string{"2026-05-12": "2026-05-12", "12/5/2026": "2026-05-12", " ngày 12 tháng 5 năm 2026 ": "2026-05-12", "12.05.2026": "2026-05-12"} {
		if d, err := ParseWritten(in); err != nil || d.String() != want {
			t.Errorf("%q = %v, %v", in, d, err)
		}
	}
	for _, in := range []string{"", "5/2026", "31/2/2026", "12/5/26", "mai"} {
		if d, err := ParseWritten(in); !fault.Is(err, "calendar.bad_date") {
			t.Errorf("%q = %v, %v", in, d, err)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	f.Add("15wd")
	f.Add("٣d")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil {
			if again, err := ParseDuration(d.String()); err != nil || again != d {
				t.Fatalf("%q → %v → %v", s, d, again)
			}
		}
	})
}

func FuzzLoad(f *testing.F) {
	rules, _ := definitions.Files.ReadFile("calendar/rules.yaml")
	year, _ := definitions.Files.ReadFile("calendar/2021.yaml")
	f.Add(rules, year)
	f.Add([]byte("versions: [{from: 2019-01-01}]"), []byte("year: 2021\ndays: [{date: 2021-01-01}]"))
	f.Fuzz(func(t *testing.T, rules, year []byte) {
		c, err := Load(fstest.MapFS{"calendar/rules.yaml": {Data: rules}, "calendar/2021.yaml": {Data: year}})
		if err == nil {
			c.Next(Of(2021, 5, 5)) // ends: some day of the week is always worked
		}
	})
}

// A contract of two years ends before its holidays are announced: the date stands, marked for checking.
func TestCountAheadOfTheData(t *testing.T) {
	c := shipped(t)
	q := Count{From: MustParse("2029-05-04"), Ahead: true, Duration: Duration{30, CalendarDay}}
	e, err := c.Explain(q)
	if err != nil || e.Due != MustParse("2029-06-04") || !e.Verify { // 3 June 2029 is a Sunday
		t.Errorf("due %v, to verify %v, %v", e.Due, e.Verify, err)
	}
	q.From = MustParse("2001-05-04")
	if _, err := c.Due(q); !fault.Is(err, "calendar.year_missing") {
		t.Errorf("a year before the data: %v", err)
	}
}
