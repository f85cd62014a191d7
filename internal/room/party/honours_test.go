package party

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/testing/storetest"
)

// TestWhatCountsTowardAHonour is the streak of one subject, year by year.
func TestWhatCountsTowardAHonour(t *testing.T) {
	yearly := Honour{ID: "y", Class: Excellent, Years: 1}
	five := Honour{ID: "f", Class: Excellent, Years: 5, Anew: true}
	e := func(years ...int) map[int]Class {
		out := map[int]Class{}
		for _, y := range years {
			out[y] = Excellent
		}
		return out
	}
	with := func(m map[int]Class, y int, c Class) map[int]Class { m[y] = c; return m }
	for name, c := range map[string]struct {
		h           Honour
		classes     map[int]Class
		disciplined int
		given       int
		want        HonourLine
	}{
		"excellent this year":             {yearly, e(2025), 0, 0, HonourLine{Standing: Qualified, Streak: 1}},
		"good just misses":                {yearly, with(e(), 2025, Good), 0, 0, HonourLine{Standing: Near, Broken: 2025, By: "good"}},
		"fair does not":                   {yearly, with(e(), 2025, Fair), 0, 0, HonourLine{Standing: Far, Broken: 2025, By: "fair"}},
		"disciplined in the year":         {yearly, e(2025), 2025, 0, HonourLine{Standing: Far, Broken: 2025, By: byDiscipline}},
		"given already":                   {yearly, e(2025), 0, 2025, HonourLine{Standing: Commended, Streak: 1, Record: "KH-1"}},
		"five years":                      {five, e(2021, 2022, 2023, 2024, 2025), 0, 0, HonourLine{Standing: Qualified, Streak: 5}},
		"four years":                      {five, e(2022, 2023, 2024, 2025), 0, 0, HonourLine{Standing: Near, Streak: 4, Broken: 2021, By: byNothing}},
		"a good year between":             {five, with(e(2021, 2022, 2024, 2025), 2023, Good), 0, 0, HonourLine{Standing: Far, Streak: 2, Broken: 2023, By: "good"}},
		"a discipline between":            {five, e(2021, 2022, 2023, 2024, 2025), 2021, 0, HonourLine{Standing: Near, Streak: 4, Broken: 2021, By: byDiscipline}},
		"counted for the last award":      {five, e(2020, 2021, 2022, 2023, 2024, 2025), 0, 2024, HonourLine{Standing: Far, Streak: 1, Broken: 2024, By: byAward}},
		"five years after the last award": {five, e(2020, 2021, 2022, 2023, 2024, 2025), 0, 2020, HonourLine{Standing: Qualified, Streak: 5}},
	} {
		m := &merits{map[string]map[int]Class{"DV-1": c.classes}, map[string]map[int]bool{}, map[string]map[int]string{}}
		if c.disciplined != 0 {
			put(m.disciplined, "DV-1", c.disciplined, true)
		}
		if c.given != 0 {
			put(m.given, c.h.ID+"/DV-1", c.given, "KH-1")
		}
		c.want.Subject, c.want.Unit, c.want.Class = "DV-1", "cb1", c.classes[2025]
		if got := m.line(&c.h, "DV-1", "cb1", 2025); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestAnAssessmentHeldEarlyInAYearIsOfTheYearBefore(t *testing.T) {
	for on, want := range map[string]int{"2024-12-20": 2024, "2025-01-15": 2024, "2025-03-31": 2024, "2025-04-01": 2025} {
		if got := (&Record{On: day(on)}).YearOf(); got != want {
			t.Errorf("%s: %d, want %d", on, got, want)
		}
	}
	if got := (&Record{On: day("2025-05-01"), Year: 2023}).YearOf(); got != 2023 {
		t.Error(got)
	}
}

// TestHonoursFromTheRegister enters what a committee assessed in five years and commends by it.
func TestHonoursFromTheRegister(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := open(t, at) // today is 15/9/2025
		for _, id := range []string{"DV-00002", "DV-00003", "DV-00004", "DV-00005", "DV-00006", "DV-00007"} {
			o.elder(id)
		}
		for year := 2020; year <= 2024; year++ {
			rec := Record{Kind: "assessment", Unit: "cb1", On: day(strconv.Itoa(year) + "-12-10"), Title: "Xếp loại", Until: calendar.NoDate}
			for i := 1; i <= 7; i++ {
				class := Good
				if i == 1 {
					class = Excellent
				}
				rec.Results = append(rec.Results, Result{Subject: "DV-0000" + strconv.Itoa(i), Class: class})
			}
			_, err := o.Enter(o.ctx, "vp", rec, false)
			o.must(err)
		}
		bodies := Record{Kind: "assessment", Unit: "du", Object: "body", On: day("2025-01-10"), Title: "Xếp loại tổ chức đảng", Until: calendar.NoDate,
			Results: []Result{{Subject: "cb1", Class: Good}, {Subject: "cb2", Class: Good}}}
		_, err := o.Enter(o.ctx, "vp", bodies, false)
		o.must(err)

		units := []string{"du", "cb1", "cb2"}
		all, err := o.Honours(o.ctx, units, 2024)
		o.must(err)
		counts := ""
		for _, x := range all {
			counts += x.ID + ":" + strconv.Itoa(x.Count[Qualified]) + "/" + strconv.Itoa(x.Count[Near]) + " "
		}
		if want := "giay_khen_dv:1/6 giay_khen_tc:0/2 bang_khen_dv_5nam:1/0 bang_khen_tc_5nam:0/0 "; counts != want {
			t.Errorf("%s, want %s", counts, want)
		}
		if few, err := o.Honours(o.ctx, []string{"cb2"}, 2024); err != nil || len(few[0].Lines) != 0 {
			t.Errorf("another cell's members are named: %+v %v", few[0].Lines, err)
		}

		_, err = o.Enter(o.ctx, "vp", Record{Kind: "document", Form: "QĐ", Unit: "du", On: day("2025-02-01"), Title: "Quyết định", Until: calendar.NoDate}, false)
		o.must(err)
		n := Honouring{Unit: "du", Award: "giay_khen_dv", Year: 2024, On: day("2025-02-03"), Subjects: []string{"DV-00001"}, Title: "Giấy khen 2024"}
		made, err := o.Honour(o.ctx, "vp", n)
		o.must(err)
		if made.Number != "02-QĐ/ĐU" && made.Number != "02-QĐ" || made.Count != 1 || made.Object != "member" {
			t.Errorf("%+v", made)
		}
		next, err := o.Enter(o.ctx, "vp", Record{Kind: "document", Form: "QĐ", Unit: "du", On: day("2025-02-04"), Title: "Quyết định", Until: calendar.NoDate}, false)
		o.must(err)
		if !strings.HasPrefix(next.Number, "03-") {
			t.Error("a decision to commend has no number of its own among decisions:", next.Number)
		}
		for key, change := range map[string]func(*Honouring){
			"party.honour_not_earned": func(n *Honouring) {}, // given already
			"party.cell_honours":      func(n *Honouring) { n.Unit = "cb1" },
			"party.state_unit":        func(n *Honouring) { n.Unit = "so" },
			"party.no_honoured":       func(n *Honouring) { n.Subjects = nil },
			"party.no_honour":         func(n *Honouring) { n.Award = "x" },
			"party.no_number":         func(n *Honouring) { n.Award = "bang_khen_dv_5nam" },
			"party.in_future":         func(n *Honouring) { n.Award, n.Number, n.On = "bang_khen_dv_5nam", "9-QĐ/ĐUK", day("2025-12-01") },
		} {
			x := n
			change(&x)
			_, err := o.Honour(o.ctx, "vp", x)
			o.fails(err, key)
		}
		n.Award, n.Number = "bang_khen_dv_5nam", "9-QĐ/ĐUK"
		upper, err := o.Honour(o.ctx, "vp", n)
		o.must(err)
		for _, rec := range []*Record{made, upper} {
			var file bytes.Buffer
			if err := o.WriteDOCX(o.ctx, &file, rec, func(id string) string { return id }); err != nil || file.Len() < 1000 {
				t.Error(file.Len(), err)
			}
		}
		var file bytes.Buffer
		if err := o.WriteCertificate(&file, made, "DV-00001", func(id string) string { return id }); err != nil || file.Len() < 1000 {
			t.Error(file.Len(), err)
		}
		before := o.dump()
		_, err = o.ledger.Rebuild(o.ctx)
		o.must(err)
		if after := o.dump(); after != before {
			t.Errorf("built anew\n%s\nwas\n%s", after, before)
		}
	})
}

