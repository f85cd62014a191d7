package calendar

import (
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

func TestParsePeriod(t *testing.T) {
	for _, x := range []struct{ code, from, to, previous, yearBefore, vi, en string }{
		{"2021", "2020-12-15", "2021-12-14", "2020", "2020", "năm 2021", "2021"},
		{"2021-H1", "2020-12-15", "2021-06-14", "2020-H2", "2020-H1", "6 tháng đầu năm 2021", "first half of 2021"},
		{"2021-H2", "2021-06-15", "2021-12-14", "2021-H1", "2020-H2", "6 tháng cuối năm 2021", "second half of 2021"},
		{"2021-Q1", "2020-12-15", "2021-03-14", "2020-Q4", "2020-Q1", "quý I năm 2021", "quarter 1 of 2021"},
		{"2021-Q4", "2021-09-15", "2021-12-14", "2021-Q3", "2020-Q4", "quý IV năm 2021", "quarter 4 of 2021"},
		{"2021-M05", "2021-04-15", "2021-05-14", "2021-M04", "2020-M05", "tháng 5 năm 2021", "May 2021"},
		{"2021-M01", "2020-12-15", "2021-01-14", "2020-M12", "2020-M01", "tháng 1 năm 2021", "January 2021"},
		{"2017-S", "2017-01-01", "2017-12-31", "2016-S", "2016-S", "niên độ thống kê 2017", "statistics year 2017"},
		{"2021-01-01..2021-06-30", "2021-01-01", "2021-06-30", "2020-07-01..2020-12-31", "2020-01-01..2020-06-30", "từ 01/01/2021 đến 30/06/2021", "1 Jan 2021 to 30 Jun 2021"},
		{"2021-06-10..2021-06-12", "2021-06-10", "2021-06-12", "2021-06-07..2021-06-09", "2020-06-10..2020-06-12", "từ 10/06/2021 đến 12/06/2021", "10 Jun 2021 to 12 Jun 2021"},
	} {
		t.Run(x.code, func(t *testing.T) {
			p, err := ParsePeriod(x.code)
			if err != nil {
				t.Fatal(err)
			}
			if p.Code != x.code || p.From.String() != x.from || p.To.String() != x.to {
				t.Errorf("%s is %v – %v, want %s – %s", p.Code, p.From, p.To, x.from, x.to)
			}
			if got := p.Previous().Code; got != x.previous {
				t.Errorf("previous %s, want %s", got, x.previous)
			}
			if got := p.YearBefore().Code; got != x.yearBefore {
				t.Errorf("year before %s, want %s", got, x.yearBefore)
			}
			if got := p.Name(lang.VI); got != x.vi {
				t.Errorf("name %q, want %q", got, x.vi)
			}
			if got := p.Name(lang.EN); got != x.en {
				t.Errorf("name %q, want %q", got, x.en)
			}
		})
	}
	for _, code := range []string{"", "21", "2021-H3", "2021-Q0", "2021-M13", "2021-M5", "2021-X", "0000", "2021-06-30..2021-01-01", "2021-02-30..2021-03-01", "..", "2021-H1 "} {
		if p, err := ParsePeriod(code); !fault.Is(err, "calendar.bad_period") {
			t.Errorf("%q = %+v, %v", code, p, err)
		}
	}
}

// Periods of one kind follow each other without gap or overlap, and their parts fill the year.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"2021", "2020-H2", "2024-Q1", "2020-M03", "2020-S", "2020-02-01..2020-02-29"}).Draw(t, "code")
		p := MustPeriod(code)
		for range rapid.IntRange(0, 30).Draw(t, "back") {
			before := p.Previous()
			if before.To+1 != p.From {
				t.Fatalf("%v ends %v, %v begins %v", before, before.To, p, p.From)
			}
			if again := MustPeriod(before.Code); again != before {
				t.Fatalf("%v read back as %v", before, again)
			}
			p = before
		}
	})
	if h1, h2, y := MustPeriod("2021-H1"), MustPeriod("2021-H2"), MustPeriod("2021"); h1.From != y.From || h2.To != y.To {
		t.Error("two halves are not the year")
	}
}

func TestDateInWords(t *testing.T) {
	for in, want := range map[string][4]string{
		"2021-06-14": {"14/06/2021", "ngày 14 tháng 6 năm 2021", "14 Jun 2021", "14 June 2021"},
		"2021-02-05": {"05/02/2021", "ngày 05 tháng 02 năm 2021", "5 Feb 2021", "5 February 2021"},
		"2021-03-05": {"05/03/2021", "ngày 05 tháng 3 năm 2021", "5 Mar 2021", "5 March 2021"},
		"2020-12-31": {"31/12/2020", "ngày 31 tháng 12 năm 2020", "31 Dec 2020", "31 December 2020"},
	} {
		d := MustParse(in)
		if got := [4]string{d.Format(lang.VI), d.Long(lang.VI), d.Format(lang.EN), d.Long(lang.EN)}; got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
	if NoDate.Format(lang.VI)+NoDate.Long(lang.VI) != "" {
		t.Error("no date must be empty")
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2021", "2021-H1", "2021-01-01..2021-06-30", "9999-12-31..9999-12-31", "0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			return
		}
		if again, err := ParsePeriod(p.Code); err != nil || again != p {
			t.Fatalf("%q → %+v → %+v, %v", s, p, again, err)
		}
		if p.From > p.To {
			t.Fatalf("%+v runs backwards", p)
		}
		p.Previous().Name(lang.VI)
		p.YearBefore().Name(lang.EN)
	})
}
