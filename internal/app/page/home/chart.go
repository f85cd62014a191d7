package home

import (
	"fmt"
	"html"
	"strings"

	"trucot/internal/app/page/figures"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/lang"
)

// The chart's size in its own units; the style sheet fits it to the page. Colours come from the style
// sheet too, so that the chart follows the reader's theme; a chart inside a document is another thing.
const (
	chartWidth, chartHeight = 720, 220
	chartLeft, chartBottom  = 36, 24
	chartTop                = 16
)

// svg draws two bars a month: last year lighter, this year full with its number above.
func (b bars) svg(tag lang.Tag, title, about string) string {
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="kh-chart" viewBox="0 0 %d %d" role="img" aria-label="%s"><title>%s</title><desc>%s</desc>`,
		chartWidth, chartHeight, html.EscapeString(title), html.EscapeString(title), html.EscapeString(about))
	height := float64(chartHeight - chartBottom - chartTop)
	y := func(v float64) float64 { return chartTop + height - height*v/float64(b.Top) }
	for i := int64(0); i <= 4; i++ {
		v := b.Top * i / 4
		fmt.Fprintf(&s, `<line class="kh-grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="kh-axis" x="%d" y="%.1f" text-anchor="end">%s</text>`,
			chartLeft, chartWidth, y(float64(v)), y(float64(v)), chartLeft-6, y(float64(v))+4, lang.Integer(tag, v))
	}
	slot := float64(chartWidth-chartLeft) / float64(len(b.Months))
	bar := slot * 0.36
	for i, name := range b.Months {
		x := chartLeft + slot*float64(i) + slot*0.12
		b.bar(&s, "kh-bar-last", x, bar, y, b.Then[i])
		b.bar(&s, "kh-bar-this", x+bar+2, bar, y, b.Now[i])
		if b.Now[i] > 0 {
			fmt.Fprintf(&s, `<text class="kh-value" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`,
				x+bar*1.5+2, y(float64(b.Now[i])/float64(indicator.One))-4, figures.Number(tag, b.Now[i]))
		}
		fmt.Fprintf(&s, `<text class="kh-axis" x="%.1f" y="%d" text-anchor="middle">%s</text>`, x+bar+1, chartHeight-7, html.EscapeString(name))
	}
	s.WriteString(`</svg>`)
	return s.String()
}

func (b bars) bar(s *strings.Builder, class string, x, width float64, y func(float64) float64, v indicator.Value) {
	if v <= 0 {
		return
	}
	top := y(float64(v) / float64(indicator.One))
	fmt.Fprintf(s, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"/>`, class, x, top, width, y(0)-top)
}

// empty reports whether there is nothing to draw.
func (b bars) empty() bool {
	for i := range b.Now {
		if b.Now[i] > 0 || b.Then[i] > 0 {
			return false
		}
	}
	return true
}
