package council

import (
	"math/big"
	"slices"

	"trucot/internal/kernel/fault"
)

// The kinds of ballot, as in definitions.
const (
	Score    = "score"
	Rating   = "rating"
	Criteria = "criteria"
	YesNo    = "yes_no"
)

// The words of a choice that is not one of several levels.
const (
	Yes = "yes"
	No  = "no"
)

// What of the result fills the dossier's field.
const (
	ResultMean  = "mean"  // mean score, without the bonus
	ResultShare = "share" // percent of votes in favour
	ResultLevel = "level" // id of the level
)

// Ballot is how the council votes. Points are in hundredths, so that sums are exact.
type Ballot struct {
	Kind      string      `json:"kind"`
	Total     bool        `json:"total,omitempty"` // shares are of all members, who may vote in writing; else of those present
	Criteria  []Criterion `json:"criteria,omitempty"`
	Share     Share       `json:"share"`            // of votes needed
	Strict    bool        `json:"strict,omitempty"` // more than it, not at least
	Pass      int64       `json:"pass,omitempty"`   // least mean of a score ballot
	Outlier   int64       `json:"outlier,omitempty"`
	Bonus     int64       `json:"bonus,omitempty"`      // percent of the own mean
	BonusFrom int64       `json:"bonus_from,omitempty"` // least mean that gets it
	BonusWhen Text        `json:"bonus_when,omitempty"`
	ZeroVeto  *Share      `json:"zero_veto,omitempty"`
	TieBreaks []TieBreak  `json:"tie_breaks,omitempty"`
	Undecided *Undecided  `json:"undecided,omitempty"` // who decides where they do not
	Levels    []Level     `json:"levels,omitempty"`
	Forced    string      `json:"forced,omitempty"` // the only level left to a file marked so
	ForcedIf  Text        `json:"forced_if,omitempty"`
}

// Criterion is one line of the paper; Max is what it is worth at most.
type Criterion struct {
	ID    string `json:"id"`
	Label Text   `json:"label"`
	Max   int64  `json:"max,omitempty"`
}

// TieBreak orders files of equal score: by the mean of the criterion of the same id, or by a number of the file.
type TieBreak struct {
	ID    string `json:"id"`
	Label Text   `json:"label"`
	Lower bool   `json:"lower,omitempty"` // the lower number wins
}

// Level is one outcome of a rating; the first whose conditions hold is the result.
type Level struct {
	ID      string   `json:"id"`
	Label   Text     `json:"label"`
	AtLeast *Share   `json:"at_least,omitempty"`
	More    *Share   `json:"more_than,omitempty"`
	NoneOf  []string `json:"none_of,omitempty"`
	Default bool     `json:"default,omitempty"`
}

// Mark is what a ballot says of one file. A blank one counts as present and says nothing.
type Mark struct {
	Blank  bool             `json:"blank,omitempty"`
	Points map[string]int64 `json:"points,omitempty"` // score: hundredths; criteria: 1 passed, 0 not
	Choice string           `json:"choice,omitempty"` // rating: the level; yes/no: Yes or No
}

// Paper is one ballot: file → mark.
type Paper map[string]Mark

// Outcome is the count of one file.
type Outcome struct {
	File   string           `json:"file"`
	Blank  int              `json:"blank,omitempty"`
	Void   int              `json:"void,omitempty"` // ballots too far off the mean
	For    int              `json:"for,omitempty"`
	Counts map[string]int   `json:"counts,omitempty"` // choice → ballots
	Totals []int64          `json:"totals,omitempty"` // of the ballots that count, ascending
	Means  map[string]int64 `json:"means,omitempty"`  // criterion → mean, hundredths
	Mean   int64            `json:"mean,omitempty"`   // hundredths
	Final  int64            `json:"final,omitempty"`  // with the bonus
	Zero   string           `json:"zero,omitempty"`   // criterion with too many zeros
	Level  string           `json:"level,omitempty"`
	Passed bool             `json:"passed"`
	Rank   int              `json:"rank,omitempty"` // among the files that passed, from 1
	Tied   bool             `json:"tied,omitempty"` // the tie-breaks do not decide
	Over   string           `json:"over,omitempty"` // tie-break that puts it before the next, whose score is the same
}

