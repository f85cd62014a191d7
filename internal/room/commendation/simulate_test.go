package commendation

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

func shipped(t testing.TB) *Rules {
	t.Helper()
	r, err := Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func law(t testing.TB, side, on string) *Law {
	t.Helper()
	l, err := shipped(t).At(side, calendar.MustParse(on))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var (
	longAgo = calendar.MustParse("2015-01-05")
	yearEnd = calendar.MustParse("2025-12-10")
)

func classes(c Class, from, to int) map[int]Class {
	out := map[int]Class{}
	for y := from; y <= to; y++ {
		out[y] = c
	}
	return out
}

func won(award string, years ...int) []Held {
	var out []Held
	for _, y := range years {
		out = append(out, Held{Award: award, Year: y})
	}
	return out
}

// crowd are n people of good class, so that caps leave room; c00 is the one looked at.
func crowd(n int, rec Record, since calendar.Date) Facts {
	f := Facts{Records: map[string]*Record{}, Work: map[string]Work{}}
	for i := range n {
		id := fmt.Sprintf("c%02d", i)
		f.Subjects = append(f.Subjects, Subject{ID: id, Unit: "a", Since: longAgo})
		f.Records[id] = &Record{Subject: id, Classes: map[int]Class{2025: Good}}
	}
	rec.Subject = "c00"
	f.Subjects[0].Since, f.Records["c00"] = since, &rec
	return f
}

func of(t testing.TB, r *Result, award, id string) Verdict {
	t.Helper()
	a := r.Award(award)
	if a == nil {
		t.Fatalf("no award %s", award)
	}
	for _, v := range a.Verdicts {
		if v.Subject.ID == id {
			return v
		}
	}
	t.Fatalf("%s is not judged for %s", id, award)
	return Verdict{}
}

func TestEachRuleOfTheLawOf2022(t *testing.T) {
	initiative := func(scope string) []Merit {
		return []Merit{{Kind: "initiative", Scope: scope, Year: 2025, Title: "x", Source: "y"}}
	}
	for _, c := range []struct {
		name, award string
		rec         Record
		since       calendar.Date
		want        Standing
		reasons     []string
	}{
		{"good is enough for the advanced worker", "ldtt", Record{Classes: classes(Good, 2025, 2025)}, longAgo, Within, nil},
		{"merely done is not", "ldtt", Record{Classes: classes(Done, 2025, 2025)}, longAgo, Near, []string{"class"}},
		{"ten months of work are needed", "ldtt", Record{Classes: classes(Good, 2025, 2025)}, calendar.MustParse("2025-04-01"), Near, []string{"months"}},
		{"ten months to the day", "ldtt", Record{Classes: classes(Good, 2025, 2025)}, calendar.MustParse("2025-03-01"), Within, nil},
		{"nothing on record", "ldtt", Record{}, longAgo, Near, []string{"class"}},
		{"a disciplined year", "ldtt", Record{Classes: classes(Good, 2025, 2025), Cases: []Case{{Kind: "discipline", From: calendar.MustParse("2025-02-01"), To: calendar.MustParse("2025-05-01")}}}, longAgo, Blocked, []string{"case", "class"}},
		{"a complaint that is open", "ldtt", Record{Classes: classes(Good, 2025, 2025), Cases: []Case{{Kind: "complaint", From: calendar.MustParse("2025-12-01")}}}, longAgo, Blocked, []string{"case"}},
		{"a complaint that has ended", "ldtt", Record{Classes: classes(Good, 2025, 2025), Cases: []Case{{Kind: "complaint", From: calendar.MustParse("2025-02-01"), To: calendar.MustParse("2025-05-01")}}}, longAgo, Within, nil},
		{"fighter by class", "cstdcs", Record{Classes: classes(Excellent, 2025, 2025)}, longAgo, Within, nil},
		{"fighter by initiative", "cstdcs", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("base")}, longAgo, Within, nil},
		{"an initiative of last year", "cstdcs", Record{Classes: classes(Good, 2025, 2025), Merits: []Merit{{Kind: "initiative", Scope: "base", Year: 2024}}}, longAgo, Near, []string{"any"}},
		{"fighter by mission", "cstdcs", Record{Classes: classes(Good, 2025, 2025), Merits: []Merit{{Kind: "mission", Scope: "base", Year: 2025}}}, longAgo, Within, nil},
		{"neither", "cstdcs", Record{Classes: classes(Good, 2025, 2025)}, longAgo, Near, []string{"any"}},
		{"not an advanced worker", "cstdcs", Record{Classes: classes(Done, 2025, 2025)}, longAgo, Far, []string{"award", "any"}},
		{"province: three in a row and wide effect", "cstd_tinh", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("wide"), Held: won("cstdcs", 2023, 2024)}, longAgo, Within, nil},
		{"province: two in a row", "cstd_tinh", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("wide"), Held: won("cstdcs", 2022, 2024)}, longAgo, Near, []string{"award"}},
		{"province: effect not wide", "cstd_tinh", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("base"), Held: won("cstdcs", 2023, 2024)}, longAgo, Near, []string{"any"}},
		{"province: thematic ones do not count", "cstd_tinh", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("wide"),
			Held: []Held{{Award: "cstdcs", Year: 2023, Occasion: "thematic"}, {Award: "cstdcs", Year: 2024}}}, longAgo, Near, []string{"award"}},
		{"national: two of the province", "cstd_toan_quoc", Record{Classes: classes(Good, 2025, 2025), Merits: initiative("wide"),
			Held: slices.Concat(won("cstdcs", 2021, 2022, 2023, 2024), won("cstd_tinh", 2024))}, longAgo, Within, nil},
		{"five excellent years", "giay_khen_5nam", Record{Classes: classes(Excellent, 2021, 2025)}, longAgo, Within, nil},
		{"four excellent years", "giay_khen_5nam", Record{Classes: classes(Excellent, 2022, 2025)}, longAgo, Near, []string{"class"}},
		{"a discipline breaks the five", "giay_khen_5nam", Record{Classes: classes(Excellent, 2021, 2025), Cases: []Case{{Kind: "discipline", From: calendar.MustParse("2023-05-01"), To: calendar.MustParse("2024-05-01")}}}, longAgo, Near, []string{"class"}},
		{"certificate of merit", "bang_khen_tinh", Record{Classes: classes(Excellent, 2024, 2025), Merits: initiative("base")}, longAgo, Within, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := of(t, Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, crowd(20, c.rec, c.since)), c.award, "c00")
			var reasons []string
			for _, r := range v.Reasons {
				reasons = append(reasons, r.Kind)
			}
			if c.want == Blocked {
				reasons = reasons[:1]
				c.reasons = c.reasons[:1]
			}
			if v.Standing != c.want || !slices.Equal(reasons, c.reasons) {
				t.Errorf("%s %v, want %s %v", v.Standing, reasons, c.want, c.reasons)
			}
		})
	}
}

