package report

import "trucot/internal/engine/document"

// chart draws a figure table as bars.
func (rep *Report) chart(t FigureTable) []document.Block { return nil }
