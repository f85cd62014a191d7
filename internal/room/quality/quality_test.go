package quality

import (
	"testing"
	"testing/fstest"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// TestTheIndexAddsUpToAHundred also holds that the six groups carry the marks of Quyết định 766/QĐ-TTg.
func TestTheIndexAddsUpToAHundred(t *testing.T) {
	all, err := Load(definitions.Files)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	sum := 0.0
	var marks []float64
	for _, g := range all[0].Groups {
		sum += g.Max
		marks = append(marks, g.Max)
	}
	if want := []float64{18, 20, 12, 10, 18, 22}; sum != 100 || len(marks) != len(want) || marks[0] != 18 || marks[1] != 20 || marks[5] != 22 {
		t.Errorf("%v add up to %v", marks, sum)
	}
}

// TestMarksOfAShare are worked examples: all at the target, in proportion below it.
func TestMarksOfAShare(t *testing.T) {
	for _, c := range []struct {
		good, all int
		full, max float64
		want      float64
	}{
		{9728, 10000, 100, 20, 19.46}, {5179, 10000, 50, 6, 6}, {25, 100, 50, 6, 3}, {0, 3, 80, 5, 0}, {1, 3, 80, 6, 2.5}, {4, 5, 80, 6, 6},
	} {
		if got := points(c.good, c.all, c.full, c.max); got != c.want {
			t.Errorf("%d of %d at %v %%: %v, not %v", c.good, c.all, c.full, got, c.want)
		}
	}
}

func TestABrokenIndexIsRefused(t *testing.T) {
	head := "id: x\ntitle: {vi: X, en: X}\neffective: {from: 2022-01-01}\nsource: thử\nstatus: published\ngroups:\n  - id: g\n    title: {vi: G, en: G}\n    max: 10\n    components:\n"
	for want, component := range map[string]string{
		"quality.bad_sum":       "      - {id: a, max: 9, count: on_time, full: 80, title: {vi: A, en: A}}\n",
		"quality.bad_component": "      - {id: a, max: 10, title: {vi: A, en: A}}\n",
	} {
		if _, err := Load(fstest.MapFS{"quality/x.yaml": {Data: []byte(head + component)}}); !fault.Is(err, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	r := New(nil, func() ([]*Index, error) { return Load(definitions.Files) })
	if _, err := r.Measure(t.Context(), Query{Period: calendar.MustPeriod("2021")}); !fault.Is(err, "quality.none") {
		t.Errorf("before the first index: %v", err)
	}
}