// Tally counts the papers. base is the number of members that shares are of. The order of the papers does not matter.
func (b *Ballot) Tally(files []File, base int, papers []Paper) []Outcome {
	out := make([]Outcome, len(files))
	scores := map[string]*score{}
	for i, f := range files {
		var marks []Mark
		o := Outcome{File: f.ID}
		for _, p := range papers {
			if m := p[f.ID]; m.Blank {
				o.Blank++
			} else {
				marks = append(marks, m)
			}
		}
		switch b.Kind {
		case Score:
			scores[f.ID] = b.score(&o, f, base, marks)
		case Rating:
			b.rate(&o, base, marks)
		case Criteria:
			b.allPass(&o, base, marks)
		case YesNo:
			b.yesNo(&o, base, marks)
		}
		out[i] = o
	}
	if b.Kind == Score {
		b.rank(out, files, scores)
	}
	return out
}

// score is the exact side of a score outcome.
type score struct {
	final *big.Rat
	means map[string]*big.Rat
}

// total is the sum of a mark's points.
func total(m Mark) int64 {
	var sum int64
	for _, p := range m.Points {
		sum += p
	}
	return sum
}

// valid leaves out the marks that differ from the mean of all by more than the share the law allows. The mean is that
// of all marks: it is not taken again and again.
func (b *Ballot) valid(marks []Mark) []Mark {
	var sum int64
	for _, m := range marks {
		sum += total(m)
	}
	n := int64(len(marks))
	return slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool {
		off := total(m)*n - sum
		return b.Outlier > 0 && max(off, -off)*100 > b.Outlier*sum
	})
}

func (b *Ballot) score(o *Outcome, f File, base int, marks []Mark) *score {
	valid := b.valid(marks)
	o.Void, o.Means = len(marks)-len(valid), map[string]int64{}
	s := &score{final: new(big.Rat), means: map[string]*big.Rat{}}
	for _, m := range valid {
		o.Totals = append(o.Totals, total(m))
	}
	slices.Sort(o.Totals)
	mean := average(len(valid), func(i int) int64 { return total(valid[i]) })
	for _, c := range b.Criteria {
		s.means[c.ID] = average(len(valid), func(i int) int64 { return valid[i].Points[c.ID] })
		o.Means[c.ID] = hundredths(s.means[c.ID])
		zeros := 0 // of all who gave marks: the law counts members present, not ballots kept
		for _, m := range marks {
			if m.Points[c.ID] == 0 {
				zeros++
			}
		}
		if b.ZeroVeto != nil && o.Zero == "" && b.ZeroVeto.reached(zeros, base, true) {
			o.Zero = c.ID
		}
	}
	s.final.Set(mean)
	if f.Bonus && b.Bonus > 0 && mean.Cmp(points(b.BonusFrom)) >= 0 {
		s.final.Mul(mean, big.NewRat(100+b.Bonus, 100))
	}
	o.Mean, o.Final = hundredths(mean), hundredths(s.final)
	o.Passed = len(valid) > 0 && o.Zero == "" && s.final.Cmp(points(b.Pass)) >= 0
	return s
}

// points turns hundredths into the exact number.
func points(h int64) *big.Rat { return big.NewRat(h, 100) }

// average is the mean of n values in hundredths, 0 of none.
func average(n int, value func(i int) int64) *big.Rat {
	if n == 0 {
		return new(big.Rat)
	}
	var sum int64
	for i := range n {
		sum += value(i)
	}
	return big.NewRat(sum, int64(n)*100)
}

// rank orders the files that passed: the higher score first, then by the tie-breaks in their order.
func (b *Ballot) rank(out []Outcome, files []File, scores map[string]*score) {
	facts := map[string]map[string]int64{}
	var order []int
	for i := range out {
		facts[files[i].ID] = files[i].Facts
		if out[i].Passed {
			order = append(order, i)
		}
	}
	compare := func(i, j int) (order int, by string) {
		x, y := out[i].File, out[j].File
		if c := scores[y].final.Cmp(scores[x].final); c != 0 {
			return c, ""
		}
		for _, tie := range b.TieBreaks {
			var c int
			if mean := scores[x].means[tie.ID]; mean != nil {
				c = scores[y].means[tie.ID].Cmp(mean)
			} else if c = int(sign(facts[y][tie.ID] - facts[x][tie.ID])); tie.Lower {
				c = -c
			}
			if c != 0 {
				return c, tie.ID
			}
		}
		return 0, ""
	}
	slices.SortStableFunc(order, func(i, j int) int { c, _ := compare(i, j); return c })
	for n, i := range order {
		out[i].Rank = n + 1
		if n == 0 {
			continue
		}
		before := &out[order[n-1]]
		c, by := compare(order[n-1], i)
		if before.Over = by; c == 0 {
			out[i].Rank, out[i].Tied, before.Tied = before.Rank, true, true
		}
	}
}