func TestUnitsAreJudgedByTheirPeople(t *testing.T) {
	for _, c := range []struct {
		name        string
		good, done  int
		failed      int
		fighter     bool
		disciplined bool
		ldtt, ldxs  Standing
	}{
		{"exactly half is not more than half", 2, 2, 0, false, false, Near, Far},
		{"more than half", 3, 2, 0, false, false, Within, Far},
		{"seven of ten and a fighter", 7, 3, 0, true, false, Within, Within},
		{"seven of ten without a fighter", 7, 3, 0, false, false, Within, Near},
		{"one has failed", 8, 1, 1, true, false, Within, Near},
		{"one was disciplined", 8, 2, 0, true, true, Near, Far},
		{"nobody works there", 0, 0, 0, false, false, Near, Far},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Facts{Records: map[string]*Record{}}
			add := func(n int, class Class, unit string) {
				for range n {
					id := fmt.Sprintf("p%02d", len(f.Subjects))
					f.Subjects = append(f.Subjects, Subject{ID: id, Unit: unit, Since: longAgo})
					f.Records[id] = &Record{Subject: id, Classes: map[int]Class{2025: class}}
				}
			}
			add(c.good, Good, "u")
			add(c.done, Done, "u")
			add(c.failed, Failed, "u")
			add(20, Good, "elsewhere")
			if c.fighter {
				f.Records["p00"].Merits = []Merit{{Kind: "initiative", Scope: "base", Year: 2025}}
			}
			if c.disciplined {
				id := fmt.Sprintf("p%02d", c.good)
				f.Records[id].Cases = []Case{{Kind: "discipline", From: calendar.MustParse("2025-03-01"), To: calendar.MustParse("2025-04-01")}}
			}
			f.Subjects = append(f.Subjects, Subject{ID: "u", Unit: "u", Group: true})
			r := Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, f)
			if v := of(t, r, "tt_ldtt", "u"); v.Standing != c.ldtt {
				t.Errorf("advanced: %s %+v", v.Standing, v.Reasons)
			}
			if v := of(t, r, "tt_ldxs", "u"); v.Standing != c.ldxs {
				t.Errorf("excellent: %s %+v", v.Standing, v.Reasons)
			}
		})
	}
}

