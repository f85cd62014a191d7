package report

import (
	"bytes"
	"image/png"

	"trucot/internal/engine/document"
	"trucot/internal/engine/document/chart"
	"trucot/internal/engine/indicator"
	"trucot/internal/kernel/lang"
)

// Chart is a figure table as bars, this period beside the one compared with: SVG for a page, PNG for the
// document.
func (rep *Report) Chart(t FigureTable) *chart.Chart {
	c := &chart.Chart{Kind: chart.Bars, Title: t.Title, HideTitle: true, Tag: lang.VI, Series: []chart.Series{{Name: t.Previous, Previous: true}, {Name: t.This}}}
	for _, r := range t.Rows {
		c.Categories = append(c.Categories, r.Label)
		c.Series[0].Values = append(c.Series[0].Values, bar(rep.value(r.Previous)))
		c.Series[1].Values = append(c.Series[1].Values, bar(rep.value(r.This)))
		if c.Unit == "" {
			c.Unit = r.Measure
		}
	}
	return c
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

// picture is the chart as a picture of the document.
func (rep *Report) picture(t FigureTable) (document.Picture, error) {
	image, err := rep.Chart(t).PNG(chartPixels)
	if err != nil {
		return document.Picture{}, err
	}
	size, err := png.DecodeConfig(bytes.NewReader(image))
	if err != nil {
		return document.Picture{}, err
	}
	return document.Picture{PNG: image, Alt: t.Title, Caption: rep.room.text("report.chart", "title", t.Title),
		Width: chartWidth, Height: chartWidth * float64(size.Height) / float64(size.Width)}, nil
}
