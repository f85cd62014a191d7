package council

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// selection is the ballot of Circular 20/2023 for a research topic: 12/24/16/16/16/16, at least 70, a ballot more than
// 20 % off the mean is void, +10 % for the proposer from 70 on, no criterion with zeros from more than a quarter.
func selection() Ballot {
	b := Ballot{Kind: Score, Pass: 7000, Outlier: 20, Bonus: 10, BonusFrom: 7000, ZeroVeto: &Share{1, 4},
		TieBreaks: []TieBreak{{ID: "kinh_phi", Lower: true}, {ID: "xuat_sac"}, {ID: "noi_dung"}}}
	for i, id := range []string{"tong_quan", "noi_dung", "san_pham", "ung_dung", "ke_hoach", "nang_luc"} {
		b.Criteria = append(b.Criteria, Criterion{ID: id, Max: []int64{1200, 2400, 1600, 1600, 1600, 1600}[i]})
	}
	return b
}

// sum makes a mark with a total of so many points, filled up from the first criterion on.
func (b *Ballot) sum(points float64) Mark {
	left, m := int64(points*100), Mark{Points: map[string]int64{}}
	for _, c := range b.Criteria {
		m.Points[c.ID] = min(left, c.Max)
		left -= m.Points[c.ID]
	}
	return m
}

// flat spreads a total evenly, so that no criterion is zero.
func (b *Ballot) flat(percent int64) Mark {
	m := Mark{Points: map[string]int64{}}
	for _, c := range b.Criteria {
		m.Points[c.ID] = c.Max * percent / 100
	}
	return m
}

func papers(marks ...Mark) []Paper {
	out := make([]Paper, len(marks))
	for i, m := range marks {
		out[i] = Paper{"1": m}
	}
	return out
}

var one = []File{{ID: "1", Label: "Hồ sơ mẫu"}}