func TestRulesOfHonoursByDay(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db")
	for year, want := range map[int]string{2018: "hd-01-2021", 2024: "hd-01-2021", 2025: "hd-06-2025"} {
		h, err := o.HonoursOf(year)
		o.must(err)
		if h.ID != want {
			t.Errorf("%d: %s, want %s", year, h.ID, want)
		}
		for _, a := range h.Awards {
			if !slices.Contains([]string{"member", "body"}, a.Subject) || rankOf(a.Class) < 0 || a.Label[lang.VI] == "" || a.Years < 1 {
				t.Errorf("%+v", a)
			}
		}
	}
}

// TestTheCapIsCountedOverTheBaseOrganisation: a cell of two may have an excellent member where its base organisation of eight has, and
// the second cell finds the place taken.
func TestTheCapIsCountedOverTheBaseOrganisation(t *testing.T) {
	o := open(t, t.TempDir()+"/trucot.db") // DV-00001 in cb1
	for i := 2; i <= 8; i++ {
		id := "DV-0000" + strconv.Itoa(i)
		o.elder(id)
		if i > 2 {
			_, err := o.Move(o.ctx, Step{ID: id, On: day("2024-01-05"), Unit: "cb2", Actor: "vp"})
			o.must(err)
		}
	}
	assess := func(unit string, excellent, good string) error {
		_, err := o.Enter(o.ctx, "vp", Record{Kind: "assessment", Unit: unit, On: day("2024-12-10"), Title: "Xếp loại", Until: calendar.NoDate,
			Results: []Result{{Subject: excellent, Class: Excellent}, {Subject: good, Class: Good}}}, false)
		return err
	}
	o.must(assess("cb1", "DV-00001", "DV-00002"))
	o.fails(assess("cb2", "DV-00003", "DV-00004"), "party.over_cap")
	o.must(assess("cb1", "DV-00002", "DV-00001")) // judged anew
	q, err := o.Quota(o.ctx, &Record{Unit: "cb2", On: day("2024-12-10")})
	if o.must(err); q != (Quota{Unit: "du", Of: 8, Most: 1, Reserved: 1}) {
		t.Errorf("%+v", q)
	}
}

