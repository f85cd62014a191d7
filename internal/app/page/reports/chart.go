package reports

import (
	"fmt"
	"html"
	"strings"

	"trucot/internal/engine/indicator"
	"trucot/internal/room/report"
)

// hbars draws two lying bars a row, from zero: names of Vietnamese indicators are long and stand above
// their bars. Colours come from the style sheet.
func hbars(p onePage, t report.FigureTable) string {
	const width, room, line = 640, 90, 46
	most := indicator.Value(1)
	var rows []report.FigureRow
	for _, r := range t.Rows {
		if r.This >= 0 {
			rows = append(rows, r)
			most = max(most, p.value(r.This), p.value(r.Previous))
		}
	}
	var s strings.Builder
	title := html.EscapeString(captionOf(p, t))
	fmt.Fprintf(&s, `<svg class="kh-chart" viewBox="0 0 %d %d" role="img" aria-label="%s"><title>%s</title>`, width, len(rows)*line+4, title, title)
	for i, r := range rows {
		y := i * line
		fmt.Fprintf(&s, `<text class="kh-name" x="0" y="%d">%s</text>`, y+13, html.EscapeString(r.Label))
		for k, at := range []int{r.Previous, r.This} {
			v := p.value(at)
			w := float64(max(v, 0)) / float64(most) * (width - room)
			class := [...]string{"kh-bar-last", "kh-bar-this"}[k]
			fmt.Fprintf(&s, `<rect class="%s" x="0" y="%d" width="%.1f" height="10" rx="2"/>`, class, y+18+k*12, w)
			if at >= 0 {
				fmt.Fprintf(&s, `<text class="kh-value" x="%.1f" y="%d">%s</text>`, w+5, y+27+k*12, html.EscapeString(number(p.View, p.R.Figures[at])))
			}
		}
	}
	s.WriteString(`</svg>`)
	return s.String()
}

// value is a number of the report, nothing where there is none.
func (p onePage) value(at int) indicator.Value {
	if at < 0 || p.R.Figures[at].Value == indicator.NoValue {
		return 0
	}
	return p.R.Figures[at].Value
}
