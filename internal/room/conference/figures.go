package conference

import (
	"bytes"
	"image/png"

	"trucot/internal/engine/document"
	"trucot/internal/engine/document/chart"
	"trucot/internal/engine/indicator"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
)

// Figure is one key figure of the reviewed period beside the year before.
type Figure struct {
	Indicator      string
	Label, Measure string
	This, Previous indicator.Value
	Period         calendar.Period
}

// Figures are the key figures that the hall is shown, as known now and up to the conference's own day.
func (r *Room) Figures(c *Conference, tag lang.Tag) ([]Figure, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	period, err := c.PeriodOf()
	if err != nil {
		return nil, err
	}
	var out []Figure
	for _, side := range rules.sides(c) {
		figures, err := r.ofSide(c, rules, side, period, tag)
		if err != nil {
			return nil, err
		}
		out = append(out, figures...)
	}
	return out, nil
}

// sides are those whose work a conference reviews. What is the Party's stands in no conference of the State's.
func (r *Rules) sides(c *Conference) []people.Side {
	out := []people.Side{c.Side}
	if o := r.Occasion(c.Occasion); c.party() && o != nil && o.Joint {
		out = append(out, people.State)
	}
	return out
}

// Sides are those whose work a conference reviews: its own, and for a joint one of the Party's the State's too.
func (r *Room) Sides(c *Conference) ([]people.Side, error) {
	rules, err := r.Rules()
	if err != nil {
		return nil, err
	}
	return rules.sides(c), nil
}

func (r *Room) ofSide(c *Conference, rules *Rules, side people.Side, period calendar.Period, tag lang.Tag) ([]Figure, error) {
	ids := rules.Figures.State
	if side == people.Party {
		ids = rules.Figures.Party
	}
	units := r.opts.Units(side, c.Day)
	var out []Figure
	var err error
	for _, id := range ids {
		def, ok := r.opts.Figures.Definitions().Get(id)
		if !ok {
			continue // an agency may have taken an indicator away
		}
		f := Figure{Indicator: id, Label: word(def.Title, tag), Measure: word(def.Measure, tag), Period: period}
		if f.This, err = r.figure(def, indicator.Query{Period: period, AsOf: min(c.Day, period.To), Units: units}); err != nil {
			return nil, err
		}
		if f.Previous, err = r.figure(def, indicator.Query{Period: period.YearBefore(), AsOf: calendar.NoDate, Units: units}); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (r *Room) figure(def indicator.Definition, q indicator.Query) (indicator.Value, error) {
	f, err := r.opts.Figures.Figure(q, def.ID)
	part := indicator.Arising
	if def.Type == indicator.Stock {
		part = indicator.Closing
	}
	return f.Get(part), err
}

func word(w indicator.Words, tag lang.Tag) string {
	if s := w[tag]; s != "" {
		return s
	}
	return w[lang.VI]
}

// Charts are the figures as lying bars, one chart a measure: what is counted differently shares no axis.
func Charts(figures []Figure, tag lang.Tag) []*chart.Chart {
	var out []*chart.Chart
	of := map[string]*chart.Chart{}
	for _, f := range figures {
		c := of[f.Measure]
		if c == nil {
			c = &chart.Chart{Kind: chart.Rows, Title: f.Measure, Unit: f.Measure, Tag: tag,
				Series: []chart.Series{{Name: f.Period.YearBefore().Name(tag), Previous: true}, {Name: f.Period.Name(tag)}}}
			of[f.Measure] = c
			out = append(out, c)
		}
		c.Categories = append(c.Categories, f.Label)
		c.Series[0].Values = append(c.Series[0].Values, bar(f.Previous))
		c.Series[1].Values = append(c.Series[1].Values, bar(f.This))
	}
	return out
}

func bar(v indicator.Value) float64 {
	if v == indicator.NoValue {
		return chart.None()
	}
	return float64(v) / float64(indicator.One)
}

// The chart's place on paper: nearly the width of the text, at twice the pixels of a screen.
const (
	chartWidth  = 150.0 // millimetres
	chartPixels = 1440
)

// pictures are the charts for paper.
func pictures(figures []Figure) ([]document.Block, error) {
	var out []document.Block
	for _, c := range Charts(figures, lang.VI) {
		image, err := c.PNG(chartPixels)
		if err != nil {
			return nil, err
		}
		size, err := png.DecodeConfig(bytes.NewReader(image))
		if err != nil {
			return nil, err
		}
		out = append(out, document.Picture{PNG: image, Alt: c.Title, Width: chartWidth, Height: chartWidth * float64(size.Height) / float64(size.Width)})
	}
	return out, nil
}

// Shown is a figure's value as pages and papers write it.
func Shown(v indicator.Value) string {
	if v == indicator.NoValue {
		return "–"
	}
	return lang.Decimal(lang.VI, int64(v))
}