// TestTheCapOfTheExcellent: E ≤ 20 % of the others is ⌊N/6⌋, of all is ⌊N/5⌋.
func TestTheCapOfTheExcellent(t *testing.T) {
	l := *law(t, State, "2025-12-10")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 10_000).Draw(t, "n")
		l.Excellent.Base = "others"
		if most, other := l.ExcellentCap(n); most != n/6 || other != n/5 {
			t.Fatal(n, most, other)
		}
		l.Excellent.Base = "all"
		if most, other := l.ExcellentCap(n); most != n/5 || other != n/6 {
			t.Fatal(n, most, other)
		}
	})
}

// TestTasksSpeakWhileNoClassIsOnRecord: all on time and three in ten early is excellent, inside the cap.
func TestTasksSpeakWhileNoClassIsOnRecord(t *testing.T) {
	f := crowd(12, Record{}, longAgo)
	for _, id := range []string{"c00", "c01", "c02"} {
		f.Records[id] = &Record{Subject: id}
	}
	f.Work["c00"] = Work{Done: 10, OnTime: 10, Early: 3}
	f.Work["c01"] = Work{Done: 10, OnTime: 10, Early: 5}
	f.Work["c02"] = Work{Done: 10, OnTime: 10, Early: 4}
	r := Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, f)
	if got := r.Classes; got.Base != 12 || got.Cap != 2 || got.Other != 2 || got.Excellent != 3 || got.Count[Excellent] != 2 {
		t.Errorf("%+v", got)
	}
	if v := of(t, r, "ldtt", "c00"); v.Class != Good || !v.Lowered || !v.Proposed {
		t.Errorf("the last of three falls to good: %+v", v)
	}
	for w, want := range map[Work]Class{{}: "", {Done: 10, OnTime: 10, Early: 2}: Good, {Done: 10, OnTime: 8}: Good, {Done: 10, OnTime: 7}: Done, {Done: 9, OnTime: 9, Early: 9, Overdue: 1}: Good} {
		s := run{law: law(t, State, "2025-12-10")}
		if got := s.propose(w); got != want {
			t.Errorf("%+v: %q, want %q", w, got, want)
		}
	}
}

// TestCapsAreNeverExceeded holds for any staff, and the same facts in another order give the same result.
func TestCapsAreNeverExceeded(t *testing.T) {
	l := law(t, State, "2025-12-10")
	rapid.Check(t, func(t *rapid.T) {
		f := anybody(t)
		r := Simulate(l, 2025, yearEnd, f)
		if proposed := r.Classes.Count[Excellent]; proposed > max(r.Classes.Cap, onRecord(f)) {
			t.Fatalf("%d excellent of at most %d", proposed, r.Classes.Cap)
		}
		for _, a := range r.Awards {
			n := 0
			for _, c := range a.Count {
				n += c
			}
			if n != len(a.Verdicts) || a.Capped && a.Count[Within] > a.Cap {
				t.Fatalf("%s: %+v of %d", a.ID, a.Count, a.Cap)
			}
			for _, v := range a.Verdicts {
				if (v.Standing == Within || v.Standing == Beyond) != (len(v.Reasons) == 0) {
					t.Fatalf("%s: %+v", a.ID, v)
				}
			}
		}
		slices.Reverse(f.Subjects)
		if again := Simulate(l, 2025, yearEnd, f); fmt.Sprintf("%+v", again.Awards[1].Verdicts) != fmt.Sprintf("%+v", r.Awards[1].Verdicts) {
			t.Fatal("the order of the staff changes the result")
		}
	})
}

func onRecord(f Facts) int {
	n := 0
	for _, r := range f.Records {
		if r.Classes[2025] == Excellent {
			n++
		}
	}
	return n
}

