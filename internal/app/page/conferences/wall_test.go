package conferences

import (
	"regexp"
	"testing"
	"time"

	"trucot/internal/engine/document/chart"
)

// Every chart has its turn on the wall, and those side by side are of one size, so that their letters are too.
func TestChartsTakeTurnsOnTheWall(t *testing.T) {
	charts := func() (all []*chart.Chart) {
		for n := 1; n <= 5; n++ {
			c := &chart.Chart{Kind: chart.Rows, Title: string(rune('a' + n - 1)), Series: []chart.Series{{Name: "x"}}}
			for i := range n {
				c.Categories, c.Series[0].Values = append(c.Categories, "Chỉ tiêu"), append(c.Series[0].Values, float64(i+1))
			}
			all = append(all, c)
		}
		return all
	}
	seen := ""
	box := regexp.MustCompile(`viewBox="[^"]*"`)
	for turn := range 3 {
		show := onWall(charts(), time.Unix(0, 0).Add(time.Duration(turn)*chartTurn))
		for _, c := range show {
			seen += c.Title
			if box.FindString(c.SVG) != box.FindString(show[0].SVG) {
				t.Errorf("%s is not as large as the one beside it", c.Title)
			}
		}
	}
	if seen != "abcde" {
		t.Errorf("the wall showed %q", seen)
	}
	if onWall(nil, time.Now()) != nil {
		t.Error("charts out of nothing")
	}
}
