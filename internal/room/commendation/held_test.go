package commendation

import (
	"slices"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// initiatives are recognised ones of a scope, one in each of the years.
func initiatives(scope string, years ...int) []Merit {
	var out []Merit
	for _, y := range years {
		out = append(out, Merit{Kind: "initiative", Scope: scope, Year: y, Title: "x", Source: "y"})
	}
	return out
}

// TestStateAwardsStandOnEarlierOnes are worked examples: what was held before, how many years ago, how often within five years.
func TestStateAwardsStandOnEarlierOnes(t *testing.T) {
	fighter := func(years ...int) []Held { return won("cstdcs", years...) }
	disciplined := func(on string) []Case {
		return []Case{{Kind: "discipline", From: calendar.MustParse(on), To: calendar.MustParse(on).AddMonths(12)}}
	}
	taken := func(h Held) Held { h.Revoked = &Revocation{How: "annul", Decision: "9/QĐ"}; return h }
	five := classes(Good, 2021, 2025)
	for _, c := range []struct {
		name, award string
		rec         Record
		want        Standing
		reasons     []string
		have        int // of the first reason
	}{
		{"province's certificate five years ago, three times fighter, three initiatives", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2020), fighter(2021, 2023, 2024)), Merits: initiatives("base", 2021, 2023, 2025)}, Within, nil, 0},
		{"four years ago just misses", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2021), fighter(2021, 2023, 2024)), Merits: initiatives("base", 2021, 2023, 2025)}, Near, []string{"since"}, 4},
		{"an earlier one counts, though one came after", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2019, 2024), fighter(2021, 2023, 2024)), Merits: initiatives("base", 2021, 2023, 2025)}, Within, nil, 0},
		{"never given", "bk_ttg",
			Record{Classes: five, Held: fighter(2021, 2023, 2024), Merits: initiatives("base", 2021, 2023, 2025)}, Near, []string{"since"}, -1},
		{"a sudden one does not count", "bk_ttg",
			Record{Classes: five, Held: append(fighter(2021, 2023, 2024), Held{Award: "bang_khen_tinh", Year: 2018, Occasion: Sudden}), Merits: initiatives("base", 2021, 2023, 2025)}, Near, []string{"since"}, -1},
		{"taken back", "bk_ttg",
			Record{Classes: five, Held: append(fighter(2021, 2023, 2024), taken(Held{Award: "bang_khen_tinh", Year: 2018})), Merits: initiatives("base", 2021, 2023, 2025)}, Near, []string{"since"}, -1},
		{"twice fighter within five years, once before", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2019), fighter(2020, 2023, 2024)), Merits: initiatives("base", 2021, 2023, 2025)}, Within, nil, 0}, // and fighter of this year by the simulation
		{"twice fighter and no initiative this year", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2019), fighter(2020, 2023, 2024)), Merits: initiatives("base", 2021, 2022, 2023)}, Near, []string{"times_award"}, 2},
		{"two initiatives of three", "bk_ttg",
			Record{Classes: five, Held: slices.Concat(won("bang_khen_tinh", 2019), fighter(2021, 2022, 2023)), Merits: initiatives("base", 2020, 2021, 2023)}, Near, []string{"any"}, 0},
		{"a discipline starts the clock again", "bk_ttg",
			Record{Classes: classes(Good, 2015, 2025), Held: slices.Concat(won("bang_khen_tinh", 2015), fighter(2021, 2023, 2024)), Merits: initiatives("base", 2021, 2023, 2025), Cases: disciplined("2020-04-01")}, Within, nil, 0},
		{"and four years after it is too early", "bk_ttg",
			Record{Classes: classes(Good, 2015, 2025), Held: slices.Concat(won("bang_khen_tinh", 2015), fighter(2022, 2023, 2024)), Merits: initiatives("base", 2022, 2023, 2025), Cases: disciplined("2021-04-01")}, Far, []string{"since", "class"}, 4},
		{"third class five years after the Prime Minister's", "hcld_ba",
			Record{Classes: five, Held: slices.Concat(won("bk_ttg", 2020), won("cstd_tinh", 2022))}, Within, nil, 0},
		{"third class by two wide initiatives", "hcld_ba",
			Record{Classes: five, Held: won("bk_ttg", 2020), Merits: initiatives("wide", 2022, 2024)}, Within, nil, 0},
		{"third class with one", "hcld_ba", Record{Classes: five, Held: won("bk_ttg", 2020), Merits: initiatives("wide", 2022)}, Near, []string{"any"}, 0},
		{"second class without the third", "hcld_nhi", Record{Classes: five, Held: slices.Concat(won("bk_ttg", 2015), won("cstd_tinh", 2022))}, Near, []string{"since"}, -1},
		{"first class", "hcld_nhat", Record{Classes: five, Held: slices.Concat(won("hcld_nhi", 2019), won("cstd_toan_quoc", 2023))}, Within, nil, 0},
		{"a year that was only done", "hcld_nhat", Record{Classes: map[int]Class{2021: Good, 2022: Done, 2023: Good, 2024: Good, 2025: Good}, Held: slices.Concat(won("hcld_nhi", 2019), won("cstd_toan_quoc", 2023))}, Near, []string{"class"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := of(t, Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, crowd(20, c.rec, longAgo)), c.award, "c00")
			var reasons []string
			for _, r := range v.Reasons {
				reasons = append(reasons, r.Kind)
			}
			if v.Standing != c.want || !slices.Equal(reasons, c.reasons) || len(v.Reasons) > 0 && v.Reasons[0].Have != c.have {
				t.Errorf("%s %+v, want %s %v", v.Standing, v.Reasons, c.want, c.reasons)
			}
		})
	}
}