func anybody(t *rapid.T) Facts {
	f := Facts{Records: map[string]*Record{}, Work: map[string]Work{}}
	for i := range rapid.IntRange(0, 60).Draw(t, "people") {
		id := fmt.Sprintf("p%02d", i)
		f.Subjects = append(f.Subjects, Subject{ID: id, Unit: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "unit"), Since: longAgo})
		r := &Record{Subject: id, Classes: map[int]Class{}}
		if c := rapid.SampledFrom([]Class{"", Excellent, Good, Good, Done}).Draw(t, "class"); c != "" {
			r.Classes[2025] = c
		}
		if rapid.Bool().Draw(t, "merit") {
			r.Merits = append(r.Merits, Merit{Kind: "initiative", Scope: rapid.SampledFrom([]string{"base", "wide"}).Draw(t, "scope"), Year: 2025})
		}
		r.Held = won("cstdcs", rapid.SliceOfN(rapid.IntRange(2021, 2024), 0, 4).Draw(t, "held")...)
		f.Records[id] = r
		done := rapid.IntRange(0, 20).Draw(t, "done")
		onTime := rapid.IntRange(0, done).Draw(t, "on time")
		f.Work[id] = Work{Done: done, OnTime: onTime, Early: rapid.IntRange(0, onTime).Draw(t, "early")}
	}
	for _, u := range []string{"a", "b"} {
		f.Subjects = append(f.Subjects, Subject{ID: "unit-" + u, Unit: u, Group: true})
	}
	return f
}

func TestLawsAndSalariesByDay(t *testing.T) {
	r := shipped(t)
	for on, want := range map[string]string{"2023-12-31": "luat-2003", "2024-01-01": "luat-2022"} {
		if l, err := r.At(State, calendar.MustParse(on)); err != nil || l.ID != want {
			t.Errorf("%s: %v %v", on, l, err)
		}
	}
	if _, err := r.At(State, calendar.MustParse("2000-01-01")); !fault.Is(err, "commendation.no_law") {
		t.Error(err)
	}
	if _, err := r.At("party", calendar.MustParse("2025-12-01")); !fault.Is(err, "commendation.no_law") { // the Party has rules of its own
		t.Error(err)
	}
	l := law(t, State, "2025-12-10")
	for _, c := range []struct {
		award, on string
		want      int64
	}{
		{"ldtt", "2025-12-10", 710_000}, // 0.3 × 2,340,000 = 702,000, up to ten thousand
		{"cstdcs", "2025-12-10", 2_340_000},
		{"cstd_tinh", "2025-12-10", 7_020_000},
		{"cstd_toan_quoc", "2025-12-10", 10_530_000},
		{"cstdcs", "2024-06-30", 1_800_000},
	} {
		if got, _, err := r.Money(l, l.Award(c.award), calendar.MustParse(c.on)); err != nil || got != c.want {
			t.Errorf("%s on %s: %d %v, want %d", c.award, c.on, got, err, c.want)
		}
	}
	if _, _, err := r.Money(l, l.Award("ldtt"), calendar.MustParse("2010-01-01")); !fault.Is(err, "commendation.no_salary") {
		t.Error(err)
	}
}

// BenchmarkSimulate is a province's staff: 5,000 people in 100 units with ten years on record.
func BenchmarkSimulate(b *testing.B) {
	f := Facts{Records: map[string]*Record{}, Work: map[string]Work{}}
	for i := range 5000 {
		id := fmt.Sprintf("p%04d", i)
		f.Subjects = append(f.Subjects, Subject{ID: id, Unit: fmt.Sprint("u", i%100), Since: longAgo})
		r := &Record{Subject: id, Classes: classes(Class([]Class{Excellent, Good, Good, Done}[i%4]), 2016, 2024), Held: won("cstdcs", 2023, 2024)}
		if i%3 == 0 {
			r.Merits = []Merit{{Kind: "initiative", Scope: "wide", Year: 2025}}
		}
		f.Records[id], f.Work[id] = r, Work{Done: 20, OnTime: 20 - i%3, Early: i % 20}
	}
	for u := range 100 {
		f.Subjects = append(f.Subjects, Subject{ID: fmt.Sprint("u", u), Unit: fmt.Sprint("u", u), Group: true})
	}
	l := law(b, State, "2025-12-10")
	for b.Loop() {
		Simulate(l, 2025, yearEnd, f)
	}
}
