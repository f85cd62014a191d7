package councils

import (
	"fmt"
	"strings"
	"testing"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// TestATieIsToldInWords: which criterion put one file before another of the same score, which files nothing parts, who
// decides, and once decided by which paper and why.
func TestATieIsToldInWords(t *testing.T) {
	echo := func(key string, args ...any) string {
		return strings.TrimSpace(fmt.Sprintln(append([]any{key}, args...)...))
	}
	text := func(s string) council.Text { return council.Text{lang.VI: s} }
	c := &council.Council{Rules: council.Rules{Winner: "chu_tri"}, Files: []council.File{{ID: "1", Label: "Viện A"}, {ID: "2", Label: "Viện B"}, {ID: "3", Label: "Viện C"}}}
	c.Rules.Ballot = council.Ballot{Kind: council.Score, TieBreaks: []council.TieBreak{{ID: "kinh_phi", Label: text("Kinh phí thấp hơn")}, {ID: "noi_dung", Label: text("Điểm nội dung")}},
		Undecided: &council.Undecided{By: council.TieHead, Label: text("Thủ trưởng quyết định"), Verify: true}}
	says := func(want ...string) {
		t.Helper()
		got := strings.Join(tieWords(echo, lang.VI, c), "\n")
		for _, o := range c.Outcomes {
			got += "\n" + outcomeWords(echo, lang.VI, c, o)
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not said in\n%s", w, got)
			}
		}
	}
	c.Outcomes = []council.Outcome{{File: "1", Final: 8000, Rank: 2, Passed: true}, {File: "2", Final: 8000, Rank: 1, Passed: true, Over: "noi_dung"}, {File: "3", Final: 7000, Rank: 3, Passed: true}}
	says("councils.tie_broken", "Viện B b Viện A", "Điểm nội dung", "councils.wins")
	c.Outcomes = []council.Outcome{{File: "1", Final: 8000, Rank: 1, Tied: true, Passed: true}, {File: "2", Final: 8000, Rank: 1, Tied: true, Passed: true}, {File: "3", Final: 7000, Rank: 3, Passed: true}}
	says("councils.tie_stands", "Viện A; Viện B", "Kinh phí thấp hơn; Điểm nội dung", "councils.tie_undecided", "Thủ trưởng quyết định (councils.verify)", "councils.tie_awaits")
	c.Settled = &council.Settled{File: "2", By: council.TieHead, Decision: "9/QĐ", Reason: "có phòng thí nghiệm", On: calendar.MustParse("2024-07-12")}
	says("councils.tie_decided", "Viện B", "9/QĐ", "12/7/2024", "có phòng thí nghiệm", "councils.wins")
	c.Rules.Winner = ""
	if got := tieWords(echo, lang.VI, c); len(got) > 0 {
		t.Errorf("where all may go on nobody has to win: %v", got)
	}
	c.Rules.Winner, c.Files = "chu_tri", c.Files[:1]
	c.Outcomes, c.Settled = c.Outcomes[:1], nil
	c.Outcomes[0].Tied = false
	if got := tieWords(echo, lang.VI, c); len(got) > 0 || strings.Contains(outcomeWords(echo, lang.VI, c, c.Outcomes[0]), "wins") {
		t.Errorf("one file alone beats nobody: %v", got)
	}
}
