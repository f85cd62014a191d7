package campaign

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/calendar"
)

// A part reads back the figures that were packed, and refuses every piece of them.
func TestPackedLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Just(indicator.NoValue), rapid.Map(rapid.Int64(), func(n int64) indicator.Value { return indicator.Value(n) }))
		want := Part{}
		for range rapid.IntRange(0, 5).Draw(t, "records") {
			want.Records = append(want.Records, rapid.String().Draw(t, "record"))
		}
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			l := Line{Indicator: rapid.String().Draw(t, "indicator"), Actual: value.Draw(t, "actual"), Previous: value.Draw(t, "previous"), Estimate: value.Draw(t, "estimate"),
				Why: rapid.String().Draw(t, "why"), Unlisted: rapid.Bool().Draw(t, "unlisted")}
			for k := range want.Records {
				if rapid.Bool().Draw(t, "counts") {
					l.Of = append(l.Of, Share{int64(k), rapid.Int64().Draw(t, "share")})
				}
			}
			want.Lines = append(want.Lines, l)
		}
		row := packLines(want.Lines, want.Records)
		var got Part
		if err := got.fill(row); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v %+v\nwant %+v", err, got, want)
		}
		cut := rapid.IntRange(0, len(row)-1).Draw(t, "cut")
		if err := (&Part{}).fill(row[:cut]); err == nil {
			t.Fatalf("took %d of %d bytes", cut, len(row))
		}
	})
}

// Whatever stands in the table, reading it ends, with no share of a record that is not there.
func FuzzFill(f *testing.F) {
	f.Add(packLines([]Line{{Indicator: "a.b", Actual: 1000, Why: "vì", Of: []Share{{0, 1000}}}}, []string{"dossier/1"}))
	f.Fuzz(func(t *testing.T, row []byte) {
		var p Part
		if p.fill(row) != nil {
			return
		}
		for _, l := range p.Lines {
			for _, s := range l.Of {
				_ = p.Records[s[0]]
			}
		}
	})
}

// TestWhatIsComparedWithThePeriodBefore: a report due before its period ends is judged by the estimate of the whole, not by the number
// to date; one with a cut-off of its own is compared with the same day, by its actual number.
func TestWhatIsComparedWithThePeriodBefore(t *testing.T) {
	threshold := Threshold{Percent: 20, Least: 5}
	for name, c := range map[string]struct {
		actual, estimate, previous int64 // estimate -1 = none
		asOf                       calendar.Date
		must                       bool
		moved                      int64
	}{
		"to date, far behind":            {60, -1, 100, calendar.NoDate, true, -40},
		"the whole will be as before":    {60, 98, 100, calendar.NoDate, false, -2},
		"the whole will be far more":     {90, 140, 100, calendar.NoDate, true, 40},
		"a cut-off goes by the actual":   {60, 98, 100, calendar.MustParse("2025-11-30"), true, -40},
		"nothing before":                 {7, -1, 0, calendar.NoDate, true, 7},
		"a move of less than five cases": {4, -1, 1, calendar.NoDate, false, 3},
	} {
		p := Prefilled{Line: Line{Actual: indicator.Of(c.actual), Estimate: indicator.NoValue, Previous: indicator.Of(c.previous)}}
		if c.estimate >= 0 {
			p.Estimate = indicator.Of(c.estimate)
		}
		p.compare(&Campaign{AsOf: c.asOf, Explain: threshold})
		if p.Must != c.must || p.Moved != indicator.Of(c.moved) {
			t.Errorf("%s: %v %v", name, p.Must, p.Moved)
		}
	}
}