// TestScoreByHand holds counts against sums done by hand.
func TestScoreByHand(t *testing.T) {
	b := selection()
	zero := func(percent int64, id string) Mark { m := b.flat(percent); m.Points[id] = 0; return m }
	for _, c := range []struct {
		name   string
		file   File
		base   int
		marks  []Mark
		want   Outcome
		zeroed string
	}{
		{"all alike", one[0], 7, []Mark{b.flat(80), b.flat(80), b.flat(80)}, Outcome{Mean: 8000, Final: 8000, Passed: true, Rank: 1}, ""},
		// mean of all (90+80+80+50)/4 = 75; 50 is 33 % off and void, 90 is exactly 20 % off and stays: (90+80+80)/3 = 83.33
		{"one too low, one on the edge", one[0], 7, []Mark{b.flat(90), b.flat(80), b.flat(80), b.flat(50)}, Outcome{Void: 1, Mean: 8333, Final: 8333, Passed: true, Rank: 1}, ""},
		// 100, 100, 55 → mean 85; 55 is 35.3 % off; what stays is 100 and 100: the mean is not taken a second time
		{"void once", one[0], 7, []Mark{b.flat(100), b.flat(100), b.flat(55)}, Outcome{Void: 1, Mean: 10000, Final: 10000, Passed: true, Rank: 1}, ""},
		{"just under", one[0], 7, []Mark{b.flat(70), b.flat(70), b.flat(69)}, Outcome{Mean: 6967, Final: 6967}, ""},
		{"exactly seventy", one[0], 7, []Mark{b.flat(70), b.flat(70)}, Outcome{Mean: 7000, Final: 7000, Passed: true, Rank: 1}, ""},
		{"the proposer gets a tenth", File{ID: "1", Bonus: true}, 7, []Mark{b.flat(70), b.flat(80)}, Outcome{Mean: 7500, Final: 8250, Passed: true, Rank: 1}, ""},
		// the bonus needs 70 first: 69 does not become 75.9
		{"no tenth under seventy", File{ID: "1", Bonus: true}, 7, []Mark{b.flat(69), b.flat(69)}, Outcome{Mean: 6900, Final: 6900}, ""},
		// two of eight present are exactly a quarter, which is not more than a quarter
		{"zeros from a quarter", one[0], 8, []Mark{zero(90, "nang_luc"), zero(90, "nang_luc"), b.flat(90), b.flat(90), b.flat(90), b.flat(90), b.flat(90), b.flat(90)},
			Outcome{Mean: 8640, Final: 8640, Passed: true, Rank: 1}, ""},
		{"zeros from more than a quarter", one[0], 7, []Mark{zero(90, "nang_luc"), zero(90, "nang_luc"), b.flat(90), b.flat(90), b.flat(90), b.flat(90), b.flat(90)},
			Outcome{Mean: 8589, Final: 8589}, "nang_luc"},
		{"a blank one is no zero", one[0], 7, []Mark{b.flat(80), {Blank: true}}, Outcome{Blank: 1, Mean: 8000, Final: 8000, Passed: true, Rank: 1}, ""},
		{"nobody said anything", one[0], 7, []Mark{{Blank: true}}, Outcome{Blank: 1}, ""},
	} {
		got := b.Tally([]File{c.file}, c.base, papers(c.marks...))[0]
		if got.Mean != c.want.Mean || got.Final != c.want.Final || got.Void != c.want.Void || got.Blank != c.want.Blank || got.Passed != c.want.Passed || got.Rank != c.want.Rank || got.Zero != c.zeroed {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestWhoWins: the higher score, then the lower budget, then the excellent record, then the higher score for content.
func TestWhoWins(t *testing.T) {
	b := selection()
	content := b.flat(80)
	content.Points["noi_dung"] += 100
	content.Points["san_pham"] -= 100
	facts := func(budget, excellent int64) map[string]int64 {
		return map[string]int64{"kinh_phi": budget, "xuat_sac": excellent}
	}
	for _, c := range []struct {
		name  string
		a, b  File
		ma    Mark
		mb    Mark
		first string
		tied  bool
	}{
		{"score", File{}, File{}, b.flat(80), b.flat(81), "b", false},
		{"budget", File{Facts: facts(900, 0)}, File{Facts: facts(800, 0)}, b.flat(80), b.flat(80), "b", false},
		{"excellent", File{Facts: facts(900, 1)}, File{Facts: facts(900, 0)}, b.flat(80), b.flat(80), "a", false},
		{"content", File{Facts: facts(900, 0)}, File{Facts: facts(900, 0)}, b.flat(80), content, "b", false},
		{"bonus", File{Bonus: true}, File{}, b.flat(75), b.flat(82), "a", false}, // 82.5 against 82
		{"nothing decides", File{}, File{}, b.flat(80), b.flat(80), "a", true},
		{"one fails", File{}, File{}, b.flat(60), b.flat(71), "b", false},
	} {
		c.a.ID, c.b.ID = "a", "b"
		got := b.Tally([]File{c.a, c.b}, 7, []Paper{{"a": c.ma, "b": c.mb}, {"a": c.ma, "b": c.mb}})
		first := got[slices.IndexFunc(got, func(o Outcome) bool { return o.Rank == 1 })]
		if first.File != c.first || first.Tied != c.tied {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestOtherSheets: the maxima of Circular 20/2023 add up to 100 in all three kinds of mission.
func TestOtherSheets(t *testing.T) {
	for name, sheet := range map[string][]int64{"topic": {12, 24, 16, 16, 16, 16}, "social science": {12, 12, 12, 20, 24, 20}, "pilot production": {8, 20, 12, 12, 16, 16, 16}} {
		b := Ballot{Kind: Score, Pass: 7000}
		for i, m := range sheet {
			b.Criteria = append(b.Criteria, Criterion{ID: fmt.Sprint("c", i), Max: m * 100})
		}
		if got := b.Tally(one, 7, papers(b.flat(100)))[0]; got.Mean != 10000 {
			t.Errorf("%s: full marks are %d", name, got.Mean)
		}
		if err := b.Check(one, papers(b.flat(100))[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func acceptance() Ballot {
	return Ballot{Kind: Rating, Forced: "khong_dat", Levels: []Level{{ID: "xuat_sac", AtLeast: &Share{3, 4}, NoneOf: []string{"khong_dat"}},
		{ID: "khong_dat", More: &Share{1, 3}}, {ID: "dat", Default: true}}}
}

// TestAcceptanceByHand: Circular 11/2014. Shares are of those present.
func TestAcceptanceByHand(t *testing.T) {
	b := acceptance()
	for _, c := range []struct {
		excellent, passed, failed, blank, present int
		want                                      string
	}{
		{7, 2, 0, 0, 9, "xuat_sac"},  // 7/9 = 77.8 %
		{6, 2, 0, 0, 8, "xuat_sac"},  // exactly three quarters
		{6, 3, 0, 0, 9, "dat"},       // 66.7 %
		{8, 0, 1, 0, 9, "dat"},       // one “failed” bars “excellent”
		{6, 1, 0, 0, 9, "dat"},       // two did not vote: 6 of 9 present
		{0, 6, 3, 0, 9, "dat"},       // exactly a third is not more than a third
		{0, 5, 4, 0, 9, "khong_dat"}, // 44 %
		{5, 0, 4, 0, 9, "khong_dat"},
		{7, 0, 0, 2, 9, "xuat_sac"}, // blank ones count as present
		{0, 0, 0, 9, 9, "dat"},      // nobody says “failed”
	} {
		var marks []Mark
		for level, n := range map[string]int{"xuat_sac": c.excellent, "dat": c.passed, "khong_dat": c.failed} {
			for range n {
				marks = append(marks, Mark{Choice: level})
			}
		}
		for range c.blank {
			marks = append(marks, Mark{Blank: true})
		}
		if got := b.Tally(one, c.present, papers(marks...))[0]; got.Level != c.want || got.Passed != (c.want != "khong_dat") {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	late := []File{{ID: "1", Forced: true}} // filed over six months late: each member must vote “failed”
	if b.Check(late, Paper{"1": {Choice: "dat"}}) == nil || b.Check(late, Paper{"1": {Choice: "khong_dat"}}) != nil {
		t.Error("a late file can get another level than the one that is left")
	}
}

// TestDeterminationByHand: Circular 06/2023. A ballot is for only if every criterion passes; more than three quarters.
func TestDeterminationByHand(t *testing.T) {
	b := Ballot{Kind: Criteria, Share: Share{3, 4}, Strict: true, Criteria: []Criterion{{ID: "a"}, {ID: "b"}}}
	yes, no := Mark{Points: map[string]int64{"a": 1, "b": 1}}, Mark{Points: map[string]int64{"a": 1, "b": 0}}
	for _, c := range []struct {
		yes, no, present int
		want             bool
	}{{7, 0, 7, true}, {6, 2, 8, false}, {7, 1, 8, true}, {6, 1, 7, true}, {5, 2, 7, false}, {6, 0, 8, false}, {9, 2, 11, true}, {8, 3, 11, false}} {
		got := b.Tally(one, c.present, papers(append(slices.Repeat([]Mark{yes}, c.yes), slices.Repeat([]Mark{no}, c.no)...)...))[0]
		if got.Passed != c.want || got.For != c.yes {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// TestCommendationByHand: Decree 98/2023. Shares are of all members; 80 % for some titles, 90 % for the others.
func TestCommendationByHand(t *testing.T) {
	for _, c := range []struct {
		share        Share
		yes, no, all int
		want         bool
	}{
		{Share{80, 100}, 8, 2, 10, true}, {Share{80, 100}, 8, 0, 10, true}, {Share{80, 100}, 7, 0, 9, false}, // seven of nine: 77.8 %, although nobody was against
		{Share{80, 100}, 12, 3, 15, true}, {Share{90, 100}, 12, 3, 15, false}, {Share{90, 100}, 9, 1, 10, true}, {Share{90, 100}, 9, 0, 11, false}, {Share{90, 100}, 14, 1, 15, true},
	} {
		b := Ballot{Kind: YesNo, Total: true, Share: c.share}
		marks := append(slices.Repeat([]Mark{{Choice: Yes}}, c.yes), slices.Repeat([]Mark{{Choice: No}}, c.no)...)
		if got := b.Tally(one, c.all, papers(marks...))[0]; got.Passed != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// drawMark fills in a random paper that the ballot allows.
func drawMark(t *rapid.T, b *Ballot) Mark {
	if rapid.IntRange(0, 9).Draw(t, "blank") == 0 {
		return Mark{Blank: true}
	}
	m := Mark{Points: map[string]int64{}}
	for _, c := range b.Criteria {
		m.Points[c.ID] = rapid.Int64Range(0, c.Max).Draw(t, c.ID)
	}
	return m
}

func same(t *rapid.T, a, b any) {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Fatalf("%s\n%s", x, y)
	}
}

// TestTheOrderOfBallotsDoesNotMatter, for the score with two files, which has the most rules.
func TestTheOrderOfBallotsDoesNotMatter(t *testing.T) {
	b := selection()
	files := []File{{ID: "a", Bonus: true, Facts: map[string]int64{"kinh_phi": 5}}, {ID: "b", Facts: map[string]int64{"kinh_phi": 5}}}
	rapid.Check(t, func(t *rapid.T) {
		var all []Paper
		for range rapid.IntRange(0, 11).Draw(t, "n") {
			all = append(all, Paper{"a": drawMark(t, &b), "b": drawMark(t, &b)})
		}
		for _, p := range all {
			if err := b.Check(files, p); err != nil {
				t.Fatal(err)
			}
		}
		shuffled := slices.Clone(all)
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		same(t, b.Tally(files, 11, all), b.Tally(files, 11, shuffled))
	})
}

// TestWhatAVoidBallotDoes: taking void ballots away beforehand, then the mean of the rest is the same mean; a ballot
// that equals the mean is never void; and the mean lies among the ballots that count.
func TestWhatAVoidBallotDoes(t *testing.T) {
	b := selection()
	rapid.Check(t, func(t *rapid.T) {
		var marks []Mark
		for range rapid.IntRange(1, 11).Draw(t, "n") {
			marks = append(marks, b.flat(rapid.Int64Range(1, 100).Draw(t, "percent")))
		}
		got := b.Tally(one, 11, papers(marks...))[0]
		if len(got.Totals)+got.Void != len(marks) {
			t.Fatalf("%d count and %d are void of %d", len(got.Totals), got.Void, len(marks))
		}
		if n := len(got.Totals); n > 0 && (got.Mean < got.Totals[0] || got.Mean > got.Totals[n-1]) {
			t.Fatalf("%+v", got)
		}
		plain := b
		plain.Outlier = 0
		kept := b.valid(marks)
		if again := plain.Tally(one, 11, papers(kept...))[0]; again.Mean != got.Mean {
			t.Fatalf("%d without the void ones, %d with them", again.Mean, got.Mean)
		}
		alike := slices.Repeat([]Mark{marks[0]}, len(marks))
		if got := b.Tally(one, 11, papers(alike...))[0]; got.Void != 0 {
			t.Fatalf("of equal ballots %d are void", got.Void)
		}
	})
}

// TestMoreInFavourNeverHurts: turning one vote from against to for never turns a success into a failure.
func TestMoreInFavourNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.IntRange(1, 100).Draw(t, "den")
		b := Ballot{Kind: YesNo, Share: Share{rapid.IntRange(0, den).Draw(t, "num"), den}, Strict: rapid.Bool().Draw(t, "strict")}
		base := rapid.IntRange(1, 15).Draw(t, "base")
		yes := rapid.IntRange(0, base-1).Draw(t, "yes")
		vote := func(n int) bool {
			return b.Tally(one, base, papers(append(slices.Repeat([]Mark{{Choice: Yes}}, n), slices.Repeat([]Mark{{Choice: No}}, base-n)...)...))[0].Passed
		}
		if vote(yes) && !vote(yes+1) {
			t.Fatal("one more vote in favour made it fail")
		}
	})
}

// TestPapersThatAreRefused: what the program counts was filled in as the sheet asks.
func TestPapersThatAreRefused(t *testing.T) {
	b, a := selection(), acceptance()
	over, short := b.flat(80), b.flat(80)
	over.Points["tong_quan"] = 1201
	delete(short.Points, "tong_quan")
	negative := b.flat(80)
	negative.Points["tong_quan"] = -1
	for name, c := range map[string]struct {
		b *Ballot
		p Paper
	}{
		"nothing": {&b, Paper{}}, "over the maximum": {&b, Paper{"1": over}}, "a line is missing": {&b, Paper{"1": short}}, "negative": {&b, Paper{"1": negative}},
		"another file": {&b, Paper{"2": b.flat(80)}}, "a file too many": {&b, Paper{"1": b.flat(80), "2": b.flat(80)}}, "blank and yet points": {&b, Paper{"1": {Blank: true, Points: over.Points}}},
		"no such level": {&a, Paper{"1": {Choice: "kha"}}}, "no level": {&a, Paper{"1": {}}},
		"neither yes nor no": {&Ballot{Kind: YesNo}, Paper{"1": {Choice: "maybe"}}},
	} {
		if c.b.Check(one, c.p) == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := b.Check(one, Paper{"1": {Blank: true}}); err != nil {
		t.Error("an abstention was refused", err)
	}
}