// TestOneOfFiveIsTooMany: with 20 % of those classed good, one excellent one needs five good ones beside.
func TestOneOfFiveIsTooMany(t *testing.T) {
	for _, on := range []string{"2019-12-01", "2025-09-01"} {
		o := open(t, t.TempDir()+"/trucot.db")
		rec := Record{Kind: "assessment", Unit: "cb1", On: day(on), Title: "Xếp loại", Until: calendar.NoDate,
			Results: []Result{{Subject: "DV-00001", Class: Excellent, Points: 95}}}
		for i := 2; i <= 5; i++ {
			rec.Results = append(rec.Results, Result{Subject: "DV-0000" + strconv.Itoa(i), Class: Good, Points: 80})
		}
		_, err := o.Enter(o.ctx, "vp", rec, false)
		o.fails(err, "party.over_cap")
		rec.Results = append(rec.Results, Result{Subject: "DV-00006", Class: Good, Points: 80})
		_, err = o.Enter(o.ctx, "vp", rec, false)
		o.must(err)
	}
}

// TestBadgeMoney: 1.5 times the base salary with the badge of 30 years, nothing said where no rule was seen.
func TestBadgeMoney(t *testing.T) {
	for _, c := range shipped(t).Charters {
		for grade, want := range map[int]int64{30: 3_510_000, 40: 4_680_000, 50: 7_020_000, 55: 8_190_000, 60: 11_700_000, 65: 14_040_000, 90: 0} {
			if got := c.badgeMoney(grade, 2_340_000); got != want {
				t.Errorf("%s, %d years: %d, want %d", c.ID, grade, got, want)
			}
		}
	}
}