// TestUnitsStandOnEarlierAwards: a unit's certificate of the Prime Minister, five years after the province's.
func TestUnitsStandOnEarlierAwards(t *testing.T) {
	f := crowd(20, Record{Classes: classes(Good, 2025, 2025), Merits: initiatives("base", 2025)}, longAgo)
	f.Subjects = append(f.Subjects, Subject{ID: "a", Unit: "a", Group: true})
	f.Records["a"] = &Record{Subject: "a", Held: slices.Concat(won("bang_khen_tinh_tt", 2020), won("tt_ldxs", 2021, 2022, 2023, 2024), won("co_thi_dua_tinh", 2023))}
	if v := of(t, Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, f), "bk_ttg_tt", "a"); v.Standing != Within {
		t.Errorf("%s %+v", v.Standing, v.Reasons)
	}
	f.Records["a"].Held = f.Records["a"].Held[1:]
	if v := of(t, Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, f), "bk_ttg_tt", "a"); v.Standing != Near || v.Reasons[0].Kind != "since" {
		t.Errorf("%s %+v", v.Standing, v.Reasons)
	}
}

// TestAnAwardTakenBackBreaksTheStreak, and says so of the award that was decided on it.
func TestAnAwardTakenBackBreaksTheStreak(t *testing.T) {
	held := slices.Concat(won("cstdcs", 2023, 2024), won("cstd_tinh", 2025))
	rec := Record{Classes: classes(Good, 2025, 2025), Merits: initiatives("wide", 2025), Held: held}
	stand := func() Verdict {
		return of(t, Simulate(law(t, State, "2025-12-10"), 2025, yearEnd, crowd(20, rec, longAgo)), "cstd_tinh", "c00")
	}
	if v := stand(); !v.Decided || v.Shaken {
		t.Errorf("%+v", v)
	}
	held[0].Revoked = &Revocation{How: "annul", Decision: "9/QĐ"}
	if v := stand(); !v.Decided || !v.Shaken || len(v.Reasons) != 0 {
		t.Errorf("%+v", v)
	}
	rec.Held = held[:2]
	if v := stand(); v.Standing != Near || v.Reasons[0].Kind != "award" || v.Reasons[0].Have != 2 {
		t.Errorf("%+v", v)
	}
	rec.Held, rec.Merits = append(held[1:2:2], Held{Award: "cstd_tinh", Year: 2025}), nil // what is missing now was never there
	if v := stand(); v.Shaken {
		t.Errorf("%+v", v)
	}
}

// TestConditionsOnThePastAreLinted: a window without a number, a number of years without an award.
func TestConditionsOnThePastAreLinted(t *testing.T) {
	for _, c := range []Condition{{Award: "a", Times: 2}, {Award: "a", Within: 5}, {Class: Good, Since: 5}, {Held: "b"}} {
		l := Law{Awards: []Award{{ID: "a", Subject: "person"}, {ID: "x", Subject: "person", Conditions: []Condition{c}}}}
		if faults := l.lint(); len(faults) != 1 || !fault.Is(faults[0], "commendation.bad_rule") {
			t.Errorf("%+v: %v", c, faults)
		}
	}
}
