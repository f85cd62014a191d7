// Package chart (biểu đồ) draws figures: bars by category with the last period beside this one, bars lying
// down for long names, lines and areas by month, stacked bars. One drawing serves two media: SVG for pages,
// PNG for documents.
//
// It owns how a figure looks and keeps charts honest: the value axis begins at zero, values stand on the
// bars, and everything drawn is also said in the description. It does not compute figures.
package chart

import (
	"math"

	"trucot/internal/kernel/lang"
)

// Kind is a form of chart.
type Kind string

// The forms. Bars turns into Rows by itself when the names of its categories do not fit below the bars.
const (
	Bars    Kind = "bars"    // upright, series side by side
	Rows    Kind = "rows"    // lying, one group of bars a category
	Line    Kind = "line"    // over time
	Area    Kind = "area"    // over time, filled
	Stacked Kind = "stacked" // upright, series on one another; the total stands on top
)

// Series is one row of values, one a category; math.NaN() where there is none.
type Series struct {
	Name     string
	Values   []float64
	Previous bool // an earlier period: the lighter tone of the series after it
}

// Chart is what to draw. Title names it for everyone; HideTitle leaves it out of the picture where a
// caption says the same. Unit is the unit of measure, Empty what is written where there are no values.
type Chart struct {
	Kind       Kind
	Title      string
	HideTitle  bool
	Unit       string
	Empty      string
	Categories []string
	Series     []Series
	Tag        lang.Tag // how numbers are written; zero = Vietnamese
	Width      float64  // CSS pixels; 0 = 720
	Height     float64  // CSS pixels; 0 = as the form needs, which is also the least of Rows
}

// None is an absent value.
func None() float64 { return math.NaN() }

// value is the value of series s in category c; NaN where the series is short.
func (c *Chart) value(s, at int) float64 {
	if v := c.Series[s].Values; at < len(v) && !math.IsInf(v[at], 0) {
		return v[at]
	}
	return math.NaN()
}

// number writes a value in the reader's way, with three decimals at most.
func (c *Chart) number(v float64) string {
	tag := c.Tag
	if tag == "" {
		tag = lang.VI
	}
	return lang.Decimal(tag, int64(math.Round(v*1000)))
}

// bounds are the least and greatest end of anything drawn, zero included.
func (c *Chart) bounds() (low, high float64) {
	for at := range c.Categories {
		up, down := 0.0, 0.0
		for s := range c.Series {
			v := c.value(s, at)
			switch {
			case math.IsNaN(v):
			case c.Kind != Stacked:
				low, high = min(low, v), max(high, v)
			case v > 0:
				up += v
			default:
				down += v
			}
		}
		low, high = min(low, down), max(high, up)
	}
	return low, high
}

// empty reports whether there is nothing to draw.
func (c *Chart) empty() bool {
	for at := range c.Categories {
		for s := range c.Series {
			if !math.IsNaN(c.value(s, at)) {
				return false
			}
		}
	}
	return true
}

// describe says the chart in words: every value beside its names.
func (c *Chart) describe() string {
	text := ""
	for at, name := range c.Categories {
		if at > 0 {
			text += "; "
		}
		text += name + ": "
		first := true
		for s := range c.Series {
			v := c.value(s, at)
			if math.IsNaN(v) {
				continue
			}
			if !first {
				text += ", "
			}
			if len(c.Series) > 1 && c.Series[s].Name != "" {
				text += c.Series[s].Name + " "
			}
			text += c.number(v)
			first = false
		}
		if first {
			text += "–"
		}
	}
	return text
}

// axis is the value axis: round steps from low to high.
type axis struct {
	low, high, step float64
}

// newAxis chooses steps of 1, 2 or 5 times a power of ten so that about n of them cover the values.
func newAxis(low, high float64, n int) axis {
	if high-low <= 0 {
		high = low + 1
	}
	raw := (high - low) / float64(n)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * power
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power*1.0000001 {
			step = m * power
			break
		}
	}
	step = max(step, 0.001) // what number can write
	return axis{low: math.Floor(low/step) * step, high: math.Ceil(high/step) * step, step: step}
}

func (a axis) ticks() []float64 {
	var t []float64
	n := int(math.Round((a.high - a.low) / a.step))
	for i := 0; i <= n; i++ {
		t = append(t, a.low+float64(i)*a.step)
	}
	return t
}

// part is where v lies between low (0) and high (1).
func (a axis) part(v float64) float64 { return (v - a.low) / (a.high - a.low) }
