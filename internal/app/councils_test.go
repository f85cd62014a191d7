package app

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"trucot/definitions"
	"trucot/internal/engine/council"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/fault"
)

// TestEveryShippedCouncilHasRules: each council of each definition, on each of its score sheets, becomes rules whose full
// marks are 100 and whose quorum names seats that there are.
func TestEveryShippedCouncilHasRules(t *testing.T) {
	set, err := Procedures("")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(definitions.Files, "councils")
	if err != nil {
		t.Fatal(err)
	}
	standing, err := procedure.LoadStanding(files)
	if err != nil || len(standing) == 0 {
		t.Fatal(len(standing), err)
	}
	seen := 0
	check := func(where string, councils []procedure.Council, legal []procedure.Basis) {
		for i := range councils {
			c := &councils[i]
			variants := []string{""}
			for _, v := range c.Ballot.Variants {
				variants = append(variants, v.ID)
			}
			for _, v := range variants {
				r, err := rulesOf(c, legal, v)
				if err != nil {
					t.Fatal(where, c.ID, v, err)
				}
				seen++
				if sum := fullMarks(r); r.Ballot.Kind == council.Score && sum != 10000 {
					t.Errorf("%s %s %q: full marks are %d hundredths", where, c.ID, v, sum)
				}
				if r.Basis == "" {
					t.Errorf("%s %s names no legal text", where, c.ID)
				}
				for _, need := range r.Needs {
					for _, role := range need.Roles {
						if r.Seat(role) == nil || need.Count < 1 {
							t.Errorf("%s %s needs %d of %q", where, c.ID, need.Count, role)
						}
					}
				}
			}
			if _, err := rulesOf(c, legal, "khong-co"); !fault.Is(err, "council.unknown_rule") {
				t.Errorf("a sheet that is not there: %v", err)
			}
		}
	}
	for _, p := range set.All() {
		check(p.ID+" "+p.Version, p.Councils, p.Legal)
	}
	for _, s := range standing {
		check(s.ID, s.Councils, s.Legal)
	}
	if seen < 12 {
		t.Errorf("only %d sets of rules were looked at", seen)
	}
}

func fullMarks(r *council.Rules) int64 {
	var sum int64
	for _, c := range r.Ballot.Criteria {
		sum += c.Max
	}
	return sum
}

// TestAWrongStandingCouncilIsNamed: its faults are those of a procedure's councils.
func TestAWrongStandingCouncilIsNamed(t *testing.T) {
	good, err := fs.ReadFile(definitions.Files, "councils/khen_thuong.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := procedure.LoadStanding(fstest.MapFS{"ten_khac.yaml": {Data: good}}); !fault.Is(err, "procedure.wrong_file") {
		t.Error(err)
	}
}