func sign(n int64) int64 { return max(-1, min(1, n)) }

// rate finds the first level whose conditions hold.
func (b *Ballot) rate(o *Outcome, base int, marks []Mark) {
	o.Counts = map[string]int{}
	for _, m := range marks {
		o.Counts[m.Choice]++
	}
	for _, l := range b.Levels {
		if l.Default && o.Level == "" {
			o.Level = l.ID
		}
	}
	for _, l := range b.Levels {
		n := o.Counts[l.ID]
		holds := l.AtLeast != nil && l.AtLeast.reached(n, base, false) || l.More != nil && l.More.reached(n, base, true)
		if holds && !slices.ContainsFunc(l.NoneOf, func(id string) bool { return o.Counts[id] > 0 }) {
			o.Level = l.ID
			break
		}
	}
	o.For = o.Counts[o.Level]
	o.Passed = o.Level != b.worst()
}

// worst is the level that is no success: the one of which a share is enough to fail.
func (b *Ballot) worst() string {
	for _, l := range b.Levels {
		if l.More != nil {
			return l.ID
		}
	}
	return ""
}

// allPass counts the ballots on which every criterion passes.
func (b *Ballot) allPass(o *Outcome, base int, marks []Mark) {
	o.Counts = map[string]int{}
	for _, m := range marks {
		all := true
		for _, c := range b.Criteria {
			if m.Points[c.ID] == 0 {
				all = false
			} else {
				o.Counts[c.ID]++
			}
		}
		if all {
			o.For++
		}
	}
	o.Passed = b.Share.reached(o.For, base, b.Strict)
}

func (b *Ballot) yesNo(o *Outcome, base int, marks []Mark) {
	o.Counts = map[string]int{}
	for _, m := range marks {
		o.Counts[m.Choice]++
	}
	o.For = o.Counts[Yes]
	o.Passed = b.Share.reached(o.For, base, b.Strict)
}

// Check refuses a paper that says nothing of a file, or what the ballot does not ask. Errors: council.paper_incomplete,
// council.points_range, council.forced_level.
func (b *Ballot) Check(files []File, p Paper) error {
	for _, f := range files {
		m, ok := p[f.ID]
		if ok && m.Blank && m.Choice == "" && len(m.Points) == 0 {
			continue
		}
		if err := b.checkMark(f, m, ok && !m.Blank); err != nil {
			return err
		}
	}
	if len(p) != len(files) {
		return fault.New(fault.Invalid, "council.paper_incomplete", "file", "")
	}
	return nil
}

func (b *Ballot) checkMark(f File, m Mark, filled bool) error {
	incomplete := fault.New(fault.Invalid, "council.paper_incomplete", "file", f.Label)
	switch b.Kind {
	case Score, Criteria:
		if !filled || len(m.Points) != len(b.Criteria) || m.Choice != "" {
			return incomplete
		}
		for _, c := range b.Criteria {
			most := c.Max
			if b.Kind == Criteria {
				most = 1
			}
			n, there := m.Points[c.ID]
			if !there {
				return incomplete
			}
			if n < 0 || n > most {
				return fault.New(fault.Invalid, "council.points_range", "criterion", c.Label, "max", most/100)
			}
		}
	case Rating:
		known := slices.ContainsFunc(b.Levels, func(l Level) bool { return l.ID == m.Choice })
		if !filled || !known || len(m.Points) > 0 {
			return incomplete
		}
		if f.Forced && b.Forced != "" && m.Choice != b.Forced {
			return fault.New(fault.Invalid, "council.forced_level", "file", f.Label, "reason", b.ForcedIf)
		}
	case YesNo:
		if !filled || m.Choice != Yes && m.Choice != No || len(m.Points) > 0 {
			return incomplete
		}
	}
	return nil
}
