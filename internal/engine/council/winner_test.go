package council

import "testing"

// TestTheFirstOfSeveralIsNamed: the step that records a selection gets the winner's name, unless nothing decides.
func TestTheFirstOfSeveralIsNamed(t *testing.T) {
	b := selection()
	c := Council{Rules: Rules{Ballot: b, Field: "diem", Of: ResultMean, Winner: "chu_tri"},
		Files: []File{{ID: "1", Label: "Viện A"}, {ID: "2", Label: "Viện B"}}}
	vote := func(first, second int64) {
		var all []Paper
		for range 7 {
			all = append(all, Paper{"1": b.flat(first), "2": b.flat(second)})
		}
		c.Outcomes = b.Tally(c.Files, 7, all)
	}
	for _, v := range []struct {
		first, second int64
		passed        bool
		winner        any
	}{{75, 85, true, "Viện B"}, {85, 75, true, "Viện A"}, {80, 80, true, nil}, {50, 60, false, nil}} {
		vote(v.first, v.second)
		if got := c.concluded(); got.Passed != v.passed || got.Fields["chu_tri"] != v.winner {
			t.Errorf("%d against %d: %+v", v.first, v.second, got)
		}
	}
	c.Files = c.Files[:1]
	c.Outcomes = b.Tally(c.Files, 1, []Paper{{"1": b.flat(80)}})
	if got := c.concluded(); !got.Passed || got.Fields["chu_tri"] != nil || got.Fields["diem"] == nil {
		t.Errorf("the only file is the dossier itself: %+v", got)
	}
}
